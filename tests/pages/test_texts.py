"""Pages are in the reader's language, and every text exists in all of them."""

import re
import string
from pathlib import Path

import pytest

from inquiry_router.pages.kit import environment
from inquiry_router.pages.texts import (
    FOLDER,
    LANGUAGES,
    choose_language,
    read_texts,
    texts_of,
)

FILES = sorted(FOLDER.glob("*.yaml"))
TEMPLATES = sorted((FOLDER.parent / "templates").glob("*.html"))
PLURAL_FORMS = {
    "pl": {"one", "few", "many", "other"},
    "en": {"one", "other"},
    "de": {"one", "other"},
}


@pytest.mark.parametrize(
    ("asked", "kept", "accepted", "language"),
    [
        ("en", "de", "pl", "en"),
        (None, "de", "pl", "de"),
        (None, "xx", "pl-PL,pl;q=0.9,en;q=0.8", "pl"),
        (None, None, "fr, EN-GB;q=0.7", "en"),
        ("xx", None, "en", "en"),
        (None, None, "fr", "pl"),
        (None, None, "", "pl"),
    ],
)
def test_language_is_chosen_by_link_then_choice_then_browser(
    asked: str | None, kept: str | None, accepted: str, language: str
) -> None:
    assert choose_language(asked, kept, accepted) == language


def facts_in(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_text_is_in_every_language_with_the_same_facts(path: Path) -> None:
    for name, by_language in read_texts(path).items():
        assert tuple(by_language) == LANGUAGES, name
        facts = []
        for language, text in by_language.items():
            forms = {"other": text} if isinstance(text, str) else text
            assert set(forms) in ({"other"}, PLURAL_FORMS[language]), (name, language)
            assert all(isinstance(form, str) and form.strip() for form in forms.values()), name
            facts.append(set().union(*map(facts_in, forms.values())))
        assert facts[0] == facts[1] == facts[2], name


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_text_hides_one_of_all_pages(path: Path) -> None:
    if path.stem != "common":
        common = read_texts(FOLDER / "common.yaml")
        assert set(read_texts(path)).isdisjoint(common)


def test_plural_forms_follow_the_language() -> None:
    texts = texts_of("inquiries", "pl")
    said = [texts("found", n=n) for n in (1, 2, 5, 22)]
    assert len({re.sub(r"\d+", "", text) for text in said}) == 3
    assert said[0] != said[1]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_template_is_read_and_has_no_style_or_script_of_its_own(path: Path) -> None:
    environment().get_template(path.name)
    written = path.read_text("utf-8")
    assert "style=" not in written and "<style" not in written
    assert not re.search(r"\son[a-z]+=", written)
    assert "|safe" not in written.replace(" ", "")
    for script in re.findall(r"<script[^>]*>", written):
        assert "look['pages.js']" in script

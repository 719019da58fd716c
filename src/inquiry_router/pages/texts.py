"""The words of pages in the languages of their readers: one YAML file a page, and `common.yaml`.

A text is a sentence with `{facts}`, or one sentence for each plural form of its fact `n`.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml
from babel import Locale

LANGUAGES: Final = ("pl", "en", "de")
FOLDER: Final = Path(__file__).parent / "texts"
_COMMON: Final = "common"

Text = str | Mapping[str, str]


class Texts:
    """The texts of a page in one language. Templates read them as attributes or call them."""

    def __init__(self, language: str, texts: Mapping[str, Text]) -> None:
        self.language = language
        self._texts = texts

    def __getitem__(self, name: str) -> str:
        """The text with a name. Raises `KeyError`."""
        return self(name)

    def __contains__(self, name: str) -> bool:
        return name in self._texts

    def __call__(self, name: str, /, **facts: object) -> str:
        """The text with a name, and its facts filled in. Raises `KeyError`."""
        text = self._texts[name]
        if not isinstance(text, str):
            form = _locale(self.language).plural_form(int(str(facts["n"])))
            text = text.get(form) or text["other"]
        return text.format(**facts) if facts else text

    def named(self, kind: str, value: str) -> str:
        """The text for a value of a kind, such as `status` and `new`; the value if there is none.

        A company's own values have no texts.
        """
        name = f"{kind}_{value}"
        return self(name) if name in self._texts else value


def choose_language(asked: str | None, kept: str | None, accepted: str) -> str:
    """Choose the language: the one asked for, the one chosen before, the browser's, else Polish.

    `accepted` is the Accept-Language header.
    """
    for chosen in (asked, kept):
        if chosen in LANGUAGES:
            return chosen
    wanted = (part.strip()[:2].lower() for part in accepted.split(","))
    return next((language for language in wanted if language in LANGUAGES), LANGUAGES[0])


@cache
def texts_of(page: str, language: str) -> Texts:
    """Return the texts of a page together with those of all pages."""
    found: dict[str, Text] = {}
    for name in dict.fromkeys((_COMMON, page)):
        path = FOLDER / f"{name}.yaml"
        if path.exists():
            found |= {key: text[language] for key, text in read_texts(path).items()}
    return Texts(language, found)


@cache
def read_texts(path: Path) -> dict[str, dict[str, Any]]:
    """Read a file of texts: by name, then by language."""
    read: dict[str, dict[str, Any]] = yaml.safe_load(path.read_text("utf-8"))
    return read


@cache
def _locale(language: str) -> Locale:
    return Locale(language)

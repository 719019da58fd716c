"""The texts for callers, and their blanks."""

from inquiry_router.phone.prompts import BLANKS, NAMES, fill_blanks, find_blanks, shipped


def test_shipped_languages_have_every_text_and_its_blanks() -> None:
    assert set(shipped()) == {"pl", "en", "de"}
    for language, speech in shipped().items():
        assert speech.tag.startswith(language)
        for name in NAMES:
            assert find_blanks(speech.prompts[name]) == BLANKS.get(name, frozenset()), (
                language,
                name,
            )


def test_filling_blanks_only_replaces_text() -> None:
    assert fill_blanks("{a} {b.__class__} {0}", {"a": "{b}"}) == "{b}  "

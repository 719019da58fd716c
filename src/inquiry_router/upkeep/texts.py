"""The sentences of findings and steps: in Polish and English for the API, in German for pages."""

from collections.abc import Mapping
from functools import cache
from typing import Final, Literal

from inquiry_router.text.yaml_reading import load_shipped_yaml

LANGUAGES: Final = ("pl", "en")
Kind = Literal["findings", "steps"]


def say(kind: Kind, text_id: str, values: Mapping[str, str] | None = None) -> dict[str, str]:
    """The sentence in each language, with the values filled in."""
    texts = _load()[kind][text_id]
    return {language: _fill(texts[language], values or {}) for language in LANGUAGES}


def say_in(language: str, kind: Kind, text_id: str, values: Mapping[str, str] | None = None) -> str:
    """The sentence in one of the three languages of pages, with the values filled in."""
    return _fill(_load()[kind][text_id][language], values or {})


def _fill(sentence: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        sentence = sentence.replace(f"{{{name}}}", value.rstrip("."))
    return sentence


@cache
def _load() -> dict[str, dict[str, dict[str, str]]]:
    texts: dict[str, dict[str, dict[str, str]]] = load_shipped_yaml(
        "inquiry_router.upkeep", "texts.yaml"
    )
    return texts

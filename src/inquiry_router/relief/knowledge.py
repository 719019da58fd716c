"""Sentences on what can and cannot be known from a file, in pl, en and de. Pure."""

from functools import cache
from typing import Any, Final

from inquiry_router.text.yaml_reading import load_shipped_yaml

LANGUAGES: Final = ("pl", "en", "de")
BILLING: Final = "billing of a mobile operator"


@cache
def _texts() -> dict[str, Any]:
    texts: dict[str, Any] = load_shipped_yaml("inquiry_router.relief", "knowledge.yaml")
    return texts


def knowable(kind: str, program: str | None, language: str) -> dict[str, list[str]]:
    """Return what can and what cannot be known from a file of a kind."""
    parts = [_texts()[kind][language]]
    if program == BILLING:
        parts.append(_texts()["billing"][language])
    return {name: [one for part in parts for one in part[name]] for name in ("can", "cannot")}

"""Read the name with which somebody signs. Pure."""

import re
from typing import Final

from inquiry_router.inquiry.referral import Quoted

_PART: Final = re.compile(r"[^\n.!?,]+(?:\.(?=\S)[^\n.!?,]*)*")
_CERTAINTY: Final = 0.6
_MAX_WORDS: Final = 3


def read_signature(text: str) -> Quoted | None:
    """Read the name at the end of a text: two or three words with capital letters, alone."""
    parts = [part[0].strip() for part in _PART.finditer(text) if part[0].strip()]
    for part in reversed(parts[-2:] if len(parts) > 1 else []):
        words = part.split()
        if 1 < len(words) <= _MAX_WORDS and all(_is_name_like(word) for word in words):
            return Quoted(part, part, _CERTAINTY)
    return None


def _is_name_like(word: str) -> bool:
    return word[0].isupper() and word.replace("-", "").isalpha() and not word.isupper()

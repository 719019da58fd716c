"""Small labels: "lift 2", "klatka C", "pump P-7". Two things of one kind differ by them."""

import re
from collections import defaultdict
from collections.abc import Mapping
from itertools import pairwise
from typing import Final

from inquiry_router.entities.words import word_set
from inquiry_router.text.folding import fold

_MAX_CHARS: Final = 2_000
_MAX_LABELS: Final = 60
_TOKEN: Final = re.compile(r"[^\W_]+")
_CODE: Final = re.compile(r"\b([^\W\d_]{1,5})[- ]?([0-9]{1,4})\b")
_STEM_CHARS: Final = 5
_MIN_WORD_CHARS: Final = 3
# A number follows these words without being a name.
_COUNTED: Final = word_set(
    "okolo ponad tylko jest byly ma mam maja dnia godz godzina dla przez and the for from about "
    "with only und von mit bis nur etwa circa oraz albo lub zam ile cena termin data date"
)


def labels_of(text: str) -> Mapping[str, frozenset[str]]:
    """Return the small labels behind each word: numbers of up to three digits, single letters."""
    found: dict[str, set[str]] = defaultdict(set)
    words = [fold(match[0]) for match in _TOKEN.finditer(text[:_MAX_CHARS])]
    for word, label in pairwise(words):
        if len(word) < _MIN_WORD_CHARS or not word.isalpha() or word in _COUNTED:
            continue
        if (label.isdigit() and len(label) <= 3) or _is_letter(label):
            found[word[:_STEM_CHARS]].add(label)
    for match in _CODE.finditer(text[:_MAX_CHARS]):
        if match[1].isupper():
            found[match[1]].add(match[2])
    return {word: frozenset(labels) for word, labels in list(found.items())[:_MAX_LABELS]}


def codes_of(text: str) -> frozenset[str]:
    """Return the names of models: "PL-2", "HL2"."""
    found = _CODE.finditer(text[:_MAX_CHARS])
    return frozenset(f"{one[1]}{one[2]}" for one in found if one[1].isupper())


def name_two_things(one: Mapping[str, frozenset[str]], other: Mapping[str, frozenset[str]]) -> bool:
    """True if a word has labels in both texts, and none in common."""
    return any(word in other and labels.isdisjoint(other[word]) for word, labels in one.items())


def _is_letter(label: str) -> bool:
    """True for a letter that is no word: "a", "i", "o", "u", "w", "z" are words in Polish."""
    return len(label) == 1 and label in "bcdefghjklmnpqrstxy"

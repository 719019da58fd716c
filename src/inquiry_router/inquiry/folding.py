"""Comparing words as people do: without case and without diacritics."""

import re
import unicodedata
from operator import itemgetter
from typing import NamedTuple

# Letters that Unicode does not decompose into a base letter and a mark.
_LETTERS = str.maketrans({"ł": "l", "đ": "d", "ø": "o", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"})
# The combining marks of the alphabets we read.
_MARKS = re.compile("[\u0300-\u036f]+")
_NOT_WORD = re.compile(r"[\W_]+")
# So many letters of a word tell where to look for it.
BEGINNING = 4
_beginning = itemgetter(slice(BEGINNING))


class Words(NamedTuple):
    """The words of a text, read once for all who look for phrases in it.

    `spaced` is what `words_of` makes of it; `beginnings` are the first four letters of each word, and "".
    """

    spaced: str
    beginnings: tuple[str, ...]


def fold(text: str) -> str:
    """Lower case without diacritics: "Żółw" -> "zolw"."""
    lower = text.casefold()
    if lower.isascii():
        return lower
    return _MARKS.sub("", unicodedata.normalize("NFD", lower.translate(_LETTERS)))


def words_of(text: str) -> str:
    """The folded words of a text with one space before, between and after: what patterns are looked for in."""
    return f" {' '.join(_words(text))} "


def read_words(subject: str | None, text: str) -> Words:
    """The words of a subject and a text together."""
    words = _words(f"{subject or ''} {text}")
    return Words(f" {' '.join(words)} ", ("", *map(_beginning, words)))


def _words(text: str) -> list[str]:
    return _NOT_WORD.sub(" ", fold(text)).split()


def pattern_of(phrase: str) -> str:
    """What to look for in the words that `words_of` made: a phrase that ends in `*` matches the beginning of a word."""
    pattern = words_of(phrase)
    return pattern.rstrip() if phrase.endswith("*") else pattern

"""Comparing words as people do: without case and without diacritics."""

import re
import unicodedata
from functools import lru_cache

# Letters that Unicode does not decompose into a base letter and a mark.
_WHOLE_LETTERS = str.maketrans({"ł": "l", "đ": "d", "ø": "o", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"})
_NOT_WORD = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """Lower case without diacritics: "Żółw" -> "zolw"."""
    decomposed = unicodedata.normalize("NFD", text.casefold().translate(_WHOLE_LETTERS))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def words_of(text: str) -> str:
    """The folded words of a text with one space before, between and after: what `mentions` looks into."""
    return f" {_NOT_WORD.sub(' ', fold(text)).strip()} "


def mentions(words: str, phrase: str) -> bool:
    """Whether `words` (made by `words_of`) hold the phrase. A phrase that ends in `*` matches the beginning of a word."""
    return _pattern(phrase) in words


@lru_cache(maxsize=4096)
def _pattern(phrase: str) -> str:
    pattern = words_of(phrase)
    return pattern.rstrip() if phrase.endswith("*") else pattern

"""Comparing words as people do: without case and without diacritics."""

import re
import unicodedata

# Letters that Unicode does not decompose into a base letter and a mark.
_WHOLE_LETTERS = (("ł", "l"), ("đ", "d"), ("ø", "o"), ("ß", "ss"), ("æ", "ae"), ("œ", "oe"), ("ı", "i"))
# The combining marks of the alphabets we read; a pattern is thirty times faster than asking for each character.
_MARKS = re.compile("[\u0300-\u036f]+")
_NOT_WORD = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """Lower case without diacritics: "Żółw" -> "zolw"."""
    lower = text.casefold()
    if lower.isascii():
        return lower
    for letter, plain in _WHOLE_LETTERS:
        lower = lower.replace(letter, plain)
    return _MARKS.sub("", unicodedata.normalize("NFD", lower))


def words_of(text: str) -> str:
    """The folded words of a text with one space before, between and after: what patterns are looked for in."""
    return f" {_NOT_WORD.sub(' ', fold(text)).strip()} "


def pattern_of(phrase: str) -> str:
    """What to look for in the words that `words_of` made: a phrase that ends in `*` matches the beginning of a word."""
    pattern = words_of(phrase)
    return pattern.rstrip() if phrase.endswith("*") else pattern

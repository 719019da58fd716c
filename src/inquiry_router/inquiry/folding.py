"""Comparing words as people do: without case and without diacritics."""

import re
import unicodedata

# Letters that Unicode does not decompose into a base letter and a mark; then the commonest of those that it does: a text that
# has no others need not be decomposed, which takes most of the time.
_LETTERS = (
    *(("ł", "l"), ("đ", "d"), ("ø", "o"), ("ß", "ss"), ("æ", "ae"), ("œ", "oe"), ("ı", "i")),
    *zip("ąćęńóśźżäöüéáíčřšžěů", "acenoszzaoueaicrszeu", strict=True),
)
# The combining marks of the alphabets we read; a pattern is thirty times faster than asking for each character.
_MARKS = re.compile("[\u0300-\u036f]+")
_NOT_WORD = re.compile(r"[\W_]+")
# The same for ASCII, which is a tenth of the work.
_ASCII_SPACES = {code: " " for code in range(128) if not chr(code).isalnum()}


def fold(text: str) -> str:
    """Lower case without diacritics: "Żółw" -> "zolw"."""
    lower = text.casefold()
    if lower.isascii():
        return lower
    for letter, plain in _LETTERS:
        lower = lower.replace(letter, plain)
    if lower.isascii():
        return lower
    return _MARKS.sub("", unicodedata.normalize("NFD", lower))


def words_of(text: str) -> str:
    """The folded words of a text with one space before, between and after: what patterns are looked for in."""
    folded = fold(text)
    spaced = folded.translate(_ASCII_SPACES) if folded.isascii() else _NOT_WORD.sub(" ", folded)
    return f" {' '.join(spaced.split())} "


def pattern_of(phrase: str) -> str:
    """What to look for in the words that `words_of` made: a phrase that ends in `*` matches the beginning of a word."""
    pattern = words_of(phrase)
    return pattern.rstrip() if phrase.endswith("*") else pattern

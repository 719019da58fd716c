"""Comparing words as people do: without case and without diacritics."""

import codecs
import re
import unicodedata
from operator import itemgetter
from typing import NamedTuple

# Letters that Unicode does not decompose into a base letter and a mark; then the commonest of those that it does: a text that
# has no others need not be decomposed, which takes most of the time.
_LETTERS = (
    *(("ł", "l"), ("đ", "d"), ("ø", "o"), ("ß", "ss"), ("æ", "ae"), ("œ", "oe"), ("ı", "i")),
    *zip("ąćęńóśźżäöüéáíčřšžěů", "acenoszzaoueaicrszeu", strict=True),
)
# The combining marks of the alphabets we read.
_MARKS = re.compile("[\u0300-\u036f]+")
_NOT_WORD = re.compile(r"[\W_]+")
# One byte a letter for Polish, German, Czech and most of their neighbours: whole texts are folded by one look at a table each.
_BYTES = "cp1250"
_encode = codecs.getencoder(_BYTES)
# So many letters of a word tell where to look for it.
BEGINNING = 4
_beginning = itemgetter(slice(BEGINNING))


# Letters with marks, and marks, by what is left of each without marks; alphabets end at U+3000. Each
# on its own, because to normalise a text with many marks in a row takes quadratic time.
_PLAIN = {
    code: plain for code in range(0x3000) if (plain := _MARKS.sub("", unicodedata.normalize("NFD", chr(code)))) != chr(code)
}


class Words(NamedTuple):
    """The words of a text, read once for all who look for phrases in it.

    `spaced` is what `words_of` makes of it; `beginnings` are the first four letters of each word, and "".
    """

    spaced: str
    beginnings: tuple[str, ...]


def fold(text: str) -> str:
    """Lower case without diacritics: "Żółw" -> "zolw"."""
    if text.isascii():
        return text.lower()
    quick = _translated(text, _FOLDED)
    return quick.decode(_BYTES) if quick is not None else _fold(text)


def words_of(text: str) -> str:
    """The folded words of a text with one space before, between and after: what patterns are looked for in."""
    return f" {' '.join(_words(text))} "


def read_words(subject: str | None, text: str) -> Words:
    """The words of a subject and a text together."""
    words = _words(f"{subject or ''} {text}")
    return Words(f" {' '.join(words)} ", ("", *map(_beginning, words)))


def _words(text: str) -> list[str]:
    quick = _translated(text, _SPACED)
    return (quick.decode("ascii") if quick is not None else _NOT_WORD.sub(" ", _fold(text))).split()


def _fold(text: str) -> str:
    """Any text, letter by letter."""
    lower = text.casefold()
    for letter, plain in _LETTERS:
        lower = lower.replace(letter, plain)
    return lower if lower.isascii() else lower.translate(_PLAIN)


def _translated(text: str, table: bytes) -> bytes | None:
    """The text by a table of bytes; None where it holds something that these tables have no place for."""
    try:
        translated = _encode(text)[0].translate(table)
    except UnicodeEncodeError:
        return None
    return None if _NO_PLACE in translated else translated


def _folded_bytes() -> dict[int, int]:
    """What each byte folds to, where that is one byte again: a letter of ASCII, or no letter at all."""
    folded = {byte: _fold(bytes([byte]).decode(_BYTES, "ignore")) for byte in range(256)}
    return {
        byte: after.encode(_BYTES)[0]
        for byte, after in folded.items()
        if len(after) == 1 and (after.isascii() or not after.isalnum())
    }


# A byte that stands for no letter in cp1250.
_NO_PLACE = 0x81
_ONES = _folded_bytes()
_FOLDED = bytes(_ONES.get(byte, _NO_PLACE) for byte in range(256))
_SPACED = bytes(byte if byte == _NO_PLACE or bytes([byte]).isalnum() else ord(" ") for byte in _FOLDED)


def pattern_of(phrase: str) -> str:
    """What to look for in the words that `words_of` made: a phrase that ends in `*` matches the beginning of a word."""
    pattern = words_of(phrase)
    return pattern.rstrip() if phrase.endswith("*") else pattern

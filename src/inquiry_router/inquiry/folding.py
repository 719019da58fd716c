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
# One byte a letter for Polish, German, Czech and most of their neighbours: whole texts are folded by one look at a table each.
_BYTES = "cp1250"


def fold(text: str) -> str:
    """Lower case without diacritics: "Żółw" -> "zolw"."""
    if text.isascii():
        return text.lower()
    quick = _translated(text, _FOLDED)
    return quick.decode(_BYTES) if quick is not None else _fold(text)


def words_of(text: str) -> str:
    """The folded words of a text with one space before, between and after: what patterns are looked for in."""
    quick = _translated(text, _SPACED)
    spaced = quick.decode("ascii") if quick is not None else _NOT_WORD.sub(" ", _fold(text))
    return f" {' '.join(spaced.split())} "


def _fold(text: str) -> str:
    """Any text, letter by letter."""
    lower = text.casefold()
    for letter, plain in _LETTERS:
        lower = lower.replace(letter, plain)
    return lower if lower.isascii() else _MARKS.sub("", unicodedata.normalize("NFD", lower))


def _translated(text: str, table: bytes) -> bytes | None:
    """The text by a table of bytes; None where it holds something that these tables have no place for."""
    try:
        encoded = text.encode(_BYTES)
    except UnicodeEncodeError:
        return None
    return None if encoded.translate(None, _ONE_EACH) else encoded.translate(table)


def _folded_bytes() -> dict[int, int]:
    """What each byte folds to, where that is one byte again: a letter of ASCII, or no letter at all."""
    folded = {byte: _fold(bytes([byte]).decode(_BYTES, "ignore")) for byte in range(256)}
    return {
        byte: after.encode(_BYTES)[0]
        for byte, after in folded.items()
        if len(after) == 1 and (after.isascii() or not after.isalnum())
    }


_ONES = _folded_bytes()
_ONE_EACH = bytes(_ONES)
_FOLDED = bytes(_ONES.get(byte, byte) for byte in range(256))
_SPACED = bytes(byte if bytes([byte]).isalnum() else ord(" ") for byte in _FOLDED)


def pattern_of(phrase: str) -> str:
    """What to look for in the words that `words_of` made: a phrase that ends in `*` matches the beginning of a word."""
    pattern = words_of(phrase)
    return pattern.rstrip() if phrase.endswith("*") else pattern

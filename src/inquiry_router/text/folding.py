"""Fold text for comparison: no case, no diacritics."""

import re
import unicodedata
from operator import itemgetter
from typing import NamedTuple

_MARKS = re.compile("[\u0300-\u036f]+")


def _plain_letters() -> dict[str, str]:
    """Map each letter with marks, and each mark, to the same without marks.

    A table, because normalising a text with many marks in a row takes quadratic time. Alphabets end
    at U+3000.
    """
    letters = map(chr, range(0x80, 0x3000))
    plain = {letter: _MARKS.sub("", unicodedata.normalize("NFD", letter)) for letter in letters}
    undecomposed = {"ł": "l", "đ": "d", "ø": "o", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"}
    return {letter: base for letter, base in plain.items() if letter != base} | undecomposed


_PLAIN = _plain_letters()
_MARKED = re.compile(f"[{''.join(_PLAIN)}]")
_NOT_WORD = re.compile(r"[\W_]+")
# Length of the beginnings that words are indexed by.
BEGINNING_CHARS = 4
_beginning = itemgetter(slice(BEGINNING_CHARS))


class Words(NamedTuple):
    """The folded words of a text, read once for everybody who looks for phrases in it.

    `spaced` is the result of `fold_words`. `beginnings` holds the first four letters of each word,
    and "".
    """

    spaced: str
    beginnings: tuple[str, ...]


def fold(text: str) -> str:
    """Return the text in lower case without diacritics: "Żółw" -> "zolw"."""
    return _MARKED.sub(lambda letter: _PLAIN[letter[0]], text.casefold())


# Letters of Latin alphabets with marks, each for one without.
_UNMARKED = {ord(letter): base for letter, base in _PLAIN.items() if ord(letter) < 0x250}
_UNMARKED = {code: base for code, base in _UNMARKED.items() if len(base) == 1}


def unmarked(text: str) -> str:
    """Return the text in lower case without marks on Latin letters, each letter in its place."""
    small = text.lower()
    if len(small) != len(text):
        small = "".join(map(_small, text))
    return without_marks(small)


def without_marks(text: str) -> str:
    """Return the text without marks on Latin letters, each letter in its place."""
    return text.translate(_UNMARKED)


def _small(letter: str) -> str:
    small = letter.lower()
    return small if len(small) == 1 else letter


def fold_words(text: str) -> str:
    """Return the folded words of a text, with one space before, between and after them."""
    return f" {' '.join(_words(text))} "


def read_words(subject: str | None, text: str) -> Words:
    """Read the words of a subject and a text together."""
    words = _words(f"{subject or ''} {text}")
    return Words(f" {' '.join(words)} ", ("", *map(_beginning, words)))


def _words(text: str) -> list[str]:
    return _NOT_WORD.sub(" ", fold(text)).split()


def quote_phrase(subject: str | None, text: str, words: Words, pattern: str) -> str | None:
    """Quote a phrase as a text has it, with single spaces; None if its words cannot be counted."""
    written = _NOT_WORD.sub(" ", f"{subject or ''} {text}").split()
    place = words.spaced.find(pattern)
    if place < 0 or len(written) != len(words.beginnings) - 1:
        return None
    first = words.spaced.count(" ", 0, place)
    return " ".join(written[first : first + len(pattern.split())])


def phrase_pattern(phrase: str) -> str:
    """Return the pattern of a phrase, to look for in the result of `fold_words`.

    A phrase that ends in `*` matches the beginning of a word.
    """
    pattern = fold_words(phrase)
    return pattern.rstrip() if phrase.endswith("*") else pattern

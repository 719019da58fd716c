"""Comparing words as people do: without case and without diacritics."""

import re
import unicodedata
from operator import itemgetter
from typing import NamedTuple

_MARKS = re.compile("[\u0300-\u036f]+")


def _plain_letters() -> dict[int, str]:
    """Each letter with marks, and each mark, by what is left of it without marks; alphabets end at U+3000.

    A table, because normalising a text with many marks in a row takes quadratic time.
    """
    undecomposed = {"ł": "l", "đ": "d", "ø": "o", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"}
    plain = {
        code: _MARKS.sub("", unicodedata.normalize("NFD", chr(code)))
        for code in range(0x80, 0x3000)
    }
    return {code: letter for code, letter in plain.items() if letter != chr(code)} | str.maketrans(
        undecomposed
    )


_PLAIN = _plain_letters()
_NOT_WORD = re.compile(r"[\W_]+")
# So many letters of a word tell where to look for it.
BEGINNING = 4
_beginning = itemgetter(slice(BEGINNING))


class Words(NamedTuple):
    """The words of a text, read once for all who look for phrases in it.

    `spaced` is what `fold_words` makes of it; `beginnings` are the first four letters of each word, and "".
    """

    spaced: str
    beginnings: tuple[str, ...]


def fold(text: str) -> str:
    """Lower case without diacritics: "Żółw" -> "zolw"."""
    return text.casefold().translate(_PLAIN)


def fold_words(text: str) -> str:
    """The folded words of a text with one space before, between and after: what patterns are looked for in."""
    return f" {' '.join(_words(text))} "


def read_words(subject: str | None, text: str) -> Words:
    """The words of a subject and a text together."""
    words = _words(f"{subject or ''} {text}")
    return Words(f" {' '.join(words)} ", ("", *map(_beginning, words)))


def _words(text: str) -> list[str]:
    return _NOT_WORD.sub(" ", fold(text)).split()


def phrase_pattern(phrase: str) -> str:
    """What to look for in the words that `fold_words` made: a phrase that ends in `*` matches the beginning of a word."""
    pattern = fold_words(phrase)
    return pattern.rstrip() if phrase.endswith("*") else pattern

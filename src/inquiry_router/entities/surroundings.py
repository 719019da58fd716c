"""Look at the text around a number.

The words before it tell what it numbers, the word after it whether it counts something.
"""

import re
from collections.abc import Iterable
from itertools import islice
from typing import Final

from inquiry_router.entities.words import word_set

_WORD: Final = re.compile(r"[^\W_]+(?:[/-][^\W_]+)*")
_DIGITS: Final = re.compile("[0-9]+")
# Bounds the time: a text with more numbers is a table or a log.
_MAX_RUNS: Final = 200
_NEXT_WORD: Final = re.compile(r"[^\S\n]{0,2}([^\W\d_]+|[%€$£°\"″'])")
NUMBER_WORDS: Final = word_set(
    "nr no numer numeru number nummer num n č čís číslo numero número numéro id n° nº номер"
)
PRICES: Final = word_set(
    "zł zl pln złotych zlotych eur euro € $ £ usd gbp chf czk kč kc uah грн tys mln"
)


def find_digit_runs(text: str) -> list[tuple[int, int]]:
    """Return the begin and end of the first two hundred runs of digits.

    Numbers are looked for there and nowhere else.
    """
    if not any(map(text.__contains__, "0123456789")):
        return []
    return [match.span() for match in islice(_DIGITS.finditer(text), _MAX_RUNS)]


def match_at(pattern: re.Pattern[str], text: str, places: Iterable[int]) -> list[re.Match[str]]:
    """Return the matches of a pattern at these places, which must rise; none of them overlap."""
    found: list[re.Match[str]] = []
    end = 0
    for place in places:
        if place >= end and (match := pattern.match(text, place)):
            found.append(match)
            end = match.end()
    return found


def words_before(text: str, place: int, count: int) -> list[str]:
    """Return up to `count` words before a place on its line, in lower case, nearest first."""
    line = text[max(0, place - 48) : place].rpartition("\n")[2]
    return [word.lower() for word in _WORD.findall(line)[-count:]][::-1]


def word_after(text: str, place: int) -> str:
    """Return the word or unit sign right after a place on its line, in lower case, or ""."""
    match = _NEXT_WORD.match(text, place)
    return match[1].lower() if match else ""


def is_price(text: str, place: int) -> bool:
    """True if an amount of money ends at this place."""
    return word_after(text, place) in PRICES

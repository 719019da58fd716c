"""What stands around a number: the words before it say which number it is, the one after it whether it counts something."""

import re
from collections.abc import Iterable
from itertools import islice
from typing import Final

from inquiry_router.entities.words import words

_WORD: Final = re.compile(r"[^\W_]+(?:[/-][^\W_]+)*")
_DIGITS: Final = re.compile("[0-9]+")
# A text with more numbers than that is a table or a log; time must stay bounded.
_MAX_RUNS: Final = 200
_NEXT_WORD: Final = re.compile(r"[^\S\n]{0,2}([^\W\d_]+|[%€$£°\"″'])")
PRICES: Final = words(
    "zł zl pln złotych zlotych eur euro € $ £ usd gbp chf czk kč kc uah грн tys mln"
)


def digit_runs(text: str) -> list[tuple[int, int]]:
    """Where digits begin and end, the first two hundred times: no number is looked for anywhere else."""
    if not any(map(text.__contains__, "0123456789")):
        return []
    return [match.span() for match in islice(_DIGITS.finditer(text), _MAX_RUNS)]


def matches(pattern: re.Pattern[str], text: str, places: Iterable[int]) -> list[re.Match[str]]:
    """Where the pattern matches at one of the rising places, never overlapping."""
    found: list[re.Match[str]] = []
    end = 0
    for place in places:
        if place >= end and (match := pattern.match(text, place)):
            found.append(match)
            end = match.end()
    return found


def words_before(text: str, place: int, count: int) -> list[str]:
    """Up to `count` words before a place on its line, in lower case, the nearest first."""
    line = text[max(0, place - 48) : place].rpartition("\n")[2]
    return [word.lower() for word in _WORD.findall(line)[-count:]][::-1]


def word_after(text: str, place: int) -> str:
    """The word (or the sign of a unit) right after a place on its line, in lower case; "" when there is none."""
    match = _NEXT_WORD.match(text, place)
    return match[1].lower() if match else ""


def price_follows(text: str, place: int) -> bool:
    """Is what ends at this place an amount of money?"""
    return word_after(text, place) in PRICES

"""Looking for a few phrases in a text, without running their patterns over every character.

Each phrase has a stem. The folded words of an inquiry tell which stems it can have at all, and most have few or none. Only
where a stem really stands is its pattern tried, at the beginning of that word.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final

from inquiry_router.text.folding import BEGINNING_CHARS, fold_words

# A text that repeats one stem thousands of times must not cost seconds; nobody says it more often.
_MAX_TRIES: Final = 60
_LONGEST_WORD: Final = 30
_WORD: Final = re.compile(r"\w+")


def folded(stem: str) -> str:
    """What to look for in folded words: every text in which the stem stands has it."""
    words = fold_words(stem)
    words = words.lstrip() if stem[0].isalnum() else words
    return words.rstrip() if stem[-1].isalnum() else words


def standing(lower: str, stems: Iterable[str]) -> frozenset[str]:
    """Those of the stems that stand in the text in lower case, in which some word begins as their longest one does."""
    return frozenset([stem for stem in stems if stem in lower and _beginning(stem).search(lower)])


@cache
def _beginning(stem: str) -> re.Pattern[str]:
    """The beginning of its longest word, at that of a word; anything when that is short and may go on.

    Letters come first in the pattern, for those are searched quickly.
    """
    longest = max(_WORD.findall(stem), key=len)
    if len(longest) < BEGINNING_CHARS:
        return re.compile("" if stem.endswith(longest) else rf"{longest}(?<!\w{longest})(?!\w)")
    return re.compile(rf"{longest[:BEGINNING_CHARS]}(?<!\w{longest[:BEGINNING_CHARS]})")


def phrases(
    text: str, lower: str, stems: Iterable[str], pattern: re.Pattern[str]
) -> Iterator[re.Match[str]]:
    """Where the pattern matches at the beginning of a word with one of the stems, never overlapping, in order."""
    end = 0
    for begin in sorted(_beginnings(lower, stems)):
        if begin >= end and (match := pattern.match(text, begin)):
            end = match.end()
            yield match


def _beginnings(lower: str, stems: Iterable[str]) -> set[int]:
    beginnings: set[int] = set()
    for stem in stems:
        place = lower.find(stem)
        tries = 0
        while place >= 0 and tries < _MAX_TRIES:
            beginnings.add(_word_begin(lower, place))
            place = lower.find(stem, place + len(stem))
            tries += 1
    return beginnings


def _word_begin(lower: str, place: int) -> int:
    lowest = max(0, place - _LONGEST_WORD)
    while place > lowest and lower[place - 1].isalpha():
        place -= 1
    return place

"""Look for phrases in a text without running their patterns over every character.

Each phrase has a stem. The folded words of an inquiry tell which stems it can contain; most
inquiries contain few or none. A pattern is tried only at the beginning of a word in which one of
its stems occurs.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final

from inquiry_router.text.folding import BEGINNING_CHARS, fold_words

# Bounds the time of a text that repeats one stem thousands of times.
_MAX_OCCURRENCES: Final = 60
_MAX_WORD_CHARS: Final = 30
_WORD: Final = re.compile(r"\w+")


def fold_stem(stem: str) -> str:
    """Return the folded stem. Each text that contains the stem contains it in its folded words."""
    words = fold_words(stem)
    words = words.lstrip() if stem[0].isalnum() else words
    return words.rstrip() if stem[-1].isalnum() else words


def find_stems(lower: str, stems: Iterable[str]) -> frozenset[str]:
    """Return the stems that occur in the text in lower case.

    Some word must begin like the longest word of the stem.
    """
    return frozenset(
        [stem for stem in stems if stem in lower and _beginning_pattern(stem).search(lower)]
    )


@cache
def _beginning_pattern(stem: str) -> re.Pattern[str]:
    """Return a pattern for the beginning of a stem's longest word, at the beginning of a word.

    The pattern matches anything if that word is short and may continue. It begins with letters,
    which are searched fast.
    """
    longest = max(_WORD.findall(stem), key=len)
    if len(longest) < BEGINNING_CHARS:
        return re.compile("" if stem.endswith(longest) else rf"{longest}(?<!\w{longest})(?!\w)")
    return re.compile(rf"{longest[:BEGINNING_CHARS]}(?<!\w{longest[:BEGINNING_CHARS]})")


def find_phrases(
    text: str, lower: str, stems: Iterable[str], pattern: re.Pattern[str]
) -> Iterator[re.Match[str]]:
    """Yield the matches of a pattern in order, none overlapping.

    They begin with a word that contains one of the stems.
    """
    end = 0
    for begin in sorted(_word_begins(lower, stems)):
        if begin >= end and (match := pattern.match(text, begin)):
            end = match.end()
            yield match


def _word_begins(lower: str, stems: Iterable[str]) -> set[int]:
    begins: set[int] = set()
    for stem in stems:
        place = lower.find(stem)
        count = 0
        while place >= 0 and count < _MAX_OCCURRENCES:
            begins.add(_word_begin(lower, place))
            place = lower.find(stem, place + len(stem))
            count += 1
    return begins


def _word_begin(lower: str, place: int) -> int:
    lowest = max(0, place - _MAX_WORD_CHARS)
    while place > lowest and lower[place - 1].isalpha():
        place -= 1
    return place

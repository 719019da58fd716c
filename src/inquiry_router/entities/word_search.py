"""Looking for a few phrases in a text, without running their patterns over every character.

Each phrase has a stem, each stem a key: the first four letters of its longest word. The keys of a text's words are gathered
once, and most texts have none that matters. Only where a stem really stands is its pattern tried, at the beginning of that word.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

# A text that repeats one stem thousands of times must not cost seconds; nobody says it more often.
_MAX_TRIES: Final = 60
_LONGEST_WORD: Final = 30
_WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Stems:
    """Beginnings of words or phrases, in lower case, with their keys."""

    all: tuple[str, ...]
    keys: frozenset[str]

    def occur(self, lower: str, keys: frozenset[str]) -> bool:
        """Does one of them stand in the text in lower case, whose words have those keys?"""
        return not self.keys.isdisjoint(keys) and any(stem in lower for stem in self.all)


def stems(given: Iterable[str]) -> Stems:
    """Stems with their keys."""
    every = tuple(given)
    return Stems(every, frozenset(max(_WORD.findall(stem), key=len)[:4] for stem in every))


def word_keys(lower: str) -> frozenset[str]:
    """The first four letters of each word of a text in lower case."""
    return frozenset([word[:4] for word in _WORD.findall(lower)])


def phrases(text: str, lower: str, given: Stems, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """Where the pattern matches at the beginning of a word with one of the stems, never overlapping, in order of place."""
    end = 0
    for begin in sorted(_beginnings(lower, given.all)):
        if begin >= end and (match := pattern.match(text, begin)):
            end = match.end()
            yield match


def _beginnings(lower: str, given: Sequence[str]) -> set[int]:
    beginnings: set[int] = set()
    for stem in given:
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

"""Looking for a few phrases in a text, without running their patterns over every character.

Each phrase has a stem, each stem a key: the first four letters of its longest word. The keys of a text's words are gathered
once, and most texts have none that matters. Only where a stem really stands is its pattern tried, at the beginning of that word.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

# A text that repeats one stem thousands of times must not cost seconds; nobody says it more often.
_MAX_TRIES: Final = 60
_LONGEST_WORD: Final = 30
_WORD: Final = re.compile(r"\w+")
_KEY_LETTERS: Final = 4
_KEY: Final = re.compile(rf"(\w{{1,{_KEY_LETTERS}}})\w*")
# The key of stems too short for one, which may go on: they are looked for in every text.
ANY: Final = ""


@dataclass(frozen=True, slots=True)
class Stems:
    """Beginnings of words or phrases, in lower case, by their keys."""

    by_key: Mapping[str, tuple[str, ...]]

    def standing(self, lower: str, keys: frozenset[str]) -> list[str]:
        """Those that stand in the text in lower case, whose words have those keys."""
        return [stem for key in keys & self.by_key.keys() for stem in self.by_key[key] if stem in lower]


def stems(given: Iterable[str]) -> Stems:
    """Stems with their keys."""
    by_key: dict[str, tuple[str, ...]] = {}
    for stem in given:
        longest = max(_WORD.findall(stem), key=len)
        open_ended = len(longest) < _KEY_LETTERS and stem.endswith(longest)
        key = ANY if open_ended else longest[:_KEY_LETTERS]
        by_key[key] = (*by_key.get(key, ()), stem)
    return Stems(by_key)


def word_keys(lower: str) -> frozenset[str]:
    """The first four letters of each word of a text in lower case, and `ANY`."""
    return frozenset((*_KEY.findall(lower), ANY))


def phrases(text: str, lower: str, standing: Iterable[str], pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """Where the pattern matches at the beginning of a word with one of the standing stems, never overlapping, in order."""
    end = 0
    for begin in sorted(_beginnings(lower, standing)):
        if begin >= end and (match := pattern.match(text, begin)):
            end = match.end()
            yield match


def _beginnings(lower: str, standing: Iterable[str]) -> set[int]:
    beginnings: set[int] = set()
    for stem in standing:
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

"""Which of many phrases stand in a text: found out without looking for each."""

from collections.abc import Mapping

from inquiry_router.text.folding import BEGINNING, Words


class Phrases:
    """Phrases by their names, each a pattern to be looked for in folded words with spaces around them.

    Only a phrase whose longest word begins as a word of the text does is looked for at all; most texts have none.
    A word too short for that which may go on is looked for in every text.
    """

    def __init__(self, patterns: Mapping[str, str]) -> None:
        by_beginning: dict[str, list[tuple[str, str]]] = {}
        for name, pattern in patterns.items():
            by_beginning.setdefault(_beginning(pattern), []).append((name, pattern))
        self._by_beginning = by_beginning
        self._beginnings = frozenset(by_beginning)

    def find_in(self, words: Words) -> frozenset[str]:
        """The names of those that stand in the text."""
        spaced = words.spaced
        known = self._beginnings.intersection(words.beginnings)
        return frozenset(
            [
                name
                for key in known
                for name, pattern in self._by_beginning[key]
                if pattern in spaced
            ]
        )


def _beginning(pattern: str) -> str:
    longest = max(pattern.split(), key=len, default="")
    open_ended = len(longest) < BEGINNING and pattern.endswith(longest)
    return "" if open_ended else longest[:BEGINNING]

"""Find the phrases of a large set that occur in a text."""

from collections.abc import Mapping

from inquiry_router.text.folding import BEGINNING_CHARS, Words


class Phrases:
    """Named patterns of `phrase_pattern`, indexed by the beginning of their longest word.

    A pattern is looked for only if some word of the text begins like that word; most texts have
    none. A word that is shorter than the beginning and may continue is looked for in every text.
    """

    def __init__(self, patterns: Mapping[str, str]) -> None:
        by_beginning: dict[str, list[tuple[str, str]]] = {}
        for name, pattern in patterns.items():
            by_beginning.setdefault(_beginning(pattern), []).append((name, pattern))
        self._by_beginning = by_beginning
        self._beginnings = frozenset(by_beginning)

    def find_in(self, words: Words) -> frozenset[str]:
        """Return the names of the phrases that occur in the text."""
        known = self._beginnings.intersection(words.beginnings)
        return frozenset(
            [
                name
                for key in known
                for name, pattern in self._by_beginning[key]
                if pattern in words.spaced
            ]
        )


def _beginning(pattern: str) -> str:
    longest = max(pattern.split(), key=len, default="")
    open_ended = len(longest) < BEGINNING_CHARS and pattern.endswith(longest)
    return "" if open_ended else longest[:BEGINNING_CHARS]

"""The distribution of texts that a model was made from, to compare later input with. Pure."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

# Upper bound in words -> name of the group, as it stands in model cards and reports.
LENGTH_GROUPS: Final = (
    (8, "up to 8 words"),
    (25, "9 to 25"),
    (60, "26 to 60"),
    (120, "61 to 120"),
    (10**9, "more"),
)


def length_group(text: str) -> str:
    """Return the name of the group of lengths that a text belongs to."""
    words = len(text.split())
    return next(name for max_words, name in LENGTH_GROUPS if words <= max_words)


def shares(names: Sequence[str]) -> dict[str, float]:
    """Return each name's share of all names."""
    return {name: round(count / len(names), 4) for name, count in sorted(Counter(names).items())}

"""The rarity of words: a rare word in common says more than a frequent one."""

import math
from collections.abc import Iterable
from functools import lru_cache
from importlib import resources
from typing import Final

from inquiry_router.matters.likeness import stem

# One line a beginning of a word, with the number of the corpus's texts that have it. The first line
# is the number of all texts. Rarer ones are left out, and count as the rarest.
COUNTS_FILE: Final = "word_counts.txt"
RAREST: Final = 8
_MIN_CHARS: Final = 3


def stems_of(words: Iterable[str]) -> frozenset[str]:
    """Return the beginnings of folded words, without numbers and the shortest words."""
    return frozenset(
        [stem(word) for word in words if len(word) >= _MIN_CHARS and not word.isdigit()]
    )


def rarity(beginning: str) -> float:
    """Return the rarity of a beginning: 0 if all texts have it, about 8 for the rarest."""
    known = _rarities()
    return known.get(beginning, known[""])


@lru_cache(maxsize=1)
def _rarities() -> dict[str, float]:
    text = resources.files("inquiry_router.matters").joinpath(COUNTS_FILE).read_text("utf-8")
    (_, texts), *counts = (line.split(" ") for line in text.splitlines())
    found = {word: math.log((int(texts) + 1) / (int(count) + 1)) for word, count in counts}
    found[""] = math.log((int(texts) + 1) / (RAREST + 1))
    return found

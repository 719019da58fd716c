"""How well a company's own category is told apart from the others, and which of its examples look like something else. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from inquiry_router.classification.examples import ExampleSet, nearest, neighbourhood
from inquiry_router.classification.features import Floats

WELL: Final = 0.85
FAIRLY: Final = 0.6


@dataclass(frozen=True, slots=True)
class Collision:
    """An example that looks like another category to a model that has not seen it. `resembles` is what it is most like there."""

    example: str
    looks_like: str
    confidence: float
    resembles: str | None


@dataclass(frozen=True, slots=True)
class Separation:
    """How well a category is told apart. Shares are 0 to 1.

    `recognised`: of its own examples, by models that have not seen them; `taken_from_others`: of the shipped test, wrongly taken
    for it. `verdict` is well, fairly or poorly.
    """

    recognised: float
    taken_from_others: float
    verdict: str
    collisions: tuple[Collision, ...]


def separation(
    category: str,
    labels: Sequence[str],
    unseen: Floats,
    own: ExampleSet,
    shipped: ExampleSet,
    test: Floats,
) -> Separation:
    """Judge one category.

    `own` are its examples and `unseen` their probabilities by heads that have not seen them; `test` are those of the shipped test
    by the head that is to be used; both in the order of `labels`.
    """
    place = list(labels).index(category)
    mistaken = [number for number, row in enumerate(unseen) if int(row.argmax()) != place]
    recognised = 1.0 - len(mistaken) / len(own)
    return Separation(
        recognised=round(recognised, 3),
        taken_from_others=round(float((test.argmax(axis=1) == place).mean()), 4),
        verdict="well" if recognised >= WELL else "fairly" if recognised >= FAIRLY else "poorly",
        collisions=tuple(
            _collision(own, number, unseen[number], labels, shipped) for number in mistaken
        ),
    )


def _collision(
    own: ExampleSet, number: int, row: Floats, labels: Sequence[str], shipped: ExampleSet
) -> Collision:
    looks_like = labels[int(row.argmax())]
    there = shipped.where(np.array([label == looks_like for label in shipped.labels]))
    like = nearest(own.vectors[number], [neighbourhood(there)], 1)
    return Collision(
        own.texts[number], looks_like, round(float(row.max()), 3), like[0].text if like else None
    )

"""Measure how well an own category is separated from the others. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from inquiry_router.classification.examples import ExampleSet, nearest, prepare_search
from inquiry_router.classification.features import Floats

MIN_WELL: Final = 0.85
MIN_FAIRLY: Final = 0.6


@dataclass(frozen=True, slots=True)
class Collision:
    """An example that looks like another category to a model that has not seen it.

    `resembles` is the most similar example of that category.
    """

    example: str
    looks_like: str
    confidence: float
    resembles: str | None


@dataclass(frozen=True, slots=True)
class Separation:
    """The separation of a category. Shares are 0 to 1.

    `recognised` is the share of its own examples that are recognised by models that have not seen
    them; `taken_from_others` the share of the shipped test wrongly taken for it. `verdict` is
    "well", "fairly" or "poorly".
    """

    recognised: float
    taken_from_others: float
    verdict: str
    collisions: tuple[Collision, ...]


def measure_separation(
    category: str,
    labels: Sequence[str],
    unseen: Floats,
    own: ExampleSet,
    shipped: ExampleSet,
    test: Floats,
) -> Separation:
    """Measure the separation of one category.

    `own` are its examples, and `unseen` their probabilities by heads that have not seen them.
    `test` are the probabilities of the shipped test by the proposed head. Both are in the order of
    `labels`.
    """
    place = list(labels).index(category)
    mistaken = [number for number, row in enumerate(unseen) if int(row.argmax()) != place]
    recognised = 1.0 - len(mistaken) / len(own)
    return Separation(
        recognised=round(recognised, 3),
        taken_from_others=round(float((test.argmax(axis=1) == place).mean()), 4),
        verdict=_verdict(recognised),
        collisions=tuple(
            _collision(own, number, unseen[number], labels, shipped) for number in mistaken
        ),
    )


def _verdict(recognised: float) -> str:
    if recognised >= MIN_WELL:
        return "well"
    return "fairly" if recognised >= MIN_FAIRLY else "poorly"


def _collision(
    own: ExampleSet, number: int, row: Floats, labels: Sequence[str], shipped: ExampleSet
) -> Collision:
    looks_like = labels[int(row.argmax())]
    of_category = shipped.where(np.array([label == looks_like for label in shipped.labels]))
    similar = nearest(own.vectors[number], [prepare_search(of_category)], 1)
    return Collision(
        own.texts[number],
        looks_like,
        round(float(row.max()), 3),
        similar[0].text if similar else None,
    )

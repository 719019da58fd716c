"""Propose a new head, from corrections or from a company's own categories. Pure; takes seconds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from inquiry_router.classification.classifier import Classifier
from inquiry_router.classification.examples import ExampleSet
from inquiry_router.classification.features import Floats
from inquiry_router.classification.head import Head
from inquiry_router.learning.bench import Bench
from inquiry_router.learning.judging import Tally, find_objections
from inquiry_router.learning.lessons import (
    LESSON_WEIGHTS,
    Lesson,
    encode_as_examples,
    join,
    lessons_from,
    probabilities_of,
)
from inquiry_router.learning.separation import Separation, measure_separation
from inquiry_router.routing.own_categories import OwnCategory


@dataclass(frozen=True, slots=True)
class Proposal:
    """A head, its figures, and the reasons against using it; without any it may be used."""

    head: Head
    objections: tuple[str, ...]
    figures: dict[str, Any]


def propose_from_corrections(
    base: Classifier,
    shipped: ExampleSet,
    present: Head,
    corrected: ExampleSet,
    own: Sequence[OwnCategory],
) -> Proposal:
    """Propose a head fitted on all corrections, compared with the present one.

    If lessons with a high weight do harm, lower weights are tried.
    """
    bench = Bench.of_categories(base, shipped, [category.id for category in own])
    lessons = join(corrected, encode_as_examples(examples_of(own), base, "own"))
    for lesson_weight in LESSON_WEIGHTS:
        proposal = _propose(bench, present, corrected, lessons, lesson_weight)
        if not proposal.objections:
            break
    return proposal


def _propose(
    bench: Bench,
    present: Head,
    corrected: ExampleSet,
    lessons: ExampleSet,
    lesson_weight: float,
) -> Proposal:
    """Propose a head with one weight of lessons. The first lessons are the corrections."""
    start, present = bench.base.head.widened(bench.labels), present.widened(bench.labels)
    places = range(len(corrected))
    head, predicted = bench.fit_and_predict(start, lessons, lesson_weight, places)
    lesson_results = (
        bench.tally(present, corrected),
        bench.count(predicted, corrected.labels, bench.labels),
    )
    test_results = bench.test_both(present, head)
    figures = {
        "lesson_counts": lesson_weight,  # the name in stored figures
        "corrected_inquiries": _before_and_after(lesson_results),
        "shipped_test": _before_and_after(test_results),
    }
    return Proposal(head, tuple(find_objections(lesson_results, test_results)), figures)


def propose_from_categories(
    base: Classifier, shipped: ExampleSet, present: Head, own: Sequence[OwnCategory]
) -> tuple[Proposal, Separation | None]:
    """Propose the present head, taught to know exactly these own categories.

    Return also how well the last of them is separated.
    """
    bench = Bench.of_categories(base, shipped, [category.id for category in own])
    start, separated = present.widened(bench.labels), None
    head = start
    if own:
        lessons = encode_as_examples(examples_of(own), base, "own")
        last = [place for place, label in enumerate(lessons.labels) if label == own[-1].id]
        head, predicted = bench.fit_and_predict(start, lessons, LESSON_WEIGHTS[0], last)
        separated = _separation_of_last(bench, head, lessons, predicted)
    figures = {"shipped_test": _before_and_after(bench.test_both(present, head))}
    return Proposal(head, (), figures), separated


def _separation_of_last(
    bench: Bench, head: Head, lessons: ExampleSet, predicted: Floats
) -> Separation:
    last = bench.own[-1]
    examples = lessons.where(np.array([label == last for label in lessons.labels]))
    tested = probabilities_of(bench.base, head, bench.test)
    return measure_separation(last, bench.labels, predicted, examples, bench.replay, tested)


def examples_of(categories: Sequence[OwnCategory]) -> list[Lesson]:
    """Return the examples of a company's own categories as lessons."""
    return [
        lesson for category in categories for lesson in lessons_from(category.examples, category.id)
    ]


def _before_and_after(tallies: tuple[Tally, Tally]) -> dict[str, Any]:
    return {"before": tallies[0].as_json(), "after": tallies[1].as_json()}

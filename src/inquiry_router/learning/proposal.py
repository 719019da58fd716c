"""Propose a new head, from corrections or from a company's own categories. Pure; takes seconds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inquiry_router.classification.classifier import Classifier
from inquiry_router.classification.examples import ExampleSet
from inquiry_router.classification.features import Floats
from inquiry_router.classification.head import Head
from inquiry_router.inquiry.model import Channel, Draft
from inquiry_router.learning.judging import Tally, count_results, find_objections
from inquiry_router.learning.lessons import (
    LESSON_WEIGHTS,
    Lesson,
    all_labels,
    encode_as_examples,
    fit,
    hide_folds,
    lower_greedy_biases,
    mark_unrelated,
    predict_hidden,
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


@dataclass(frozen=True, slots=True)
class _Bench:
    """The parts that are the same for all heads fitted for one proposal.

    `replay` are the examples that no head may forget, `test` those by authors unknown to training.
    """

    base: Classifier
    replay: ExampleSet
    test: ExampleSet
    own: tuple[str, ...]

    @classmethod
    def of(
        cls, base: Classifier, shipped: ExampleSet, categories: Sequence[OwnCategory]
    ) -> "_Bench":
        own = tuple(category.id for category in categories)
        return cls(base, shipped.where(~shipped.unseen), shipped.where(shipped.unseen), own)

    @property
    def labels(self) -> tuple[str, ...]:
        return all_labels(self.own)

    @property
    def limits(self) -> tuple[float, float]:
        return self.base.card.threshold, self.base.card.margin

    def tally(self, head: Head, examples: ExampleSet) -> Tally:
        probabilities = probabilities_of(self.base, head, examples)
        return count_results(probabilities, examples.labels, head.labels, *self.limits)

    def test_both(self, present: Head, head: Head) -> tuple[Tally, Tally]:
        return self.tally(present, self.test), self.tally(head, self.test)

    def fit(
        self,
        start: Head,
        lessons: ExampleSet,
        lesson_weight: float,
        unrelated: NDArray[np.bool_],
        learnt: NDArray[np.bool_],
    ) -> list[Head]:
        seen = np.concatenate((unrelated, learnt), axis=1)
        return fit(self.base, start, self.replay, lessons, lesson_weight, seen)


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
    bench = _Bench.of(base, shipped, own)
    lessons = join(corrected, encode_as_examples(examples_of(own), base, "own"))
    for lesson_weight in LESSON_WEIGHTS:
        proposal = _propose(bench, present, corrected, lessons, lesson_weight)
        if not proposal.objections:
            break
    return proposal


def _propose(
    bench: _Bench,
    present: Head,
    corrected: ExampleSet,
    lessons: ExampleSet,
    lesson_weight: float,
) -> Proposal:
    """Propose a head with one weight of lessons. The first lessons are the corrections."""
    start, present = bench.base.head.widened(bench.labels), present.widened(bench.labels)
    places = range(len(corrected))
    head, predicted = _fit_and_predict(bench, start, lessons, lesson_weight, places)
    lesson_results = (
        bench.tally(present, corrected),
        count_results(predicted, corrected.labels, bench.labels, *bench.limits),
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
    bench = _Bench.of(base, shipped, own)
    start, separated = present.widened(bench.labels), None
    head = start
    if own:
        lessons = encode_as_examples(examples_of(own), base, "own")
        last = [place for place, label in enumerate(lessons.labels) if label == own[-1].id]
        head, predicted = _fit_and_predict(bench, start, lessons, LESSON_WEIGHTS[0], last)
        separated = _separation_of_last(bench, head, lessons, predicted)
    figures = {"shipped_test": _before_and_after(bench.test_both(present, head))}
    return Proposal(head, (), figures), separated


def _separation_of_last(
    bench: _Bench, head: Head, lessons: ExampleSet, predicted: Floats
) -> Separation:
    last = bench.own[-1]
    examples = lessons.where(np.array([label == last for label in lessons.labels]))
    tested = probabilities_of(bench.base, head, bench.test)
    return measure_separation(last, bench.labels, predicted, examples, bench.replay, tested)


def examples_of(categories: Sequence[OwnCategory]) -> list[Lesson]:
    """Return the examples of a company's own categories as lessons."""
    return [
        Lesson(f"{category.id}-{number}", Draft(Channel.API, text), category.id)
        for category in categories
        for number, text in enumerate(category.examples)
    ]


def join(first: ExampleSet, second: ExampleSet) -> ExampleSet:
    """Return one set of both; the origin is the first one's."""
    return ExampleSet(
        first.texts + second.texts,
        first.labels + second.labels,
        np.concatenate((first.vectors, second.vectors)),
        np.concatenate((first.offsets, second.offsets)),
        np.concatenate((first.unseen, second.unseen)),
        first.origin,
    )


def _fit_and_predict(
    bench: _Bench,
    start: Head,
    lessons: ExampleSet,
    lesson_weight: float,
    places: Sequence[int],
) -> tuple[Head, Floats]:
    """Fit a head on all lessons, and predict the lessons at `places` with heads blind to them."""
    base, replay = bench.base, bench.replay
    hidden = hide_folds(lessons, places)
    learnt = np.concatenate((np.ones((1, len(lessons)), dtype=bool), ~hidden))
    unrelated = np.ones((len(learnt), len(replay)), dtype=bool)
    heads = bench.fit(start, lessons, lesson_weight, unrelated, learnt)
    if bench.own:
        unrelated = np.stack([mark_unrelated(base, head, replay, bench.own) for head in heads])
        heads = bench.fit(start, lessons, lesson_weight, unrelated, learnt)
        heads = [lower_greedy_biases(base, head, bench.test, bench.own) for head in heads]
    return heads[0], predict_hidden(base, heads[1:], hidden, lessons, places)


def _before_and_after(tallies: tuple[Tally, Tally]) -> dict[str, Any]:
    return {"before": tallies[0].as_json(), "after": tallies[1].as_json()}

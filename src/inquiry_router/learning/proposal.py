"""Propose a new head, from corrections or from a company's own categories. Pure; takes seconds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

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
    lessons = join(corrected, encode_as_examples(examples_of(own), base, "own"))
    replay, test = split_examples(shipped)
    for lesson_weight in LESSON_WEIGHTS:
        proposal = _propose(
            base, replay, test, present, len(corrected), lessons, own, lesson_weight
        )
        if not proposal.objections:
            break
    return proposal


def _propose(
    base: Classifier,
    replay: ExampleSet,
    test: ExampleSet,
    present: Head,
    corrected_count: int,
    lessons: ExampleSet,
    own: Sequence[OwnCategory],
    lesson_weight: float,
) -> Proposal:
    """Propose a head with one weight of lessons.

    The first lessons are corrections, the rest examples of own categories.
    """
    labels = all_labels([category.id for category in own])
    corrected = lessons.where(np.arange(len(lessons)) < corrected_count)
    start = base.head.widened(labels)
    head, predicted = _fit_and_predict(
        base, start, replay, test, own, lesson_weight, lessons, range(corrected_count)
    )
    present = present.widened(labels)
    lesson_results = (
        _tally(base, present, corrected),
        count_results(predicted, corrected.labels, labels, *_limits(base)),
    )
    test_results = (_tally(base, present, test), _tally(base, head, test))
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
    labels = all_labels([category.id for category in own])
    replay, test = split_examples(shipped)
    start = present.widened(labels)
    if not own:
        return Proposal(start, (), _figures_on_test(base, present, start, test)), None
    lessons = encode_as_examples(examples_of(own), base, "own")
    last = [place for place, label in enumerate(lessons.labels) if label == own[-1].id]
    head, predicted = _fit_and_predict(
        base, start, replay, test, own, LESSON_WEIGHTS[0], lessons, last
    )
    last_ones = lessons.where(np.array([label == own[-1].id for label in lessons.labels]))
    separated = measure_separation(
        own[-1].id, labels, predicted, last_ones, replay, probabilities_of(base, head, test)
    )
    return Proposal(head, (), _figures_on_test(base, present, head, test)), separated


def split_examples(shipped: ExampleSet) -> tuple[ExampleSet, ExampleSet]:
    """Return the examples that no head may forget, and the test by authors unknown to training."""
    return shipped.where(~shipped.unseen), shipped.where(shipped.unseen)


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
    base: Classifier,
    start: Head,
    replay: ExampleSet,
    test: ExampleSet,
    own: Sequence[OwnCategory],
    lesson_weight: float,
    lessons: ExampleSet,
    places: Sequence[int],
) -> tuple[Head, Floats]:
    """Fit a head on all lessons, and predict the lessons at `places` with heads blind to them."""
    names = [category.id for category in own]
    hidden = hide_folds(lessons, places)
    learnt = np.concatenate((np.ones((1, len(lessons)), dtype=bool), ~hidden))
    unrelated = np.ones((len(learnt), len(replay)), dtype=bool)
    heads = fit(
        base, start, replay, lessons, lesson_weight, np.concatenate((unrelated, learnt), axis=1)
    )
    if own:
        unrelated = np.stack([mark_unrelated(base, head, replay, names) for head in heads])
        heads = fit(
            base, start, replay, lessons, lesson_weight, np.concatenate((unrelated, learnt), axis=1)
        )
        heads = [lower_greedy_biases(base, head, test, names) for head in heads]
    return heads[0], predict_hidden(base, heads[1:], hidden, lessons, places)


def _tally(base: Classifier, head: Head, examples: ExampleSet) -> Tally:
    return count_results(
        probabilities_of(base, head, examples), examples.labels, head.labels, *_limits(base)
    )


def _figures_on_test(
    base: Classifier, present: Head, head: Head, test: ExampleSet
) -> dict[str, Any]:
    results = (_tally(base, present, test), _tally(base, head, test))
    return {"shipped_test": _before_and_after(results)}


def _limits(base: Classifier) -> tuple[float, float]:
    return base.card.threshold, base.card.margin


def _before_and_after(tallies: tuple[Tally, Tally]) -> dict[str, Any]:
    return {"before": tallies[0].as_json(), "after": tallies[1].as_json()}

"""A new head and what speaks against it: from corrections, or from categories of the company's own. Pure, and takes seconds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from inquiry_router.classification.classifier import Classifier
from inquiry_router.classification.examples import ExampleSet
from inquiry_router.classification.features import Floats
from inquiry_router.classification.head import Head
from inquiry_router.inquiry.model import Channel, Draft
from inquiry_router.learning.judging import Tally, objections, tally
from inquiry_router.learning.lessons import (
    LESSON_COUNTS,
    Lesson,
    all_labels,
    fit,
    left_out,
    not_meant,
    out_of_fold,
    probabilities_of,
    read_lessons,
    without_greed,
)
from inquiry_router.learning.separation import Separation, separation
from inquiry_router.routing.own_categories import OwnCategory


@dataclass(frozen=True, slots=True)
class Proposal:
    """A head, the figures that were measured, and why it must not be used; without objections it may."""

    head: Head
    objections: tuple[str, ...]
    figures: dict[str, Any]


def from_corrections(
    base: Classifier,
    shipped: ExampleSet,
    present: Head,
    corrected: ExampleSet,
    own: Sequence[OwnCategory],
) -> Proposal:
    """A head fitted on everything people corrected, compared with the present one.

    When the lessons, as heavy as they are, spoil something, lighter ones are tried.
    """
    lessons = joined(corrected, read_lessons(examples_of(own), base, "own"))
    replay, test = split(shipped)
    for lesson_counts in LESSON_COUNTS:
        proposal = _from_lessons(
            base, replay, test, present, len(corrected), lessons, own, lesson_counts
        )
        if not proposal.objections:
            break
    return proposal


def _from_lessons(
    base: Classifier,
    replay: ExampleSet,
    test: ExampleSet,
    present: Head,
    corrected_count: int,
    lessons: ExampleSet,
    own: Sequence[OwnCategory],
    lesson_counts: float,
) -> Proposal:
    """One try; of the lessons the first ones are corrections, the rest examples of own categories."""
    labels = all_labels([category.id for category in own])
    corrected = lessons.where(np.arange(len(lessons)) < corrected_count)
    start = base.head.widened(labels)
    head, unseen = _fitted(
        base, start, replay, test, own, lesson_counts, lessons, range(corrected_count)
    )
    present = present.widened(labels)
    of_lessons = (
        _tally(base, present, corrected),
        tally(unseen, corrected.labels, labels, *_line(base)),
    )
    of_test = (_tally(base, present, test), _tally(base, head, test))
    figures = {
        "lesson_counts": lesson_counts,
        "corrected_inquiries": _pair(of_lessons),
        "shipped_test": _pair(of_test),
    }
    return Proposal(head, tuple(objections(of_lessons, of_test)), figures)


def from_categories(
    base: Classifier, shipped: ExampleSet, present: Head, own: Sequence[OwnCategory]
) -> tuple[Proposal, Separation | None]:
    """The present head, taught to know exactly these categories of the company's own; and how well the last is told apart."""
    labels = all_labels([category.id for category in own])
    replay, test = split(shipped)
    start = present.widened(labels)
    if not own:
        return Proposal(
            start,
            (),
            {"shipped_test": _pair((_tally(base, present, test), _tally(base, start, test)))},
        ), None
    lessons = read_lessons(examples_of(own), base, "own")
    last = [place for place, label in enumerate(lessons.labels) if label == own[-1].id]
    head, unseen = _fitted(base, start, replay, test, own, LESSON_COUNTS[0], lessons, last)
    last_ones = lessons.where(np.array([label == own[-1].id for label in lessons.labels]))
    told = separation(
        own[-1].id, labels, unseen, last_ones, replay, probabilities_of(base, head, test)
    )
    return Proposal(
        head, (), {"shipped_test": _pair((_tally(base, present, test), _tally(base, head, test)))}
    ), told


def split(shipped: ExampleSet) -> tuple[ExampleSet, ExampleSet]:
    """What no head may forget, and the test by authors that training has never seen."""
    return shipped.where(~shipped.unseen), shipped.where(shipped.unseen)


def examples_of(categories: Sequence[OwnCategory]) -> list[Lesson]:
    """The examples of the company's own categories, as lessons."""
    return [
        Lesson(f"{category.id}-{number}", Draft(Channel.API, text), category.id)
        for category in categories
        for number, text in enumerate(category.examples)
    ]


def joined(first: ExampleSet, second: ExampleSet) -> ExampleSet:
    """One set of both; the origin is the first one's."""
    return ExampleSet(
        first.texts + second.texts,
        first.labels + second.labels,
        np.concatenate((first.vectors, second.vectors)),
        np.concatenate((first.offsets, second.offsets)),
        np.concatenate((first.unseen, second.unseen)),
        first.origin,
    )


def _fitted(
    base: Classifier,
    start: Head,
    replay: ExampleSet,
    test: ExampleSet,
    own: Sequence[OwnCategory],
    lesson_counts: float,
    lessons: ExampleSet,
    asked: Sequence[int],
) -> tuple[Head, Floats]:
    """The head that has learnt all lessons; and what heads say of those at the places `asked` that have not seen them."""
    names = [category.id for category in own]
    hidden = left_out(lessons, asked)
    learnt = np.concatenate((np.ones((1, len(lessons)), dtype=bool), ~hidden))
    meant = np.ones((len(learnt), len(replay)), dtype=bool)
    heads = fit(
        base, start, replay, lessons, lesson_counts, np.concatenate((meant, learnt), axis=1)
    )
    if own:
        meant = np.stack([not_meant(base, head, replay, names) for head in heads])
        heads = fit(
            base, start, replay, lessons, lesson_counts, np.concatenate((meant, learnt), axis=1)
        )
        heads = [without_greed(base, head, test, names) for head in heads]
    return heads[0], out_of_fold(base, heads[1:], hidden, lessons, asked)


def _tally(base: Classifier, head: Head, examples: ExampleSet) -> Tally:
    return tally(probabilities_of(base, head, examples), examples.labels, head.labels, *_line(base))


def _line(base: Classifier) -> tuple[float, float]:
    return base.card.threshold, base.card.margin


def _pair(tallies: tuple[Tally, Tally]) -> dict[str, Any]:
    return {"before": tallies[0].as_json(), "after": tallies[1].as_json()}

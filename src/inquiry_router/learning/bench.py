"""Fit and try heads against the shipped examples. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inquiry_router.classification.classifier import Classifier
from inquiry_router.classification.examples import ExampleSet
from inquiry_router.classification.features import Floats
from inquiry_router.classification.head import Head
from inquiry_router.inquiry.categories import CATEGORY_IDS, OTHER
from inquiry_router.learning.judging import Tally, count_results
from inquiry_router.learning.lessons import (
    MAX_TAKEN,
    fit,
    hide_folds,
    lower_greedy_biases,
    mark_unrelated,
    predict_hidden,
    probabilities_of,
)


@dataclass(frozen=True, slots=True)
class Bench:
    """The parts that are the same for all heads fitted for one proposal.

    `replay` are the examples that no head may forget, `test` those by authors unknown to training.
    Of the heads' `labels`, `own` are the company's own. Each of these may take so many texts of
    `guarded`.
    """

    base: Classifier
    replay: ExampleSet
    test: ExampleSet
    labels: tuple[str, ...]
    own: tuple[str, ...]
    guarded: ExampleSet
    may_take: float

    @classmethod
    def of_categories(cls, base: Classifier, shipped: ExampleSet, own: Sequence[str]) -> "Bench":
        """Return the bench for heads of categories: the product's six and the company's own."""
        replay, test = shipped.where(~shipped.unseen), shipped.where(shipped.unseen)
        labels, guarded = (*CATEGORY_IDS, *own), guarded_texts(shipped)
        return cls(base, replay, test, labels, tuple(own), guarded, MAX_TAKEN * len(guarded))

    def count(self, probabilities: Floats, labels: Sequence[str], order: Sequence[str]) -> Tally:
        """Count the results, with the model's limits of a sure decision."""
        card = self.base.card
        limits = [card.threshold_of(label) for label in order]
        return count_results(probabilities, labels, order, limits, card.margin)

    def tally(self, head: Head, examples: ExampleSet) -> Tally:
        """Count the results of a head on examples."""
        return self.count(probabilities_of(self.base, head, examples), examples.labels, head.labels)

    def test_both(self, present: Head, head: Head) -> tuple[Tally, Tally]:
        """Count the results of two heads on the shipped test."""
        return self.tally(present, self.test), self.tally(head, self.test)

    def fit_and_predict(
        self, start: Head, lessons: ExampleSet, lesson_weight: float, places: Sequence[int]
    ) -> tuple[Head, Floats]:
        """Fit a head on all lessons, and predict those at `places` with heads blind to them."""
        hidden = hide_folds(lessons, places)
        learnt = np.concatenate((np.ones((1, len(lessons)), dtype=bool), ~hidden))
        unrelated = np.ones((len(learnt), len(self.replay)), dtype=bool)
        heads = self._fit(start, lessons, lesson_weight, unrelated, learnt)
        if self.own:
            own, replay = self.own, self.replay
            unrelated = np.stack([mark_unrelated(self.base, head, replay, own) for head in heads])
            heads = self._fit(start, lessons, lesson_weight, unrelated, learnt)
            heads = [self._lower_greedy(head) for head in heads]
        return heads[0], predict_hidden(self.base, heads[1:], hidden, lessons, places)

    def _fit(
        self,
        start: Head,
        lessons: ExampleSet,
        lesson_weight: float,
        unrelated: NDArray[np.bool_],
        learnt: NDArray[np.bool_],
    ) -> list[Head]:
        seen = np.concatenate((unrelated, learnt), axis=1)
        return fit(self.base, start, self.replay, lessons, lesson_weight, seen)

    def _lower_greedy(self, head: Head) -> Head:
        return lower_greedy_biases(self.base, head, self.guarded, self.own, self.may_take)


def guarded_texts(shipped: ExampleSet) -> ExampleSet:
    """Return the texts of the shipped test that own labels must leave alone.

    Those of `other` do not count: most own categories are carved out of it.
    """
    is_other = np.array([label == OTHER for label in shipped.labels])
    return shipped.where(shipped.unseen & ~is_other)

"""Teach a company's own intents beside those that always exist. Pure; takes seconds.

Each category that has own intents is taught apart, from its own shipped examples: the intents of
the other categories stay as they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from inquiry_router.classification.classifier import Classifier
from inquiry_router.classification.examples import ExampleSet
from inquiry_router.classification.features import Floats
from inquiry_router.classification.head import Head
from inquiry_router.classification.intents import intent_label, split_label
from inquiry_router.classification.linear import softmax
from inquiry_router.inquiry.intents import INTENT_BY_ID
from inquiry_router.learning.bench import Bench, guarded_texts
from inquiry_router.learning.lessons import (
    LESSON_WEIGHTS,
    MAX_TAKEN,
    encode_as_examples,
    lessons_from,
    probabilities_of,
)
from inquiry_router.learning.separation import Separation, measure_separation
from inquiry_router.routing.own_categories import OwnCategory
from inquiry_router.routing.own_intents import OwnIntent


@dataclass(frozen=True, slots=True)
class _Taught:
    """The intents of one category, taught: the head of these alone, and the lessons.

    `predicted` are the probabilities of the last intent's lessons by heads that have not seen them.
    """

    category: str
    head: Head
    last: ExampleSet
    predicted: Floats


def propose_intents(
    base: Classifier,
    shipped: ExampleSet,
    present: Head,
    own: Sequence[OwnIntent],
    categories: Sequence[OwnCategory],
) -> tuple[Head, Separation | None]:
    """Propose a head of intents that knows exactly these own ones beside those that always exist.

    `present` is the head of categories in use. Return also how well the last own intent is
    separated: from the other intents of its category, and from the other categories.
    """
    assert base.intents is not None
    proposed, separated = base.intents, None
    named = _name_intents(base.intents, shipped)
    may_take = MAX_TAKEN * len(guarded_texts(shipped))
    for category in dict.fromkeys(intent.category for intent in own):
        inside = [intent for intent in own if intent.category == category]
        plain = next((one.examples for one in categories if one.id == category), ())
        taught = _teach(_bench(base, named, category, inside, may_take), category, inside, plain)
        proposed = _joined(proposed, taught.head)
        if own[-1].category == category:
            separated = _separation(base, named, present, taught)
    return proposed, separated


def own_intents_in(head: Head) -> frozenset[str]:
    """Return the ids of the company's own intents that a head knows."""
    ids = {split_label(label)[1] for label in head.labels}
    return frozenset(ids - {""} - INTENT_BY_ID.keys())


def _name_intents(head: Head, shipped: ExampleSet) -> ExampleSet:
    """Return the shipped examples with the likeliest intents of their categories as labels."""
    scores, labels = head.scores(shipped.vectors), list(shipped.labels)
    for category in set(shipped.labels):
        places = [n for n, label in enumerate(head.labels) if split_label(label)[0] == category]
        for row in np.flatnonzero([label == category for label in shipped.labels]):
            if places:
                labels[row] = head.labels[places[int(scores[row, places].argmax())]]
    return replace(shipped, labels=tuple(labels))


def _bench(
    base: Classifier,
    named: ExampleSet,
    category: str,
    own: Sequence[OwnIntent],
    may_take: float,
) -> Bench:
    """Return the bench for heads of one category's intents, whose scores have no temperature."""
    assert base.intents is not None
    known = [label for label in base.intents.labels if split_label(label)[0] == category]
    ids = tuple(intent_label(category, intent.id) for intent in own)
    exact = replace(base, card=replace(base.card, temperature=1.0))
    inside = named.where(np.array([split_label(label)[0] == category for label in named.labels]))
    replay, test = inside.where(~inside.unseen), inside.where(inside.unseen)
    labels = (*(known or [intent_label(category)]), *ids)
    return Bench(exact, replay, test, labels, ids, test, may_take)


def _teach(bench: Bench, category: str, own: Sequence[OwnIntent], plain: Sequence[str]) -> _Taught:
    """Teach the own intents of one category.

    `plain` are the examples of a company's own category: texts of no particular intent.
    """
    assert bench.base.intents is not None
    lessons = lessons_from(plain, intent_label(category))
    for intent in own:
        lessons += lessons_from(intent.examples, intent_label(category, intent.id))
    examples = encode_as_examples(lessons, bench.base, "own")
    is_last = np.array([label == bench.own[-1] for label in examples.labels])
    start = bench.base.intents.widened(bench.labels)
    places = [int(place) for place in np.flatnonzero(is_last)]
    head, predicted = bench.fit_and_predict(start, examples, LESSON_WEIGHTS[0], places)
    return _Taught(category, head, examples.where(is_last), predicted)


def _joined(whole: Head, part: Head) -> Head:
    """Return a head with the labels of another one put in."""
    labels = (*whole.labels, *(label for label in part.labels if label not in whole.labels))
    joined = whole.widened(labels)
    places = [labels.index(label) for label in part.labels]
    weights, biases = joined.weights.copy(), joined.biases.copy()
    weights[:, places], biases[places] = part.weights, part.biases
    return replace(joined, weights=weights, biases=biases)


def _separation(base: Classifier, named: ExampleSet, present: Head, taught: _Taught) -> Separation:
    """Measure the last own intent among the intents of its category and the other categories."""
    others = [label for label in present.labels if label != taught.category]
    labels = (*others, *taught.head.labels)
    test = named.where(named.unseen)

    def together(examples: ExampleSet, within: Floats) -> Floats:
        """The probabilities of the other categories, and of the intents of this one."""
        found = probabilities_of(base, present, examples)
        rest = found[:, [present.labels.index(label) for label in others]]
        inside = found[:, [present.labels.index(taught.category)]] * within
        return np.concatenate((rest, inside), axis=1)

    return measure_separation(
        taught.head.labels[-1],
        labels,
        together(taught.last, taught.predicted),
        taught.last,
        _by_category(named.where(~named.unseen), taught.category),
        together(test, softmax(taught.head.scores(test.vectors))),
    )


def _by_category(named: ExampleSet, category: str) -> ExampleSet:
    """Return examples with their categories as labels, and in one category with their intents."""
    labels = (
        label if split_label(label)[0] == category else split_label(label)[0]
        for label in named.labels
    )
    return replace(named, labels=tuple(labels))

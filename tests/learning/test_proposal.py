"""Proposals of new heads."""

import numpy as np

from inquiry_router.classification.examples import ExampleSet, load_examples
from inquiry_router.inquiry.model import Channel
from inquiry_router.learning.lessons import join
from inquiry_router.learning.proposal import examples_of, propose_from_categories
from inquiry_router.routing.own_categories import OwnCategory
from tests.conftest import shipped_model

RENTAL = OwnCategory.model_validate(OwnCategory.model_config["json_schema_extra"]["examples"][0])


def test_examples_of_own_categories_are_lessons() -> None:
    lessons = examples_of([RENTAL])
    assert [lesson.draft.text for lesson in lessons] == list(RENTAL.examples)
    assert {lesson.category for lesson in lessons} == {"rental"}
    assert {lesson.draft.channel for lesson in lessons} == {Channel.API}


def test_joined_sets_keep_rows_and_the_first_origin() -> None:
    one, other = (
        ExampleSet(
            (text,), (text,), np.full((1, 4), value), np.zeros((1, 2)), np.array([seen]), text
        )
        for text, value, seen in (("a", 1.0, False), ("b", 2.0, True))
    )
    both = join(one, other)
    assert (both.texts, both.labels, both.origin) == (("a", "b"), ("a", "b"), "a")
    assert both.vectors[:, 0].tolist() == [1.0, 2.0]
    assert both.unseen.tolist() == [False, True]


def test_proposal_without_own_categories_is_the_present_head() -> None:
    base = shipped_model()
    shipped = load_examples(base.folder)
    assert shipped is not None
    proposal, separation = propose_from_categories(base, shipped, base.head, [])
    assert separation is None
    assert proposal.head.labels == base.head.labels
    figures = proposal.figures["shipped_test"]
    assert figures["before"] == figures["after"]

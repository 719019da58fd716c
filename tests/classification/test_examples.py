"""Shipped and learnt examples: search and files."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from inquiry_router.classification.corpus import read_corpus
from inquiry_router.classification.examples import (
    ExampleSet,
    excerpt,
    load_examples,
    nearest,
    prepare_search,
    save_examples,
)
from inquiry_router.inquiry.model import Channel, Draft
from inquiry_router.intake.cleaning import clean
from inquiry_router.intake.question import question_of
from tests.conftest import shipped_model


def example_set() -> ExampleSet:
    texts = ("pompa cieknie", "cennik poproszę", "gdzie paczka")
    vectors = np.array([[1, 0, 0, 1], [0, 1, 1, 0], [1, 1, 0, 0]], dtype=np.float32)
    offsets = np.zeros((3, 2), dtype=np.float32)
    return ExampleSet(
        texts,
        ("defect", "catalog_request", "order_support"),
        vectors,
        offsets,
        np.array([False, False, True]),
    )


def test_nearest_comes_first_and_equal_directions_score_one() -> None:
    first, second, third = nearest(
        np.array([0, 2, 3, 0], dtype=np.float32), [prepare_search(example_set())]
    )
    assert (first.text, first.category, first.similarity) == (
        "cennik poproszę",
        "catalog_request",
        1.0,
    )
    assert first.similarity > second.similarity >= third.similarity
    assert first.origin == "corpus"


def test_several_sets_are_searched_together() -> None:
    other = ExampleSet(
        ("u nas", "też"),
        ("a", "b"),
        np.eye(4, dtype=np.float32)[:2],
        np.zeros((2, 2)),
        np.zeros(2, bool),
        "own",
    )
    empty = example_set().where(np.zeros(3, dtype=bool))
    found = nearest(
        np.array([1, 0, 0, 0], dtype=np.float32),
        [prepare_search(each) for each in (empty, other, example_set())],
        1,
    )
    assert found[0].origin == "own"


def test_saved_examples_are_loaded(tmp_path: Path) -> None:
    save_examples(example_set(), tmp_path)
    again = load_examples(tmp_path)
    assert again is not None
    assert (again.texts, again.labels, again.unseen.tolist()) == (
        example_set().texts,
        example_set().labels,
        example_set().unseen.tolist(),
    )
    assert np.allclose(again.vectors, example_set().vectors, atol=0.01)
    assert load_examples(tmp_path / "nowhere") is None


def test_shipped_examples_cover_all_categories_and_blind_authors() -> None:
    model = shipped_model()
    shipped = load_examples(model.folder)
    assert shipped is not None
    blind = [
        question_of(clean(Draft(e.channel, e.text, e.subject)))
        for e in read_corpus()
        if e.author.startswith("blind")
    ]
    blind_texts = {excerpt(draft.subject, draft.text) for draft in blind}
    assert {
        text for text, unseen in zip(shipped.texts, shipped.unseen, strict=True) if unseen
    } == blind_texts
    for part in (shipped.where(shipped.unseen), shipped.where(~shipped.unseen)):
        assert min(part.labels.count(label) for label in model.card.labels) >= 50


def test_nearest_examples_have_the_category_of_the_inquiry() -> None:
    model = shipped_model()
    shipped = load_examples(model.folder)
    assert shipped is not None
    vector = model.encoder.encode(None, "Poproszę aktualny cennik i katalog Państwa okien.").vector
    assert [one.category for one in nearest(vector, [prepare_search(shipped)])] == [
        "catalog_request"
    ] * 3


def test_search_is_cheap_beside_classifying() -> None:
    """At most three tenths of the time of classifying a text of 40 words."""
    model = shipped_model()
    shipped = load_examples(model.folder)
    assert shipped is not None
    ready = prepare_search(shipped)
    text = (
        "W zeszłym tygodniu dostaliśmy dwie pompy i jedna z nich od razu cieknie przy "
        "kołnierzu, druga działa. "
    ) * 2
    vector = model.encoder.encode(None, text).vector

    def quickest(action: Callable[[], object]) -> float:
        taken = []
        for _ in range(15):
            begun = time.process_time()
            action()
            taken.append(time.process_time() - begun)
        return min(taken)

    classifying = quickest(lambda: model.classify(Draft(Channel.EMAIL, text)))
    assert quickest(lambda: nearest(vector, [ready])) <= 0.3 * classifying

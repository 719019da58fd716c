"""Cross-validation: each lesson is predicted by the head that it was hidden from."""

import numpy as np

from inquiry_router.classification.examples import ExampleSet
from inquiry_router.classification.head import Head
from inquiry_router.inquiry.categories import CATEGORY_IDS
from inquiry_router.learning.lessons import FOLDS, hide_folds, predict_hidden
from tests.conftest import shipped_model


def lessons(count: int) -> ExampleSet:
    """Lessons whose texts differ and whose vectors do not."""
    base = shipped_model()
    vectors = np.zeros((count, base.encoder.width), dtype=np.float32)
    offsets = np.zeros((count, len(base.card.labels)), dtype=np.float32)
    texts = tuple(f"lesson {number}" for number in range(count))
    return ExampleSet(
        texts, ("defect",) * count, vectors, offsets, np.zeros(count, dtype=bool), "learnt"
    )


def test_each_lesson_is_hidden_once() -> None:
    places = range(3, 20)
    hidden = hide_folds(lessons(25), places)
    assert hidden.shape == (FOLDS, 25)
    assert hidden.sum(axis=0).tolist() == [int(place in places) for place in range(25)]
    assert hidden.any(axis=1).all()


def test_two_lessons_make_two_folds() -> None:
    assert hide_folds(lessons(2), [0, 1]).sum(axis=1).tolist() == [1, 1]


def test_lesson_is_predicted_by_the_head_it_was_hidden_from() -> None:
    base, places = shipped_model(), [4, 1, 8]
    hidden = hide_folds(lessons(9), places)
    weights = np.zeros((base.encoder.width, len(CATEGORY_IDS)), dtype=np.float32)
    heads = [
        Head(CATEGORY_IDS, weights, np.eye(len(CATEGORY_IDS), dtype=np.float32)[part] * 9)
        for part in range(len(hidden))
    ]
    found = predict_hidden(base, heads, hidden, lessons(9), places)
    assert found.argmax(axis=1).tolist() == [int(hidden[:, place].argmax()) for place in places]

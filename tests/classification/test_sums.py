"""Labels as sums of their parts: scores, shares, other labels, serialisation, learning."""

import numpy as np
import pytest

from inquiry_router.classification.head import Head, fit_head, head_of_bytes, targets_of
from inquiry_router.classification.sums import Sums

LABELS = ("a", "b")
# Two parts of a, at opposite corners, and one of b between them.
WEIGHTS = np.array([[4.0, -4.0, 0.0], [0.0, 0.0, 4.0]], dtype=np.float32)
SUMS = Sums(WEIGHTS, np.zeros(3, dtype=np.float32), np.array([0, 0, 1]), 2)


def head_of(sums: Sums) -> Head:
    width, count = len(sums.weights), sums.count
    return Head(
        LABELS[:count],
        np.zeros((width, count), dtype=np.float32),
        np.zeros(count, dtype=np.float32),
        sums=sums,
    )


def test_a_label_is_as_likely_as_its_parts_together() -> None:
    vector = np.array([0.5, 0.25], dtype=np.float32)
    odds = np.exp(vector @ WEIGHTS)
    expected = np.log([odds[0] + odds[1], odds[2]])
    assert np.allclose(SUMS.scores(vector), expected, atol=1e-5)
    assert np.allclose(SUMS.scores(vector[None])[0], expected, atol=1e-5)


def test_opposite_corners_can_be_one_label() -> None:
    """No linear head can do this."""
    corners = np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0]], dtype=np.float32)
    assert head_of(SUMS).scores(corners).argmax(axis=1).tolist() == [0, 0, 1]


def test_shares_of_the_likeliest_part_add_up_to_the_score() -> None:
    vector = np.array([1.0, 0.0], dtype=np.float32)
    scores = SUMS.scores(vector)
    share = float(vector @ head_of(SUMS).slope(vector, 0))
    assert share == pytest.approx(float(scores[0] - scores.mean()), abs=0.01)


def test_other_labels_keep_their_own_parts() -> None:
    head = head_of(SUMS).widened(("b", "new", "a"))
    vector = np.array([1.0, 0.5], dtype=np.float32)
    before = SUMS.scores(vector)
    assert np.allclose(head.scores(vector), [before[1], 0.0, before[0]], atol=1e-5)
    assert head.known().tolist() == [True, False, True]
    assert np.allclose(head.widened(("b",)).scores(vector), [before[1]], atol=1e-5)


def test_scaled_and_serialised_it_scores_the_same() -> None:
    vectors = np.array([[1.0, 0.5], [0.1, -2.0]], dtype=np.float32)
    head = head_of(SUMS).scaled(np.float32(0.5))
    assert np.allclose(head.scores(vectors), SUMS.scores(vectors) / 2, atol=1e-5)
    again = head_of_bytes(head.as_bytes())
    assert np.allclose(again.scores(vectors), head.scores(vectors), atol=1e-6)


def test_what_is_learnt_is_added_to_the_sums() -> None:
    vectors = np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0]] * 10, dtype=np.float32)
    labels = ["b", "a", "b"] * 10
    head = fit_head(vectors, targets_of(labels, LABELS), head_of(SUMS), strength=1e-3)
    assert head.sums is SUMS
    assert [LABELS[place] for place in head.scores(vectors).argmax(axis=1)] == labels

"""The hidden layer: nonlinear boundaries, slopes, serialisation."""

import numpy as np
import pytest

from inquiry_router.classification.head import Head, empty_head, fit_head, head_of_bytes, targets_of
from inquiry_router.classification.hidden import Hidden, fit_hidden

LABELS = ("apart", "alike")


def quadrants(seed: int, count: int = 240) -> tuple[np.ndarray, list[str]]:
    """Points in four quadrants: "alike" where both coordinates have the same sign.

    The first coordinate is a thousand times as large as the second.
    """
    points = np.random.default_rng(seed).normal(size=(count, 2)).astype(np.float32)
    labels = [LABELS[int(first * second > 0)] for first, second in points]
    return points * np.array([1000.0, 1.0], dtype=np.float32), labels


def accuracy_of(head: Head, seed: int = 2) -> float:
    points, labels = quadrants(seed)
    found = [head.labels[int(row.argmax())] for row in head.scores(points)]
    return sum(one == other for one, other in zip(found, labels, strict=True)) / len(labels)


def fitted_head(seed: int = 1, reported: list[tuple[int, int]] | None = None) -> Head:
    points, labels = quadrants(1)
    hidden, biases = fit_hidden(
        points,
        targets_of(labels, LABELS),
        seed,
        lambda *done: None if reported is None else reported.append(done),
    )
    return Head(LABELS, np.zeros((2, 2), dtype=np.float32), biases, hidden)


def random_head(dice: np.random.Generator, units: int = 5) -> Head:
    """A head with a linear and a hidden layer over three coordinates."""
    weights, biases, inner, thresholds, outer = (
        dice.normal(size=shape).astype(np.float32)
        for shape in ((3, 2), (2,), (3, units), (units,), (units, 2))
    )
    return Head(("a", "b"), weights, biases, Hidden(inner, thresholds, outer))


def test_nonlinear_boundary_is_learnt() -> None:
    points, labels = quadrants(1)
    assert accuracy_of(fit_head(points, targets_of(labels, LABELS), empty_head(LABELS, 2))) < 0.7
    assert accuracy_of(fitted_head()) > 0.9


def test_same_seed_gives_the_same_layer_and_reports_progress() -> None:
    reported: list[tuple[int, int]] = []
    first, again, other = fitted_head(1, reported), fitted_head(1), fitted_head(2)
    assert first.hidden is not None and again.hidden is not None and other.hidden is not None
    assert (first.hidden.weights == again.hidden.weights).all()
    assert not np.array_equal(first.hidden.weights, other.hidden.weights)
    assert reported[-1][0] == reported[-1][1] == len(reported)


def test_constant_coordinate_has_no_influence() -> None:
    points, labels = quadrants(1)
    points = np.concatenate((points, np.full((len(points), 1), 7.0, dtype=np.float32)), axis=1)
    hidden, biases = fit_hidden(points, targets_of(labels, LABELS), 1, lambda *_: None)
    moved = points + np.array([0.0, 0.0, 1.0], dtype=np.float32)
    assert np.allclose(hidden.scores(moved), hidden.scores(points), atol=1e-3)
    assert np.isfinite(biases).all()


def test_slope_is_the_gradient_of_the_score() -> None:
    dice = np.random.default_rng(3)
    head, vector = random_head(dice), dice.normal(size=3).astype(np.float32)
    for label in range(2):
        slope = head.slope(vector, label)
        for place in range(3):
            nudge = np.zeros(3, dtype=np.float32)
            nudge[place] = 1e-3
            changed = head.scores(vector + nudge) - head.scores(vector - nudge)
            assert (changed[label] - changed.mean()) / 2e-3 == pytest.approx(slope[place], abs=1e-2)


def test_serialised_head_is_the_same() -> None:
    dice = np.random.default_rng(4)
    head, vectors = random_head(dice), dice.normal(size=(6, 3)).astype(np.float32)
    again = head_of_bytes(head.as_bytes())
    assert (again.scores(vectors) == head.scores(vectors)).all()
    assert again.hidden is not None
    assert (
        empty_head(("a",), 3).hidden
        is head_of_bytes(empty_head(("a",), 3).as_bytes()).hidden
        is None
    )


def test_widening_and_scaling_keep_known_scores() -> None:
    dice = np.random.default_rng(5)
    head, vectors = random_head(dice), dice.normal(size=(6, 3)).astype(np.float32)
    wide = head.widened(("b", "new", "a"))
    assert np.allclose(wide.scores(vectors)[:, [2, 0]], head.scores(vectors), atol=1e-5)
    assert (wide.scores(vectors)[:, 1] == 0).all()
    assert wide.known().tolist() == [True, False, True]
    assert np.allclose(
        head.scaled(np.float32(0.5)).scores(vectors), head.scores(vectors) / 2, atol=1e-5
    )


def test_strong_hold_keeps_the_hidden_layer() -> None:
    """Only the linear layer is learnt: held firmly, the head predicts the same as before."""
    head = fitted_head()
    points, labels = quadrants(1)
    turned = targets_of([LABELS[1 - LABELS.index(label)] for label in labels], LABELS)
    held = fit_head(points, turned, head, strength=1e4)
    assert held.hidden is head.hidden
    assert accuracy_of(held) == pytest.approx(accuracy_of(head), abs=0.02)

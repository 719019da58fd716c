"""A hidden layer: it learns what no line parts, says what each coordinate brought, and comes back from bytes as it was."""

import numpy as np
import pytest

from inquiry_router.classification.head import Head, empty_head, fit_head, head_of_bytes, targets_of
from inquiry_router.classification.hidden import Hidden, fit_hidden

LABELS = ("apart", "alike")


def crossed(seed: int, count: int = 240) -> tuple[np.ndarray, list[str]]:
    """Points in four quarters, the first coordinate a thousand times as large: alike where both have the same sign."""
    points = np.random.default_rng(seed).normal(size=(count, 2)).astype(np.float32)
    labels = [LABELS[int(first * second > 0)] for first, second in points]
    return points * np.array([1000.0, 1.0], dtype=np.float32), labels


def told_apart(head: Head, seed: int = 2) -> float:
    points, labels = crossed(seed)
    found = [head.labels[int(row.argmax())] for row in head.scores(points)]
    return sum(one == other for one, other in zip(found, labels, strict=True)) / len(labels)


def taught(seed: int = 1, told: list[tuple[int, int]] | None = None) -> Head:
    points, labels = crossed(1)
    hidden, biases = fit_hidden(
        points,
        targets_of(labels, LABELS),
        seed,
        lambda *done: None if told is None else told.append(done),
    )
    return Head(LABELS, np.zeros((2, 2), dtype=np.float32), biases, hidden)


def small(dice: np.random.Generator, units: int = 5) -> Head:
    """A head with a linear and a hidden layer over three coordinates."""
    weights, biases, inner, silence, outer = (
        dice.normal(size=shape).astype(np.float32)
        for shape in ((3, 2), (2,), (3, units), (units,), (units, 2))
    )
    return Head(("a", "b"), weights, biases, Hidden(inner, silence, outer))


def test_it_learns_what_no_line_parts() -> None:
    points, labels = crossed(1)
    assert told_apart(fit_head(points, targets_of(labels, LABELS), empty_head(LABELS, 2))) < 0.7
    assert told_apart(taught()) > 0.9


def test_the_same_seed_gives_the_same_layer_and_progress_is_told() -> None:
    told: list[tuple[int, int]] = []
    first, again, other = taught(1, told), taught(1), taught(2)
    assert first.hidden is not None and again.hidden is not None and other.hidden is not None
    assert (first.hidden.weights == again.hidden.weights).all()
    assert not np.array_equal(first.hidden.weights, other.hidden.weights)
    assert told[-1][0] == told[-1][1] == len(told)


def test_a_coordinate_that_never_changed_says_nothing() -> None:
    points, labels = crossed(1)
    points = np.concatenate((points, np.full((len(points), 1), 7.0, dtype=np.float32)), axis=1)
    hidden, biases = fit_hidden(points, targets_of(labels, LABELS), 1, lambda *_: None)
    moved = points + np.array([0.0, 0.0, 1.0], dtype=np.float32)
    assert np.allclose(hidden.scores(moved), hidden.scores(points), atol=1e-3)
    assert np.isfinite(biases).all()


def test_the_slope_is_how_the_score_changes() -> None:
    dice = np.random.default_rng(3)
    head, vector = small(dice), dice.normal(size=3).astype(np.float32)
    for label in range(2):
        slope = head.slope(vector, label)
        for place in range(3):
            nudge = np.zeros(3, dtype=np.float32)
            nudge[place] = 1e-3
            changed = head.scores(vector + nudge) - head.scores(vector - nudge)
            assert (changed[label] - changed.mean()) / 2e-3 == pytest.approx(slope[place], abs=1e-2)


def test_bytes_and_back() -> None:
    dice = np.random.default_rng(4)
    head, vectors = small(dice), dice.normal(size=(6, 3)).astype(np.float32)
    again = head_of_bytes(head.as_bytes())
    assert (again.scores(vectors) == head.scores(vectors)).all()
    assert again.hidden is not None
    assert (
        empty_head(("a",), 3).hidden
        is head_of_bytes(empty_head(("a",), 3).as_bytes()).hidden
        is None
    )


def test_widening_and_scaling_keep_what_is_known() -> None:
    dice = np.random.default_rng(5)
    head, vectors = small(dice), dice.normal(size=(6, 3)).astype(np.float32)
    wide = head.widened(("b", "new", "a"))
    assert np.allclose(wide.scores(vectors)[:, [2, 0]], head.scores(vectors), atol=1e-5)
    assert (wide.scores(vectors)[:, 1] == 0).all()
    assert wide.known().tolist() == [True, False, True]
    assert np.allclose(
        head.scaled(np.float32(0.5)).scores(vectors), head.scores(vectors) / 2, atol=1e-5
    )


def test_learning_goes_on_from_it() -> None:
    """What is learnt is the linear layer: held firmly, the head says what it said before."""
    head = taught()
    points, labels = crossed(1)
    turned = targets_of([LABELS[1 - LABELS.index(label)] for label in labels], LABELS)
    held = fit_head(points, turned, head, strength=1e4)
    assert held.hidden is head.hidden
    assert told_apart(held) == pytest.approx(told_apart(head), abs=0.02)

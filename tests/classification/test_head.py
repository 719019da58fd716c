"""The head: fitting, holding, serialisation."""

import numpy as np
import pytest

from inquiry_router.classification.head import (
    Head,
    empty_head,
    fit_head,
    fit_heads,
    head_of_bytes,
    targets_of,
)

LABELS = ("a", "b", "c")


def clouds(seed: int = 1, count: int = 60) -> tuple[np.ndarray, list[str]]:
    """Points around three corners, the first coordinate a thousand times as large as the others."""
    dice = np.random.default_rng(seed)
    corners = np.array([[1000.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    labels = [LABELS[number % 3] for number in range(count)]
    spread = np.array([200.0, 0.2, 0.2])
    points = (
        corners[[LABELS.index(label) for label in labels]] + dice.normal(size=(count, 3)) * spread
    )
    return points.astype(np.float32), labels


def predict(head: Head, points: np.ndarray) -> list[str]:
    return [head.labels[int(row.argmax())] for row in head.scores(points)]


def test_clouds_are_separated_at_any_scale() -> None:
    points, labels = clouds()
    head = fit_head(points, targets_of(labels, LABELS), empty_head(LABELS, 3))
    unseen, true = clouds(seed=2)
    assert sum(one == other for one, other in zip(predict(head, unseen), true, strict=True)) >= 57


def test_fitted_head_minimises_the_loss() -> None:
    """No small change of the weights reduces the loss of this convex problem."""
    points, labels = clouds()
    targets = targets_of(labels, LABELS, smoothing=0.1)
    start, strength = empty_head(LABELS, 3), 1e-2
    head = fit_head(points, targets, start, strength=strength, steps=3000)
    spread = points.std(axis=0)[:, None]

    def loss(candidate: Head) -> float:
        scores = candidate.scores(points).astype(np.float64)
        logs = scores - scores.max(axis=1, keepdims=True)
        logs -= np.log(np.exp(logs).sum(axis=1, keepdims=True))
        return float(
            -(targets * logs).sum(axis=1).mean()
            + strength / 2 * ((candidate.weights * spread) ** 2).sum()
        )

    least = loss(head)
    dice = np.random.default_rng(3)
    for _ in range(50):
        nudge = dice.normal(size=head.weights.shape).astype(np.float32) * 0.02 / spread
        assert (
            loss(Head(LABELS, (head.weights + nudge).astype(np.float32), head.biases))
            > least - 1e-4
        )


def test_strong_hold_keeps_the_start() -> None:
    points, labels = clouds()
    start = fit_head(points, targets_of(labels, LABELS), empty_head(LABELS, 3))
    turned = [LABELS[(LABELS.index(label) + 1) % 3] for label in labels]
    held = fit_head(points, targets_of(turned, LABELS), start, strength=1e4)
    free = fit_head(points, targets_of(turned, LABELS), start, strength=1e-4)
    assert predict(held, points) == predict(start, points)
    assert sum(one == other for one, other in zip(predict(free, points), turned, strict=True)) >= 55


def test_importance_decides_between_contradictions() -> None:
    points = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]], dtype=np.float32)
    targets = targets_of(["a", "b", "c"], LABELS)
    for importance, winner in (([5.0, 1.0, 1.0], "a"), ([1.0, 5.0, 1.0], "b")):
        head = fit_head(
            points,
            targets,
            empty_head(LABELS, 2),
            importance=np.array(importance, dtype=np.float32),
        )
        assert predict(head, points)[0] == winner


def test_heads_fitted_together_equal_heads_fitted_alone() -> None:
    points, labels = clouds()
    targets, start = targets_of(labels, LABELS, smoothing=0.1), empty_head(LABELS, 3)
    seen = np.ones((3, len(points)), dtype=np.float32)
    seen[1, :20] = seen[2, 30:] = 0.0
    together = fit_heads(points, targets, start, seen)
    for head, own in zip(together, seen > 0, strict=True):
        alone = fit_head(points[own], targets[own], start)
        assert np.abs(head.scores(points) - alone.scores(points)).max() < 1e-3
    assert np.abs(together[0].scores(points) - together[2].scores(points)).max() > 1e-2


def test_scores_in_offsets_are_not_learnt_again() -> None:
    points, labels = clouds()
    told = targets_of(labels, LABELS) * np.float32(12.0)
    head = fit_head(points, targets_of(labels, LABELS), empty_head(LABELS, 3), offsets=told)
    assert np.abs(head.scores(points)).max() < 1.0


def test_serialised_head_is_the_same() -> None:
    points, labels = clouds()
    head = fit_head(points, targets_of(labels, LABELS), empty_head(LABELS, 3))
    again = head_of_bytes(head.as_bytes())
    assert again.labels == head.labels
    assert (again.weights == head.weights).all()
    assert (again.biases == head.biases).all()
    with pytest.raises(ValueError, match="not a head"):
        head_of_bytes(head.as_bytes()[:40])


def test_widening_keeps_known_labels() -> None:
    head = Head(
        ("a", "b"), np.array([[1.0, 2.0]], dtype=np.float32), np.array([3.0, 4.0], dtype=np.float32)
    )
    wide = head.widened(("b", "new"))
    assert wide.labels == ("b", "new")
    assert wide.weights.tolist() == [[2.0, 0.0]]
    assert wide.biases.tolist() == [4.0, 0.0]

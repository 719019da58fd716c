"""Temperature, thresholds and the calibration error against figures worked out by hand."""

import numpy as np
import pytest

from inquiry_router.classification.calibration import best_mixture, calibration_error, thresholds
from inquiry_router.classification.linear import softmax


def test_temperature_of_an_overconfident_model() -> None:
    """Scores 2.5 times too large have a temperature of 2.5, or the nearest one on the grid."""
    dice = np.random.default_rng(1)
    honest = dice.normal(size=(4000, 3)).astype(np.float32) * 2
    targets = np.array(
        [dice.choice(3, p=row / row.sum()) for row in softmax(honest).astype(np.float64)]
    )
    weight, temperature = best_mixture(honest * 2.5, np.zeros_like(honest), targets)
    assert temperature == pytest.approx(2.5, rel=0.1)
    assert 0.0 <= weight <= 5.0


def test_better_scores_get_the_higher_weight() -> None:
    dice = np.random.default_rng(2)
    targets = dice.integers(0, 3, size=600)
    knows = (np.eye(3)[targets] * 2 + dice.normal(size=(600, 3))).astype(np.float32)
    noise = dice.normal(size=(600, 3)).astype(np.float32)
    assert best_mixture(noise, knows, targets)[0] > 1.0
    assert best_mixture(knows, noise, targets)[0] < 0.3


def test_thresholds_decide_as_much_as_possible() -> None:
    probabilities = np.array(
        [[0.95, 0.05], [0.85, 0.15], [0.75, 0.25], [0.65, 0.35]], dtype=np.float32
    )
    targets = np.array([0, 0, 1, 0])
    threshold, margin, decided = thresholds(probabilities, targets, 1.0)
    assert decided == 0.5
    sure = (probabilities.max(axis=1) >= threshold) & (
        np.abs(probabilities[:, 0] - probabilities[:, 1]) >= margin
    )
    assert sure.tolist() == [True, True, False, False]
    assert thresholds(probabilities, targets, 0.7)[2] == 1.0


def test_calibration_error_is_the_distance_of_confidence_and_accuracy() -> None:
    confidence = np.array([0.95, 0.95, 0.55, 0.55], dtype=np.float32)
    right = np.array([True, True, True, False])
    assert calibration_error(confidence, right) == pytest.approx(0.5 * 0.05 + 0.5 * 0.05, abs=1e-6)

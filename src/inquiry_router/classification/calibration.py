"""Calibrate scores on texts that a model has not seen. Pure.

Scores become probabilities, and a threshold separates sure decisions from unsure ones.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from inquiry_router.classification.features import Floats, Ints
from inquiry_router.classification.linear import softmax

TEMPERATURES: Final = np.geomspace(0.2, 3.0, 60)
WEIGHTS: Final = np.arange(0.0, 5.01, 0.1)
_MARGINS: Final = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)


def best_mixture(
    head: Floats, grams: Floats, targets: Ints, importance: Floats | None = None
) -> tuple[float, float]:
    """Return the weight of the n-grams and the temperature with the least cross-entropy.

    Scores have the shape (texts, labels).
    """
    tried = [(float(weight), float(t)) for weight in WEIGHTS for t in TEMPERATURES]
    losses = {
        (weight, t): cross_entropy((head + weight * grams) / t, targets, importance)
        for weight, t in tried
    }
    weight, temperature = min(losses, key=lambda pair: losses[pair])
    return round(weight, 1), round(temperature, 3)


def thresholds(probabilities: Floats, targets: Ints, wanted: float) -> tuple[float, float, float]:
    """Return the confidence and lead that decide the most texts, and the share decided.

    Of the decided texts at least the share `wanted` is right.
    """
    ordered = np.sort(probabilities, axis=1)
    confidence, lead = ordered[:, -1], ordered[:, -1] - ordered[:, -2]
    right = probabilities.argmax(axis=1) == targets
    best = (0.99, 0.0, 0.0)
    for threshold in np.arange(0.30, 0.99, 0.01):
        for margin in _MARGINS:
            sure = (confidence >= threshold) & (lead >= margin)
            if sure.any() and right[sure].mean() >= wanted and sure.mean() > best[2]:
                best = (round(float(threshold), 2), margin, float(sure.mean()))
    return best


def calibration_error(confidence: Floats, right: NDArray[np.bool_], bins: int = 10) -> float:
    """Return the expected calibration error.

    It is the mean distance between confidence and share of right answers, weighted by bin size.
    """
    places = np.minimum((confidence * bins).astype(int), bins - 1)
    total = 0.0
    for place in np.unique(places):
        inside = places == place
        total += float(inside.mean()) * abs(
            float(confidence[inside].mean()) - float(right[inside].mean())
        )
    return total


def cross_entropy(scores: NDArray[Any], targets: Ints, importance: Floats | None = None) -> float:
    """Return the mean cross-entropy of scores of shape (texts, labels), in nats."""
    losses = -np.log(softmax(scores.astype(np.float32))[np.arange(len(targets)), targets] + 1e-9)
    return float(np.average(losses, weights=importance))

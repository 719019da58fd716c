"""From scores on texts that a model has not seen to honest probabilities and a line between sure and unsure. Pure."""

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
    """The weight of the n-grams and the temperature with the least cross-entropy; scores are of shape (texts, labels)."""
    tried = [(float(weight), float(t)) for weight in WEIGHTS for t in TEMPERATURES]
    losses = {
        (weight, t): cross_entropy((head + weight * grams) / t, targets, importance)
        for weight, t in tried
    }
    weight, temperature = min(losses, key=lambda pair: losses[pair])
    return round(weight, 1), round(temperature, 3)


def thresholds(probabilities: Floats, targets: Ints, wanted: float) -> tuple[float, float, float]:
    """The least confidence and lead that decide the most while `wanted` of the decided are right; and the share decided."""
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
    """Expected calibration error: the mean distance between confidence and share of right ones, weighted by bin size."""
    places = np.minimum((confidence * bins).astype(int), bins - 1)
    total = 0.0
    for place in np.unique(places):
        inside = places == place
        total += float(inside.mean()) * abs(
            float(confidence[inside].mean()) - float(right[inside].mean())
        )
    return total


def cross_entropy(scores: NDArray[Any], targets: Ints, importance: Floats | None = None) -> float:
    """How surprised one who believes the scores, of shape (texts, labels), is by the truth: the mean, in nats."""
    losses = -np.log(softmax(scores.astype(np.float32))[np.arange(len(targets)), targets] + 1e-9)
    return float(np.average(losses, weights=importance))

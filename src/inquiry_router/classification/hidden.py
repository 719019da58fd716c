"""A hidden layer for labels that the encoder was not tuned to.

The boundaries between these need not be straight lines. It is fitted with numpy alone, in seconds
for thousands of texts.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from inquiry_router.classification.features import Floats
from inquiry_router.classification.linear import softmax

# Networks with different starts err differently. Their mean is one layer with the units of all.
_NETWORKS: Final = 3
_UNITS: Final = 384
_BATCH: Final = 128
_EPOCHS: Final = 40
# Few texts need more epochs: a network needs this many steps to learn anything.
_MIN_STEPS: Final = 600
_RATE: Final = 1e-3
_WARM_UP: Final = 0.1
_WEIGHT_DECAY: Final = 0.01
# Shares of inputs and units that are dropped in each step, so that none relies on another.
_INPUT_DROPOUT: Final = 0.2
_UNIT_DROPOUT: Final = 0.5
_ADAM_BETAS: Final = (0.9, 0.999)
# Directions with a smaller share of the largest variance are rounding errors.
_MIN_SPECTRUM: Final = 1e-6

Progress = Callable[[int, int], None]
"""Called with the amount done and the total."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """A hidden layer with rectified units.

    `weights` has the shape (width, units), `biases` (units,), `outer` (units, labels).
    """

    weights: Floats
    biases: Floats
    outer: Floats

    def scores(self, vectors: Floats) -> Floats:
        """Return the scores that the layer adds.

        Their shape is (texts, labels), or (labels,) for one vector.
        """
        scores: Floats = np.maximum(vectors @ self.weights + self.biases, 0) @ self.outer
        return scores

    def slope(self, vector: Floats, outer: Floats) -> Floats:
        """Return the share of each coordinate in the sum of the units weighted by `outer` (units,).

        The shape is (width,). The layer is linear between the points where units become zero, so
        except for biases these shares add up to the sum.
        """
        active = vector @ self.weights + self.biases > 0
        slope: Floats = self.weights @ np.where(active, outer, np.float32(0))
        return slope


def fit_hidden(
    vectors: Floats, targets: Floats, seed: int, progress: Progress
) -> tuple[Hidden, Floats]:
    """Fit a hidden layer and biases (labels,) that generalise to unseen texts.

    `vectors` has the shape (texts, width), `targets` (texts, labels) with rows that sum to one. The
    method is Adam with weight decay (Loshchilov and Hutter 2019) and dropout of inputs and units
    (Srivastava and others 2014). All randomness comes from `seed`.
    """
    mean, spread = vectors.mean(axis=0), vectors.std(axis=0) + np.float32(1e-6)
    scaled: Floats = ((vectors - mean) / spread).astype(np.float32)
    # Along the principal axes inputs are not redundant: only then does dropping one matter.
    # Directions in which no text differs would keep their random start; few texts leave many.
    spectrum, axes = np.linalg.eigh(scaled.T @ scaled)
    axes *= spectrum > _MIN_SPECTRUM * spectrum[-1]
    scaled = scaled @ axes
    fitted = []
    for number in range(_NETWORKS):
        fitted.append(_fit_network(scaled, targets, np.random.default_rng((seed, number))))
        progress(number + 1, _NETWORKS)
    inner, thresholds, outer, biases = (list(parts) for parts in zip(*fitted, strict=True))
    weights = axes @ np.concatenate(inner, axis=1) / spread[:, None]
    units = np.concatenate(thresholds) - mean @ weights
    mean_outer = (np.concatenate(outer) / _NETWORKS).astype(np.float32)
    return Hidden(weights, units, mean_outer), np.mean(biases, axis=0, dtype=np.float32)


def _fit_network(scaled: Floats, targets: Floats, dice: np.random.Generator) -> list[Floats]:
    """Fit one network: weights and biases of its units and of its labels."""
    width, labels = scaled.shape[1], targets.shape[1]
    parts: list[Floats] = [
        dice.normal(0.0, math.sqrt(2 / width), (width, _UNITS)).astype(np.float32),
        np.zeros(_UNITS, dtype=np.float32),
        dice.normal(0.0, math.sqrt(1 / _UNITS), (_UNITS, labels)).astype(np.float32),
        np.zeros(labels, dtype=np.float32),
    ]
    means, squares = ([np.zeros_like(part) for part in parts] for _ in range(2))
    batches = math.ceil(len(scaled) / _BATCH)
    epochs = max(_EPOCHS, math.ceil(_MIN_STEPS / batches))
    step, steps = 0, epochs * batches
    for _ in range(epochs):
        for places in np.array_split(dice.permutation(len(scaled)), batches):
            step += 1
            rate = _RATE * min(step / (_WARM_UP * steps), (steps - step) / ((1 - _WARM_UP) * steps))
            gradients = _gradients(parts, scaled[places], targets[places], dice)
            for at, gradient in enumerate(gradients):
                means[at] += np.float32(1 - _ADAM_BETAS[0]) * (gradient - means[at])
                squares[at] += np.float32(1 - _ADAM_BETAS[1]) * (gradient * gradient - squares[at])
                size = np.sqrt(
                    squares[at] * np.float32(1 / (1 - _ADAM_BETAS[1] ** step))
                ) + np.float32(1e-8)
                parts[at] -= np.float32(rate / (1 - _ADAM_BETAS[0] ** step)) * means[at] / size
                if gradient.ndim > 1:
                    parts[at] *= np.float32(1 - rate * _WEIGHT_DECAY)
    return parts


def _gradients(
    parts: list[Floats], inputs: Floats, targets: Floats, dice: np.random.Generator
) -> list[Floats]:
    """Return the gradients of a batch's mean cross-entropy, with dropout of inputs and units."""
    weights, thresholds, outer, biases = parts
    inputs = inputs * _dropout_mask(inputs.shape, _INPUT_DROPOUT, dice)
    before: Floats = inputs @ weights + thresholds
    kept = _dropout_mask(before.shape, _UNIT_DROPOUT, dice)
    kept[before <= 0] = 0
    units: Floats = before * kept
    scores: Floats = units @ outer + biases
    error = (softmax(scores) - targets) / np.float32(len(inputs))
    back = (error @ outer.T) * kept
    return [inputs.T @ back, back.sum(axis=0), units.T @ error, error.sum(axis=0)]


def _dropout_mask(shape: tuple[int, ...], dropout: float, dice: np.random.Generator) -> Floats:
    """Return a dropout mask: zero for a random share, the rest scaled so that the sum stays."""
    kept = (dice.random(shape, dtype=np.float32) >= dropout).astype(np.float32)
    return kept / np.float32(1 - dropout)

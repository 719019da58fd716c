"""A hidden layer for labels that the encoder was not tuned to: what tells these apart need not lie along straight lines.

It is fitted with numpy alone, in seconds for thousands of texts.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from inquiry_router.classification.features import Floats
from inquiry_router.classification.linear import softmax

# Several small networks that began differently err differently; their mean is one layer with the units of all.
_NETWORKS: Final = 3
_UNITS: Final = 384
_BATCH: Final = 128
_EPOCHS: Final = 40
# Few texts are gone through more often: a network needs so many steps to get anywhere.
_LEAST_STEPS: Final = 600
_RATE: Final = 1e-3
_WARM_UP: Final = 0.1
_DECAY: Final = 0.01
# The share of inputs and of units that are left out at each step, so that none relies on another.
_INPUTS_LEFT_OUT: Final = 0.2
_UNITS_LEFT_OUT: Final = 0.5
_MEMORY: Final = (0.9, 0.999)
# Less of the largest spread than this is rounding.
_SAME: Final = 1e-6

Progress = Callable[[int, int], None]
"""Is told how much is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """`weights` has the shape (width, units), `biases` (units,), `outer` (units, labels); a unit is silent below zero."""

    weights: Floats
    biases: Floats
    outer: Floats

    def scores(self, vectors: Floats) -> Floats:
        """What it adds to the scores of the labels, shape (texts, labels), or (labels,) for one vector."""
        scores: Floats = np.maximum(vectors @ self.weights + self.biases, 0) @ self.outer
        return scores

    def slope(self, vector: Floats, outer: Floats) -> Floats:
        """What each coordinate of a vector brings to the units' sum weighted by `outer` (units,): shape (width,).

        The layer is straight between the points where units fall silent, so but for biases these shares add up to the sum.
        """
        speaking = vector @ self.weights + self.biases > 0
        slope: Floats = self.weights @ np.where(speaking, outer, np.float32(0))
        return slope


def fit_hidden(
    vectors: Floats, targets: Floats, seed: int, progress: Progress
) -> tuple[Hidden, Floats]:
    """A hidden layer, and biases (labels,), with small cross-entropy on texts that it has not seen.

    `vectors` (texts, width), `targets` (texts, labels) with rows that sum to one. Adam with decay of weights (Loshchilov and
    Hutter 2019), inputs and units left out at random (Srivastava and others 2014); all that is random comes from `seed`.
    """
    mean, spread = vectors.mean(axis=0), vectors.std(axis=0) + np.float32(1e-6)
    scaled: Floats = ((vectors - mean) / spread).astype(np.float32)
    # Along the principal axes inputs do not repeat each other: only so is anything lost to a network when one is left out.
    # Directions in which no text differs, most of them where texts are few, would stay as they began: at random.
    spectrum, axes = np.linalg.eigh(scaled.T @ scaled)
    axes *= spectrum > _SAME * spectrum[-1]
    scaled = scaled @ axes
    fitted = []
    for number in range(_NETWORKS):
        fitted.append(_fit_network(scaled, targets, np.random.default_rng((seed, number))))
        progress(number + 1, _NETWORKS)
    inner, thresholds, outer, biases = (list(parts) for parts in zip(*fitted, strict=True))
    weights = axes @ np.concatenate(inner, axis=1) / spread[:, None]
    units = np.concatenate(thresholds) - mean @ weights
    shared = (np.concatenate(outer) / _NETWORKS).astype(np.float32)
    return Hidden(weights, units, shared), np.mean(biases, axis=0, dtype=np.float32)


def _fit_network(scaled: Floats, targets: Floats, dice: np.random.Generator) -> list[Floats]:
    """One network: weights and biases of its units, of its labels."""
    width, labels = scaled.shape[1], targets.shape[1]
    parts: list[Floats] = [
        dice.normal(0.0, math.sqrt(2 / width), (width, _UNITS)).astype(np.float32),
        np.zeros(_UNITS, dtype=np.float32),
        dice.normal(0.0, math.sqrt(1 / _UNITS), (_UNITS, labels)).astype(np.float32),
        np.zeros(labels, dtype=np.float32),
    ]
    means, squares = ([np.zeros_like(part) for part in parts] for _ in range(2))
    batches = math.ceil(len(scaled) / _BATCH)
    epochs = max(_EPOCHS, math.ceil(_LEAST_STEPS / batches))
    step, steps = 0, epochs * batches
    for _ in range(epochs):
        for places in np.array_split(dice.permutation(len(scaled)), batches):
            step += 1
            rate = _RATE * min(step / (_WARM_UP * steps), (steps - step) / ((1 - _WARM_UP) * steps))
            gradients = _gradients(parts, scaled[places], targets[places], dice)
            for at, gradient in enumerate(gradients):
                means[at] += np.float32(1 - _MEMORY[0]) * (gradient - means[at])
                squares[at] += np.float32(1 - _MEMORY[1]) * (gradient * gradient - squares[at])
                size = np.sqrt(squares[at] * np.float32(1 / (1 - _MEMORY[1] ** step))) + np.float32(
                    1e-8
                )
                parts[at] -= np.float32(rate / (1 - _MEMORY[0] ** step)) * means[at] / size
                if gradient.ndim > 1:
                    parts[at] *= np.float32(1 - rate * _DECAY)
    return parts


def _gradients(
    parts: list[Floats], inputs: Floats, targets: Floats, dice: np.random.Generator
) -> list[Floats]:
    """The slopes of the mean cross-entropy of a batch, a different share of inputs and units left out each time."""
    weights, thresholds, outer, biases = parts
    inputs = inputs * _kept(inputs.shape, _INPUTS_LEFT_OUT, dice)
    before: Floats = inputs @ weights + thresholds
    kept = _kept(before.shape, _UNITS_LEFT_OUT, dice)
    kept[before <= 0] = 0
    units: Floats = before * kept
    scores: Floats = units @ outer + biases
    error = (softmax(scores) - targets) / np.float32(len(inputs))
    back = (error @ outer.T) * kept
    return [inputs.T @ back, back.sum(axis=0), units.T @ error, error.sum(axis=0)]


def _kept(shape: tuple[int, ...], left_out: float, dice: np.random.Generator) -> Floats:
    """Zero where something is left out; the rest grows so much that the sum stays."""
    kept = (dice.random(shape, dtype=np.float32) >= left_out).astype(np.float32)
    return kept / np.float32(1 - left_out)

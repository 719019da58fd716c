"""A linear classifier over hashed grams: multinomial logistic regression with numpy alone.

It is the n-gram half of the ensemble: it knows words, the encoder knows meanings. A text costs a
fraction of a millisecond.
"""

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from inquiry_router.classification.features import (
    BUCKETS,
    Floats,
    Grams,
    Vector,
    grams,
    prepare,
    vector,
)

LINEAR_FILE: Final = "linear.npz"


class ModelUnusable(Exception):
    """The model's files are missing, damaged or of another version. The text names the cure."""


@dataclass(frozen=True, slots=True)
class LinearModel:
    """Weights of shape (buckets, labels), biases of shape (labels,), idf of shape (buckets,)."""

    weights: Floats
    biases: Floats
    idf: Floats

    def scores(self, vectors: Vector) -> Floats:
        """Return the unnormalised scores of one text, one for each label."""
        scores: Floats = vectors.values @ self.weights[vectors.buckets] + self.biases
        return scores

    def contributions(self, text: Grams, label: int) -> Floats:
        """Return each character's share in the score of a label, less that in the mean score.

        The shares of all grams add up to the text's score: without a word, its share is gone.
        """
        vectors = vector(text, self.idf)
        own = self.weights[vectors.buckets, label] - self.weights[vectors.buckets].mean(axis=1)
        places = np.searchsorted(vectors.buckets, text.buckets)
        counts = np.bincount(places, minlength=len(vectors.buckets))
        shares = (own * vectors.values / np.maximum(counts, 1))[places] / np.maximum(
            text.ends - text.starts, 1
        )
        edges = np.zeros(len(text.text) + 1, dtype=np.float64)
        np.add.at(edges, text.starts, shares)
        np.subtract.at(edges, text.ends, shares)
        return np.cumsum(edges)[:-1].astype(np.float32)


def sigmoid(score: float) -> float:
    """Return the probability of a score."""
    return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, score))))


def softmax(scores: Floats, axis: int = -1) -> Floats:
    """Return probabilities along an axis."""
    powers = np.exp(scores - scores.max(axis=axis, keepdims=True))
    probabilities: Floats = powers / powers.sum(axis=axis, keepdims=True)
    return probabilities


def fit(
    texts: Sequence[Grams],
    targets: Sequence[int],
    labels: int,
    *,
    epochs: int = 20,
    rate: float = 0.1,
    decay: float = 2e-6,
    smoothing: float = 0.1,
    seed: int = 1,
) -> tuple[Floats, Floats, Floats]:
    """Train by AdaGrad, one text at a time in a seeded random order. Return weights, biases, idf.

    Each step changes only the buckets of its text. `smoothing` keeps the targets from being
    certain, `decay` shrinks weights.
    """
    idf = _idf(texts)
    vectors = [vector(text, idf) for text in texts]
    weights = np.zeros((BUCKETS, labels), dtype=np.float32)
    squares = np.full((BUCKETS, labels), 1e-3, dtype=np.float32)
    biases = np.zeros(labels, dtype=np.float32)
    smoothed = np.full((labels, labels), smoothing / labels, dtype=np.float32)
    smoothed[np.diag_indices(labels)] += 1.0 - smoothing
    for place in _random_order(len(vectors), epochs, seed):
        item = vectors[place]
        rows = weights[item.buckets]
        error = softmax(item.values @ rows + biases) - smoothed[targets[place]]
        gradient = item.values[:, None] * error[None, :] + decay * rows
        squares[item.buckets] += gradient * gradient
        weights[item.buckets] = rows - rate * gradient / np.sqrt(squares[item.buckets])
        biases -= 0.01 * error
    return weights, biases, idf


def _random_order(count: int, epochs: int, seed: int) -> Iterator[int]:
    order = list(range(count))
    shuffle = random.Random(seed)  # noqa: S311 - the order of training examples is no secret
    for _ in range(epochs):
        shuffle.shuffle(order)
        yield from order


def _idf(texts: Sequence[Grams]) -> Floats:
    """Return weights that are higher for rare grams, and zero for grams of a single text."""
    seen = np.zeros(BUCKETS, dtype=np.int64)
    for text in texts:
        seen[np.unique(text.buckets)] += 1
    weights = np.log((1.0 + len(texts)) / (1.0 + seen)) + 1.0
    weights[seen < 2] = 0.0
    result: Floats = weights.astype(np.float32)
    return result


def read_text(subject: str | None, text: str) -> Grams:
    """Return the grams of an inquiry."""
    return grams(prepare(subject, text))


def save(model: LinearModel, folder: Path) -> None:
    """Write `linear.npz`: 8-bit weights with a scale for each label, of used buckets only."""
    folder.mkdir(parents=True, exist_ok=True)
    used = np.flatnonzero(model.idf > 0)
    scale = np.maximum(np.abs(model.weights[used]).max(axis=0), 1e-8) / 127.0
    np.savez_compressed(
        folder / LINEAR_FILE,
        buckets=used.astype(np.uint32),
        weights=np.round(model.weights[used] / scale).astype(np.int8),
        scale=scale.astype(np.float32),
        biases=model.biases,
        idf=model.idf[used].astype(np.float16),
    )


def load(folder: Path) -> LinearModel:
    """Read the file of `save`."""
    with np.load(folder / LINEAR_FILE, allow_pickle=False) as file:
        buckets = file["buckets"].astype(np.int64)
        biases = file["biases"].astype(np.float32)
        weights = np.zeros((BUCKETS, len(biases)), dtype=np.float32)
        weights[buckets] = file["weights"].astype(np.float32) * file["scale"]
        idf = np.zeros(BUCKETS, dtype=np.float32)
        idf[buckets] = file["idf"].astype(np.float32)
    return LinearModel(weights, biases, idf)

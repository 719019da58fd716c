"""A linear classifier over hashed grams: multinomial logistic regression, trained and run with numpy alone.

It is the n-gram half of the ensemble: it knows the words, the encoder what they mean. One text costs a fraction of a millisecond.
"""

import random
from collections.abc import Sequence
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
    """The model's files are missing, cut off or of another version; the text says which and what to do."""


@dataclass(frozen=True, slots=True)
class LinearModel:
    """Weights of shape (buckets, labels), biases of shape (labels,), idf of shape (buckets,)."""

    weights: Floats
    biases: Floats
    idf: Floats

    def scores(self, vectors: Vector) -> Floats:
        """Unnormalised scores of one text, one a label."""
        scores: Floats = vectors.values @ self.weights[vectors.buckets] + self.biases
        return scores

    def contributions(self, text: Grams, label: int) -> Floats:
        """How much each character of the prepared text spoke for a label, against the mean of all labels.

        The contributions of all grams add up to the text's score, so they are faithful: take a word out and its share goes.
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


def softmax(scores: Floats, axis: int = -1) -> Floats:
    """Probabilities along an axis, the last one unless another is given."""
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
    """Train by AdaGrad, one text at a time in a seeded random order; returns weights, biases and idf.

    Each step moves only the buckets of its text. `smoothing` keeps the targets from being certain, `decay` shrinks weights.
    """
    idf = _idf(texts)
    vectors = [vector(text, idf) for text in texts]
    weights = np.zeros((BUCKETS, labels), dtype=np.float32)
    squares = np.full((BUCKETS, labels), 1e-3, dtype=np.float32)
    biases = np.zeros(labels, dtype=np.float32)
    wanted = np.full((labels, labels), smoothing / labels, dtype=np.float32)
    wanted[np.diag_indices(labels)] += 1.0 - smoothing
    order = list(range(len(vectors)))
    shuffle = random.Random(seed)  # noqa: S311 - the order of training examples is no secret
    for _ in range(epochs):
        shuffle.shuffle(order)
        for place in order:
            item = vectors[place]
            rows = weights[item.buckets]
            error = softmax(item.values @ rows + biases) - wanted[targets[place]]
            gradient = item.values[:, None] * error[None, :] + decay * rows
            squares[item.buckets] += gradient * gradient
            weights[item.buckets] = rows - rate * gradient / np.sqrt(squares[item.buckets])
            biases -= 0.01 * error
    return weights, biases, idf


def _idf(texts: Sequence[Grams]) -> Floats:
    """Rare grams weigh more; those of a single text, which can only be learnt by heart, weigh nothing."""
    seen = np.zeros(BUCKETS, dtype=np.int64)
    for text in texts:
        seen[np.unique(text.buckets)] += 1
    weights = np.log((1.0 + len(texts)) / (1.0 + seen)) + 1.0
    weights[seen < 2] = 0.0
    result: Floats = weights.astype(np.float32)
    return result


def read_text(subject: str | None, text: str) -> Grams:
    """The grams of an inquiry."""
    return grams(prepare(subject, text))


def save(model: LinearModel, folder: Path) -> None:
    """Write `linear.npz`: weights as 8-bit integers with one scale a label; only buckets in use."""
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
    """Read what `save` wrote."""
    with np.load(folder / LINEAR_FILE, allow_pickle=False) as file:
        buckets = file["buckets"].astype(np.int64)
        biases = file["biases"].astype(np.float32)
        weights = np.zeros((BUCKETS, len(biases)), dtype=np.float32)
        weights[buckets] = file["weights"].astype(np.float32) * file["scale"]
        idf = np.zeros(BUCKETS, dtype=np.float32)
        idf[buckets] = file["idf"].astype(np.float32)
    return LinearModel(weights, biases, idf)

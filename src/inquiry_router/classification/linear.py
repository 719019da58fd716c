"""A linear classifier over hashed grams: multinomial logistic regression, trained and run with numpy alone.

It is the first model of the house and the n-gram half of any later ensemble. One text costs a fraction of a millisecond.
"""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from inquiry_router.classification.features import BUCKETS, Floats, Grams, Vector, grams, prepare, vector

FORMAT: Final = 1


class ModelUnusable(Exception):
    """The model's files are missing, cut off or of another version; the text says which and what to do."""


@dataclass(frozen=True, slots=True)
class Card:
    """What is known of a model. `threshold` and `margin` are the least confidence and lead of a decision that is sure."""

    name: str
    labels: tuple[str, ...]
    temperature: float
    threshold: float
    margin: float
    figures: dict[str, object]


@dataclass(frozen=True, slots=True)
class LinearModel:
    """Weights of shape (buckets, labels), biases of shape (labels,), idf of shape (buckets,)."""

    card: Card
    weights: Floats
    biases: Floats
    idf: Floats

    def scores(self, vectors: Vector) -> Floats:
        """Unnormalised scores of one text, one a label."""
        scores: Floats = vectors.values @ self.weights[vectors.buckets] + self.biases
        return scores

    def probabilities(self, scores: Floats) -> Floats:
        """Calibrated probabilities: softmax at the card's temperature."""
        return softmax(scores / self.card.temperature)

    def contributions(self, text: Grams, label: int) -> Floats:
        """How much each character of the prepared text spoke for a label, against the mean of all labels.

        The contributions of all grams add up to the text's score, so they are faithful: take a word out and its share goes.
        """
        vectors = vector(text, self.idf)
        own = self.weights[vectors.buckets, label] - self.weights[vectors.buckets].mean(axis=1)
        places = np.searchsorted(vectors.buckets, text.buckets)
        counts = np.bincount(places, minlength=len(vectors.buckets))
        shares = (own * vectors.values / np.maximum(counts, 1))[places] / (text.ends - text.starts)
        edges = np.zeros(len(text.text) + 1, dtype=np.float64)
        np.add.at(edges, text.starts, shares)
        np.subtract.at(edges, text.ends, shares)
        return np.cumsum(edges)[:-1].astype(np.float32)


def softmax(scores: Floats) -> Floats:
    """Probabilities along the last axis."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    probabilities: Floats = powers / powers.sum(axis=-1, keepdims=True)
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
    return weights.astype(np.float32)


def read_text(subject: str | None, text: str) -> Grams:
    """The grams of an inquiry."""
    return grams(prepare(subject, text))


def save(model: LinearModel, folder: Path) -> None:
    """Write `model.npz` (weights as 8-bit integers with one scale a label; only buckets in use) and `card.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    used = np.flatnonzero(model.idf > 0)
    scale = np.abs(model.weights[used]).max(axis=0) / 127.0
    np.savez_compressed(
        folder / "model.npz",
        buckets=used.astype(np.uint32),
        weights=np.round(model.weights[used] / scale).astype(np.int8),
        scale=scale.astype(np.float32),
        biases=model.biases,
        idf=model.idf[used].astype(np.float16),
    )
    card = {
        "format": FORMAT,
        "name": model.card.name,
        "labels": list(model.card.labels),
        "temperature": model.card.temperature,
        "threshold": model.card.threshold,
        "margin": model.card.margin,
        "figures": model.card.figures,
    }
    (folder / "card.json").write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def load(folder: Path) -> LinearModel:
    """Read what `save` wrote. Raises `ModelUnusable`."""
    try:
        card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
        if card["format"] != FORMAT:
            raise ModelUnusable(f"the model in {folder} has format {card['format']}, wanted is {FORMAT}: install a matching one")
        with np.load(folder / "model.npz", allow_pickle=False) as file:
            buckets = file["buckets"].astype(np.int64)
            weights = np.zeros((BUCKETS, len(card["labels"])), dtype=np.float32)
            weights[buckets] = file["weights"].astype(np.float32) * file["scale"]
            idf = np.zeros(BUCKETS, dtype=np.float32)
            idf[buckets] = file["idf"].astype(np.float32)
            biases = file["biases"].astype(np.float32)
        known = Card(
            card["name"],
            tuple(card["labels"]),
            float(card["temperature"]),
            float(card["threshold"]),
            float(card["margin"]),
            card["figures"],
        )
    except ModelUnusable:
        raise
    except Exception as error:
        raise ModelUnusable(
            f"the model in {folder} cannot be read ({type(error).__name__}: {error}): install it again"
        ) from error
    return LinearModel(known, weights, biases, idf)

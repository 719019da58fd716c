"""Labels as sums of their parts: categories of their intents. Pure.

A model that tells intents apart knows more about the categories than one that was shown the
categories only: an acceptance of an offer and a tender have few words in common.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from inquiry_router.classification.features import Floats, Ints


@dataclass(frozen=True, slots=True)
class Sums:
    """Scores of labels: the logarithm of the summed odds of their parts, times `factor`.

    `weights` has the shape (width, parts), `biases` (parts,). `label_of` (parts,) holds the place
    of each part's label among `count` labels. A label without parts has the score 0.
    """

    weights: Floats
    biases: Floats
    label_of: Ints
    count: int
    factor: float = 1.0

    def scores(self, vectors: Floats) -> Floats:
        """Return the scores, shape (texts, labels), or (labels,) for one vector."""
        parts = vectors @ self.weights + self.biases
        highest = parts.max(axis=-1, keepdims=True)
        odds = np.exp(parts - highest)
        scores = np.zeros((*parts.shape[:-1], self.count), dtype=np.float32)
        for label, own in self._parts_of_labels():
            total = odds[..., own].sum(axis=-1)
            scores[..., label] = np.log(total + np.float32(1e-30)) + highest[..., 0]
        scaled: Floats = scores * np.float32(self.factor)
        return scaled

    def slope(self, vector: Floats, label: int) -> Floats:
        """Return the share of each coordinate in the score of a label, shape (width,).

        The share in the mean score of all labels is subtracted. Between two parts the score is
        nearly linear, so except for biases the shares nearly add up to the score.
        """
        parts = vector @ self.weights + self.biases
        shares = np.zeros((len(parts), self.count), dtype=np.float32)
        for place, own in self._parts_of_labels():
            odds = np.exp(parts[own] - parts[own].max())
            shares[own, place] = odds / odds.sum()
        above_mean = shares[:, label] - shares.mean(axis=1)
        slope: Floats = self.weights @ (above_mean * np.float32(self.factor))
        return slope

    def _parts_of_labels(self) -> Iterator[tuple[int, NDArray[np.bool_]]]:
        """Yield the place of each label that has parts, and a mark on these."""
        for place in range(self.count):
            own = self.label_of == place
            if own.any():
                yield place, own

    def known(self) -> Ints:
        """Return the places of the labels that have parts."""
        places: Ints = np.unique(self.label_of)
        return places

    def widened(self, labels: Sequence[str], wanted: Sequence[str]) -> "Sums":
        """Return the sums for other labels; parts of missing ones are dropped."""
        kept = np.array([labels[place] in wanted for place in self.label_of])
        places = [list(wanted).index(labels[place]) for place in self.label_of[kept]]
        return replace(
            self,
            weights=self.weights[:, kept],
            biases=self.biases[kept],
            label_of=np.array(places, dtype=np.int64),
            count=len(wanted),
        )

"""The head: one linear layer from a text's vector to the categories. It is what a company retrains; the encoder stays.

A head taught to tell other labels apart may have a hidden layer beside the linear one; the shipped one has none.
"""

import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from inquiry_router.classification.features import Floats, Ints
from inquiry_router.classification.hidden import Hidden
from inquiry_router.classification.linear import softmax

HEAD_FILE: Final = "head.npz"
SECOND_FILE: Final = "second.npz"
# What the parts of a hidden layer are called in the file.
_HIDDEN: Final = {"hidden_weights": "weights", "hidden_biases": "biases", "hidden_outer": "outer"}
_STEPS: Final = 300
_POWER_STEPS: Final = 12


@dataclass(frozen=True, slots=True)
class Head:
    """`weights` has the shape (width, labels), `biases` (labels,); what `hidden` says, if there is one, is added."""

    labels: tuple[str, ...]
    weights: Floats
    biases: Floats
    hidden: Hidden | None = None

    def scores(self, vectors: Floats) -> Floats:
        """Unnormalised scores of shape (texts, labels) for vectors of shape (texts, width); or (labels,) for one vector."""
        scores: Floats = vectors @ self.weights + self.biases
        return scores if self.hidden is None else scores + self.hidden.scores(vectors)

    def slope(self, vector: Floats, label: int) -> Floats:
        """What each coordinate of a vector brings to the score of a label above the mean of all labels: shape (width,)."""
        slope: Floats = self.weights[:, label] - self.weights.mean(axis=1)
        if self.hidden is None:
            return slope
        return slope + self.hidden.slope(vector, self.hidden.outer[:, label] - self.hidden.outer.mean(axis=1))

    def known(self) -> NDArray[np.bool_]:
        """Which labels the weights say anything of, shape (labels,): a new label's are zero until they are fitted."""
        layers = (self.weights,) if self.hidden is None else (self.weights, self.hidden.outer)
        known: NDArray[np.bool_] = np.any(np.concatenate(layers), axis=0)
        return known

    def scaled(self, factor: np.float32) -> "Head":
        """The same head with all scores times a factor."""
        hidden = self.hidden and replace(self.hidden, outer=self.hidden.outer * factor)
        return Head(self.labels, self.weights * factor, self.biases * factor, hidden)

    def widened(self, labels: Sequence[str]) -> "Head":
        """The same head for other labels: what is new begins at zero, what is not among them is dropped."""
        hidden = self.hidden and replace(self.hidden, outer=reordered(self.hidden.outer, self.labels, labels))
        biases = reordered(self.biases[None], self.labels, labels)[0]
        return Head(tuple(labels), reordered(self.weights, self.labels, labels), biases, hidden)

    def as_bytes(self) -> bytes:
        """What `head_of_bytes` reads."""
        file = io.BytesIO()
        hidden = {} if self.hidden is None else {name: getattr(self.hidden, part) for name, part in _HIDDEN.items()}
        np.savez_compressed(file, labels=np.array(self.labels), weights=self.weights, biases=self.biases, **hidden)
        return file.getvalue()


def empty_head(labels: Sequence[str], width: int) -> Head:
    """A head that knows nothing yet."""
    return Head(tuple(labels), np.zeros((width, len(labels)), dtype=np.float32), np.zeros(len(labels), dtype=np.float32))


def head_of_bytes(written: bytes) -> Head:
    """Read what `as_bytes` wrote. Raises `ValueError` when it is something else."""
    try:
        with np.load(io.BytesIO(written), allow_pickle=False) as file:
            labels = tuple(str(label) for label in file["labels"])
            parts = {part: file[name].astype(np.float32) for name, part in _HIDDEN.items() if name in file}
            hidden = Hidden(**parts) if parts else None
            return Head(labels, file["weights"].astype(np.float32), file["biases"].astype(np.float32), hidden)
    except (KeyError, TypeError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(f"not a head: {error}") from None


def reordered(scores: Floats, labels: Sequence[str], wanted: Sequence[str]) -> Floats:
    """Scores of shape (texts, labels) in the order of other labels; those that are not known get nothing."""
    if tuple(labels) == tuple(wanted):
        return scores
    found = np.zeros((len(scores), len(wanted)), dtype=np.float32)
    for place, label in enumerate(wanted):
        if label in labels:
            found[:, place] = scores[:, list(labels).index(label)]
    return found


def fit_head(
    vectors: Floats,
    targets: Floats,
    start: Head,
    *,
    importance: Floats | None = None,
    offsets: Floats | None = None,
    strength: float = 1e-3,
    steps: int = _STEPS,
    progress: Callable[[int, int], None] | None = None,
) -> Head:
    """Multinomial logistic regression, held towards `start`: the convex problem has one answer, so nothing is random.

    `vectors` (texts, width), `targets` (texts, labels) with rows that sum to one, `importance` (texts,), `offsets` (texts,
    labels) are scores that others add (the n-grams). Minimised is the weighted mean cross-entropy plus `strength` / 2 times the
    squared distance of the weights from those of `start`, measured in standard deviations of the vectors. Accelerated gradient
    descent with restarts (Nesterov 1983; O'Donoghue and Candès 2015), the step from the largest curvature.
    """
    weigh = np.ones(len(vectors), dtype=np.float32) if importance is None else importance.astype(np.float32)
    weigh = (weigh / weigh.sum())[:, None]
    mean = (weigh * vectors).sum(axis=0)
    spread = np.sqrt((weigh * (vectors - mean) ** 2).sum(axis=0)) + np.float32(1e-6)
    scaled: Floats = ((vectors - mean) / spread).astype(np.float32)
    added = start.scores(vectors) + (0.0 if offsets is None else offsets)
    # What is learnt is the change of the head, in the scaled space; the bias is one more input that is always 1.
    scaled = np.concatenate((scaled, np.ones((len(scaled), 1), dtype=np.float32)), axis=1)
    held = np.full((scaled.shape[1], 1), strength, dtype=np.float32)
    held[-1] = strength * 1e-2
    rate = np.float32(1.0 / (0.5 * _largest_curvature(scaled, weigh) + strength))
    change = np.zeros((scaled.shape[1], targets.shape[1]), dtype=np.float32)
    ahead, momentum = change, 1.0
    for step in range(steps):
        error = weigh * (softmax(added + scaled @ ahead) - targets)
        gradient = scaled.T @ error + held * ahead
        following = ahead - rate * gradient
        if float((gradient * (following - change)).sum()) > 0:  # it overshot: forget the momentum
            momentum = 1.0
        grown = (1.0 + np.sqrt(1.0 + 4.0 * momentum**2)) / 2.0
        ahead = following + np.float32((momentum - 1.0) / grown) * (following - change)
        change, momentum = following, grown
        if progress is not None:
            progress(step + 1, steps)
    weights = change[:-1] / spread[:, None]
    biases = change[-1] - mean @ weights
    weights, biases = (start.weights + weights).astype(np.float32), (start.biases + biases).astype(np.float32)
    return replace(start, weights=weights, biases=biases)


def targets_of(labels: Sequence[str], order: Sequence[str], smoothing: float = 0.0) -> Floats:
    """Rows that are 1 at the label, but for a share `smoothing` that all labels have in common."""
    targets = np.full((len(labels), len(order)), smoothing / len(order), dtype=np.float32)
    places: Ints = np.array([order.index(label) for label in labels], dtype=np.int64)
    targets[np.arange(len(labels)), places] += 1.0 - smoothing
    return targets


def _largest_curvature(scaled: Floats, weigh: Floats) -> float:
    """The largest eigenvalue of the weighted second moments, by power iteration; a little more than that, to be safe."""
    direction = np.ones(scaled.shape[1], dtype=np.float32)
    length = 1.0
    for _ in range(_POWER_STEPS):
        direction = scaled.T @ (weigh[:, 0] * (scaled @ direction))
        length = float(np.linalg.norm(direction))
        direction /= length
    return length * 1.1

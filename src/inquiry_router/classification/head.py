"""The head: a linear layer from a text's vector to the categories.

A company retrains the head; the encoder stays. Beside the linear layer the shipped head has sums of
intents, and a head for labels outside the product may have a hidden layer.
"""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from inquiry_router.classification.features import Floats, Ints
from inquiry_router.classification.hidden import Hidden
from inquiry_router.classification.linear import softmax
from inquiry_router.classification.sums import Sums

HEAD_FILE: Final = "head.npz"
SECOND_FILE: Final = "second.npz"
# Names of the hidden layer's parts in the file.
_HIDDEN: Final = {"hidden_weights": "weights", "hidden_biases": "biases", "hidden_outer": "outer"}
_SUMS: Final = {"sums_weights": "weights", "sums_biases": "biases", "sums_label_of": "label_of"}
_FACTOR: Final = "sums_factor"
_STEPS: Final = 300
_POWER_STEPS: Final = 12


@dataclass(frozen=True, slots=True)
class Head:
    """A head. `weights` has the shape (width, labels), `biases` (labels,).

    The scores of `hidden` and of `sums`, if there are any, are added.
    """

    labels: tuple[str, ...]
    weights: Floats
    biases: Floats
    hidden: Hidden | None = None
    sums: Sums | None = None

    def scores(self, vectors: Floats) -> Floats:
        """Return unnormalised scores of shape (texts, labels) for vectors of shape (texts, width).

        One vector has scores of shape (labels,).
        """
        scores: Floats = vectors @ self.weights + self.biases
        for part in (self.hidden, self.sums):
            scores = scores if part is None else scores + part.scores(vectors)
        return scores

    def slope(self, vector: Floats, label: int) -> Floats:
        """Return the share of each coordinate in the score of a label, shape (width,).

        The share in the mean score of all labels is subtracted.
        """
        slope: Floats = self.weights[:, label] - self.weights.mean(axis=1)
        if self.hidden is not None:
            outer = self.hidden.outer[:, label] - self.hidden.outer.mean(axis=1)
            slope = slope + self.hidden.slope(vector, outer)
        return slope if self.sums is None else slope + self.sums.slope(vector, label)

    def known(self) -> NDArray[np.bool_]:
        """Mark the labels that have weights, shape (labels,): new ones are zero until fitted."""
        layers = (self.weights,) if self.hidden is None else (self.weights, self.hidden.outer)
        known: NDArray[np.bool_] = np.any(np.concatenate(layers), axis=0)
        if self.sums is not None:
            known[self.sums.known()] = True
        return known

    def scaled(self, factor: np.float32) -> "Head":
        """Return the head with all scores multiplied by a factor."""
        hidden = self.hidden and replace(self.hidden, outer=self.hidden.outer * factor)
        sums = self.sums and replace(self.sums, factor=self.sums.factor * float(factor))
        return Head(self.labels, self.weights * factor, self.biases * factor, hidden, sums)

    def widened(self, labels: Sequence[str]) -> "Head":
        """Return the head for other labels: new ones begin at zero, missing ones are dropped."""
        hidden = self.hidden and replace(
            self.hidden, outer=reordered(self.hidden.outer, self.labels, labels)
        )
        sums = self.sums and self.sums.widened(self.labels, labels)
        biases = reordered(self.biases[None], self.labels, labels)[0]
        weights = reordered(self.weights, self.labels, labels)
        return Head(tuple(labels), weights, biases, hidden, sums)

    def as_bytes(self) -> bytes:
        """Serialise the head for `head_of_bytes`."""
        file = io.BytesIO()
        parts: dict[str, Any] = {"weights": self.weights, "biases": self.biases}
        if self.hidden is not None:
            parts |= {name: getattr(self.hidden, part) for name, part in _HIDDEN.items()}
        if self.sums is not None:
            parts |= {name: getattr(self.sums, part) for name, part in _SUMS.items()}
            parts[_FACTOR] = np.float32(self.sums.factor)
        np.savez_compressed(file, labels=np.array(self.labels), **parts)
        return file.getvalue()


def empty_head(labels: Sequence[str], width: int) -> Head:
    """Return a head with zero weights."""
    return Head(
        tuple(labels),
        np.zeros((width, len(labels)), dtype=np.float32),
        np.zeros(len(labels), dtype=np.float32),
    )


def head_of_bytes(written: bytes) -> Head:
    """Deserialise a head. Raises `ValueError` for anything else."""
    try:
        with np.load(io.BytesIO(written), allow_pickle=False) as file:
            labels = tuple(str(label) for label in file["labels"])
            return Head(
                labels,
                file["weights"].astype(np.float32),
                file["biases"].astype(np.float32),
                _read_hidden(file),
                _read_sums(file, len(labels)),
            )
    except (KeyError, TypeError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(f"not a head: {error}") from None


def _read_hidden(file: Mapping[str, NDArray[Any]]) -> Hidden | None:
    parts = {part: file[name].astype(np.float32) for name, part in _HIDDEN.items() if name in file}
    return Hidden(**parts) if parts else None


def _read_sums(file: Mapping[str, NDArray[Any]], count: int) -> Sums | None:
    if _FACTOR not in file:
        return None
    weights, biases, label_of = (file[name] for name in _SUMS)
    return Sums(
        weights.astype(np.float32),
        biases.astype(np.float32),
        label_of.astype(np.int64),
        count,
        float(file[_FACTOR]),
    )


def reordered(scores: Floats, labels: Sequence[str], wanted: Sequence[str]) -> Floats:
    """Return scores of shape (texts, labels) in another order of labels; zero for unknown ones."""
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
    """Fit one head like `fit_heads`. Without `importance` (texts,), all texts weigh the same."""
    alone = np.ones(len(vectors), dtype=np.float32) if importance is None else importance
    return fit_heads(
        vectors,
        targets,
        start,
        alone[None],
        offsets=offsets,
        strength=strength,
        steps=steps,
        progress=progress,
    )[0]


def fit_heads(
    vectors: Floats,
    targets: Floats,
    start: Head,
    importance: Floats,
    *,
    offsets: Floats | None = None,
    strength: float = 1e-3,
    steps: int = _STEPS,
    progress: Callable[[int, int], None] | None = None,
) -> list[Head]:
    """Fit multinomial logistic regressions that are held towards `start`.

    The problem is convex and has one answer, so nothing is random. `vectors` has the shape (texts,
    width), `targets` (texts, labels) with rows that sum to one. `importance` (heads, texts) is 0
    where a head does not see a text. `offsets` (texts, labels) are scores that are added, those of
    the n-grams.

    Each head minimises the weighted mean cross-entropy plus `strength` / 2 times the squared
    distance of the weights from those of `start`, measured in standard deviations of the vectors.
    The method is accelerated gradient descent with restarts (Nesterov 1983; O'Donoghue and Candès
    2015), with a step from the largest curvature.
    """
    weigh = (importance / importance.sum(axis=1, keepdims=True)).astype(np.float32)
    scaled = _scaled(vectors, weigh)
    weigh = weigh[:, None, :]
    added = (start.scores(vectors) + (0.0 if offsets is None else offsets)).T
    # The change of the head is learnt, in the scaled space; the bias is an input that is always 1.
    held: Floats = np.full(vectors.shape[1] + 1, strength, dtype=np.float32)
    held[-1] = strength * 1e-2
    rate = (1.0 / (0.5 * _largest_curvature(scaled, weigh) + strength)).astype(np.float32)
    change = np.zeros((len(importance), targets.shape[1], len(held)), dtype=np.float32)

    def gradient_at(point: Floats) -> Floats:
        errors = weigh * (softmax(added + scaled.scores(point), axis=1) - targets.T)
        gradient: Floats = scaled.gradient(errors) + held * point
        return gradient

    change = _descend(gradient_at, change, rate, steps, progress)
    return [
        replace(
            start,
            weights=(start.weights + weights).astype(np.float32),
            biases=(start.biases + biases).astype(np.float32),
        )
        for weights, biases in scaled.unscaled(change)
    ]


def _descend(
    gradient_at: Callable[[Floats], Floats],
    change: Floats,
    rate: Floats,
    steps: int,
    progress: Callable[[int, int], None] | None,
) -> Floats:
    ahead, momentum = change, np.ones_like(rate)
    for step in range(steps):
        gradient = gradient_at(ahead)
        following = ahead - rate * gradient
        overshot = (gradient * (following - change)).sum(axis=(1, 2), keepdims=True) > 0
        momentum[overshot] = 1.0  # restart
        grown = (1.0 + np.sqrt(1.0 + 4.0 * momentum**2)) / 2.0
        ahead = following + (momentum - 1.0) / grown * (following - change)
        change, momentum = following, grown
        if progress is not None:
            progress(step + 1, steps)
    return change


def targets_of(labels: Sequence[str], order: Sequence[str], smoothing: float = 0.0) -> Floats:
    """Return rows that are 1 at the label, but for a share `smoothing` over all labels."""
    targets = np.full((len(labels), len(order)), smoothing / len(order), dtype=np.float32)
    places: Ints = np.array([order.index(label) for label in labels], dtype=np.int64)
    targets[np.arange(len(labels)), places] += 1.0 - smoothing
    return targets


@dataclass(frozen=True, slots=True)
class _Scaled:
    """Vectors as several heads see them, in standard deviations of each head's texts.

    All heads share one matrix: a product with it for six heads costs half as much again as for one
    (measured). `inputs` (texts, width + 1) are the vectors less `centre` (width,), and 1; `means`
    and `spreads` (heads, 1, width) are relative to `centre`.
    """

    inputs: Floats
    centre: Floats
    means: Floats
    spreads: Floats

    def scores(self, change: Floats) -> Floats:
        """Return the scores, shape (heads, labels, texts), that a change of heads adds.

        The change has the shape (heads, labels, inputs).
        """
        weights = change[..., :-1] / self.spreads
        biases = change[..., -1:] - (weights * self.means).sum(axis=-1, keepdims=True)
        flat = np.concatenate((weights, biases), axis=-1).reshape(-1, self.inputs.shape[1])
        scores: Floats = (flat @ self.inputs.T).reshape(*change.shape[:2], -1)
        return scores

    def gradient(self, errors: Floats) -> Floats:
        """Return the gradient, shape (heads, labels, inputs), for errors (heads, labels, texts)."""
        gradient = (errors.reshape(-1, len(self.inputs)) @ self.inputs).reshape(
            *errors.shape[:2], -1
        )
        gradient[..., :-1] = (gradient[..., :-1] - gradient[..., -1:] * self.means) / self.spreads
        return gradient

    def unscaled(self, change: Floats) -> list[tuple[Floats, Floats]]:
        """Return for each head the change of its weights (width, labels) and biases (labels,)."""
        weights = change[..., :-1] / self.spreads
        biases = change[..., -1] - (weights * (self.means + self.centre)).sum(axis=-1)
        return [(own.T, bias) for own, bias in zip(weights, biases, strict=True)]


def _scaled(vectors: Floats, weigh: Floats) -> _Scaled:
    centre = vectors.mean(axis=0)
    around = vectors - centre
    means = weigh @ around
    spreads = [
        np.sqrt(own @ (around - mean) ** 2) + np.float32(1e-6)
        for own, mean in zip(weigh, means, strict=True)
    ]
    inputs = np.concatenate((around, np.ones((len(vectors), 1), dtype=np.float32)), axis=1)
    return _Scaled(inputs, centre, means[:, None, :], np.stack(spreads)[:, None, :])


def _largest_curvature(scaled: _Scaled, weigh: Floats) -> Floats:
    """Return for each head the largest eigenvalue of the weighted second moments.

    It is found by power iteration, and raised a little to be safe.
    """
    direction = np.ones((len(weigh), 1, scaled.inputs.shape[1]), dtype=np.float32)
    for _ in range(_POWER_STEPS):
        direction = scaled.gradient(weigh * scaled.scores(direction))
        length = np.sqrt((direction**2).sum(axis=-1, keepdims=True))
        direction /= length
    largest: Floats = length * np.float32(1.1)
    return largest

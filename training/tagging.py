"""Fit the network of `classification/parties.py` by gradients, in numpy alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from inquiry_router.classification.linear import softmax
from inquiry_router.classification.parties import KINDS, REACH, TAGS, windows

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

EPOCHS: Final = 30
_WIDTHS: Final = (48, 48, 48, 48)
_BATCH: Final = 16
_RATE: Final = 2e-3
_WARM: Final = 0.1
_DECAY: Final = 0.01
_DROPPED: Final = 0.25
_KIND_COUNT: Final = 0.3
# Rows of zeros between two texts, so that none sees the other.
_GAP: Final = max(reach * distance for reach, distance in REACH)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text: inputs of shape (words, width), the tag of each word, and the kind of the whole."""

    inputs: Floats
    tags: Ints
    kind: int


@dataclass(frozen=True, slots=True)
class _Batch:
    """Some texts below each other. `real` marks their rows, shape (rows, 1)."""

    inputs: Floats
    tags: Ints
    kinds: Ints
    real: Floats
    parts: list[slice]


def fit_tagger(texts: Sequence[Labelled], seed: int = 0) -> dict[str, Floats]:
    """Fit the layers on labelled texts."""
    random = np.random.default_rng(seed)
    layers = _begin(texts[0].inputs.shape[1], random)
    means = {name: np.zeros_like(layer) for name, layer in layers.items()}
    squares = {name: np.zeros_like(layer) for name, layer in layers.items()}
    per_epoch = len(texts) // _BATCH
    for step in range(EPOCHS * per_epoch):
        if step % per_epoch == 0:
            order = random.permutation(len(texts))
        first = step % per_epoch * _BATCH
        batch = _batch([texts[place] for place in order[first : first + _BATCH]])
        slopes = _slopes(layers, batch, random)
        done = (step + 1) / (EPOCHS * per_epoch)
        rate = _RATE * min(1.0, done / _WARM) * (0.5 + 0.5 * np.cos(np.pi * done))
        for name, slope in slopes.items():
            means[name] += 0.1 * (slope - means[name])
            squares[name] += 0.001 * (slope**2 - squares[name])
            mean = means[name] / (1 - 0.9 ** (step + 1))
            square = squares[name] / (1 - 0.999 ** (step + 1))
            held = _DECAY * layers[name] if layers[name].ndim == 2 else 0.0
            change = mean / (np.sqrt(square) + 1e-8) + held
            layers[name] -= np.float32(rate) * change.astype(np.float32)
    return layers


def _begin(width: int, random: np.random.Generator) -> dict[str, Floats]:
    """Random layers. Those that are added to the ones below begin small."""

    def drawn(rows: int, columns: int, size: float) -> Floats:
        return (random.standard_normal((rows, columns)) * np.sqrt(size / rows)).astype(np.float32)

    layers = {"w0": drawn(width, _WIDTHS[0], 2.0)}
    for number, (reach, _) in enumerate(REACH, start=1):
        rows = (2 * reach + 1) * _WIDTHS[number - 1]
        layers[f"w{number}"] = drawn(rows, _WIDTHS[number], 2.0 if number == 1 else 0.5)
    layers["tags"] = drawn(_WIDTHS[-1], len(TAGS), 1.0)
    layers["kinds"] = np.zeros((width + _WIDTHS[-1], len(KINDS)), dtype=np.float32)
    biases = {f"b{n}": np.zeros(size, dtype=np.float32) for n, size in enumerate(_WIDTHS)}
    for name in ("tags", "kinds"):
        biases[f"{name}_bias"] = np.zeros(layers[name].shape[1], dtype=np.float32)
    return layers | biases


def _batch(texts: Sequence[Labelled]) -> _Batch:
    gap = np.zeros((_GAP, texts[0].inputs.shape[1]), dtype=np.float32)
    inputs, tags, real, parts, at = [gap], [np.zeros(_GAP, dtype=np.int64)], [0.0] * _GAP, [], _GAP
    for one in texts:
        count = len(one.inputs)
        inputs += [one.inputs, gap]
        tags += [one.tags, tags[0]]
        real += [1.0] * count + [0.0] * _GAP
        parts.append(slice(at, at + count))
        at += count + _GAP
    kinds = np.array([one.kind for one in texts])
    rows = np.array(real, dtype=np.float32)[:, None]
    return _Batch(np.concatenate(inputs), np.concatenate(tags), kinds, rows, parts)


def _dropped(rows: Floats, random: np.random.Generator) -> Floats:
    """Marks that leave out some of the values, and raise the others."""
    drawn = np.frombuffer(random.bytes(rows.size), dtype=np.uint8).reshape(rows.shape)
    return (drawn >= 256 * _DROPPED) * np.float32(1 / (1 - _DROPPED))


def _slopes(
    layers: dict[str, Floats], batch: _Batch, random: np.random.Generator
) -> dict[str, Floats]:
    """The slopes of the loss at a batch, by the names of the layers."""
    inputs = batch.inputs * _dropped(batch.inputs, random)
    rows = [np.maximum(inputs @ layers["w0"] + layers["b0"], 0) * batch.real]
    seen, kept = [], [np.float32(1.0)]
    for number, (reach, distance) in enumerate(REACH, start=1):
        seen.append(windows(rows[-1], reach, distance))
        above = seen[-1] @ layers[f"w{number}"] + layers[f"b{number}"]
        above = np.maximum(above if number == 1 else above + rows[-1], 0) * batch.real
        kept.append(_dropped(above, random) if number != 2 else np.float32(1.0))
        rows.append(above * kept[-1])
    top, columns = rows[-1], np.arange(rows[-1].shape[1])
    strongest = [part.start + top[part].argmax(axis=0) for part in batch.parts]
    whole = np.stack(
        [
            np.concatenate([inputs[part].mean(axis=0), top[places, columns]])
            for part, places in zip(batch.parts, strongest, strict=True)
        ]
    )
    of_tags = _shares(top, layers, "tags")
    of_tags[np.arange(len(of_tags)), batch.tags] -= 1
    of_tags *= batch.real / batch.real.sum()
    of_kinds = _shares(whole, layers, "kinds")
    of_kinds[np.arange(len(of_kinds)), batch.kinds] -= 1
    of_kinds *= np.float32(_KIND_COUNT / len(of_kinds))
    slopes = {"tags": top.T @ of_tags, "tags_bias": of_tags.sum(axis=0)}
    slopes |= {"kinds": whole.T @ of_kinds, "kinds_bias": of_kinds.sum(axis=0)}
    down = of_tags @ layers["tags"].T
    to_top = (of_kinds @ layers["kinds"].T)[:, inputs.shape[1] :]
    for places, slope in zip(strongest, to_top, strict=True):
        down[places, columns] += slope
    for number in range(len(REACH), 0, -1):
        down = down * kept[number] * (rows[number] > 0)
        slopes[f"w{number}"] = seen[number - 1].T @ down
        slopes[f"b{number}"] = down.sum(axis=0)
        beside = _gathered(down @ layers[f"w{number}"].T, *REACH[number - 1])
        down = beside if number == 1 else beside + down
    down = down * (rows[0] > 0)
    return slopes | {"w0": inputs.T @ down, "b0": down.sum(axis=0)}


def _shares(rows: Floats, layers: dict[str, Floats], name: str) -> Any:
    return softmax(rows @ layers[name] + layers[f"{name}_bias"])


def _gathered(beside: Floats, reach: int, distance: int) -> Floats:
    """Turn slopes of `windows` into slopes of its rows."""
    count, wide = beside.shape
    width, edge = wide // (2 * reach + 1), reach * distance
    padded = np.zeros((count + 2 * edge, width), dtype=np.float32)
    for place in range(2 * reach + 1):
        part = beside[:, place * width : (place + 1) * width]
        padded[place * distance : place * distance + count] += part
    return padded[edge : edge + count]

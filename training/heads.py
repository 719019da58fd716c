"""Fit the head of intents and the n-grams anew on the encoder that is there.

`python -m training --heads` takes ten minutes, most of them for the n-grams, and adds no large
file. The encoder has learnt the texts of the authors it was trained on, so their vectors flatter
every head: fitted on them alone, a head is no better than the one that was trained with the
encoder. What teaches is the texts of strangers. They pull that head towards themselves, and half
of the known texts hold the rest in place. Each stranger is judged by a head that has not seen
theirs.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from inquiry_router.classification.corpus import Example
from inquiry_router.classification.encoder import Encoder
from inquiry_router.classification.head import (
    Head,
    empty_head,
    fit_head,
    head_of_bytes,
    targets_of,
)
from inquiry_router.classification.sums import Sums
from inquiry_router.inquiry.categories import CATEGORY_IDS
from inquiry_router.inquiry.intents import INTENTS

Floats = NDArray[np.float32]

# Authors whom the present encoder was not trained on.
STRANGERS: Final = ("benek", "gienek", "marzena", "sandra")
# Step through the texts of the other authors, and how much a text of theirs and of a stranger's
# counts.
KNOWN_STEP: Final = 2
KNOWN_COUNT: Final = 0.5
STRANGER_COUNT: Final = 1.0
STRENGTH: Final = 3e-2
STEPS: Final = 60
SMOOTHING: Final = 0.1
# The scores of the new head are smaller: its best temperature is lower, by 0.91 to 0.99 on the
# strangers. The step is smaller than that, so that no more leads are lost.
TEMPERATURE: Final = 0.96
INTENT_IDS: Final = tuple(intent.id for intent in INTENTS)
# The head of intents that was trained together with the encoder.
_START: Final = Path(__file__).parent / "start_intents.npz"


@dataclass(frozen=True, slots=True)
class Heads:
    """The heads of intents, and of second matters."""

    intents: Head
    second: Head


def encode(encoder: Encoder, examples: Sequence[Example], file: Path) -> Floats:
    """Return the vectors of the examples, shape (examples, width).

    `file` keeps them by text, so that other labels cost nothing.
    """
    kept: dict[str, Floats] = {}
    if file.exists():
        with np.load(file) as written:
            kept = dict(zip(written["keys"].tolist(), written["vectors"], strict=True))
    keys = [hashlib.sha256(repr((e.subject, e.text)).encode()).hexdigest() for e in examples]
    missing = [place for place, key in enumerate(keys) if key not in kept]
    for place in missing:
        kept[keys[place]] = encoder.encode(examples[place].subject, examples[place].text).vector
    if missing:
        np.savez(file, keys=np.array(list(kept)), vectors=np.array(list(kept.values())))
    return np.array([kept[key] for key in keys], dtype=np.float32)


def read_start() -> Head:
    """Read the head of intents that was trained together with the encoder."""
    return head_of_bytes(_START.read_bytes())


def keep_start(intents: Head) -> None:
    """Keep the head of intents that was trained together with the encoder."""
    _START.write_bytes(intents.as_bytes())


def is_stranger(example: Example) -> bool:
    """True for a text by an author whom the encoder was not trained on."""
    return example.author in STRANGERS


def fit_intents_on(vectors: Floats, examples: Sequence[Example]) -> Head:
    """Fit the head of intents on vectors of the encoder, held towards the start.

    It reads the last layer only. The middle one told intents apart a little better, but as many of
    the named ones were wrong.
    """
    strangers = [place for place, example in enumerate(examples) if is_stranger(example)]
    known = [place for place, example in enumerate(examples) if not is_stranger(example)]
    places = [*known[::KNOWN_STEP], *strangers]
    counts = [STRANGER_COUNT if is_stranger(examples[place]) else KNOWN_COUNT for place in places]
    start, last = read_start(), vectors.shape[1] // 2
    fitted = fit_head(
        vectors[places, :last],
        targets_of([examples[place].intent for place in places], INTENT_IDS, SMOOTHING),
        Head(start.labels, start.weights[:last], start.biases),
        importance=np.array(counts, dtype=np.float32),
        strength=STRENGTH,
        steps=STEPS,
    )
    weights = np.concatenate([fitted.weights, start.weights[last:]])
    return Head(start.labels, weights, fitted.biases)


def scores_without_own(vectors: Floats, examples: Sequence[Example]) -> Floats:
    """Return the intents' scores of the strangers' texts, each by a head without its author."""
    own = [place for place, example in enumerate(examples) if is_stranger(example)]
    scores = np.zeros((len(own), len(INTENT_IDS)), dtype=np.float32)
    authors = np.array([example.author for example in examples])
    for author in STRANGERS:
        others = authors != author
        seen = [example for example, kept in zip(examples, others, strict=True) if kept]
        head = fit_intents_on(vectors[others], seen)
        at = authors[own] == author
        scores[at] = head.scores(vectors[own][at])
    return scores


def head_of_categories(intents: Head) -> Head:
    """Return the head of the categories: sums of their intents."""
    places = [CATEGORY_IDS.index(intent.category) for intent in INTENTS]
    sums = Sums(intents.weights, intents.biases, np.array(places), len(CATEGORY_IDS))
    head = empty_head(CATEGORY_IDS, len(intents.weights))
    return Head(head.labels, head.weights, head.biases, sums=sums)

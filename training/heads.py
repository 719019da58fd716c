"""Fit the heads and the n-grams anew on the encoder that is there: `python -m training --heads`.

The encoder keeps its weights, so this takes a quarter of an hour and adds no large file. It gains
most of what new situations can teach: the encoder knows the words, only nobody had told it what
they are for. Authors whom the encoder has not seen judge it, in folds; the others have vectors that
flatter every head, so their texts count half and judge nothing.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from inquiry_router.classification.corpus import Example
from inquiry_router.classification.encoder import Encoder
from inquiry_router.classification.head import Head, empty_head, fit_head, targets_of
from inquiry_router.classification.sums import Sums
from inquiry_router.inquiry.categories import CATEGORY_IDS
from inquiry_router.inquiry.intents import INTENTS

Floats = NDArray[np.float32]

# Authors whom the present encoder was trained on.
KNOWN_AUTHORS: Final = frozenset(
    (
        *("bogdan", "declan", "deshawn", "ewan", "gareth", "grazyna", "halina", "hanspeter"),
        *("harriet", "jola", "krystyna", "kuba", "lucia", "magda", "marek", "monika", "nina"),
        *("olena", "plain", "priya", "recepcja", "ryszard", "sabine", "tomek", "walter"),
        *("wiktor", "zosia"),
    )
)
KNOWN_COUNT: Final = 0.5
STRENGTH: Final = 1e-3
STEPS: Final = 300
SMOOTHING: Final = 0.1
INTENT_IDS: Final = tuple(intent.id for intent in INTENTS)


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
    for key, example in zip(keys, examples, strict=True):
        if key not in kept:
            kept[key] = encoder.encode(example.subject, example.text).vector
    np.savez(file, keys=np.array(list(kept)), vectors=np.array(list(kept.values())))
    return np.array([kept[key] for key in keys], dtype=np.float32)


def fit_heads_on(vectors: Floats, examples: Sequence[Example], say: Callable[[str], None]) -> Heads:
    """Fit both heads on vectors of the encoder."""
    say(f"  fitting heads on {len(examples)} examples ...")
    counts = [KNOWN_COUNT if e.author in KNOWN_AUTHORS else 1.0 for e in examples]
    importance = np.array(counts, dtype=np.float32)
    intents = _fit(vectors, [e.intent for e in examples], INTENT_IDS, importance)
    asked = [_asked_for(vectors, examples, name, importance) for name in CATEGORY_IDS]
    weights = np.stack([head.weights[:, 1] - head.weights[:, 0] for head in asked], axis=1)
    biases = np.array([head.biases[1] - head.biases[0] for head in asked], dtype=np.float32)
    return Heads(intents, Head(CATEGORY_IDS, weights, biases))


def _asked_for(
    vectors: Floats, examples: Sequence[Example], category: str, importance: Floats
) -> Head:
    """Fit a head that tells whether a category is asked for at all."""
    labels = ["yes" if category in (e.label, e.secondary) else "no" for e in examples]
    return _fit(vectors, labels, ("no", "yes"), importance)


def _fit(
    vectors: Floats, labels: Sequence[str], order: tuple[str, ...], importance: Floats
) -> Head:
    targets = targets_of(labels, order, SMOOTHING)
    start = empty_head(order, vectors.shape[1])
    return fit_head(vectors, targets, start, importance=importance, strength=STRENGTH, steps=STEPS)


def head_of_categories(intents: Head) -> Head:
    """Return the head of the categories: sums of their intents."""
    places = [CATEGORY_IDS.index(intent.category) for intent in INTENTS]
    sums = Sums(intents.weights, intents.biases, np.array(places), len(CATEGORY_IDS))
    head = empty_head(CATEGORY_IDS, len(intents.weights))
    return Head(head.labels, head.weights, head.biases, sums=sums)

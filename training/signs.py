"""Fit the head of signs: sentences that state a danger or ask for a person, and their neighbours.

`signs.tsv` has one sentence a line: author, language, sign, text. The sign is a kind of danger,
`person`, or `none` for a sentence that only looks like one. Texts of the corpus that state neither
are further neighbours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from inquiry_router.classification.corpus import Example
from inquiry_router.classification.encoder import Encoder
from inquiry_router.classification.head import Head, empty_head, fit_head, targets_of
from inquiry_router.classification.linear import softmax
from inquiry_router.classification.signs import MAX_HARMLESS_WORDS, NONE, PERSON, SIGN_LABELS
from inquiry_router.entities.finding import find_entities
from inquiry_router.inquiry.model import DANGERS, Channel, EntityKind
from inquiry_router.phone.persons import PersonRequest, person_request

Floats = NDArray[np.float32]

# Step through the corpus for neighbours, and how much one of them counts beside a sentence.
STEP: Final = 4
NEIGHBOUR_COUNT: Final = 0.2
STRENGTH: Final = 1e-2
STEPS: Final = 300
# Share of other callers' sentences that may be taken for the wish for a person.
MAX_FALSE_PERSONS: Final = 0.01
_HIGHER: Final = np.arange(0.3, 0.95, 0.05)
_LOWER: Final = np.arange(0.0, 0.3, 0.02)
_FILE: Final = Path(__file__).parent / "signs.tsv"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with its sign: a kind of danger, `person` or `none`."""

    author: str
    lang: str
    sign: str
    text: str


def read_signs() -> list[Sentence]:
    """Read all sentences."""
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    return [Sentence(*line.split("\t")) for line in lines]


def neighbours_of(examples: Sequence[Example]) -> list[str]:
    """Return texts of the corpus that state no danger and ask for no person."""
    return [
        example.text
        for example in examples[::STEP]
        if example.intent != "safety"
        and not _states_danger(example.text)
        and (example.channel is not Channel.PHONE or _asks_nobody(example.text))
    ]


def fit_signs(encoder: Encoder, examples: Sequence[Example]) -> tuple[Head, dict[str, float]]:
    """Return the head of signs and its limits, which are chosen on authors in turn held out."""
    sentences = read_signs()
    vectors = _vectors(encoder, [sentence.text for sentence in sentences])
    around = _vectors(encoder, neighbours_of(examples))
    held_out = np.zeros((len(sentences), len(SIGN_LABELS)), dtype=np.float32)
    authors = np.array([sentence.author for sentence in sentences])
    for author in sorted(set(authors)):
        seen = authors != author
        known = [sentence for sentence, kept in zip(sentences, seen, strict=True) if kept]
        held_out[~seen] = _fit(known, vectors[seen], around).scores(vectors[~seen])
    return _fit(sentences, vectors, around), _limits(sentences, held_out)


def _fit(sentences: Sequence[Sentence], vectors: Floats, around: Floats) -> Head:
    labels = [sentence.sign for sentence in sentences] + [NONE] * len(around)
    counts = np.array([1.0] * len(vectors) + [NEIGHBOUR_COUNT] * len(around), dtype=np.float32)
    return fit_head(
        np.concatenate([vectors, around]),
        targets_of(labels, SIGN_LABELS),
        empty_head(SIGN_LABELS, vectors.shape[1]),
        importance=counts,
        strength=STRENGTH,
        steps=STEPS,
    )


def _limits(sentences: Sequence[Sentence], scores: Floats) -> dict[str, float]:
    """Return the numbers of `Limits` for scores of unseen authors.

    Those of danger are the ones at which the patterns and the head together are wrong least often.
    """
    shares = softmax(scores)
    danger, person = shares[:, : len(DANGERS)].sum(axis=1), shares[:, SIGN_LABELS.index(PERSON)]
    is_danger = np.array([sentence.sign in DANGERS for sentence in sentences])
    by_pattern = np.array([_states_danger(sentence.text) for sentence in sentences])
    is_short = np.array([len(s.text.split()) <= MAX_HARMLESS_WORDS for s in sentences])
    pairs = [(float(high), float(low)) for high in _HIGHER for low in _LOWER]
    wrong = [
        _wrong_share((danger >= high) | (by_pattern & ~(is_short & (danger < low))), is_danger)
        for high, low in pairs
    ]
    high, low = pairs[int(np.argmin(wrong))]
    others = person[[sentence.sign != PERSON for sentence in sentences]]
    return {
        "danger_at_least": round(high, 2),
        "harmless_below": round(low, 2),
        "person_at_least": round(float(np.quantile(others, 1.0 - MAX_FALSE_PERSONS)), 2),
    }


def _wrong_share(found: NDArray[np.bool_], true: NDArray[np.bool_]) -> float:
    """Return the share of missed ones and that of false ones together."""
    return float((~found)[true].mean() + found[~true].mean())


def _vectors(encoder: Encoder, texts: Sequence[str]) -> Floats:
    return np.stack([encoder.encode(None, text).vector for text in texts])


def _states_danger(text: str) -> bool:
    return any(one.kind is EntityKind.DANGER for one in find_entities(None, text))


def _asks_nobody(text: str) -> bool:
    return person_request(text) is PersonRequest.NONE

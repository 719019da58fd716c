"""Fit the head of signals: sentences that state a danger or ask for a person, and their neighbours.

`signals.tsv` has one sentence a line: author, language, signal, text. The signal is a kind of
danger, `person`, or `none` for a sentence that only looks like one. Texts of the corpus that state
neither are further neighbours.
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
from inquiry_router.classification.signals import MAX_HARMLESS_WORDS, NONE, PERSON, SIGNAL_LABELS
from inquiry_router.entities.finding import find_entities
from inquiry_router.inquiry.model import DANGERS, Channel, EntityKind
from inquiry_router.phone.persons import PersonRequest, person_request

Floats = NDArray[np.float32]

# The engineer who wrote the patterns.
FIRST_AUTHOR: Final = "first"
# Step through the corpus for neighbours, and how much one of them counts beside a sentence.
STEP: Final = 4
NEIGHBOUR_COUNT: Final = 0.2
STRENGTH: Final = 1e-2
STEPS: Final = 300
# Share of other callers' sentences that may be taken for the wish for a person.
MAX_FALSE_PERSONS: Final = 0.01
# The limits that are tried: from which a danger counts, and below which one that a pattern found
# does not. Above 0.15 one in twenty of those would go that a pattern found rightly.
HIGHER: Final = np.arange(0.3, 0.95, 0.05)
LOWER: Final = np.arange(0.025, 0.16, 0.025)
# A false alarm beside a missed danger: hardly any of what people say states one.
FALSE_COUNT: Final = 1.5
_FILE: Final = Path(__file__).parent / "signals.tsv"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with its signal: a kind of danger, `person` or `none`."""

    author: str
    lang: str
    signal: str
    text: str


def read_signals() -> list[Sentence]:
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


@dataclass(frozen=True, slots=True)
class FittedSignals:
    """The head of signals, its limits, and figures on authors whom training had not seen.

    The figures are shares of sentences, with the patterns' findings: of the dangers and of those
    who want a person how many are found, of the others how many are taken for such by mistake.
    """

    head: Head
    limits: dict[str, float]
    figures: dict[str, float]


def fit_signals(encoder: Encoder, examples: Sequence[Example]) -> FittedSignals:
    """Fit the head; limits and figures come from authors in turn held out."""
    sentences = read_signals()
    vectors = _vectors(encoder, [sentence.text for sentence in sentences])
    around = _vectors(encoder, neighbours_of(examples))
    held_out = np.zeros((len(sentences), len(SIGNAL_LABELS)), dtype=np.float32)
    authors = np.array([sentence.author for sentence in sentences])
    for author in sorted(set(authors)):
        seen = authors != author
        known = [sentence for sentence, kept in zip(sentences, seen, strict=True) if kept]
        held_out[~seen] = _fit(known, vectors[seen], around).scores(vectors[~seen])
    limits, figures = _judge(sentences, held_out)
    return FittedSignals(_fit(sentences, vectors, around), limits, figures)


def _fit(sentences: Sequence[Sentence], vectors: Floats, around: Floats) -> Head:
    labels = [sentence.signal for sentence in sentences] + [NONE] * len(around)
    counts = np.array([1.0] * len(vectors) + [NEIGHBOUR_COUNT] * len(around), dtype=np.float32)
    return fit_head(
        np.concatenate([vectors, around]),
        targets_of(labels, SIGNAL_LABELS),
        empty_head(SIGNAL_LABELS, vectors.shape[1]),
        importance=counts,
        strength=STRENGTH,
        steps=STEPS,
    )


def _judge(
    sentences: Sequence[Sentence], scores: Floats
) -> tuple[dict[str, float], dict[str, float]]:
    """Return the numbers of `Limits` for scores of unseen authors, and the figures.

    Both limits of dangers are those at which strangers' sentences are judged best. The patterns
    were made with the first author's sentences, so these do not count.
    """
    shares = softmax(scores)
    danger, person = shares[:, : len(DANGERS)].sum(axis=1), shares[:, SIGNAL_LABELS.index(PERSON)]
    is_danger = np.array([sentence.signal in DANGERS for sentence in sentences])
    is_person = np.array([sentence.signal == PERSON for sentence in sentences])
    strange = np.array([sentence.author != FIRST_AUTHOR for sentence in sentences])
    by_pattern = np.array([_states_danger(sentence.text) for sentence in sentences])
    by_list = np.array([_asks_only(sentence.text) for sentence in sentences])
    is_short = np.array([len(s.text.split()) <= MAX_HARMLESS_WORDS for s in sentences])

    def found(low: float, high: float) -> NDArray[np.bool_]:
        kept = by_pattern & ~(is_short & (danger < low))
        return ((danger >= high) | kept)[strange]

    def wrong(limits: tuple[float, float]) -> float:
        return _missed(found(*limits), true) + FALSE_COUNT * _false(found(*limits), true)

    true, wants = is_danger[strange], is_person[strange]
    low, high = min(((float(low), float(high)) for low in LOWER for high in HIGHER), key=wrong)
    least = round(float(np.quantile(person[strange & ~is_person], 1.0 - MAX_FALSE_PERSONS)), 2)
    heard = (by_list | (person >= least))[strange]
    limits = {
        "danger_at_least": round(high, 2),
        "harmless_below": round(low, 3),
        "person_at_least": least,
    }
    return limits, {
        "dangers": int(true.sum()),
        "dangers_found": round(1.0 - _missed(found(low, high), true), 3),
        "dangers_false": round(_false(found(low, high), true), 3),
        "dangers_found_by_patterns_alone": round(1.0 - _missed(by_pattern[strange], true), 3),
        "dangers_false_by_patterns_alone": round(_false(by_pattern[strange], true), 3),
        "persons": int(wants.sum()),
        "persons_found": round(1.0 - _missed(heard, wants), 3),
        "persons_false": round(_false(heard, wants), 3),
        "persons_found_by_lists_alone": round(1.0 - _missed(by_list[strange], wants), 3),
    }


def _missed(found: NDArray[np.bool_], true: NDArray[np.bool_]) -> float:
    return float((~found)[true].mean())


def _false(found: NDArray[np.bool_], true: NDArray[np.bool_]) -> float:
    return float(found[~true].mean())


def _vectors(encoder: Encoder, texts: Sequence[str]) -> Floats:
    return np.stack([encoder.encode(None, text).vector for text in texts])


def _states_danger(text: str) -> bool:
    return any(one.kind is EntityKind.DANGER for one in find_entities(None, text))


def _asks_nobody(text: str) -> bool:
    return person_request(text) is PersonRequest.NONE


def _asks_only(text: str) -> bool:
    return person_request(text) is PersonRequest.ONLY

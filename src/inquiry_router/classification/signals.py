"""Signals: a danger that the words state, and a caller who wants a person, whatever the category.

Lists of words find what their authors thought of (`entities/danger.yaml`, `phone/persons.yaml`). A
head on the encoder's vector also finds what strangers say: "it's burning right up into the hood".
"""

from dataclasses import dataclass
from typing import Final

from inquiry_router.classification.deciding_words import word_weights
from inquiry_router.classification.encoder import Encoding
from inquiry_router.classification.features import Floats
from inquiry_router.classification.head import Head
from inquiry_router.classification.linear import softmax
from inquiry_router.inquiry.model import DANGERS
from inquiry_router.inquiry.signals import Signals

SIGNALS_FILE: Final = "signals.npz"
PERSON: Final = "person"
NONE: Final = "none"
SIGNAL_LABELS: Final = (*DANGERS, PERSON, NONE)
# In a longer text a sentence of danger may go under, so it rules out none.
MAX_HARMLESS_WORDS: Final = 40


@dataclass(frozen=True, slots=True)
class Limits:
    """The least probability of a danger and of the wish for a person; below which none is."""

    danger_at_least: float
    harmless_below: float
    person_at_least: float


@dataclass(frozen=True, slots=True)
class SignalReader:
    """Reads the signals. The labels of the head are `SIGNAL_LABELS`."""

    head: Head
    limits: Limits

    def read(self, encoding: Encoding) -> Signals:
        """Read the signals of a text."""
        shares = softmax(self.head.scores(encoding.vector))
        danger = float(shares[: len(DANGERS)].sum())
        wants_person = float(shares[SIGNAL_LABELS.index(PERSON)]) >= self.limits.person_at_least
        if danger >= self.limits.danger_at_least:
            kind = int(shares[: len(DANGERS)].argmax())
            word = self._strongest_word(encoding, kind)
            return Signals(DANGERS[kind], word, wants_person=wants_person)
        is_short = len(encoding.text.split()) <= MAX_HARMLESS_WORDS
        harmless = is_short and danger < self.limits.harmless_below
        return Signals(harmless=harmless, wants_person=wants_person)

    def _strongest_word(self, encoding: Encoding, kind: int) -> str:
        """Return the word that speaks most for a kind of danger, as written."""
        slope: Floats = self.head.weights[:, kind] - self.head.weights[:, SIGNAL_LABELS.index(NONE)]
        weights = word_weights(encoding, encoding.parts @ slope)
        return max(weights.values(), key=lambda one: one[1], default=("", 0.0))[0]

"""Classify a cleaned draft with two models. Pure.

Their scores are mixed and calibrated. The result has a second category, the evidence, and an unsure
flag.
"""

import hashlib
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Final

import numpy as np

from inquiry_router.classification import linear
from inquiry_router.classification.card import Card, read_card
from inquiry_router.classification.deciding_words import strongest_words
from inquiry_router.classification.encoder import MODEL_FILE, Encoder, Encoding
from inquiry_router.classification.features import Floats, Grams, vector
from inquiry_router.classification.head import (
    HEAD_FILE,
    SECOND_FILE,
    Head,
    head_of_bytes,
    reordered,
)
from inquiry_router.classification.intents import INTENTS_FILE, likeliest_intent, load_intents
from inquiry_router.classification.language import LanguageModel, known_language
from inquiry_router.classification.later import LATER_FILE, goes_on
from inquiry_router.classification.linear import (
    LINEAR_FILE,
    LinearModel,
    ModelUnusable,
    read_text,
    sigmoid,
    softmax,
)
from inquiry_router.classification.parties import (
    PARTIES_FILE,
    PartyReader,
    may_tell,
    reader_of_bytes,
)
from inquiry_router.classification.replies import heed_words, may_be_stale
from inquiry_router.classification.signals import (
    SIGNALS_FILE,
    Limits,
    SignalReader,
)
from inquiry_router.inquiry.categories import OTHER, REFERRAL, SALES_IDS
from inquiry_router.inquiry.model import Classification, Draft, Evidence, Ranked
from inquiry_router.inquiry.referral import ToldParties
from inquiry_router.inquiry.signals import Signals

LANGUAGE_FILE: Final = "language.npz"


@dataclass(frozen=True, slots=True)
class Classifier:
    """A loaded model: an encoder, which knows meanings, and n-grams, which know words.

    The n-grams know the card's labels; the head may know more, those of a company. `second` scores
    each category as a second matter of the inquiry. `intents` tells the intents of a category
    apart; None if the model names none. `signals` reads what else the words say; None if the model
    does not. `later` tells messages that go on with something, `parties` who recommends whom; None
    if the model does not.
    `version` names the taught head, None the shipped one.
    """

    card: Card
    encoder: Encoder
    head: Head
    second: Head
    linear: LinearModel
    languages: LanguageModel
    folder: Path
    version: str | None = None
    intents: Head | None = None
    signals: SignalReader | None = None
    later: Head | None = None
    parties: PartyReader | None = None

    @property
    def name(self) -> str:
        """The name and version of the model."""
        return self.card.name if self.version is None else f"{self.card.name}+{self.version}"

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of all that a taught head rests on: encoder, n-grams and shipped head."""
        digests = [self.card.files.get(name, "") for name in (MODEL_FILE, LINEAR_FILE, HEAD_FILE)]
        return hashlib.sha256(" ".join(digests).encode()).hexdigest()

    @property
    def labels(self) -> tuple[str, ...]:
        """The categories that the head knows."""
        return self.head.labels

    def taught(self, head: Head, version: str, intents: Head | None = None) -> "Classifier":
        """Return the model with another head, which may know more categories; or more intents."""
        return replace(self, head=head, version=version, intents=intents or self.intents)

    def classify(self, draft: Draft) -> Classification:
        """Classify a cleaned draft. The subject of a short reply counts less than its words."""
        read = self._read(draft)
        if not may_be_stale(draft):
            return read
        return heed_words(read, self._read(replace(draft, subject=None)))

    def _read(self, draft: Draft) -> Classification:
        encoding = self.encoder.encode(draft.subject, draft.text)
        grams = read_text(draft.subject, draft.text)
        probabilities = self.probabilities(encoding.vector[None], self.gram_scores(grams)[None])[0]
        ranking = self._ranking(probabilities)
        first, unsure = ranking[0], self._is_unsure(ranking)
        named = None if unsure else self._intent(encoding.vector, first)
        rival = ranking[1].category if len(ranking) > 1 else None
        return Classification(
            category=first.category,
            confidence=first.confidence,
            secondary=self._second(encoding.vector, first.category),
            ranking=ranking,
            language=self.language_of(draft),
            method="model",
            model=self.name,
            evidence=self.find_evidence(encoding, grams, first.category),
            unsure=unsure,
            intent=named and named[0],
            intent_confidence=named and named[1],
            rival_evidence=self.find_evidence(encoding, grams, rival) if rival else (),
            maybe_sale=self._is_maybe_sale(encoding.vector, first.category),
            signals=self.signals.read(encoding) if self.signals else Signals(),
            goes_on=goes_on(self.later, encoding.vector) if self.later else None,
            told=self._told(encoding, ranking),
        )

    def _told(self, encoding: Encoding, ranking: tuple[Ranked, ...]) -> ToldParties | None:
        """Read who recommends whom, unless nothing in the words looks like it."""
        likely = next((one.confidence for one in ranking if one.category == REFERRAL), 0.0)
        if self.parties is None or not may_tell(encoding.text, likely):
            return None
        return self.parties.read(encoding)

    def _ranking(self, probabilities: Floats) -> tuple[Ranked, ...]:
        order = [int(place) for place in np.argsort(-probabilities)]
        return tuple(
            Ranked(self.labels[place], round(float(probabilities[place]), 4)) for place in order
        )

    def _is_unsure(self, ranking: tuple[Ranked, ...]) -> bool:
        first = ranking[0]
        lead = first.confidence - (ranking[1].confidence if len(ranking) > 1 else 0.0)
        least = self.card.threshold_of(first.category)
        return first.confidence < least or lead < self.card.margin

    def language_of(self, draft: Draft) -> str:
        """Return the declared language of a draft, else the one of its words."""
        declared = known_language(draft.language)
        return declared or self.languages.detect(f"{draft.subject or ''} {draft.text}")

    def probabilities(self, vectors: Floats, gram_scores: Floats) -> Floats:
        """Return the probability of each label, shape (texts, labels).

        `vectors` are the encoder's, shape (texts, width). `gram_scores` has the shape (texts,
        card's labels): a company's own categories get nothing from the n-grams.
        """
        scores = self.head.scores(vectors) + reordered(gram_scores, self.card.labels, self.labels)
        return softmax((scores / np.float32(self.card.temperature)).astype(np.float32))

    def gram_scores(self, grams: Grams) -> Floats:
        """Return the weighted scores of the n-grams for the card's labels, shape (labels,)."""
        scores: Floats = np.float32(self.card.linear_weight) * self.linear.scores(
            vector(grams, self.linear.idf)
        )
        return scores

    def unknown_letters(self, text: str) -> float:
        """Return the share of a text's letter groups and words that are new to the n-grams."""
        buckets = read_text(None, text).buckets
        return float((self.linear.idf[buckets] == 0).mean()) if len(buckets) else 0.0

    def _intent(self, vector_: Floats, first: Ranked) -> tuple[str, float] | None:
        """Return the likeliest intent of the category and its probability; None if too small."""
        found = self.intents and likeliest_intent(self.intents, vector_, first.category)
        if not found:
            return None
        intent, share = found
        probability = first.confidence * share
        likely = probability >= self.card.intent_at_least
        return (intent, round(probability, 4)) if likely else None

    def _second(self, vector_: Floats, first: str) -> str | None:
        labels = self.second.labels
        candidates = [place for place, label in enumerate(labels) if label not in (first, OTHER)]
        if not candidates or first == OTHER:
            return None
        scores = self.second.scores(vector_)
        best = max(candidates, key=lambda place: scores[place])
        likely = sigmoid(float(scores[best])) >= self.card.second_at_least
        return labels[best] if likely else None

    def _is_maybe_sale(self, vector_: Floats, first: str) -> bool:
        """True if the second head sees a sale in what does not look like one."""
        places = [place for place, label in enumerate(self.second.labels) if label in SALES_IDS]
        if first in SALES_IDS or not places:
            return False
        likely = sigmoid(float(self.second.scores(vector_)[places].max()))
        return likely >= self.card.sale_at_least

    def find_evidence(
        self, encoding: Encoding, grams: Grams, category: str
    ) -> tuple[Evidence, ...]:
        """Return the words with the most weight for a category, as written, strongest first."""
        slope = self.head.slope(encoding.vector, self.labels.index(category))
        gram_weights = np.zeros(len(grams.text), dtype=np.float32)
        if category in self.card.labels:
            shares = self.linear.contributions(grams, self.card.labels.index(category))
            gram_weights = np.float32(self.card.linear_weight) * shares
        return strongest_words(encoding, grams, encoding.parts @ slope, gram_weights)


def shipped_folder() -> Path:
    """Return the folder of the model that comes with the package."""
    return Path(str(resources.files("inquiry_router.classification").joinpath("model")))


def load_classifier(folder: Path | None = None) -> Classifier:
    """Load the model in `folder`, else the shipped one. Raises `ModelUnusable`.

    A folder that `train` wrote has a head and no encoder. It needs the very encoder that it was
    made with, which must be the shipped one.
    """
    folder = folder or shipped_folder()
    card = read_card(folder)
    own = (folder / MODEL_FILE).exists() or MODEL_FILE in card.files
    if not own and read_card(shipped_folder()).files[MODEL_FILE] != card.about.get("encoder"):
        raise ModelUnusable(
            f"the model in {folder} was made with another encoder than the shipped one: "
            "train it again"
        )
    try:
        return Classifier(
            card,
            Encoder(folder if own else shipped_folder()),
            load_head(folder, HEAD_FILE),
            load_head(folder, SECOND_FILE),
            linear.load(folder),
            load_languages(folder),
            folder,
            intents=load_intents(folder) if INTENTS_FILE in card.files else None,
            signals=_load_signals(folder, card),
            later=load_head(folder, LATER_FILE) if LATER_FILE in card.files else None,
            parties=_load_parties(folder, card),
        )
    except Exception as error:
        raise ModelUnusable(
            f"the model in {folder} cannot be read ({type(error).__name__}: {error}): "
            "install it again"
        ) from error


def load_head(folder: Path, name: str) -> Head:
    """Read the file of a head."""
    return head_of_bytes((folder / name).read_bytes())


def _load_signals(folder: Path, card: Card) -> SignalReader | None:
    if SIGNALS_FILE not in card.files:
        return None
    return SignalReader(load_head(folder, SIGNALS_FILE), Limits(**card.signals))


def _load_parties(folder: Path, card: Card) -> PartyReader | None:
    if PARTIES_FILE not in card.files:
        return None
    return reader_of_bytes((folder / PARTIES_FILE).read_bytes())


def load_languages(folder: Path) -> LanguageModel:
    """Read the file of `save_languages`."""
    with np.load(folder / LANGUAGE_FILE, allow_pickle=False) as file:
        return LanguageModel(file["weights"].astype(np.float32))


def save_languages(languages: LanguageModel, folder: Path) -> None:
    """Write the language model beside the classifier's files."""
    np.savez_compressed(folder / LANGUAGE_FILE, weights=languages.weights.astype(np.float16))

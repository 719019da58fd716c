"""From a cleaned draft to a classification: two models, their calibration, abstaining, a second matter, evidence. Pure."""

import re
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Final

import numpy as np

from inquiry_router.classification import linear
from inquiry_router.classification.card import Card, read_card
from inquiry_router.classification.encoder import Encoder, Reading
from inquiry_router.classification.features import Floats, Grams, vector
from inquiry_router.classification.language import LanguageModel, known_language
from inquiry_router.classification.linear import LinearModel, ModelUnusable, read_text, softmax
from inquiry_router.inquiry.categories import OTHER
from inquiry_router.inquiry.folding import fold
from inquiry_router.inquiry.model import Classification, Draft, Evidence, Ranked

MAX_EVIDENCE: Final = 5
LANGUAGE_FILE: Final = "language.npz"
_WORD: Final = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Classifier:
    """A loaded model: the encoder knows what words mean, the n-grams know the words."""

    card: Card
    encoder: Encoder
    linear: LinearModel
    languages: LanguageModel

    @property
    def name(self) -> str:
        """Name and version of the model."""
        return self.card.name

    def classify(self, draft: Draft) -> Classification:
        """What a cleaned draft is about."""
        card = self.card
        reading, text = self.encoder.read(draft.subject, draft.text), read_text(draft.subject, draft.text)
        grams = self.linear.scores(vector(text, self.linear.idf))
        mixed = reading.scores + np.float32(card.linear_weight) * grams
        probabilities = softmax((mixed / np.float32(card.temperature)).astype(np.float32))
        order = [int(place) for place in np.argsort(-probabilities)]
        ranking = tuple(Ranked(card.labels[place], round(float(probabilities[place]), 4)) for place in order)
        first, second = ranking[0], ranking[1]
        return Classification(
            category=first.category,
            confidence=first.confidence,
            secondary=second.category
            if second.confidence >= card.second_at_least and OTHER not in (first.category, second.category)
            else None,
            ranking=ranking,
            language=known_language(draft.language) or self.languages.detect(f"{draft.subject or ''} {draft.text}"),
            method="model",
            model=card.name,
            evidence=evidence(reading, text, card.linear_weight * self.linear.contributions(text, order[0]), order[0]),
            unsure=first.confidence < card.threshold or first.confidence - second.confidence < card.margin,
        )


def evidence(reading: Reading, text: Grams, of_grams: Floats, label: int) -> tuple[Evidence, ...]:
    """The words that spoke loudest for the decision, as the customer wrote them, the strongest first.

    A word's weight is what its tokens and its n-grams brought to the score of the label, above what they brought to the mean of
    all labels. Both models add up: take the word out and, but for what it lends its neighbours, its weight goes.
    """
    weights = _token_weights(reading, label)
    place = 1
    for word in text.text.split():
        if word in weights:
            written, weight = weights[word]
            weights[word] = (written, weight + float(of_grams[place : place + len(word)].sum()))
        place += len(word) + 1
    strongest = sorted(weights.values(), key=lambda item: -item[1])[:MAX_EVIDENCE]
    return tuple(Evidence(written, round(weight, 3)) for written, weight in strongest if weight > 0)


def load_classifier(folder: Path | None = None) -> Classifier:
    """The model in `folder`, else the shipped one. Raises `ModelUnusable`."""
    if folder is None:
        folder = Path(str(resources.files("inquiry_router.classification").joinpath("model")))
    card = read_card(folder)
    try:
        return Classifier(card, Encoder(folder), linear.load(folder), load_languages(folder))
    except Exception as error:
        raise ModelUnusable(
            f"the model in {folder} cannot be read ({type(error).__name__}: {error}): install it again"
        ) from error


def load_languages(folder: Path) -> LanguageModel:
    """Read what `save_languages` wrote."""
    with np.load(folder / LANGUAGE_FILE, allow_pickle=False) as file:
        return LanguageModel(file["weights"].astype(np.float32))


def save_languages(languages: LanguageModel, folder: Path) -> None:
    """Write the language model beside the classifier's files."""
    np.savez_compressed(folder / LANGUAGE_FILE, weights=languages.weights.astype(np.float16))


def _token_weights(reading: Reading, label: int) -> dict[str, tuple[str, float]]:
    """Folded word of two letters or more -> how the customer wrote it first, and the summed weight of its tokens."""
    own = reading.shares[:, label] - reading.shares.mean(axis=1)
    places = np.zeros(len(reading.text) + 1, dtype=np.float64)
    for (begin, end), weight in zip(reading.spans, own.tolist(), strict=True):
        if end > begin:
            places[begin:end] += weight / (end - begin)
    sums = np.concatenate(([0.0], np.cumsum(places)))
    weights: dict[str, tuple[str, float]] = {}
    for match in _WORD.finditer(reading.text, reading.begin):
        if len(match[0]) > 1:
            word = fold(match[0])
            written, before = weights.get(word, (match[0], 0.0))
            weights[word] = (written, before + float(sums[match.end()] - sums[match.start()]))
    return weights

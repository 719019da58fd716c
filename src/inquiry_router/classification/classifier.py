"""From a cleaned draft to a classification: two models, their calibration, abstaining, a second matter, evidence. Pure."""

import math
import re
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Final

import numpy as np

from inquiry_router.classification import linear
from inquiry_router.classification.card import Card, read_card
from inquiry_router.classification.encoder import MODEL_FILE, Encoder, Reading
from inquiry_router.classification.features import Floats, Grams, vector
from inquiry_router.classification.head import (
    HEAD_FILE,
    SECOND_FILE,
    Head,
    head_of_bytes,
    reordered,
)
from inquiry_router.classification.language import LanguageModel, known_language
from inquiry_router.classification.linear import LinearModel, ModelUnusable, read_text, softmax
from inquiry_router.inquiry.categories import OTHER
from inquiry_router.inquiry.model import Classification, Draft, Evidence, Ranked
from inquiry_router.text.folding import fold

MAX_EVIDENCE: Final = 5
LANGUAGE_FILE: Final = "language.npz"
_WORD: Final = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Classifier:
    """A loaded model: the encoder knows what words mean, the n-grams know the words.

    The n-grams know the card's labels; the head may know more, a company's own ones. `second` scores each category as a matter
    that is asked for too. `version` names what a company has taught the head; None: nothing.
    """

    card: Card
    encoder: Encoder
    head: Head
    second: Head
    linear: LinearModel
    languages: LanguageModel
    folder: Path
    version: str | None = None

    @property
    def name(self) -> str:
        """Name and version of the model."""
        return self.card.name if self.version is None else f"{self.card.name}+{self.version}"

    @property
    def labels(self) -> tuple[str, ...]:
        """Every category it knows."""
        return self.head.labels

    def taught(self, head: Head, version: str) -> "Classifier":
        """The same model with another head, which may know more categories."""
        return replace(self, head=head, version=version)

    def classify(self, draft: Draft) -> Classification:
        """What a cleaned draft is about."""
        reading, text = (
            self.encoder.read(draft.subject, draft.text),
            read_text(draft.subject, draft.text),
        )
        whole = reading.vector
        probabilities = self.probabilities(whole[None], self.of_grams(text)[None])[0]
        order = [int(place) for place in np.argsort(-probabilities)]
        ranking = tuple(
            Ranked(self.labels[place], round(float(probabilities[place]), 4)) for place in order
        )
        first, lead = (
            ranking[0],
            ranking[0].confidence - (ranking[1].confidence if len(ranking) > 1 else 0.0),
        )
        return Classification(
            category=first.category,
            confidence=first.confidence,
            secondary=self._second(whole, first.category),
            ranking=ranking,
            language=known_language(draft.language)
            or self.languages.detect(f"{draft.subject or ''} {draft.text}"),
            method="model",
            model=self.name,
            evidence=self._evidence(reading, text, first.category),
            unsure=first.confidence < self.card.threshold or lead < self.card.margin,
        )

    def probabilities(self, vectors: Floats, of_grams: Floats) -> Floats:
        """How likely each label is, shape (texts, labels).

        `vectors` are the encoder's, (texts, width); `of_grams` what `of_grams` says, (texts, card's labels): a company's own
        categories get nothing from the n-grams.
        """
        scores = self.head.scores(vectors) + reordered(of_grams, self.card.labels, self.labels)
        return softmax((scores / np.float32(self.card.temperature)).astype(np.float32))

    def of_grams(self, text: Grams) -> Floats:
        """The n-grams' scores of the card's labels, weighted: shape (labels,)."""
        scores: Floats = np.float32(self.card.linear_weight) * self.linear.scores(
            vector(text, self.linear.idf)
        )
        return scores

    def unknown_letters(self, text: str) -> float:
        """Of a text's letter groups and words, the share that the n-grams have never learnt."""
        buckets = read_text(None, text).buckets
        return float((self.linear.idf[buckets] == 0).mean()) if len(buckets) else 0.0

    def _second(self, vector_: Floats, first: str) -> str | None:
        candidates = [
            place for place, label in enumerate(self.second.labels) if label not in (first, OTHER)
        ]
        if not candidates or first == OTHER:
            return None
        scores = self.second.scores(vector_)
        best = max(candidates, key=lambda place: scores[place])
        return (
            self.second.labels[best]
            if sigmoid(float(scores[best])) >= self.card.second_at_least
            else None
        )

    def _evidence(self, reading: Reading, text: Grams, category: str) -> tuple[Evidence, ...]:
        of_tokens = reading.parts @ self.head.slope(reading.vector, self.labels.index(category))
        of_grams = np.zeros(len(text.text), dtype=np.float32)
        if category in self.card.labels:
            of_grams = np.float32(self.card.linear_weight) * self.linear.contributions(
                text, self.card.labels.index(category)
            )
        return evidence(reading, text, of_tokens, of_grams)


def evidence(
    reading: Reading, text: Grams, of_tokens: Floats, of_grams: Floats
) -> tuple[Evidence, ...]:
    """The words that spoke loudest for the decision, as the customer wrote them, the strongest first.

    A word's weight is what its tokens and its n-grams brought to the score of the label, above what they brought to the mean of
    all labels: `of_tokens` (tokens,), `of_grams` (characters,). Both models add up: take the word out and, but for what it lends
    its neighbours, its weight goes.
    """
    weights = _word_weights(reading, of_tokens)
    place = 1
    for word in text.text.split():
        if word in weights:
            written, weight = weights[word]
            weights[word] = (written, weight + float(of_grams[place : place + len(word)].sum()))
        place += len(word) + 1
    strongest = sorted(weights.values(), key=lambda item: -item[1])[:MAX_EVIDENCE]
    return tuple(Evidence(written, round(weight, 3)) for written, weight in strongest if weight > 0)


def sigmoid(score: float) -> float:
    """The probability that a score stands for."""
    return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, score))))


def shipped_folder() -> Path:
    """Where the model is that comes with the package."""
    return Path(str(resources.files("inquiry_router.classification").joinpath("model")))


def load_classifier(folder: Path | None = None) -> Classifier:
    """The model in `folder`, else the shipped one. Raises `ModelUnusable`.

    A folder that `train` wrote has a head of its own and no encoder: it leans on the shipped one, the very one it was made with.
    """
    folder = folder or shipped_folder()
    card = read_card(folder)
    own = (folder / MODEL_FILE).exists() or MODEL_FILE in card.files
    if not own and read_card(shipped_folder()).files[MODEL_FILE] != card.about.get("encoder"):
        raise ModelUnusable(
            f"the model in {folder} was made with another encoder than the shipped one: train it again"
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
        )
    except Exception as error:
        raise ModelUnusable(
            f"the model in {folder} cannot be read ({type(error).__name__}: {error}): install it again"
        ) from error


def load_head(folder: Path, name: str) -> Head:
    """Read a head's file."""
    return head_of_bytes((folder / name).read_bytes())


def load_languages(folder: Path) -> LanguageModel:
    """Read what `save_languages` wrote."""
    with np.load(folder / LANGUAGE_FILE, allow_pickle=False) as file:
        return LanguageModel(file["weights"].astype(np.float32))


def save_languages(languages: LanguageModel, folder: Path) -> None:
    """Write the language model beside the classifier's files."""
    np.savez_compressed(folder / LANGUAGE_FILE, weights=languages.weights.astype(np.float16))


def _word_weights(reading: Reading, of_tokens: Floats) -> dict[str, tuple[str, float]]:
    """Folded word of two letters or more -> how the customer wrote it first, and the summed weight of its tokens."""
    places = np.zeros(len(reading.text) + 1, dtype=np.float64)
    for (begin, end), weight in zip(reading.spans, of_tokens.tolist(), strict=True):
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

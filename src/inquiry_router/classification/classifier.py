"""From a cleaned draft to a classification: the model, its calibration, abstaining, a second matter, evidence. Pure."""

from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Final

import numpy as np

from inquiry_router.classification.features import Floats, Grams, vector
from inquiry_router.classification.language import LanguageModel, known_language
from inquiry_router.classification.linear import LinearModel, ModelUnusable, load, read_text
from inquiry_router.inquiry.categories import OTHER
from inquiry_router.inquiry.folding import fold
from inquiry_router.inquiry.model import Classification, Draft, Evidence, Ranked

# A second category is named when it is at least this likely, and likelier than one in three of what the first leaves over.
SECOND_AT_LEAST: Final = 0.2
MAX_EVIDENCE: Final = 5
_LANGUAGE_FILE: Final = "language.npz"


@dataclass(frozen=True, slots=True)
class Classifier:
    """A loaded model."""

    model: LinearModel
    languages: LanguageModel

    @property
    def name(self) -> str:
        """Name and version of the model."""
        return self.model.card.name

    def classify(self, draft: Draft) -> Classification:
        """What a cleaned draft is about."""
        text = read_text(draft.subject, draft.text)
        scores = self.model.scores(vector(text, self.model.idf))
        probabilities = self.model.probabilities(scores)
        order = [int(place) for place in np.argsort(-probabilities)]
        labels, card = self.model.card.labels, self.model.card
        ranking = tuple(Ranked(labels[place], round(float(probabilities[place]), 4)) for place in order)
        first, second = ranking[0], ranking[1]
        return Classification(
            category=first.category,
            confidence=first.confidence,
            secondary=second.category if second.confidence >= SECOND_AT_LEAST and second.category != OTHER else None,
            ranking=ranking,
            language=known_language(draft.language) or self.languages.detect(f"{draft.subject or ''} {draft.text}"),
            method="model",
            model=card.name,
            evidence=evidence(draft, text, self.model.contributions(text, order[0])),
            unsure=first.confidence < card.threshold or first.confidence - second.confidence < card.margin,
        )


def evidence(draft: Draft, text: Grams, contributions: Floats) -> tuple[Evidence, ...]:
    """The words that spoke loudest for the decision, as the customer wrote them, the strongest first."""
    written = _written_words(draft)
    found: dict[str, float] = {}
    start = 1
    for word in text.text.split():
        weight = float(contributions[start : start + len(word)].sum())
        start += len(word) + 1
        found[word] = max(found.get(word, 0.0), weight)
    strongest = sorted(found.items(), key=lambda item: -item[1])[:MAX_EVIDENCE]
    return tuple(
        Evidence(written.get(word, word), round(weight, 3)) for word, weight in strongest if weight > 0 and len(word) > 1
    )


def load_classifier(folder: Path | None = None) -> Classifier:
    """The model in `folder`, else the shipped one. Raises `ModelUnusable`."""
    if folder is None:
        folder = Path(str(resources.files("inquiry_router.classification").joinpath("model")))
    try:
        with np.load(folder / _LANGUAGE_FILE, allow_pickle=False) as file:
            languages = LanguageModel(file["weights"].astype(np.float32))
    except Exception as error:
        raise ModelUnusable(
            f"the model in {folder} cannot be read ({type(error).__name__}: {error}): install it again"
        ) from error
    return Classifier(load(folder), languages)


def save_languages(languages: LanguageModel, folder: Path) -> None:
    """Write the language model beside the classifier's files."""
    np.savez_compressed(folder / _LANGUAGE_FILE, weights=languages.weights.astype(np.float16))


def _written_words(draft: Draft) -> dict[str, str]:
    """Folded word -> the first way in which the customer wrote it."""
    written: dict[str, str] = {}
    for word in f"{draft.subject or ''} {draft.text}".split():
        for part in "".join(c if c.isalnum() else " " for c in word).split():
            written.setdefault(fold(part), part)
    return written

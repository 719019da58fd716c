"""Making the shipped model out of the corpus: `make model`. Seeded, so that the same corpus gives the same model.

The figures and the thresholds come from authors that training has not seen: each author's examples are judged by a model
trained on all the others. Figures from authors that training has seen flatter by ten points and more.
"""

import sys
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from inquiry_router.classification.classifier import save_languages
from inquiry_router.classification.corpus import Example, read_corpus
from inquiry_router.classification.features import Floats, Grams, vector
from inquiry_router.classification.language import fit_language
from inquiry_router.classification.linear import Card, LinearModel, fit, read_text, save, softmax
from inquiry_router.inquiry.categories import CATEGORY_IDS

SEED: Final = 1
NAME: Final = "linear-1"
# Of the inquiries that are decided at all, at least this share must be right on unseen authors.
WANTED_RIGHT: Final = 0.93
MODEL: Final = Path(__file__).parent / "model"


@dataclass(frozen=True, slots=True)
class Calibration:
    """Temperature, and the least confidence and lead of a sure decision."""

    temperature: float
    threshold: float
    margin: float


def train(folder: Path = MODEL) -> dict[str, Any]:
    """Train on the whole corpus, write the model to `folder`, and return its figures."""
    begun = time.monotonic()
    examples = read_corpus()
    texts = [read_text(example.subject, example.text) for example in examples]
    targets = np.array([CATEGORY_IDS.index(example.label) for example in examples])
    scores = _scores_by_strangers(examples, texts, targets)
    calibration = calibrate(scores, targets)
    figures = report(examples, scores, targets, calibration)
    weights, biases, idf = fit(texts, targets.tolist(), len(CATEGORY_IDS), seed=SEED)
    card = Card(NAME, CATEGORY_IDS, calibration.temperature, calibration.threshold, calibration.margin, figures)
    save(LinearModel(card, weights, biases, idf), folder)
    said = [f"{example.subject or ''} {example.text}" for example in examples]
    save_languages(fit_language(said, [example.lang for example in examples]), folder)
    print(f"{len(examples)} examples, seed {SEED}, {time.monotonic() - begun:.0f} s, written to {folder}", file=sys.stderr)
    return figures


def _scores_by_strangers(examples: list[Example], texts: list[Grams], targets: Any) -> Floats:
    """Each example's scores by a model that has seen nothing of its author; shape (examples, labels)."""
    scores = np.zeros((len(examples), len(CATEGORY_IDS)), dtype=np.float32)
    authors = sorted({example.author for example in examples})
    for number, author in enumerate(authors, start=1):
        print(f"fold {number} of {len(authors)}: without {author}", file=sys.stderr)
        own = np.array([example.author == author for example in examples])
        seen = np.flatnonzero(~own)
        weights, biases, idf = fit([texts[i] for i in seen], targets[seen].tolist(), len(CATEGORY_IDS), seed=SEED)
        for place in np.flatnonzero(own):
            item = vector(texts[place], idf)
            scores[place] = item.values @ weights[item.buckets] + biases
    return scores


def calibrate(scores: Floats, targets: Any, wanted: float = WANTED_RIGHT) -> Calibration:
    """The temperature that makes the probabilities most honest, and the thresholds of a sure decision.

    The thresholds are those that decide the most inquiries while at least `wanted` of the decided are right.
    """
    temperatures = np.geomspace(0.2, 5.0, 200)
    losses = [_loss(scores / temperature, targets) for temperature in temperatures]
    temperature = float(temperatures[int(np.argmin(losses))])
    probabilities = softmax(scores / temperature)
    ordered = np.sort(probabilities, axis=1)
    confidence, lead = ordered[:, -1], ordered[:, -1] - ordered[:, -2]
    right = probabilities.argmax(axis=1) == targets
    best = (0.0, 0.99, 0.0)
    for threshold in np.arange(0.30, 0.96, 0.01):
        for margin in (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5):
            decided = (confidence >= threshold) & (lead >= margin)
            if decided.any() and right[decided].mean() >= wanted and decided.mean() > best[0]:
                best = (float(decided.mean()), float(threshold), margin)
    return Calibration(round(temperature, 3), round(best[1], 2), best[2])


def report(examples: list[Example], scores: Floats, targets: Any, calibration: Calibration) -> dict[str, Any]:
    """Shares of right answers on unseen authors, 0 to 1: in all, by author, language, channel and label."""
    probabilities = softmax(scores / calibration.temperature)
    right = probabilities.argmax(axis=1) == targets
    ordered = np.sort(probabilities, axis=1)
    decided = (ordered[:, -1] >= calibration.threshold) & (ordered[:, -1] - ordered[:, -2] >= calibration.margin)
    return {
        "examples": len(examples),
        "accuracy": round(float(right.mean()), 3),
        "decided": round(float(decided.mean()), 3),
        "right_when_decided": round(float(right[decided].mean()), 3) if decided.any() else None,
        "calibration_error": round(_calibration_error(ordered[:, -1], right), 3),
        "by_author": _shares([example.author for example in examples], right),
        "by_language": _shares([example.lang for example in examples], right),
        "by_channel": _shares([str(example.channel) for example in examples], right),
        "by_label": _shares([example.label for example in examples], right),
    }


def _loss(scores: Floats, targets: Any) -> float:
    return float(-np.log(softmax(scores)[np.arange(len(targets)), targets] + 1e-9).mean())


def _calibration_error(confidence: Floats, right: Any, bins: int = 10) -> float:
    """Expected calibration error: the mean distance between confidence and share of right ones, weighted by bin size."""
    places = np.minimum((confidence * bins).astype(int), bins - 1)
    total = 0.0
    for place in np.unique(places):
        inside = places == place
        total += float(inside.mean()) * abs(float(confidence[inside].mean()) - float(right[inside].mean()))
    return total


def _shares(groups: list[str], right: Any) -> dict[str, float]:
    by_group: dict[str, list[bool]] = defaultdict(list)
    for group, hit in zip(groups, right, strict=True):
        by_group[group].append(bool(hit))
    return {group: round(sum(hits) / len(hits), 3) for group, hits in sorted(by_group.items())}


if __name__ == "__main__":
    for name, value in train().items():
        print(name, value)

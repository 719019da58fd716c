"""Teach the encoder another set of labels from labelled texts.

The head and the n-grams are new; the encoder stays. The head is linear or has a hidden layer: the
one with the lower cross-entropy on held-out texts. The figures are measured on held-out texts; the
written model is fitted on all texts.
"""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np

from inquiry_router.classification import linear
from inquiry_router.classification.calibration import (
    best_mixture,
    calibration_error,
    cross_entropy,
    thresholds,
)
from inquiry_router.classification.card import Card, write_card
from inquiry_router.classification.classifier import LANGUAGE_FILE, Classifier, save_languages
from inquiry_router.classification.encoder import MODEL_FILE
from inquiry_router.classification.features import Floats, Grams, Ints, vector
from inquiry_router.classification.head import (
    HEAD_FILE,
    SECOND_FILE,
    Head,
    empty_head,
    fit_head,
    targets_of,
)
from inquiry_router.classification.hidden import fit_hidden
from inquiry_router.classification.linear import LINEAR_FILE, LinearModel, read_text, softmax
from inquiry_router.inquiry.model import Draft

STRENGTHS: Final = (1e-3, 1e-4)
HELD_OUT: Final = 0.15
MIN_RIGHT: Final = 0.95
MIN_TEXTS_PER_LABEL: Final = 2
SMOOTHING: Final = 0.05

ReportProgress = Callable[[str, int, int], None]
"""Called with the name of the present step, the amount done and the total."""


@dataclass(frozen=True, slots=True)
class Taught:
    """The result of teaching: the parts of a model, and figures from held-out texts."""

    head: Head
    linear: LinearModel
    temperature: float
    linear_weight: float
    threshold: float
    margin: float
    figures: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Texts:
    """Texts in the forms that both halves of the model read."""

    vectors: Floats
    grams: tuple[Grams, ...]
    labels: tuple[str, ...]

    def select(self, places: Sequence[int]) -> "_Texts":
        return _Texts(
            self.vectors[list(places)],
            tuple(self.grams[p] for p in places),
            tuple(self.labels[p] for p in places),
        )


_Fit = Callable[[_Texts], Head]


@dataclass(frozen=True, slots=True)
class _Judged:
    """A way to fit a head, and its result on the held-out texts.

    `scores` are the mixed scores, (texts, labels).
    """

    fit: _Fit
    scores: Floats
    weight: float
    temperature: float


def teach(
    drafts: Sequence[Draft],
    labels: Sequence[str],
    base: Classifier,
    report: ReportProgress,
    seed: int = 1,
) -> Taught:
    """Teach the labels of cleaned drafts.

    Raises `ValueError` when a label has too few texts, or there is only one label.
    """
    _check(labels)
    order = tuple(sorted(set(labels)))
    texts = _read(drafts, labels, base, report)
    held = _held_out(labels, seed)
    seen = texts.select([place for place in range(len(labels)) if place not in held])
    unseen = texts.select(sorted(held))
    targets = np.array([order.index(label) for label in unseen.labels], dtype=np.int64)
    best = _best_fit(seen, unseen, targets, order, seed, report)
    probabilities = softmax(best.scores)
    threshold, margin, _ = thresholds(probabilities, targets, MIN_RIGHT)
    return Taught(
        best.fit(texts),
        _fit_grams(texts, order, seed, report),
        best.temperature,
        best.weight,
        threshold,
        margin,
        _figures(probabilities, targets, threshold, margin),
    )


def _check(labels: Sequence[str]) -> None:
    few = [label for label, count in Counter(labels).items() if count < MIN_TEXTS_PER_LABEL]
    if few:
        raise ValueError(
            f"each label needs at least {MIN_TEXTS_PER_LABEL} texts; "
            f"too few have: {', '.join(few[:10])}"
        )
    if len(set(labels)) < 2:
        raise ValueError("there is only one label: there must be something to tell apart")


def _best_fit(
    seen: _Texts,
    unseen: _Texts,
    targets: Ints,
    order: tuple[str, ...],
    seed: int,
    report: ReportProgress,
) -> _Judged:
    grams = _grams_scores(_fit_grams(seen, order, seed, report), unseen)
    fits: list[_Fit] = [
        partial(_fit, order=order, strength=strength, report=report) for strength in STRENGTHS
    ]
    fits.append(partial(_fit_hidden, order=order, seed=seed, report=report))
    tried = [_judged(fit, fit(seen).scores(unseen.vectors), grams, targets) for fit in fits]
    return min(tried, key=lambda judged: cross_entropy(judged.scores, targets))


def save_taught(taught: Taught, base: Classifier, name: str, folder: Path) -> None:
    """Write a model folder for `load_classifier`.

    It needs the shipped encoder and does not copy it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    width = len(taught.head.weights)
    (folder / HEAD_FILE).write_bytes(taught.head.as_bytes())
    (folder / SECOND_FILE).write_bytes(empty_head((), width).as_bytes())
    linear.save(taught.linear, folder)
    save_languages(base.languages, folder)
    card = Card(
        name,
        taught.head.labels,
        taught.temperature,
        taught.linear_weight,
        taught.threshold,
        taught.margin,
        1.0,
        {
            "made_of": f"{base.card.name}: its encoder, with a head and n-grams of their own",
            "encoder": base.card.files[MODEL_FILE],
            "figures_on_held_out_texts": taught.figures,
        },
    )
    write_card(card, folder, (HEAD_FILE, SECOND_FILE, LINEAR_FILE, LANGUAGE_FILE))


def _read(
    drafts: Sequence[Draft], labels: Sequence[str], base: Classifier, report: ReportProgress
) -> _Texts:
    vectors = np.zeros((len(drafts), base.encoder.width), dtype=np.float32)
    for place, draft in enumerate(drafts):
        vectors[place] = base.encoder.encode(draft.subject, draft.text).vector
        report("reading", place + 1, len(drafts))
    return _Texts(
        vectors, tuple(read_text(draft.subject, draft.text) for draft in drafts), tuple(labels)
    )


def _held_out(labels: Sequence[str], seed: int) -> set[int]:
    """Return the places of a seeded share of each label's texts.

    A label with two texts keeps one of them.
    """
    dice = random.Random(seed)  # noqa: S311 - which texts are held out is no secret
    held: set[int] = set()
    for label in sorted(set(labels)):
        places = [place for place, other in enumerate(labels) if other == label]
        held.update(dice.sample(places, max(1, round(HELD_OUT * len(places)))))
    return held


def _fit(texts: _Texts, order: tuple[str, ...], strength: float, report: ReportProgress) -> Head:
    targets = targets_of(texts.labels, order, SMOOTHING)
    start = empty_head(order, texts.vectors.shape[1])
    return fit_head(
        texts.vectors,
        targets,
        start,
        strength=strength,
        progress=lambda done, of: report("fitting the head", done, of),
    )


def _fit_hidden(texts: _Texts, order: tuple[str, ...], seed: int, report: ReportProgress) -> Head:
    targets = targets_of(texts.labels, order, SMOOTHING)
    start = empty_head(order, texts.vectors.shape[1])
    hidden, biases = fit_hidden(
        texts.vectors, targets, seed, lambda done, of: report("fitting a hidden layer", done, of)
    )
    return replace(start, biases=biases, hidden=hidden)


def _fit_grams(
    texts: _Texts, order: tuple[str, ...], seed: int, report: ReportProgress
) -> LinearModel:
    report("fitting the n-grams", 0, 1)
    targets = [order.index(label) for label in texts.labels]
    model = LinearModel(*linear.fit(texts.grams, targets, len(order), seed=seed))
    report("fitting the n-grams", 1, 1)
    return model


def _grams_scores(model: LinearModel, texts: _Texts) -> Floats:
    return np.stack([model.scores(vector(text, model.idf)) for text in texts.grams])


def _judged(fit: _Fit, scores: Floats, grams: Floats, targets: Ints) -> _Judged:
    weight, temperature = best_mixture(scores, grams, targets)
    mixed = (scores + np.float32(weight) * grams) / np.float32(temperature)
    return _Judged(fit, mixed.astype(np.float32), weight, temperature)


def _figures(
    probabilities: Floats, targets: Ints, threshold: float, margin: float
) -> dict[str, Any]:
    ordered = np.sort(probabilities, axis=1)
    right = probabilities.argmax(axis=1) == targets
    sure = (ordered[:, -1] >= threshold) & (ordered[:, -1] - ordered[:, -2] >= margin)
    return {
        "texts": len(targets),
        "accuracy": round(float(right.mean()), 4),
        "decided": round(float(sure.mean()), 4),
        "right_when_decided": round(float(right[sure].mean()), 4) if sure.any() else None,
        "calibration_error": round(calibration_error(ordered[:, -1], right), 4),
    }

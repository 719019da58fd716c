"""Write the files of the model."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from inquiry_router.classification import linear
from inquiry_router.classification.card import Card, write_card
from inquiry_router.classification.classifier import LANGUAGE_FILE, save_languages
from inquiry_router.classification.corpus import Example
from inquiry_router.classification.encoder import (
    MODEL_FILE,
    TOKENIZER_FILE,
    model_text,
    trim_tokens,
)
from inquiry_router.classification.encoder import Encoder as ExportedEncoder
from inquiry_router.classification.examples import EXAMPLES_FILE, ExampleSet, excerpt, save_examples
from inquiry_router.classification.features import vector
from inquiry_router.classification.head import HEAD_FILE, SECOND_FILE
from inquiry_router.classification.intents import INTENTS_FILE
from inquiry_router.classification.language import fit_language
from inquiry_router.classification.later import LATER_FILE
from inquiry_router.classification.linear import LINEAR_FILE, LinearModel, read_text
from inquiry_router.classification.parties import PARTIES_FILE
from inquiry_router.classification.signals import SIGNALS_FILE
from inquiry_router.inquiry.categories import CATEGORY_IDS
from training import BLIND, heads
from training.card import about, model_card
from training.export import export
from training.judging import Calibration, targets_of
from training.network import Encoder
from training.signals import FittedSignals
from training.start_weights import StartWeights

ROOT: Final = Path(__file__).parent.parent
NAME: Final = "e5-intents-7"
SEED: Final = 1
# Step through the texts on which the export measures activations.
EXPORT_STEP: Final = 24
# Step through the examples that are shipped with the model, for learning and for explanations.
EXAMPLE_STEP: Final = 6


@dataclass(frozen=True, slots=True)
class Start:
    """The common start of all trainings."""

    weights: StartWeights
    tokenizer: Tokenizer


def fit_linear(examples: Sequence[Example]) -> LinearModel:
    """Return the n-grams' model of the categories."""
    texts = [read_text(example.subject, example.text) for example in examples]
    return LinearModel(
        *linear.fit(texts, targets_of(examples).tolist(), len(CATEGORY_IDS), seed=SEED)
    )


def linear_scores(model: LinearModel, examples: Sequence[Example]) -> NDArray[np.float32]:
    """Return the scores of the n-grams, shape (examples, categories)."""
    return np.stack(
        [
            model.scores(vector(read_text(example.subject, example.text), model.idf))
            for example in examples
        ]
    )


def export_encoder(
    folder: Path, start: Start, encoder: Encoder, examples: Sequence[Example]
) -> None:
    """Write the encoder and its tokenizer."""
    texts = [
        start.tokenizer.encode(model_text(e.subject, e.text), add_special_tokens=False).ids
        for e in examples[::EXPORT_STEP]
    ]
    export(encoder, start.weights, [trim_tokens(text) for text in texts], folder / MODEL_FILE)
    start.tokenizer.save(str(folder / TOKENIZER_FILE), pretty=False)


def write_files(
    folder: Path,
    fitted: heads.Heads,
    grams: LinearModel,
    examples: Sequence[Example],
    blind: Sequence[Example],
    calibration: Calibration,
    figures: dict[str, Any],
    signals: FittedSignals,
    kept: Path,
    strangers: dict[str, Any] | None,
) -> None:
    """Write the files beside the encoder. The card comes last: it holds everybody's checksums.

    The head of later messages and the reader of parties stay: they rest on the encoder alone.
    `kept` is the file of vectors by the encoder, `strangers` holds figures on authors who came
    after the encoder was trained.
    """
    linear.save(grams, folder)
    said = [f"{example.subject or ''} {example.text}" for example in examples]
    save_languages(fit_language(said, [example.lang for example in examples]), folder)
    head = heads.head_of_categories(fitted.intents)
    for name, part in (
        (HEAD_FILE, head),
        (INTENTS_FILE, fitted.intents),
        (SECOND_FILE, fitted.second),
        (SIGNALS_FILE, signals.head),
    ):
        (folder / name).write_bytes(part.as_bytes())
    shown = [*examples[::EXAMPLE_STEP], *blind]
    vectors = heads.encode(ExportedEncoder(folder), shown, kept)
    save_examples(_example_set(shown, vectors, grams, calibration.linear_weight), folder)
    card = Card(
        NAME,
        CATEGORY_IDS,
        calibration.temperature,
        calibration.linear_weight,
        max(calibration.thresholds.values()),
        0.0,
        calibration.second_at_least,
        about(
            examples,
            calibration,
            figures,
            signals.figures,
            _unknown_letters(blind, grams),
            strangers,
        ),
        thresholds=calibration.thresholds,
        intent_at_least=calibration.intent_at_least,
        sale_at_least=calibration.sale_at_least,
        signals=signals.limits,
    )
    write_card(
        card,
        folder,
        (
            MODEL_FILE,
            TOKENIZER_FILE,
            HEAD_FILE,
            INTENTS_FILE,
            SECOND_FILE,
            SIGNALS_FILE,
            LINEAR_FILE,
            LANGUAGE_FILE,
            EXAMPLES_FILE,
            *(name for name in (LATER_FILE, PARTIES_FILE) if (folder / name).exists()),
        ),
    )
    (ROOT / "docs/model-card.md").write_text(model_card(card, folder), encoding="utf-8")


def _example_set(
    shown: Sequence[Example], vectors: heads.Floats, grams: LinearModel, weight: float
) -> ExampleSet:
    """Return the examples that are shipped: those of blind authors are marked as unseen.

    Their vectors are those of the exported encoder.
    """
    return ExampleSet(
        tuple(excerpt(example.subject, example.text) for example in shown),
        tuple(example.label for example in shown),
        vectors,
        weight * linear_scores(grams, shown),
        np.array([example.author.startswith(BLIND) for example in shown]),
    )


def _unknown_letters(blind: Sequence[Example], grams: LinearModel) -> float:
    """Return the mean share of the blind authors' letter groups that the n-grams do not know."""
    texts = [read_text(example.subject, example.text).buckets for example in blind]
    return float(np.mean([(grams.idf[buckets] == 0).mean() for buckets in texts if len(buckets)]))

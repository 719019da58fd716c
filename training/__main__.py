"""Make the shipped model from the corpus: `make model`, or `python -m training --help`.

Each stage leaves its result under var/training and is not repeated for the same corpus and recipe,
so an interrupted run continues. Stages: the tokenizer; the scores of authors that training has not
seen; the numbers of the card from these scores; the encoder, as the mean of two trainings, and the
n-grams; the files. `--only` does one of the four trainings, so that two cores can do two at a time.
"""

import argparse
import hashlib
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from tokenizers import Tokenizer

from inquiry_router.classification import linear
from inquiry_router.classification.card import Card, write_card
from inquiry_router.classification.classifier import LANGUAGE_FILE, save_languages
from inquiry_router.classification.corpus import CORPUS, Example, read_corpus
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
from inquiry_router.classification.language import fit_language
from inquiry_router.classification.linear import LINEAR_FILE, LinearModel, read_text
from inquiry_router.inquiry.categories import CATEGORY_IDS
from inquiry_router.inquiry.model import Draft
from inquiry_router.intake.cleaning import clean
from inquiry_router.intake.question import question_of
from training.card import about, model_card
from training.export import export, head_of
from training.finetune import Recipe, finetune, scores_of
from training.judging import Calibration, Scores, calibrate, report, targets_of
from training.network import Encoder
from training.plain import read_plain
from training.start_weights import StartWeights, keep_pieces, packaged_file, read_start_weights
from training.vocabulary import make_tokenizer, needed_pieces

ROOT: Final = Path(__file__).parent.parent
MODEL: Final = ROOT / "src/inquiry_router/classification/model"
NAME: Final = "e5-linear-4"
RECIPE: Final = Recipe()
# Held out once, so that the numbers of the card come from authors that training does not know.
HELD_OUT: Final = ("jola", "tomek", "hanspeter")
# Left out of one of the two trainings: the mean of two different encoders errs less than either.
LEFT_OUT: Final = ("bogdan", "harriet", "wiktor", "deshawn", "krystyna")
TRAININGS: Final = ("everybody", "fewer", "strangers", "strangers-fewer")
# Step through the texts on which the export measures activations.
EXPORT_STEP: Final = 12
# Step through the examples that are shipped with the model, for learning and for explanations.
EXAMPLE_STEP: Final = 3
# Authors whose names begin like this are our blind test: never used for training or tuning.
BLIND: Final = "blind"


Parameters = dict[str, torch.Tensor]


@dataclass(frozen=True, slots=True)
class Start:
    """The common start of all trainings."""

    weights: StartWeights
    tokenizer: Tokenizer


def main() -> None:
    """Do all stages and print the figures."""
    options = _options()
    torch.set_num_threads(options.threads)
    options.work.mkdir(parents=True, exist_ok=True)
    begun = time.monotonic()
    examples, blind = read_examples(options.corpus)
    _say(
        f"{len(examples)} examples by {len({e.author for e in examples})} authors; "
        f"seed {RECIPE.seed}"
    )
    fewer = [example for example in examples if example.author not in LEFT_OUT]
    trainings: dict[str, Callable[[], Any]] = {
        "everybody": partial(_train, examples, options.work),
        "fewer": partial(_train, fewer, options.work),
        "strangers": partial(_score_strangers, examples, options.work),
        "strangers-fewer": partial(_score_strangers, fewer, options.work),
    }
    done = {name: train() for name, train in trainings.items() if options.only in (None, name)}
    if options.only:
        return
    start = _start(examples, options.work)
    encoder = _mean(start, done["everybody"], done["fewer"])
    grams = _linear(examples)
    judged = [example for example in examples if example.author in HELD_OUT]
    scores = _mean_scores(done["strangers"], done["strangers-fewer"])
    calibration = calibrate(judged, scores)
    figures = report(judged, scores, calibration)
    for name, value in figures.items():
        _say(f"  {name}: {value}")
    options.out.mkdir(parents=True, exist_ok=True)
    _write(options.out, start, encoder, grams, examples, blind, calibration, figures)
    _say(f"done in {time.monotonic() - begun:.0f} s: {options.out}")


def read_examples(corpus: Path) -> tuple[list[Example], list[Example]]:
    """Return the examples to train on, with the plain sentences, and those of blind authors."""
    read = [_as_read(example) for example in read_corpus(corpus)]
    blind = [example for example in read if example.author.startswith(BLIND)]
    return [
        *(example for example in read if not example.author.startswith(BLIND)),
        *read_plain(),
    ], blind


def _as_read(example: Example) -> Example:
    """Return the example in the form that the classifier reads, by the code of the live path."""
    draft = question_of(clean(Draft(example.channel, example.text, example.subject)))
    return replace(example, subject=draft.subject, text=draft.text)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m training", description="Train the shipped model on the corpus."
    )
    parser.add_argument(
        "--corpus", type=Path, default=CORPUS, help="folder of one .jsonl an author"
    )
    parser.add_argument("--out", type=Path, default=MODEL, help="where the model goes")
    parser.add_argument(
        "--work",
        type=Path,
        default=ROOT / "var/training",
        help="where the stages keep their results",
    )
    parser.add_argument("--threads", type=int, default=1, help="threads of PyTorch")
    parser.add_argument("--only", choices=TRAININGS, help="do one training and stop")
    return parser.parse_args()


def _start(examples: Sequence[Example], work: Path) -> Start:
    """Return the tokenizer and the start weights of its pieces."""
    weights = read_start_weights(packaged_file())
    kept_file = work / f"pieces-{_digest(examples)}.npy"
    if not kept_file.exists():
        _say("choosing the pieces of the tokenizer ...")
        np.save(
            kept_file,
            np.array(needed_pieces(weights, [model_text(e.subject, e.text) for e in examples])),
        )
    weights = keep_pieces(weights, np.load(kept_file).tolist())
    _say(f"{len(weights.pieces)} pieces")
    return Start(weights, make_tokenizer(weights.pieces, weights.scores))


def _score_strangers(examples: Sequence[Example], work: Path) -> Scores:
    """Return the scores of the held-out authors' examples by models that do not know them."""
    seen = [example for example in examples if example.author not in HELD_OUT]
    unseen = [example for example in examples if example.author in HELD_OUT]
    file = work / f"scores-{_digest([*seen, *unseen], RECIPE)}.npz"
    if not file.exists():
        _say(
            f"the encoder, on {len({example.author for example in seen})} authors, "
            f"without {', '.join(HELD_OUT)} ..."
        )
        start = _start(examples, work)
        encoder = finetune(start.weights, start.tokenizer, seen, RECIPE)
        first, second = scores_of(encoder, start.tokenizer, unseen)
        np.savez(file, encoder=first, linear=_linear_scores(_linear(seen), unseen), second=second)
    with np.load(file) as kept:
        return Scores(kept["encoder"], kept["linear"], kept["second"])


def _train(examples: Sequence[Example], work: Path) -> Parameters:
    """Return the parameters of the encoder trained on these examples, with their own pieces."""
    file = work / f"encoder-{_digest(examples, RECIPE)}.pt"
    if not file.exists():
        _say(f"the encoder, on {len({example.author for example in examples})} authors ...")
        start = _start(examples, work)
        torch.save(finetune(start.weights, start.tokenizer, examples, RECIPE).state_dict(), file)
    parameters: Parameters = torch.load(file, weights_only=True)
    return parameters


def _mean(start: Start, *trained: Parameters) -> Encoder:
    """Return an encoder half way between others that were trained from one start.

    The word embeddings of the start are not trained.
    """
    encoder = Encoder(start.weights, RECIPE.layers, len(CATEGORY_IDS))
    words = {
        name: value for name, value in encoder.state_dict().items() if name.startswith("words.")
    }
    names = trained[0].keys() - words.keys()
    encoder.load_state_dict(
        words | {name: torch.stack([one[name] for one in trained]).mean(dim=0) for name in names}
    )
    return encoder.eval()


def _mean_scores(everybody: Scores, fewer: Scores) -> Scores:
    """Return nearly the scores of the mean of two encoders: the mean of their scores.

    The n-grams are trained on all authors.
    """
    return Scores(
        (everybody.encoder + fewer.encoder) / 2,
        everybody.linear,
        (everybody.second + fewer.second) / 2,
    )


def _linear(examples: Sequence[Example]) -> LinearModel:
    texts = [read_text(example.subject, example.text) for example in examples]
    return LinearModel(
        *linear.fit(texts, targets_of(examples).tolist(), len(CATEGORY_IDS), seed=RECIPE.seed)
    )


def _linear_scores(
    model: LinearModel, examples: Sequence[Example]
) -> np.typing.NDArray[np.float32]:
    return np.stack(
        [
            model.scores(vector(read_text(example.subject, example.text), model.idf))
            for example in examples
        ]
    )


def _write(
    folder: Path,
    start: Start,
    encoder: Encoder,
    grams: LinearModel,
    examples: Sequence[Example],
    blind: Sequence[Example],
    calibration: Calibration,
    figures: dict[str, object],
) -> None:
    """Write all files of the model. The card comes last: it holds the checksums of the others."""
    linear.save(grams, folder)
    said = [f"{example.subject or ''} {example.text}" for example in examples]
    save_languages(fit_language(said, [example.lang for example in examples]), folder)
    texts = [
        start.tokenizer.encode(model_text(e.subject, e.text), add_special_tokens=False).ids
        for e in examples[::EXPORT_STEP]
    ]
    export(encoder, start.weights, [trim_tokens(text) for text in texts], folder / MODEL_FILE)
    start.tokenizer.save(str(folder / TOKENIZER_FILE), pretty=False)
    card = Card(
        NAME,
        CATEGORY_IDS,
        calibration.temperature,
        calibration.linear_weight,
        calibration.threshold,
        calibration.margin,
        calibration.second_at_least,
        about(examples, calibration, figures, _unknown_letters(blind, grams)),
    )
    for name, layer in ((HEAD_FILE, encoder.head), (SECOND_FILE, encoder.second)):
        (folder / name).write_bytes(head_of(encoder, layer).as_bytes())
    save_examples(_example_set(examples, blind, grams, calibration.linear_weight, folder), folder)
    write_card(
        card,
        folder,
        (
            MODEL_FILE,
            TOKENIZER_FILE,
            HEAD_FILE,
            SECOND_FILE,
            LINEAR_FILE,
            LANGUAGE_FILE,
            EXAMPLES_FILE,
        ),
    )
    (ROOT / "docs/model-card.md").write_text(model_card(card, folder), encoding="utf-8")


def _example_set(
    examples: Sequence[Example],
    blind: Sequence[Example],
    grams: LinearModel,
    weight: float,
    folder: Path,
) -> ExampleSet:
    """Return every third example, and all of the blind authors, which are marked as unseen.

    Their vectors are those of the exported encoder.
    """
    kept = [*examples[::EXAMPLE_STEP], *blind]
    reader = ExportedEncoder(folder)
    return ExampleSet(
        tuple(excerpt(example.subject, example.text) for example in kept),
        tuple(example.label for example in kept),
        np.stack([reader.encode(example.subject, example.text).vector for example in kept]),
        weight * _linear_scores(grams, kept),
        np.array([example.author.startswith(BLIND) for example in kept]),
    )


def _unknown_letters(blind: Sequence[Example], grams: LinearModel) -> float:
    """Return the mean share of the blind authors' letter groups that the n-grams do not know."""
    texts = [read_text(example.subject, example.text).buckets for example in blind]
    return float(np.mean([(grams.idf[buckets] == 0).mean() for buckets in texts if len(buckets)]))


def _digest(examples: Sequence[Example], recipe: Recipe | None = None) -> str:
    """Return a name for the result of these examples with this recipe."""
    return hashlib.sha256(repr((recipe, examples)).encode()).hexdigest()[:12]


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()

"""The whole way from the corpus to the shipped model: `make model`, or `python -m training --help`.

Every stage leaves its result under var/training and is not done twice for the same corpus and recipe, so an interrupted run goes
on where it was. Stages: tokenizer; the scores of authors that training has not seen; the numbers of the card from these; the
encoder, as the mean of two trainings, and the n-grams; the files. `--only` does one of the four trainings, so that two cores can
do two at a time.
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
from inquiry_router.classification.encoder import MODEL_FILE, TOKENIZER_FILE, cut, model_text
from inquiry_router.classification.encoder import Encoder as ExportedEncoder
from inquiry_router.classification.examples import EXAMPLES_FILE, ExampleSet, save_examples, shown
from inquiry_router.classification.features import vector
from inquiry_router.classification.head import HEAD_FILE, SECOND_FILE
from inquiry_router.classification.language import fit_language
from inquiry_router.classification.linear import LINEAR_FILE, LinearModel, read_text
from inquiry_router.inquiry.categories import CATEGORY_IDS
from inquiry_router.inquiry.model import Draft
from inquiry_router.intake.question import question_of
from inquiry_router.intake.cleaning import clean
from training.card import about, model_card
from training.export import export, head_of
from training.finetune import Recipe, finetune, scores_of
from training.judging import Calibration, Scores, calibrate, report, targets_of
from training.network import Encoder
from training.plain import read_plain
from training.start_weights import StartWeights, packaged_file, read_start_weights, reduced
from training.vocabulary import make_tokenizer, needed_pieces

ROOT: Final = Path(__file__).parent.parent
MODEL: Final = ROOT / "src/inquiry_router/classification/model"
NAME: Final = "e5-linear-4"
RECIPE: Final = Recipe()
# Held out once, so that the numbers of the card come from voices that training has not heard.
HELD_OUT: Final = ("jola", "tomek", "hanspeter")
# One of the two trainings does without these: the mean of two that were brought up differently errs less than either.
LATECOMERS: Final = ("bogdan", "harriet", "wiktor", "deshawn", "krystyna")
TRAININGS: Final = ("everybody", "fewer", "strangers", "strangers-fewer")
# The export looks at every so many-th text to see how large the activations become.
SEEN_BY_EXPORT: Final = 12
# Every so many-th example is shipped beside the model, for learning and for explanations: more would be too large.
KEPT: Final = 3
# Authors whose names begin so are the own blind test: never trained on, never tuned on.
BLIND: Final = "blind"


Parameters = dict[str, torch.Tensor]


@dataclass(frozen=True, slots=True)
class Start:
    """What every training begins with."""

    weights: StartWeights
    tokenizer: Tokenizer


def main() -> None:
    """Do all stages and say what comes of them."""
    options = _options()
    torch.set_num_threads(options.threads)
    options.work.mkdir(parents=True, exist_ok=True)
    begun = time.monotonic()
    examples, blind = read_examples(options.corpus)
    _say(
        f"{len(examples)} examples by {len({e.author for e in examples})} authors; seed {RECIPE.seed}"
    )
    fewer = [example for example in examples if example.author not in LATECOMERS]
    trainings: dict[str, Callable[[], Any]] = {
        "everybody": partial(_trained, examples, options.work),
        "fewer": partial(_trained, fewer, options.work),
        "strangers": partial(_scores_on_strangers, examples, options.work),
        "strangers-fewer": partial(_scores_on_strangers, fewer, options.work),
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
    """What is trained on, the plain sentences among it; and what the blind authors wrote."""
    read = [_as_read(example) for example in read_corpus(corpus)]
    blind = [example for example in read if example.author.startswith(BLIND)]
    return [
        *(example for example in read if not example.author.startswith(BLIND)),
        *read_plain(),
    ], blind


def _as_read(example: Example) -> Example:
    """The example as the classifier reads it: by the live path's own code."""
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
    """The tokenizer, and the starting weights of its pieces."""
    weights = read_start_weights(packaged_file())
    kept_file = work / f"pieces-{_digest(examples)}.npy"
    if not kept_file.exists():
        _say("choosing the pieces of the tokenizer ...")
        np.save(
            kept_file,
            np.array(needed_pieces(weights, [model_text(e.subject, e.text) for e in examples])),
        )
    weights = reduced(weights, np.load(kept_file).tolist())
    _say(f"{len(weights.pieces)} pieces")
    return Start(weights, make_tokenizer(weights.pieces, weights.scores))


def _scores_on_strangers(examples: Sequence[Example], work: Path) -> Scores:
    """The scores of the held-out authors' examples by models that have seen nothing of these authors."""
    seen = [example for example in examples if example.author not in HELD_OUT]
    unseen = [example for example in examples if example.author in HELD_OUT]
    file = work / f"scores-{_digest([*seen, *unseen], RECIPE)}.npz"
    if not file.exists():
        _say(
            f"the encoder, on {len({example.author for example in seen})} authors, without {', '.join(HELD_OUT)} ..."
        )
        start = _start(examples, work)
        encoder = finetune(start.weights, start.tokenizer, seen, RECIPE)
        first, second = scores_of(encoder, start.tokenizer, unseen)
        np.savez(file, encoder=first, linear=_linear_scores(_linear(seen), unseen), second=second)
    with np.load(file) as kept:
        return Scores(kept["encoder"], kept["linear"], kept["second"])


def _trained(examples: Sequence[Example], work: Path) -> Parameters:
    """The parameters of the encoder trained on these examples, with pieces of their own."""
    file = work / f"encoder-{_digest(examples, RECIPE)}.pt"
    if not file.exists():
        _say(f"the encoder, on {len({example.author for example in examples})} authors ...")
        start = _start(examples, work)
        torch.save(finetune(start.weights, start.tokenizer, examples, RECIPE).state_dict(), file)
    parameters: Parameters = torch.load(file, weights_only=True)
    return parameters


def _mean(start: Start, *trained: Parameters) -> Encoder:
    """An encoder half way between others that were trained from one start. The words of the start are nobody's to train."""
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
    """What the mean of two encoders would score, nearly: the mean of their scores. The n-grams have heard everybody."""
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
    """All files of the model; the card comes last, for it holds the checksums of the others."""
    linear.save(grams, folder)
    said = [f"{example.subject or ''} {example.text}" for example in examples]
    save_languages(fit_language(said, [example.lang for example in examples]), folder)
    texts = [
        start.tokenizer.encode(model_text(e.subject, e.text), add_special_tokens=False).ids
        for e in examples[::SEEN_BY_EXPORT]
    ]
    export(encoder, start.weights, [cut(text) for text in texts], folder / MODEL_FILE)
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
    """Every third example, and all of the blind authors, who are marked as unseen, as the exported encoder sees them."""
    kept = [*examples[::KEPT], *blind]
    reader = ExportedEncoder(folder)
    return ExampleSet(
        tuple(shown(example.subject, example.text) for example in kept),
        tuple(example.label for example in kept),
        np.stack([reader.read(example.subject, example.text).vector for example in kept]),
        weight * _linear_scores(grams, kept),
        np.array([example.author.startswith(BLIND) for example in kept]),
    )


def _unknown_letters(blind: Sequence[Example], grams: LinearModel) -> float:
    """The mean share of letter groups and words in the blind authors' texts that the n-grams do not know."""
    texts = [read_text(example.subject, example.text).buckets for example in blind]
    return float(np.mean([(grams.idf[buckets] == 0).mean() for buckets in texts if len(buckets)]))


def _digest(examples: Sequence[Example], recipe: Recipe | None = None) -> str:
    """A name for what was made of these examples with this recipe."""
    return hashlib.sha256(repr((recipe, examples)).encode()).hexdigest()[:12]


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()

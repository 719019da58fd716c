"""The whole way from the corpus to the shipped model: `make model`, or `python -m training --help`.

Every stage leaves its result under var/training and is not done twice for the same corpus and recipe, so an interrupted run goes
on where it was. Stages: tokenizer; the scores of authors that training has not seen, fold by fold; the numbers of the card from
these; both models trained on everybody; the files.
"""

import argparse
import hashlib
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import torch
from tokenizers import Tokenizer

from inquiry_router.classification import linear
from inquiry_router.classification.card import Card, write_card
from inquiry_router.classification.classifier import LANGUAGE_FILE, save_languages
from inquiry_router.classification.corpus import CORPUS, Example, read_corpus
from inquiry_router.classification.encoder import MODEL_FILE, TOKENIZER_FILE, cut, model_text
from inquiry_router.classification.features import vector
from inquiry_router.classification.language import fit_language
from inquiry_router.classification.linear import LINEAR_FILE, LinearModel, read_text
from inquiry_router.inquiry.categories import CATEGORY_IDS
from training.card import about, model_card
from training.export import export
from training.finetune import Recipe, finetune, scores_of
from training.judging import Calibration, Scores, calibrate, report, targets_of
from training.network import Encoder
from training.plain import read_plain
from training.start_weights import StartWeights, packaged_file, read_start_weights, reduced
from training.vocabulary import make_tokenizer, needed_pieces

ROOT: Final = Path(__file__).parent.parent
MODEL: Final = ROOT / "src/inquiry_router/classification/model"
NAME: Final = "e5-linear-1"
RECIPE: Final = Recipe()
FOLD_RECIPE: Final = replace(RECIPE, epochs=5)
# Held out in turn, so that the numbers of the card come from voices that training has not heard; all others are always heard.
HELD_OUT: Final = (("declan", "halina"), ("gareth", "kuba", "monika"))
# Never trained on: on these the shipped weights themselves are judged.
FRESH: Final = ("jola",)
# The export looks at every so many-th text to see how large the activations become.
SEEN_BY_EXPORT: Final = 12
# Authors whose names begin so are the own blind test: never trained on, never tuned on.
BLIND: Final = "blind"


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
    examples, fresh = read_examples(options.corpus)
    _say(f"{len(examples)} examples by {len({e.author for e in examples})} authors; seed {RECIPE.seed}")
    start = _start(examples, options.work)
    judged, scores = _scores_on_strangers(examples, start, options.work)
    encoder, grams = _trained(start, examples, RECIPE, options.work), _linear(examples)
    if fresh:
        scores = scores.and_(Scores(scores_of(encoder, start.tokenizer, fresh), _linear_scores(grams, fresh)))
    # The shipped weights themselves are judged on the fresh ones only: these count as much as all the others together.
    importance = np.array([1.0] * len(judged) + [len(judged) / max(1, len(fresh))] * len(fresh), dtype=np.float32)
    judged = [*judged, *fresh]
    calibration = calibrate(judged, scores, importance)
    figures = report(judged, scores, calibration)
    for name, value in figures.items():
        _say(f"  {name}: {value}")
    options.out.mkdir(parents=True, exist_ok=True)
    _write(options.out, start, encoder, grams, examples, calibration, figures)
    _say(f"done in {time.monotonic() - begun:.0f} s: {options.out}")


def read_examples(corpus: Path) -> tuple[list[Example], list[Example]]:
    """What is trained on: the corpus and the plain sentences; and the fresh authors. Without the blind ones."""
    read = [example for example in read_corpus(corpus) if not example.author.startswith(BLIND)]
    fresh = [example for example in read if example.author in FRESH]
    return [*(example for example in read if example.author not in FRESH), *read_plain()], fresh


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m training", description="Train the shipped model on the corpus.")
    parser.add_argument("--corpus", type=Path, default=CORPUS, help="folder of one .jsonl an author")
    parser.add_argument("--out", type=Path, default=MODEL, help="where the model goes")
    parser.add_argument("--work", type=Path, default=ROOT / "var/training", help="where the stages keep their results")
    parser.add_argument("--threads", type=int, default=1, help="threads of PyTorch")
    return parser.parse_args()


def _start(examples: Sequence[Example], work: Path) -> Start:
    """The tokenizer, and the starting weights of its pieces."""
    weights = read_start_weights(packaged_file())
    kept_file = work / f"pieces-{_digest(examples)}.npy"
    if not kept_file.exists():
        _say("choosing the pieces of the tokenizer ...")
        np.save(kept_file, np.array(needed_pieces(weights, [model_text(e.subject, e.text) for e in examples])))
    weights = reduced(weights, np.load(kept_file).tolist())
    _say(f"{len(weights.pieces)} pieces")
    return Start(weights, make_tokenizer(weights.pieces, weights.scores))


def _scores_on_strangers(examples: Sequence[Example], start: Start, work: Path) -> tuple[list[Example], Scores]:
    """The held-out authors' examples, and their scores by models that have seen nothing of their author."""
    judged = [example for example in examples if any(example.author in held for held in HELD_OUT)]
    of_encoder = np.zeros((len(judged), len(CATEGORY_IDS)), dtype=np.float32)
    of_linear = np.zeros_like(of_encoder)
    for fold, held in enumerate(HELD_OUT, start=1):
        _say(f"fold {fold} of {len(HELD_OUT)}: without {', '.join(held)}")
        places = [place for place, example in enumerate(judged) if example.author in held]
        seen = [example for example in examples if example.author not in held]
        unseen = [judged[place] for place in places]
        file = work / f"scores-{_digest([*seen, *unseen], FOLD_RECIPE)}.npz"
        if not file.exists():
            encoder = finetune(start.weights, start.tokenizer, seen, FOLD_RECIPE)
            np.savez(file, encoder=scores_of(encoder, start.tokenizer, unseen), linear=_linear_scores(_linear(seen), unseen))
        with np.load(file) as kept:
            of_encoder[places], of_linear[places] = kept["encoder"], kept["linear"]
    return judged, Scores(of_encoder, of_linear)


def _trained(start: Start, examples: Sequence[Example], recipe: Recipe, work: Path) -> Encoder:
    """The encoder trained on all examples."""
    file = work / f"encoder-{_digest(examples, recipe)}.pt"
    if not file.exists():
        _say("the encoder, on everybody ...")
        torch.save(finetune(start.weights, start.tokenizer, examples, recipe).state_dict(), file)
    encoder = Encoder(start.weights, recipe.layers, len(CATEGORY_IDS))
    encoder.load_state_dict(torch.load(file, weights_only=True))
    return encoder.eval()


def _linear(examples: Sequence[Example]) -> LinearModel:
    texts = [read_text(example.subject, example.text) for example in examples]
    return LinearModel(*linear.fit(texts, targets_of(examples).tolist(), len(CATEGORY_IDS), seed=RECIPE.seed))


def _linear_scores(model: LinearModel, examples: Sequence[Example]) -> np.typing.NDArray[np.float32]:
    return np.stack([model.scores(vector(read_text(example.subject, example.text), model.idf)) for example in examples])


def _write(
    folder: Path,
    start: Start,
    encoder: Encoder,
    grams: LinearModel,
    examples: Sequence[Example],
    calibration: Calibration,
    figures: dict[str, object],
) -> None:
    """All files of the model; the card comes last, for it holds the checksums of the others."""
    linear.save(grams, folder)
    said = [f"{example.subject or ''} {example.text}" for example in examples]
    save_languages(fit_language(said, [example.lang for example in examples]), folder)
    texts = [
        start.tokenizer.encode(model_text(e.subject, e.text), add_special_tokens=False).ids for e in examples[::SEEN_BY_EXPORT]
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
        about(examples, calibration, figures),
    )
    write_card(card, folder, (MODEL_FILE, TOKENIZER_FILE, LINEAR_FILE, LANGUAGE_FILE))
    (ROOT / "docs/model-card.md").write_text(model_card(card, folder), encoding="utf-8")


def _digest(examples: Sequence[Example], recipe: Recipe | None = None) -> str:
    """A name for what was made of these examples with this recipe."""
    return hashlib.sha256(repr((recipe, examples)).encode()).hexdigest()[:12]


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()

"""Make the shipped model from the corpus: `make model`, or `python -m training --help`.

Every stage leaves its result under var/training and is not repeated for the same corpus and recipe;
a training that was stopped goes on where it was. Stages: the tokenizer; five folds, each the scores
of a fifth of the authors by a model that has seen nothing of theirs; the numbers of the card from
these scores; the encoder and the n-grams, from all authors; the files. `--only` does one of the six
trainings, so that two cores can do two at a time.
"""

import argparse
import hashlib
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch

from inquiry_router.classification import linear
from inquiry_router.classification.card import read_card
from inquiry_router.classification.classifier import load_head
from inquiry_router.classification.context import in_context
from inquiry_router.classification.corpus import (
    CORPUS,
    Example,
    ReplyExample,
    read_corpus,
    read_replies,
)
from inquiry_router.classification.encoder import (
    MODEL_FILE,
    model_text,
)
from inquiry_router.classification.encoder import Encoder as ExportedEncoder
from inquiry_router.classification.head import SECOND_FILE, Head
from inquiry_router.classification.linear import LinearModel
from inquiry_router.classification.signals import SIGNALS_FILE
from inquiry_router.inquiry.categories import CATEGORY_IDS
from inquiry_router.inquiry.intents import INTENTS
from inquiry_router.inquiry.model import Draft
from inquiry_router.intake.cleaning import clean
from inquiry_router.intake.question import question_of
from training import BLIND, heads
from training.export import head_of
from training.files import (
    ROOT,
    Start,
    export_encoder,
    fit_linear,
    linear_scores,
    write_files,
)
from training.finetune import Recipe, finetune, scores_of, trained_part
from training.joining import fit_joining
from training.judging import Calibration, Scores, calibrate, report
from training.network import Encoder
from training.plain import AUTHOR as PLAIN
from training.plain import read_plain
from training.referrals import fit_parties
from training.signals import FittedSignals, fit_signals
from training.start_weights import keep_pieces, packaged_file, read_start_weights
from training.vocabulary import make_tokenizer, needed_pieces

MODEL: Final = ROOT / "src/inquiry_router/classification/model"
RECIPE: Final = Recipe()
FOLDS: Final = 5
EVERYBODY: Final = "everybody"
# The temperature of the training, before heads were fitted anew.
TRAINED_TEMPERATURE: Final = 0.997
TRAININGS: Final = (*(f"fold-{number}" for number in range(1, FOLDS + 1)), EVERYBODY)


def main() -> None:
    """Do all stages and print the figures."""
    options = _options()
    torch.set_num_threads(options.threads)
    options.work.mkdir(parents=True, exist_ok=True)
    begun = time.monotonic()
    examples, blind = read_examples(options.corpus)
    _say(f"{len(examples)} examples by {len(_authors(examples))} authors; seed {RECIPE.seed}")
    if options.heads:
        _fit_heads(options.out, options.work, examples, blind)
        return
    if options.only not in (None, EVERYBODY):
        _score_fold(examples, TRAININGS.index(options.only), options.work)
        return
    if options.only == EVERYBODY:
        _train(examples, examples, options.work)
        return
    if options.keep_limits:
        calibration, figures = _kept_limits(options.out, TRAINED_TEMPERATURE)
    else:
        calibration, figures = _judge(*_score_folds(examples, options.folds, options.work))
    encoder = _train(examples, examples, options.work)
    options.out.mkdir(parents=True, exist_ok=True)
    export_encoder(options.out, _start(examples, options.work), encoder, examples)
    fitted = heads.Heads(
        head_of(encoder.intents, heads.INTENT_IDS), head_of(encoder.second, CATEGORY_IDS)
    )
    heads.keep_start(fitted.intents)
    signals = fit_signals(ExportedEncoder(options.out), examples)
    kept = _vectors_file(options.out, options.work)
    grams = fit_linear(examples)
    write_files(
        options.out, fitted, grams, examples, blind, calibration, figures, signals, kept, None
    )
    fit_joining(options.out)
    fit_parties(options.out)
    _say(f"done in {time.monotonic() - begun:.0f} s: {options.out}")


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
    parser.add_argument(
        "--heads", action="store_true", help="fit the heads anew and keep the encoder that is there"
    )
    parser.add_argument(
        "--folds", type=int, choices=range(1, FOLDS + 1), default=FOLDS, help="judge by so many"
    )
    parser.add_argument(
        "--keep-limits",
        action="store_true",
        help="judge by no fold: keep limits and figures of the card, which an earlier training by "
        "the same recipe has chosen",
    )
    parser.add_argument("--only", choices=TRAININGS, help="do one training and stop")
    return parser.parse_args()


def read_examples(corpus: Path) -> tuple[list[Example], list[Example]]:
    """Return the examples to train on, with the plain sentences, and those of blind authors.

    Replies are examples too: the message above what the customer had said before.
    """
    replies = read_replies(corpus / "replies")
    read = [
        *(_as_read(example) for example in read_corpus(corpus)),
        *(_as_example(reply) for reply in replies),
    ]
    blind = [e for e in read if e.author.startswith(BLIND) and not is_reply(e)]
    return [
        *(example for example in read if not example.author.startswith(BLIND)),
        *read_plain(),
    ], blind


def _as_read(example: Example) -> Example:
    """Return the example in the form that the classifier reads, by the code of the live path."""
    draft = question_of(clean(Draft(example.channel, example.text, example.subject)))
    return replace(example, subject=draft.subject, text=draft.text)


def _as_example(reply: ReplyExample) -> Example:
    """Return the reply with its matter, in the form that the classifier reads."""
    news = question_of(clean(Draft(reply.channel, reply.text)))
    text = in_context(news, reply.before).text
    return Example(
        reply.id,
        reply.author,
        reply.lang,
        reply.channel,
        None,
        text,
        reply.label,
        reply.intent,
        None,
        hard=False,
    )


def is_reply(example: Example) -> bool:
    """True for a reply with its matter, by its id."""
    return example.id.startswith(f"{example.author}-r")


def _authors(examples: Sequence[Example]) -> list[str]:
    return sorted({example.author for example in examples})


def fold_of(examples: Sequence[Example]) -> dict[str, int]:
    """Return the fold of each author: equally many of each main language in every fold.

    Plain sentences judge nobody and are in no fold.
    """
    languages = {
        author: Counter(e.lang for e in examples if e.author == author).most_common(1)[0][0]
        for author in _authors(examples)
        if author != PLAIN
    }
    ordered = sorted(languages, key=lambda author: (languages[author], author))
    return {author: place % FOLDS for place, author in enumerate(ordered)}


def _score_fold(examples: Sequence[Example], fold: int, work: Path) -> tuple[list[Example], Scores]:
    """Return the examples of a fold's authors, and their scores by models without these authors."""
    folds = fold_of(examples)
    seen = [example for example in examples if folds.get(example.author) != fold]
    unseen = [example for example in examples if folds.get(example.author) == fold]
    file = work / f"scores-{_digest([*seen, *unseen], RECIPE)}.npz"
    if not file.exists():
        _say(f"fold {fold + 1}, without {', '.join(_authors(unseen))}")
        start = _start(examples, work)
        encoder = _train(seen, examples, work)
        intents, second = scores_of(encoder, start.tokenizer, unseen)
        grams = linear_scores(fit_linear(seen), unseen)
        np.savez(file, intents=intents, linear=grams, second=second)
    return unseen, _read_scores(file)


def _score_folds(
    examples: Sequence[Example], count: int, work: Path
) -> tuple[list[Example], Scores]:
    """Return the examples of the first folds, scored by models that do not know their authors."""
    parts = [_score_fold(examples, fold, work) for fold in range(count)]
    return [example for part, _ in parts for example in part], _joined([one for _, one in parts])


def _judge(
    judged: Sequence[Example], scores: Scores
) -> tuple[Calibration, dict[str, dict[str, str] | float]]:
    """Return the numbers of the card, chosen on first messages, and the figures."""
    first = np.array([not is_reply(example) for example in judged])
    opening = [example for example, is_first in zip(judged, first, strict=True) if is_first]
    calibration = calibrate(opening, scores.where(first))
    return calibration, _figures(judged, scores, calibration)


def _figures(
    judged: Sequence[Example], scores: Scores, calibration: Calibration
) -> dict[str, dict[str, str] | float]:
    """Return the figures on first messages, and three on replies."""
    first = np.array([not is_reply(example) for example in judged])
    opening = [example for example, is_first in zip(judged, first, strict=True) if is_first]
    later = [example for example, is_first in zip(judged, first, strict=True) if not is_first]
    figures = report(opening, scores.where(first), calibration)
    replies = report(later, scores.where(~first), calibration)
    figures |= {
        "replies": replies["examples"],
        "replies_accuracy": replies["accuracy"],
        "replies_team_accuracy": replies["team_accuracy"],
    }
    for name, value in figures.items():
        _say(f"  {name}: {value}")
    return figures


def _joined(parts: Sequence[Scores]) -> Scores:
    return Scores(
        np.concatenate([scores.intents for scores in parts]),
        np.concatenate([scores.linear for scores in parts]),
        np.concatenate([scores.second for scores in parts]),
    )


def _fit_heads(
    folder: Path, work: Path, examples: Sequence[Example], blind: Sequence[Example]
) -> None:
    """Fit the head of intents and the n-grams on the encoder in `folder`.

    The second head, the signals and the limits of the card stay; they come from the training.
    """
    card = read_card(folder)
    kept = _vectors_file(folder, work)
    vectors = heads.encode(ExportedEncoder(folder), examples, kept)
    second = load_head(folder, SECOND_FILE)
    calibration, figures = _kept_limits(folder, heads.TEMPERATURE)
    strangers = _judge_strangers(vectors, examples, second, calibration, work)
    fitted = heads.Heads(heads.fit_intents_on(vectors, examples), second)
    signals = FittedSignals(
        load_head(folder, SIGNALS_FILE), card.signals, card.about["figures_of_signals"]
    )
    grams = _grams(examples, work)
    write_files(
        folder, fitted, grams, examples, blind, calibration, figures, signals, kept, strangers
    )


def _kept_limits(folder: Path, temperature: float) -> tuple[Calibration, dict[str, Any]]:
    """Return the limits of the card that is there, and the figures by which they were chosen."""
    card = read_card(folder)
    calibration = Calibration(
        temperature,
        card.linear_weight,
        card.thresholds,
        card.second_at_least,
        card.intent_at_least,
        card.sale_at_least,
    )
    figures = card.about["figures_on_unseen_authors"]
    return calibration, {"judged_in_the_training_of": card.name} | figures


def _judge_strangers(
    vectors: heads.Floats,
    examples: Sequence[Example],
    second: Head,
    calibration: Calibration,
    work: Path,
) -> dict[str, Any]:
    """Return figures on the strangers: by the model as trained, and by heads without each author.

    The n-grams know no stranger.
    """
    strange = np.array([heads.is_stranger(example) for example in examples])
    known = [example for example in examples if not heads.is_stranger(example)]
    own = [example for example in examples if heads.is_stranger(example)]
    grams, seconds = linear_scores(_grams(known, work), own), second.scores(vectors[strange])
    trained = replace(calibration, temperature=TRAINED_TEMPERATURE)
    found = {}
    for name, intents, numbers in (
        ("as trained", heads.read_start().scores(vectors[strange]), trained),
        ("heads anew", heads.scores_without_own(vectors, examples), calibration),
    ):
        _say(f"strangers, {name}:")
        found[name] = _figures(own, Scores(intents, grams, seconds), numbers)
    return found


def _grams(examples: Sequence[Example], work: Path) -> LinearModel:
    """Return the n-grams' model, which is kept for the same examples."""
    folder = work / f"grams-{_digest(examples)}"
    if not folder.exists():
        _say(f"n-grams of {len(examples)} examples ...")
        linear.save(fit_linear(examples), folder)
    return linear.load(folder)


def _vectors_file(folder: Path, work: Path) -> Path:
    """Return the file of the vectors by the encoder in `folder`."""
    digest = hashlib.sha256((folder / MODEL_FILE).read_bytes()).hexdigest()
    return work / f"vectors-{digest[:12]}.npz"


def _read_scores(file: Path) -> Scores:
    with np.load(file) as kept:
        return Scores(kept["intents"], kept["linear"], kept["second"])


def _train(examples: Sequence[Example], everything: Sequence[Example], work: Path) -> Encoder:
    """Return the encoder trained on these examples, with the pieces of everything."""
    name = _digest(examples, RECIPE)
    file = work / f"encoder-{name}.pt"
    start = _start(everything, work)
    if not file.exists():
        _say(f"training on {len(examples)} examples by {len(_authors(examples))} authors ...")
        kept = work / f"state-{name}.pt"
        encoder = finetune(start.weights, start.tokenizer, examples, RECIPE, kept)
        torch.save(trained_part(encoder), file)
        return encoder
    encoder = Encoder(start.weights, RECIPE.layers, len(INTENTS), len(CATEGORY_IDS))
    encoder.load_state_dict(torch.load(file, weights_only=True), strict=False)
    return encoder.eval()


def _start(examples: Sequence[Example], work: Path) -> Start:
    """Return the tokenizer and the start weights of its pieces."""
    weights = read_start_weights(packaged_file())
    kept_file = work / f"pieces-{_digest(examples)}.npy"
    if not kept_file.exists():
        _say("choosing the pieces of the tokenizer ...")
        texts = [model_text(e.subject, e.text) for e in examples]
        np.save(kept_file, np.array(needed_pieces(weights, texts)))
    weights = keep_pieces(weights, np.load(kept_file).tolist())
    _say(f"{len(weights.pieces)} pieces")
    return Start(weights, make_tokenizer(weights.pieces, weights.scores))


def _digest(examples: Sequence[Example], recipe: Recipe | None = None) -> str:
    """Return a name for the result of these examples with this recipe."""
    return hashlib.sha256(repr((recipe, examples)).encode()).hexdigest()[:12]


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()

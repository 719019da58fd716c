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
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from inquiry_router.classification.context import in_context
from inquiry_router.classification.corpus import (
    CORPUS,
    Example,
    ReplyExample,
    read_corpus,
    read_replies,
)
from inquiry_router.classification.encoder import Encoder as ExportedEncoder
from inquiry_router.classification.encoder import (
    model_text,
)
from inquiry_router.inquiry.categories import CATEGORY_IDS
from inquiry_router.inquiry.intents import INTENTS
from inquiry_router.inquiry.model import Draft
from inquiry_router.intake.cleaning import clean
from inquiry_router.intake.question import question_of
from training import heads
from training.export import head_of
from training.files import (
    BLIND,
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
from training.start_weights import keep_pieces, packaged_file, read_start_weights
from training.vocabulary import make_tokenizer, needed_pieces

MODEL: Final = ROOT / "src/inquiry_router/classification/model"
RECIPE: Final = Recipe()
FOLDS: Final = 5
EVERYBODY: Final = "everybody"
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
    calibration, figures = _judge(*_score_folds(examples, options.folds, options.work))
    encoder = _train(examples, examples, options.work)
    options.out.mkdir(parents=True, exist_ok=True)
    export_encoder(options.out, _start(examples, options.work), encoder, examples)
    fitted = heads.Heads(
        head_of(encoder.intents, heads.INTENT_IDS), head_of(encoder.second, CATEGORY_IDS)
    )
    write_files(options.out, fitted, fit_linear(examples), examples, blind, calibration, figures)
    fit_joining(options.out)
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
    later = [example for example, is_first in zip(judged, first, strict=True) if not is_first]
    calibration = calibrate(opening, scores.where(first))
    figures = report(opening, scores.where(first), calibration)
    replies = report(later, scores.where(~first), calibration)
    figures |= {
        "replies": replies["examples"],
        "replies_accuracy": replies["accuracy"],
        "replies_team_accuracy": replies["team_accuracy"],
    }
    for name, value in figures.items():
        _say(f"  {name}: {value}")
    return calibration, figures


def _joined(parts: Sequence[Scores]) -> Scores:
    return Scores(
        np.concatenate([scores.intents for scores in parts]),
        np.concatenate([scores.linear for scores in parts]),
        np.concatenate([scores.second for scores in parts]),
    )


def _fit_heads(
    folder: Path, work: Path, examples: Sequence[Example], blind: Sequence[Example]
) -> None:
    """Fit the heads and the n-grams on the encoder in `folder`, and write all but the encoder."""
    vectors = heads.encode(ExportedEncoder(folder), examples, work / "vectors.npz")
    folds = fold_of([e for e in examples if e.author not in heads.KNOWN_AUTHORS])
    judged: list[Example] = []
    parts: list[Scores] = []
    for fold in range(FOLDS):
        unseen = np.array([folds.get(example.author) == fold for example in examples])
        file = work / f"heads-{_digest(examples)}-{fold + 1}.npz"
        if not file.exists():
            _say(f"fold {fold + 1}")
            _score_heads(vectors, examples, unseen, file)
        judged += [e for e, is_unseen in zip(examples, unseen, strict=True) if is_unseen]
        parts.append(_read_scores(file))
    calibration, figures = _judge(judged, _joined(parts))
    fitted = heads.fit_heads_on(vectors, examples, _say)
    write_files(folder, fitted, fit_linear(examples), examples, blind, calibration, figures)
    fit_joining(folder)


def _score_heads(
    vectors: heads.Floats, examples: Sequence[Example], unseen: NDArray[np.bool_], file: Path
) -> None:
    """Write the scores of the unseen examples by heads and n-grams fitted on the others."""
    seen = [e for e, is_unseen in zip(examples, unseen, strict=True) if not is_unseen]
    own = [e for e, is_unseen in zip(examples, unseen, strict=True) if is_unseen]
    fitted = heads.fit_heads_on(vectors[~unseen], seen, _say)
    np.savez(
        file,
        intents=fitted.intents.scores(vectors[unseen]),
        linear=linear_scores(fit_linear(seen), own),
        second=fitted.second.scores(vectors[unseen]),
    )


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

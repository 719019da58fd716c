"""Fit joining: `python -m training.joining`.

First the head that tells messages which go on with something: on the pairs of messages of
`benchmarks/pairs` and on `later.tsv` (kind, language, subject, text). Then the weights of the
evidence, with a head that has seen nothing of the author. Beside the pairs stand strange ones, of
messages that go on with something else: else the words of a pair would not matter. The pairs of
the authors in `HELD_OUT` are only measured.

Writes `later.npz` and its digest on the card, `weights.tsv`, the counts of words, and
`benchmarks/pairs/goes_on.tsv`: the log-odds of each second message, by a head that has not seen its
author.
"""

import csv
import json
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from benchmarks.joining import (
    GOES_ON,
    HELD_OUT,
    PAIRS,
    compared,
    is_looked_up,
    read_pairs,
    reading_of,
    sides_of,
)
from numpy.typing import NDArray

from inquiry_router.classification.classifier import shipped_folder
from inquiry_router.classification.corpus import CORPUS, read_corpus
from inquiry_router.classification.encoder import Encoder
from inquiry_router.classification.examples import directions
from inquiry_router.classification.head import Head
from inquiry_router.classification.later import LATER, LATER_FILE
from inquiry_router.inquiry.matter import TICKET, Candidate
from inquiry_router.matters.comparison import Compared
from inquiry_router.matters.evidence import ALWAYS, JOINS_FROM, Tie, forbids, measure, tie_of
from inquiry_router.matters.incoming import Incoming
from inquiry_router.matters.joining import continue_resolved, find_sign
from inquiry_router.matters.rarity import COUNTS_FILE, RAREST, stems_of
from inquiry_router.text.folding import fold_words
from training import BLIND
from training.card import write_model_card, write_part

Doubles = NDArray[np.float64]

ROOT: Final = Path(__file__).parents[1]
_LATER: Final = Path(__file__).with_name("later.tsv")
_COUNTS: Final = ROOT / "src/inquiry_router/matters" / COUNTS_FILE
_WEIGHTS: Final = ROOT / "src/inquiry_router/matters/weights.tsv"
# How much a first message counts beside a second one.
_FIRST_COUNT: Final = 0.4
_HEAD_STRENGTH: Final = 0.04
_WEIGHTS_STRENGTH: Final = 20.0
_STEPS: Final = 40
_STRANGE_PAIRS: Final = 3
_STRANGE_COUNT: Final = 0.05
_NEIGHBOUR_COUNT: Final = 0.1
# Writers go on with a story in the pairs that follow.
_SAME_STORY: Final = 5
# Evidence that weighs otherwise in a thread, for the same person, and for others.
_VARYING: Final = (
    *("goes_on", "told", "something_else", "share_of_words", "no_words", "resolved", "hours"),
)
# False joins, as a share of all joins, of authors left out one by one. 1 % is wanted, and leaves
# four of ten found: see docs/decisions/0012-one-matter.md.
_MAX_FALSE: Final = 0.03
_MIN_CERTAINTY: Final = 0.6
# Log-odds. In a mailbox most replies go on with their thread, not half of them as in the pairs.
_IN_THREAD_FROM: Final = 0.0


def fit_joining(folder: Path) -> None:
    """Fit both for the model in a folder, write the files and print the weights."""
    encoder = Encoder(folder)
    pairs = np.array(list(read_pairs()))
    first = _vectors(encoder, [pair["first"] for pair in pairs])
    second = _vectors(encoder, [pair["second"] for pair in pairs])
    later = _read_later(encoder)
    _write_counts()
    author = np.array([pair["author"] for pair in pairs])
    same = np.array([float(pair["same"]) for pair in pairs])
    seen = ~np.isin(author, list(HELD_OUT))

    def fit_without(left_out: str | None) -> tuple[Doubles, float]:
        own = seen & (author != left_out)
        inputs = np.vstack((second[own], first[own], later[0]))
        targets = np.concatenate((same[own], np.zeros(own.sum()), later[1]))
        counts = np.concatenate((np.ones(own.sum()), np.full(own.sum(), _FIRST_COUNT), later[2]))
        return fit(inputs, targets, counts, _HEAD_STRENGTH)

    scores = np.zeros(len(pairs))  # by a head that has not seen the author
    for one in sorted(set(author)):
        weights, bias = fit_without(one)
        own = author == one
        scores[own] = second[own] @ weights + bias
    _write_scores(pairs, scores)
    _write_head(folder, *fit_without(None))
    _write_weights(pairs[seen], scores[seen], same[seen])
    write_model_card(folder)


def _write_counts() -> None:
    """Count the texts of the corpus that have each beginning of a word."""
    texts = [
        f"{one.subject or ''}\n{one.text}"
        for one in read_corpus(CORPUS)
        if not one.author.startswith(BLIND)
    ]
    counts = Counter(
        beginning for text in texts for beginning in stems_of(fold_words(text).split())
    )
    known = [(word, count) for word, count in counts.most_common() if count > RAREST]
    lines = [f"texts {len(texts)}\n", *(f"{word} {count}\n" for word, count in known)]
    _COUNTS.write_text("".join(lines), encoding="utf-8")


def fit(
    inputs: Doubles, targets: Doubles, counts: Doubles, strength: float
) -> tuple[Doubles, float]:
    """Fit a logistic regression by Newton's method; `strength` holds the weights towards zero."""
    centre = inputs.mean(axis=0)
    around = np.c_[np.ones(len(inputs)), inputs - centre]
    held = np.full(around.shape[1], strength)
    held[0] = 1e-3
    weights = np.zeros(around.shape[1])
    for _ in range(_STEPS):
        shares = 1.0 / (1.0 + np.exp(-np.clip(around @ weights, -30, 30)))
        gradient = around.T @ (counts * (shares - targets)) + held * weights
        curvature = (around * (counts * shares * (1 - shares))[:, None]).T @ around + np.diag(held)
        weights = weights - np.linalg.solve(curvature, gradient)
    return weights[1:], float(weights[0] - weights[1:] @ centre)


def _vectors(encoder: Encoder, messages: Sequence[dict[str, Any]]) -> Doubles:
    texts = [reading_of(message).whole for message in messages]
    found = np.stack([encoder.encode(text.subject, text.text).vector for text in texts])
    return directions(found).astype(np.float64)


def _read_later(encoder: Encoder) -> tuple[Doubles, Doubles, Doubles]:
    with _LATER.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    vectors = np.stack([encoder.encode(row["subject"] or None, row["text"]).vector for row in rows])
    kinds = np.array([float(row["kind"] == LATER) for row in rows])
    return directions(vectors).astype(np.float64), kinds, np.ones(len(rows))


def _write_scores(pairs: Sequence[dict[str, Any]], scores: Doubles) -> None:
    lines = [f"{pair['id']}\t{score:.2f}\n" for pair, score in zip(pairs, scores, strict=True)]
    (PAIRS / GOES_ON).write_text("".join(lines), encoding="utf-8")


def _write_head(folder: Path, weights: Doubles, bias: float) -> None:
    head = Head((LATER,), weights[:, None].astype(np.float32), np.array([bias], dtype=np.float32))
    write_part(folder, LATER_FILE, head.as_bytes())


def _write_weights(pairs: Sequence[dict[str, Any]], scores: Doubles, same: Doubles) -> None:
    """Fit the weights, choose the threshold, write both."""
    author = np.array([pair["author"] for pair in pairs])
    sides = [sides_of(*each) for each in zip(pairs, scores, strict=True)]
    both = [compared(*each) for each in sides]
    others = [*_strangers(pairs, scores), *_neighbours(sides, author)]
    every = [*both, *(one for one, _, _ in others)]
    values, names = _values(every)
    targets = np.r_[same, np.zeros(len(others))]
    counts = np.r_[np.ones(len(both)), [count for _, _, count in others]]
    of = np.r_[author, [by for _, by, _ in others]]
    weighed = np.array(
        [find_sign(one) is None and not one.names_another_reference for one in every]
    )

    def fit_without(left_out: str | None) -> tuple[Doubles, float]:
        own = weighed & (of != left_out)
        spread = values[own].std(axis=0)
        spread[spread == 0] = 1.0
        fitted, always = fit(values[own] / spread, targets[own], counts[own], _WEIGHTS_STRENGTH)
        return fitted / spread, always

    odds = np.zeros(len(both))  # by weights that have not seen the author
    for one in sorted(set(author)):
        weights, always = fit_without(one)
        odds[author == one] = (values[: len(both)] @ weights + always)[author == one]
    weights, always = fit_without(None)
    odds = _log_odds(sides, both, odds)
    in_thread = np.array([tie_of(one) is Tie.THREAD for one in both])
    odds[in_thread] = np.where(odds[in_thread] >= _IN_THREAD_FROM, np.inf, -np.inf)
    threshold = _threshold(odds, same == 1)
    limits = (1.0 / (1.0 + np.exp(-_IN_THREAD_FROM)), threshold, threshold)
    _write_table(dict(zip(names, weights, strict=True)), always, limits)


def _values(every: Sequence[Compared]) -> tuple[Doubles, list[str]]:
    """Return the evidence on each, and its names; some of it also for each tie alone."""
    rows = []
    for one in every:
        row = dict(measure(one))
        row |= {f"{tie.name} {name}": 0.0 for tie in Tie for name in (ALWAYS, *_VARYING)}
        tie = tie_of(one).name
        row |= {f"{tie} {name}": row[name] for name in _VARYING} | {f"{tie} {ALWAYS}": 1.0}
        rows.append(row)
    return np.array([list(row.values()) for row in rows]), list(rows[0])


def _write_table(weights: dict[str, float], always: float, limits: Sequence[float]) -> None:
    lines = ["\t".join(("evidence", *(tie.name.lower() for tie in Tie)))]
    for name in (ALWAYS, *(name for name in weights if " " not in name)):
        common = always if name == ALWAYS else weights[name]
        found = [common + weights.get(f"{tie.name} {name}", 0.0) for tie in Tie]
        lines.append("\t".join((name, *(f"{weight:.2f}" for weight in found))))
    lines.append("\t".join((JOINS_FROM, *(f"{limit:.2f}" for limit in limits))))
    written = "".join(f"{line}\n" for line in lines)
    _WEIGHTS.write_text(written, encoding="utf-8")
    print(written)


# What is no matter in common, its author, and how much it counts.
_Other = tuple[Compared, str, float]


def _strangers(pairs: Sequence[dict[str, Any]], scores: Doubles) -> Iterator[_Other]:
    """Return the strange pairs."""
    for pair, score in zip(pairs, scores, strict=True):
        for strange in _strange(pair, pairs):
            yield compared(*sides_of(strange, score)), pair["author"], _STRANGE_COUNT


def _neighbours(
    sides: Sequence[tuple[Incoming, Candidate]], author: NDArray[np.str_]
) -> Iterator[_Other]:
    """Return messages beside those inquiries of other customers that the database would find."""
    for own, (message, _) in enumerate(sides):
        alone = replace(message, references=(), misquoted=(), replies_to=())
        for other in np.flatnonzero(author == author[own]):
            candidate = sides[other][1]
            kept = [one for one in candidate.signs if not one.startswith((TICKET, "mail:"))]
            candidate = replace(candidate, signs=frozenset(kept))
            if abs(other - own) > _SAME_STORY and is_looked_up(alone, candidate):
                yield compared(alone, candidate), str(author[own]), _NEIGHBOUR_COUNT


def _log_odds(
    sides: Sequence[tuple[Incoming, Candidate]], both: Sequence[Compared], odds: Doubles
) -> Doubles:
    """Return the log-odds of joining: without end where a sign joins, or where nothing may."""
    found = np.array(odds)
    for place, one in enumerate(both):
        late = continue_resolved(one.candidate, "", one.rules, one.message.at) is not None
        if late or not is_looked_up(*sides[place]):
            found[place] = -np.inf
        elif find_sign(one) is not None:
            found[place] = np.inf
        elif forbids(one):
            found[place] = -np.inf
    return found


def _threshold(log_odds: Doubles, same: NDArray[np.bool_]) -> float:
    """Return the lowest certainty at which few enough joins are false, and print the curve."""
    finite = np.sort(log_odds[np.isfinite(log_odds)])

    def lowest(most: float) -> float:
        return next(
            (one for one in finite if (~same[log_odds >= one]).mean() <= most), float(finite[-1])
        )

    for most in (0.01, 0.02, _MAX_FALSE, 0.04, 0.05):
        joined = log_odds >= lowest(most)
        found, false = joined[same].mean(), joined[~same].sum()
        print(f"false <= {most}: found {found:.3f}, {false} false")
    chosen = 1.0 / (1.0 + np.exp(-lowest(_MAX_FALSE)))
    return max(_MIN_CERTAINTY, float(np.ceil(chosen * 100) / 100))


def _strange(pair: dict[str, Any], known: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Put a message that goes on with something behind other first messages, by their writers."""
    if not pair["same"] or "{REF}" in json.dumps(pair["second"]):
        return
    others = [
        one
        for one in known
        if (one["author"], one["lang"]) == (pair["author"], pair["lang"]) and one is not pair
    ]
    begin = zlib.crc32(pair["id"].encode())
    for number in range(min(_STRANGE_PAIRS, len(others))):
        first = others[(begin + 7 * number) % len(others)]["first"]
        contact = dict(first["contact"])
        if contact.get("email") or contact.get("phone"):
            second = {**pair["second"], "contact": contact, "ticket": None, "in_reply_to": []}
            yield {
                **pair,
                "first": {**first, "ticket": None},
                "second": second,
                "first_resolved_hours_ago": None,
            }


if __name__ == "__main__":
    fit_joining(shipped_folder())

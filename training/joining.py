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
import hashlib
import json
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from benchmarks.joining import (
    GOES_ON,
    HELD_OUT,
    PAIRS,
    compared,
    joins_surely,
    read_pairs,
    reading_of,
)
from numpy.typing import NDArray

from inquiry_router.classification.card import read_card
from inquiry_router.classification.classifier import shipped_folder
from inquiry_router.classification.corpus import CORPUS, read_corpus
from inquiry_router.classification.encoder import Encoder
from inquiry_router.classification.examples import directions
from inquiry_router.classification.head import Head
from inquiry_router.classification.later import LATER, LATER_FILE
from inquiry_router.matters.evidence import measure
from inquiry_router.matters.rarity import COUNTS_FILE, RAREST, stems_of
from inquiry_router.text.folding import fold_words
from training import BLIND
from training.card import model_card

Doubles = NDArray[np.float64]

ROOT: Final = Path(__file__).parents[1]
_LATER: Final = Path(__file__).with_name("later.tsv")
_COUNTS: Final = ROOT / "src/inquiry_router/matters" / COUNTS_FILE
_WEIGHTS: Final = ROOT / "src/inquiry_router/matters/weights.tsv"
# How much a first message counts beside a second one.
_FIRST_COUNT: Final = 0.4
_HEAD_STRENGTH: Final = 0.04
_WEIGHTS_STRENGTH: Final = 5.0
_STEPS: Final = 40
_STRANGE_PAIRS: Final = 3
_STRANGE_COUNT: Final = 0.1


def fit_joining(folder: Path) -> None:
    """Fit both for the model in a folder, write the files and print the weights."""
    encoder = Encoder(folder)
    pairs = list(read_pairs())
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
    _write_weights(pairs, scores, same, seen)
    (ROOT / "docs/model-card.md").write_text(model_card(read_card(folder), folder), "utf-8")


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
    (folder / LATER_FILE).write_bytes(head.as_bytes())
    path = folder / "card.json"
    card = json.loads(path.read_text(encoding="utf-8"))
    card["files"][LATER_FILE] = hashlib.sha256((folder / LATER_FILE).read_bytes()).hexdigest()
    path.write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _write_weights(
    pairs: Sequence[dict[str, Any]], scores: Doubles, same: Doubles, seen: NDArray[np.bool_]
) -> None:
    """Fit the weights on the pairs that no sure sign joins, and write them."""
    rows, targets, counts = [], [], []
    known = [pairs[place] for place in np.flatnonzero(seen)]
    for place in np.flatnonzero(seen):
        one = compared(pairs[place], float(scores[place]))
        if not joins_surely(one):
            rows.append(measure(one))
            targets.append(same[place])
            counts.append(1.0)
        for strange in _strange(pairs[place], known):
            rows.append(measure(compared(strange, float(scores[place]))))
            targets.append(0.0)
            counts.append(_STRANGE_COUNT)
    names = list(rows[0])
    values = np.array([[row[name] for name in names] for row in rows])
    spread = values.std(axis=0)
    spread[spread == 0] = 1.0
    fitted = fit(values / spread, np.array(targets), np.array(counts), _WEIGHTS_STRENGTH)
    weights, always = fitted
    found = {"always": always} | dict(zip(names, weights / spread, strict=True))
    written = "".join(f"{name}\t{weight:.2f}\n" for name, weight in found.items())
    _WEIGHTS.write_text(written, encoding="utf-8")
    print(written)


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

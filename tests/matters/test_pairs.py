"""Joining on the pairs that it was fitted on.

Those of the authors held out give the figures of `make bench` and of the model card.
"""

import pytest
from benchmarks.joining import FITTED_ON, HELD_OUT, judge, read_pairs, read_senses, reading_of

from inquiry_router.classification.classifier import load_head, shipped_folder
from inquiry_router.classification.encoder import Encoder
from inquiry_router.classification.later import LATER_FILE, goes_on

# These two wrote many replies that begin something else in an old thread.
OF_THREADS = frozenset({"a10", "a11"})


@pytest.mark.parametrize(
    ("authors", "max_false", "min_found"),
    [(FITTED_ON - OF_THREADS, 0.01, 0.65), (OF_THREADS, 0.1, 0.5)],
    ids=["first seven", "two of threads"],
)
def test_few_joins_are_false_and_many_are_found(
    authors: frozenset[str], max_false: float, min_found: float
) -> None:
    figures = judge(authors)
    assert figures.false_share <= max_false, figures.false
    assert figures.found_share >= min_found, figures.missed


def test_there_are_enough_pairs() -> None:
    pairs = list(read_pairs())
    held_out = [pair for pair in pairs if pair["author"] in HELD_OUT]
    assert len(pairs) >= 400
    assert sum(not pair["same"] for pair in pairs) >= 200
    assert len(held_out) >= 200
    assert {pair["id"] for pair in pairs} == set(read_senses())
    assert len({pair["id"] for pair in pairs}) == len(pairs)


def test_the_log_odds_of_the_authors_held_out_are_those_of_the_shipped_head() -> None:
    head, encoder = load_head(shipped_folder(), LATER_FILE), Encoder(shipped_folder())
    senses = read_senses()
    held_out = [pair for pair in read_pairs() if pair["author"] in HELD_OUT]
    for pair in held_out[::55]:
        read = reading_of(pair["second"]).whole
        sense = goes_on(head, encoder.encode(read.subject, read.text).vector)
        assert abs(sense - senses[pair["id"]]) < 0.1, pair["id"]

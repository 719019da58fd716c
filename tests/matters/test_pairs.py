"""Joining on the half of the authors' pairs that it may be tuned on.

The other half gives the figures of `make bench` and of the model card.
"""

from benchmarks.joining import judge_half, read_pairs

MAX_FALSE_SHARE = 0.01
MIN_FOUND_SHARE = 0.86


def test_few_joins_are_false_and_most_are_found() -> None:
    figures = judge_half(for_figure=False)
    assert figures.false_share <= MAX_FALSE_SHARE, figures.false
    assert figures.found_share >= MIN_FOUND_SHARE, figures.missed


def test_there_are_enough_pairs() -> None:
    pairs = [*read_pairs(for_figure=False), *read_pairs(for_figure=True)]
    assert len(pairs) >= 400
    assert sum(not pair["same"] for pair in pairs) >= 200
    assert len({pair["id"] for pair in pairs}) == len(pairs)

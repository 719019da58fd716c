"""Charts are well-formed SVG, stay in their frame, and show what they are given."""

import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inquiry_router.pages.charts import (
    MIN_SHOWN,
    WIDTH,
    Series,
    Stream,
    column_chart,
    flow_chart,
    line_chart,
    nice_steps,
    share_bar,
)

NAMES = st.text(alphabet="aż<&\"'", min_size=1, max_size=6)
AMOUNTS = st.floats(min_value=0, max_value=1e9, allow_nan=False)
VALUES = st.lists(st.none() | AMOUNTS, min_size=1, max_size=30)


def drawn(svg: str) -> list[ET.Element]:
    return list(ET.fromstring(svg).iter())


def heights(svg: str) -> list[float]:
    """Every y that is drawn."""
    found = [
        float(one.get(name))
        for one in drawn(svg)
        for name in ("y", "y1", "y2", "cy")
        if one.get(name)
    ]
    for one in drawn(svg):
        found += [float(pair.split(",")[1]) for pair in (one.get("points") or "").split()]
    return found


@given(AMOUNTS)
def test_axis_is_round_and_reaches_over_the_highest(highest: float) -> None:
    steps = nice_steps(highest)
    assert steps[0] == 0 and steps == sorted(set(steps))
    assert steps[-1] >= highest * (1 - 1e-9) - MIN_SHOWN or steps == [0, 1]
    assert 2 <= len(steps) <= 7


@given(VALUES, NAMES)
def test_lines_and_columns_stay_in_the_frame_and_escape_words(
    values: list[float | None], name: str
) -> None:
    labels = [name] * len(values)
    wide = [None if value is None else value * 1.5 for value in values]
    lines = [Series(name, values), Series(name, values, values, wide)]
    for chart in (line_chart, column_chart):
        svg = chart(labels, lines, lambda value: f"{value:g} <zł>")
        assert all(-0.01 <= y <= 240.01 for y in heights(svg))
        assert "<zł>" not in svg and 'aria-hidden="true"' in svg
        assert "style=" not in svg


def test_taller_column_stands_for_more() -> None:
    svg = column_chart(["a", "b"], [Series("", [10, 40])], str)
    low, high = [float(one.get("height")) for one in drawn(svg) if one.tag == "rect"]
    assert high == pytest.approx(4 * low)


def test_line_breaks_where_there_is_no_value() -> None:
    svg = line_chart(list("abcde"), [Series("", [1, 2, None, 3, None])], str)
    assert svg.count("<polyline") == 2
    assert svg.count("<circle") == 1  # a value alone would not be seen as a line


def test_labels_are_left_out_before_they_overlap() -> None:
    labels = [f"tydzień {number}" for number in range(52)]
    svg = line_chart(labels, [Series("", [1.0] * 52)], str)
    places = [float(one.get("x")) for one in drawn(svg) if one.get("text-anchor") == "middle"]
    assert min(b - a for a, b in pairwise(places)) > 10 * 6


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xyz"), AMOUNTS), max_size=12))
def test_flow_draws_every_stream_as_high_as_its_amount(
    given_streams: list[tuple[str, str, float]],
) -> None:
    streams = [Stream(*one) for one in given_streams]
    svg = flow_chart(streams, [["a", "b"], ["x", "y", "z"]])
    paths = [one for one in drawn(svg) if one.tag == "path"]
    total = sum(one.amount for one in streams)
    assert len(paths) == (len(streams) if total > 0 else 0)
    for x in (float(one.get("x")) for one in drawn(svg) if one.get("x")):
        assert -0.01 <= x <= WIDTH + 0.01


def test_amounts_of_a_flow_are_in_proportion() -> None:
    svg = flow_chart([Stream("a", "x", 10), Stream("a", "y", 30)], [["a"], ["x", "y"]])
    blocks = [float(one.get("height")) for one in drawn(svg) if one.tag == "rect"]
    assert sorted(blocks) == pytest.approx(
        sorted([blocks[0], blocks[0] / 4, blocks[0] * 3 / 4]), abs=0.02
    )


@given(st.floats(min_value=-1, max_value=2, allow_nan=False))
def test_share_is_never_wider_than_its_bar(share: float) -> None:
    widths = [float(width) for width in re.findall(r'width="([\d.]+)"', share_bar(share))]
    assert max(widths) == 100 and min(widths) >= 0


def test_small_counts_have_no_tick_twice() -> None:
    chart = column_chart(["16 lis"], [Series("w terminie", [1.0])], lambda value: f"{value:.0f}")
    ticks = [one.text for one in drawn(chart) if one.get("text-anchor") == "end"]
    assert ticks == ["0", "1"]

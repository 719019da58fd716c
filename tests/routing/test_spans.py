"""Spans of time and days, as admins write them."""

from datetime import date

import pytest

from inquiry_router.routing.spans import is_among, is_yearly, read_days, read_span, read_spans


@pytest.mark.parametrize(
    ("written", "span"),
    [
        ("08:00-16:00", (480, 960)),
        ("00:00-24:00", (0, 1440)),
        ("22:00-06:00", (1320, 1800)),
        ("22:00-00:00", (1320, 1440)),
    ],
)
def test_span_is_read_in_minutes(written: str, span: tuple[int, int]) -> None:
    assert read_span(written) == span


@pytest.mark.parametrize(
    "written", ["8:00-16:00", "08:00", "08:00-08:00", "25:00-26:00", "٠٨:00-16:00"]
)
def test_what_is_no_span_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="08:00"):
        read_span(written)


def test_spans_are_sorted_and_do_not_overlap() -> None:
    assert read_spans(["12:00-16:00", "08:00-12:00"]) == ((480, 720), (720, 960))
    with pytest.raises(ValueError, match="overlap"):
        read_spans(["22:00-06:00", "23:00-24:00"])


@pytest.mark.parametrize(
    ("written", "day", "among"),
    [
        ("2027-05-02", date(2027, 5, 2), True),
        ("2027-05-02", date(2028, 5, 2), False),
        ("05-02", date(2028, 5, 2), True),
        ("12-27/12-31", date(2030, 12, 31), True),
        ("12-27/12-31", date(2030, 12, 26), False),
        ("12-24/01-02", date(2030, 1, 2), True),
        ("12-24/01-02", date(2030, 1, 3), False),
        ("02-29", date(2028, 2, 29), True),
        ("02-29", date(2027, 3, 1), False),
        ("2026-12-27/2027-01-03", date(2027, 1, 1), True),
    ],
)
def test_day_is_among_the_days(written: str, day: date, among: bool) -> None:
    days = read_days(written)
    assert is_among(day, days) is among
    assert is_yearly(days) is not written.startswith("20")

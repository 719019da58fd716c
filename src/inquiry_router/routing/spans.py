"""Spans of time and days as admins write them: `08:00-16:00`, `12-24/12-31`."""

import re
from datetime import date
from itertools import pairwise
from typing import Final

MINUTES_A_DAY: Final = 24 * 60
# A span in minutes since the midnight before it begins; one over midnight ends after 1440.
Span = tuple[int, int]

_SPAN: Final = re.compile(
    r"([01][0-9]|2[0-3]):([0-5][0-9])-(?:([01][0-9]|2[0-3]):([0-5][0-9])|24:00)"
)
_DAY: Final = re.compile("(?:[0-9]{4}-)?[0-9]{2}-[0-9]{2}")
_CHARS_OF_DATE: Final = len("2027-05-02")
# Has a 29 February.
_LEAP_YEAR: Final = "2028"


def read_span(written: str) -> Span:
    """Read HH:MM-HH:MM; one that ends before it begins goes over midnight.

    Raises `ValueError` if it cannot be read.
    """
    match = _SPAN.fullmatch(written)
    if match is None:
        raise ValueError(f"'{written}' is not a span such as 08:00-16:00 or 22:00-06:00")
    hour, minute, end_hour, end_minute = match.groups()
    begin = int(hour) * 60 + int(minute)
    end = MINUTES_A_DAY if end_hour is None else int(end_hour) * 60 + int(end_minute)
    if begin == end:
        raise ValueError(f"'{written}' does not end after it begins; the whole day is 00:00-24:00")
    return begin, end if begin < end else end + MINUTES_A_DAY


def read_spans(written: list[str]) -> tuple[Span, ...]:
    """Read the spans that begin on one day, in order.

    Raises `ValueError` if one cannot be read or two overlap.
    """
    spans = tuple(sorted(read_span(one) for one in written))
    if any(later[0] < earlier[1] for earlier, later in pairwise(spans)):
        raise ValueError(f"the spans {', '.join(written)} overlap")
    return spans


def read_days(written: str) -> tuple[str, str]:
    """Read a day or the first and last of several: YYYY-MM-DD, or MM-DD for every year.

    Raises `ValueError` if they cannot be read.
    """
    first, _, last = written.partition("/")
    days = first, last or first
    try:
        if not all(map(_DAY.fullmatch, days)) or len(first) != len(days[1]):
            raise ValueError
        begin, end = (date.fromisoformat(f"{_LEAP_YEAR}-{day}"[-_CHARS_OF_DATE:]) for day in days)
    except ValueError:
        raise ValueError(
            f"'{written}' is not a day such as 2027-05-02, or 05-02 for every year, or a first and "
            "a last one such as 12-27/12-31"
        ) from None
    if not is_yearly(days) and not 0 <= (end - begin).days <= 366:
        raise ValueError(f"'{written}' ends before it begins, or lasts longer than a year")
    return days


def is_yearly(days: tuple[str, str]) -> bool:
    """True if these are days of every year."""
    return len(days[0]) < _CHARS_OF_DATE


def is_among(day: date, days: tuple[str, str]) -> bool:
    """True if the day is one of these, as `read_days` returns them."""
    first, last = days
    written = day.isoformat()[-len(first) :]
    if first <= last:
        return first <= written <= last
    return written >= first or written <= last

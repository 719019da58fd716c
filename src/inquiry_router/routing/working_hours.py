"""Calculate in a team's working hours: week, holidays, own days, time zone. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from inquiry_router.routing.spans import MINUTES_A_DAY, Span, is_among

# Longer than any run of days off: bounds the search in a calendar without working hours.
_MAX_DAYS = 400


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """The working hours of a team.

    `week[0]` holds Monday's spans, in minutes since local midnight, for example ((480, 960),). A
    span belongs to the day on which it begins. `country` is the ISO 3166 code of the country or
    region whose public holidays are off, or None. `closed` are days off, as `read_days` returns
    them. `special` holds the spans of single days, which stand above all the others.
    """

    timezone: str
    week: tuple[tuple[Span, ...], ...]
    country: str | None = None
    closed: tuple[tuple[str, str], ...] = ()
    special: tuple[tuple[str, tuple[Span, ...]], ...] = ()


def is_open(hours: WorkingHours, at: datetime) -> bool:
    """True if the team works at this moment."""
    today = at.astimezone(ZoneInfo(hours.timezone)).date()
    # The night shift of yesterday may not be over.
    days = today - timedelta(days=1), today
    return any(start <= at < end for day in days for start, end in _spans(hours, day))


def add_working_minutes(hours: WorkingHours, start: datetime, minutes: int) -> datetime | None:
    """Return the moment, in UTC, after `minutes` of working time; None if the team never works.

    Elapsed time counts, so the hour that a clock change removes or repeats is right.
    """
    return add_working_time(hours, start, timedelta(minutes=minutes))


def add_working_time(hours: WorkingHours, start: datetime, span: timedelta) -> datetime | None:
    """Return the moment after `span` of working time, as `add_working_minutes` does."""
    left = span
    for begin, end in open_spans(hours, start):
        if begin + left <= end:
            return begin + left
        left -= end - begin
    return None


def working_time(hours: WorkingHours, start: datetime, end: datetime) -> timedelta:
    """Return the working time between two moments; none if the second is not later."""
    total = timedelta()
    for opening, closing in open_spans(hours, start):
        if opening >= end:
            break
        total += min(closing, end) - opening
    return total


def open_spans(hours: WorkingHours, start: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield the spans of working time after a moment, in UTC and in order; none overlap."""
    counted = start
    for opening, closing in _spans_from(hours, start):
        # A night shift may last into the special hours of the next day.
        begin = max(opening, counted)
        if closing > begin:
            yield begin, closing
            counted = closing


def is_holiday(country: str | None, day: date) -> bool:
    """True if the day is a public holiday in the country or region."""
    return country is not None and day in _holidays(country)


def _spans_from(hours: WorkingHours, start: datetime) -> Iterator[tuple[datetime, datetime]]:
    yesterday = start.astimezone(ZoneInfo(hours.timezone)).toordinal() - 1
    for day in range(yesterday, yesterday + _MAX_DAYS):
        for span in _spans(hours, date.fromordinal(day)):
            if span[1] > start:
                yield span


@lru_cache(maxsize=4096)
def _spans(hours: WorkingHours, day: date) -> tuple[tuple[datetime, datetime], ...]:
    """The working spans that begin on one local day, in UTC."""
    zone = ZoneInfo(hours.timezone)
    return tuple(
        (_moment(day, start, zone), _moment(day, end, zone)) for start, end in _minutes(hours, day)
    )


def _minutes(hours: WorkingHours, day: date) -> tuple[Span, ...]:
    special = dict(hours.special).get(day.isoformat())
    if special is not None:
        return special
    if is_holiday(hours.country, day) or any(is_among(day, days) for days in hours.closed):
        return ()
    return hours.week[day.weekday()]


def _moment(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """Convert a local wall-clock time to UTC; minute 1440 is the next midnight."""
    days, minute = divmod(minutes, MINUTES_A_DAY)
    return datetime.combine(
        day + timedelta(days=days), time(minute // 60, minute % 60), zone
    ).astimezone(UTC)


@lru_cache(maxsize=64)
def _holidays(code: str) -> holidays.HolidayBase:
    country, _, region = code.partition("-")
    return holidays.country_holidays(country, subdiv=region or None)

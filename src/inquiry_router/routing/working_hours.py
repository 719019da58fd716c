"""Calculate in a team's working hours: weekly hours, public holidays, time zone. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

# Longer than any run of days off: bounds the search in a calendar without working hours.
_MAX_DAYS = 400


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """The working hours of a team.

    `week[0]` holds Monday's spans, in minutes since local midnight, for example ((480, 960),).
    `country` is the ISO 3166 code of the country whose public holidays are off, or None.
    """

    timezone: str
    week: tuple[tuple[tuple[int, int], ...], ...]
    country: str | None = None


def is_open(hours: WorkingHours, at: datetime) -> bool:
    """True if the team works at this moment."""
    local_day = at.astimezone(ZoneInfo(hours.timezone)).date()
    return any(start <= at < end for start, end in _spans(hours, local_day))


def add_working_minutes(hours: WorkingHours, start: datetime, minutes: int) -> datetime | None:
    """Return the moment, in UTC, after `minutes` of working time; None if the team never works.

    Elapsed time counts, so the hour that a clock change removes or repeats is right.
    """
    left = timedelta(minutes=minutes)
    for opening, closing in _spans_from(hours, start):
        begin = max(opening, start)
        if begin + left <= closing:
            return begin + left
        left -= closing - begin
    return None


def is_holiday(country: str | None, day: date) -> bool:
    """True if the day is a public holiday in the country."""
    return country is not None and day in _holidays(country)


def _spans_from(hours: WorkingHours, start: datetime) -> Iterator[tuple[datetime, datetime]]:
    today = start.astimezone(ZoneInfo(hours.timezone)).toordinal()
    for day in range(today, today + _MAX_DAYS):
        for span in _spans(hours, date.fromordinal(day)):
            if span[1] > start:
                yield span


@lru_cache(maxsize=4096)
def _spans(hours: WorkingHours, day: date) -> tuple[tuple[datetime, datetime], ...]:
    """The working spans of one local day, in UTC."""
    if is_holiday(hours.country, day):
        return ()
    zone = ZoneInfo(hours.timezone)
    return tuple(
        (_moment(day, start, zone), _moment(day, end, zone))
        for start, end in hours.week[day.weekday()]
    )


def _moment(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """Convert a local wall-clock time to UTC; minute 1440 is the next midnight."""
    days, minute = divmod(minutes, 1440)
    return datetime.combine(
        day + timedelta(days=days), time(minute // 60, minute % 60), zone
    ).astimezone(UTC)


@lru_cache(maxsize=16)
def _holidays(country: str) -> holidays.HolidayBase:
    return holidays.country_holidays(country)

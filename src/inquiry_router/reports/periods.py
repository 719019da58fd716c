"""Periods of reports, and their weeks. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final

from inquiry_router.relief.figures import ZONE, monday_of, weeks_between

WEEKS: Final = 12
MAX_DAYS: Final = 3_660


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `first` to `last`, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """The number of days."""
        return (self.last - self.first).days + 1

    @property
    def weeks(self) -> list[str]:
        """The Mondays of its weeks."""
        return [week.isoformat() for week, _, _ in weeks_between(self.first, self.last)]


@lru_cache(maxsize=8192)
def week_of(day: date) -> str:
    """The Monday of a day's week."""
    return monday_of(day).isoformat()


def period_of(since: date | None, until: date | None, now: datetime) -> Period:
    """Return the period of a report; the last twelve weeks by default. Raises `ValueError`."""
    last = until or now.astimezone(ZONE).date()
    first = since or last - timedelta(days=7 * WEEKS - 1)
    if first > last:
        raise ValueError(f"'since' {first} is after 'until' {last}")
    if (last - first).days >= MAX_DAYS:
        raise ValueError("a report covers ten years at most")
    return Period(first, last)

"""The minutes of a week as the bits of a number, to compare hours and conditions on time."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Final

from inquiry_router.routing.fields import DAYS
from inquiry_router.routing.spans import MINUTES_A_DAY, Span, read_span
from inquiry_router.routing.working_hours import WorkingHours

MINUTES_A_WEEK: Final = len(DAYS) * MINUTES_A_DAY
# Every minute from Monday, 00:00, on.
ALWAYS: Final = (1 << MINUTES_A_WEEK) - 1


def bits_of_week(week: Sequence[Iterable[Span]]) -> int:
    """The minutes of these spans, Monday's first. The night of Sunday lasts into Monday."""
    found = 0
    for day, spans in enumerate(week):
        for begin, end in spans:
            found |= ((1 << (end - begin)) - 1) << (day * MINUTES_A_DAY + begin)
    return (found | found >> MINUTES_A_WEEK) & ALWAYS


def bits_of_time(written: Iterable[str]) -> int:
    """The minutes that a condition on the time of day names."""
    spans = [read_span(one) for one in written]
    return bits_of_week([spans] * len(DAYS))


def bits_of_days(days: Iterable[str]) -> int:
    """The minutes that a condition on weekdays names."""
    return bits_of_week([[(0, MINUTES_A_DAY)] if day in days else [] for day in DAYS])


@lru_cache(maxsize=256)
def bits_of_hours(hours: WorkingHours, timezone: str) -> tuple[int, int]:
    """The minutes, in this time zone, in which a team works in some week, and in every week."""
    week = bits_of_week(hours.week)
    if week == ALWAYS:
        some = ALWAYS
    elif hours.timezone != timezone:
        return ALWAYS, 0
    else:
        some = week | _bits_of_special(hours)
    every = week if hours.country is None and not (hours.closed or hours.special) else 0
    return some, every


def _bits_of_special(hours: WorkingHours) -> int:
    found = 0
    for day, spans in hours.special:
        weekday = date.fromisoformat(day).weekday()
        found |= bits_of_week([spans if one == weekday else () for one in range(len(DAYS))])
    return found

"""Phone-tag loops: attempts in a row that met nobody, until two people met or gave up. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from inquiry_router.routing.working_hours import WorkingHours, is_holiday

MIN_ATTEMPTS: Final = 2
# Monday to Friday, 8 to 16, without Polish holidays.
OFFICE: Final = WorkingHours("Europe/Warsaw", (((480, 960),),) * 5 + ((),) * 2, country="PL")
_LONGEST: Final = timedelta(days=60)


class CallAttempt(NamedTuple):
    """A call between a salesperson and another line. `end` is that of the talk."""

    at: datetime
    person: str
    other: str
    outgoing: bool
    met: bool


@dataclass(frozen=True, slots=True)
class Loop:
    """A phone-tag loop. `met_at` is None if it ended without a talk."""

    person: str
    other: str
    began_at: datetime
    attempts: int
    ours: int
    people: int
    met_at: datetime | None

    @property
    def elapsed_s(self) -> float | None:
        """Seconds from the first attempt to the talk."""
        return (self.met_at - self.began_at).total_seconds() if self.met_at else None

    @property
    def working_s(self) -> float | None:
        """The same in working time."""
        return working_seconds(self.began_at, self.met_at) if self.met_at else None


def find_loops(attempts: Iterable[CallAttempt], loop_hours: int) -> list[Loop]:
    """Find the loops of all lines. A withheld number belongs to nobody, so it makes none."""
    by_line: dict[str, list[CallAttempt]] = defaultdict(list)
    for one in attempts:
        if one.other:
            by_line[one.other].append(one)
    return [loop for line in by_line.values() for loop in _loops_of(sorted(line), loop_hours)]


def _loops_of(line: Sequence[CallAttempt], loop_hours: int) -> Iterable[Loop]:
    pause = timedelta(hours=loop_hours)
    open_: list[CallAttempt] = []
    for one in line:
        if open_ and one.at - open_[-1].at > pause:
            yield from _loop(open_, None)
            open_ = []
        if one.met:
            yield from _loop(open_, one)
            open_ = []
        else:
            open_.append(one)
    yield from _loop(open_, None)


def _loop(missed: Sequence[CallAttempt], met: CallAttempt | None) -> Iterable[Loop]:
    if len(missed) < MIN_ATTEMPTS:
        return
    people = {one.person for one in missed} | ({met.person} if met else set())
    yield Loop(
        missed[0].person,
        missed[0].other,
        missed[0].at,
        len(missed),
        sum(one.outgoing for one in missed),
        len(people) + 1,
        met.at if met else None,
    )


def working_seconds(begin: datetime, end: datetime, hours: WorkingHours = OFFICE) -> float:
    """Return the working time between two moments; of more than 60 days the first 60."""
    zone = ZoneInfo(hours.timezone)
    end = min(end, begin + _LONGEST)
    day, total = begin.astimezone(zone).date(), 0.0
    while day <= end.astimezone(zone).date():
        if not is_holiday(hours.country, day):
            for start, close in hours.week[day.weekday()]:
                midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
                opens = (midnight + timedelta(minutes=start)).astimezone(UTC)
                closes = (midnight + timedelta(minutes=close)).astimezone(UTC)
                total += max(0.0, (min(end, closes) - max(begin, opens)).total_seconds())
        day += timedelta(days=1)
    return total


def loops_json(loops: Sequence[Loop]) -> dict[str, Any]:
    """Summarise loops: how many, how long, how many people."""
    met = [loop for loop in loops if loop.met_at is not None]
    return {
        "loops": len(loops),
        "unmet": len(loops) - len(met),
        "attempts": sum(loop.attempts for loop in loops),
        "attempts_of_ours": sum(loop.ours for loop in loops),
        "median_attempts": median([loop.attempts for loop in loops]) if loops else None,
        "median_elapsed_hours": _hours([loop.elapsed_s or 0.0 for loop in met]),
        "median_working_hours": _hours([loop.working_s or 0.0 for loop in met]),
        "most_people": max((loop.people for loop in loops), default=None),
    }


def _hours(seconds: Sequence[float]) -> float | None:
    return round(median(seconds) / 3600, 1) if seconds else None

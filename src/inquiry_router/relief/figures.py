"""The figures of inquiries by day: counted from rows, added up. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from inquiry_router.inquiry.model import Status

# Days of reports are days in Poland.
ZONE: Final = ZoneInfo("Europe/Warsaw")
FLOW, OWNER, ASSIGNEE = "flow", "owner", "assignee"


class FigureKey(NamedTuple):
    """A group within one day. Empty texts where the breakdown does not have a part."""

    day: date
    breakdown: str
    channel: str = ""
    category: str = ""
    team: str = ""
    person: str = ""

    @property
    def week(self) -> date:
        """The Monday of its week."""
        return monday_of(self.day)


class Figures(NamedTuple):
    """Counts that can be added. `waited_s` are seconds until the first answer."""

    inquiries: int = 0
    unsure: int = 0
    placed: int = 0
    answered: int = 0
    resolved: int = 0
    waited_s: int = 0

    def plus(self, other: "Figures") -> "Figures":
        """The sum of both."""
        return Figures(
            self.inquiries + other.inquiries,
            self.unsure + other.unsure,
            self.placed + other.placed,
            self.answered + other.answered,
            self.resolved + other.resolved,
            self.waited_s + other.waited_s,
        )


@dataclass(frozen=True, slots=True)
class CountedInquiry:
    """The parts of an inquiry that figures look at."""

    received_at: datetime
    channel: str
    category: str
    team: str
    unsure: bool
    placed: bool
    status: str
    asked_at: datetime
    answered_at: datetime | None
    owner: str | None = None
    assignee: str | None = None

    @property
    def figures(self) -> Figures:
        """The inquiry as figures."""
        waited_s = 0
        if self.answered_at is not None:
            waited_s = max(0, round((self.answered_at - self.asked_at).total_seconds()))
        return Figures(
            1,
            int(self.unsure),
            int(self.placed),
            int(self.answered_at is not None),
            int(self.status == Status.RESOLVED),
            waited_s,
        )

    def groups(self) -> Iterator[FigureKey]:
        """The groups that it belongs to."""
        day = self.received_at.astimezone(ZONE).date()
        yield FigureKey(day, FLOW, self.channel, self.category, self.team)
        if self.owner:
            yield FigureKey(day, OWNER, category=self.category, person=self.owner)
        if self.assignee:
            yield FigureKey(day, ASSIGNEE, team=self.team, person=self.assignee)


def count_figures(found: Iterable[CountedInquiry]) -> dict[FigureKey, Figures]:
    """Count inquiries into groups."""
    counts: dict[FigureKey, Figures] = {}
    for one in found:
        figures = one.figures
        for key in one.groups():
            counts[key] = counts.get(key, Figures()).plus(figures)
    return counts


def bounds_of(day: date) -> tuple[datetime, datetime]:
    """The begin of a day and of the next one, in UTC."""
    begin, end = (datetime.combine(one, time(), ZONE) for one in (day, day + timedelta(days=1)))
    return begin.astimezone(UTC), end.astimezone(UTC)


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def weeks_between(first: date, last: date) -> list[tuple[date, date, date]]:
    """The weeks of a period: the Monday, and the first and the last day within the period."""
    count = (monday_of(last) - monday_of(first)).days // 7 + 1
    mondays = [monday_of(first) + timedelta(days=7 * number) for number in range(count)]
    return [(one, max(one, first), min(one + timedelta(days=6), last)) for one in mondays]


def days_between(first: date, last: date) -> list[date]:
    """The days of a period, both ends included."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def runs_of(days: Iterable[date]) -> Iterator[tuple[date, date]]:
    """Join days that follow each other."""
    begin = before = None
    for day in sorted(days):
        if before is None or begin is None:
            begin = day
        elif (day - before).days > 1:
            yield begin, before
            begin = day
        before = day
    if begin is not None and before is not None:
        yield begin, before

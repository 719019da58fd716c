"""The working time of people and teams: who is there before something is due. Pure."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from inquiry_router.routing.teams import Team, Teams
from inquiry_router.routing.working_hours import open_spans
from inquiry_router.staff.model import Member, Roster

_NEVER_AGAIN: Final = datetime(9999, 1, 1, tzinfo=UTC)
_Times = tuple[datetime, datetime]


class Staffing:
    """The people and the teams' hours, as one snapshot.

    An owner whom the roster does not know counts as one of the team. A team with nobody entered
    counts as staffed in its hours.
    """

    def __init__(self, teams: Teams, roster: Roster) -> None:
        self._teams = teams
        self._roster = roster
        self._next: dict[tuple[str | None, str, datetime], datetime | None] = {}

    def has_team(self, team_id: str) -> bool:
        """True if there is such a team."""
        return team_id in self._teams.by_id

    def member(self, owner: str | None) -> Member | None:
        """The member whom an inquiry's owner names."""
        return self._roster.by_sign(owner)

    def next_work(self, owner: str | None, team_id: str, at: datetime) -> datetime | None:
        """The next moment, or this one, at which the owner works; without one, the team.

        None if that never comes.
        """
        key = (owner, team_id, at)
        if key not in self._next:
            spans = (next(iter(one), None) for one in self._timetables(owner, team_id, at))
            begins = [begin for begin, _ in filter(None, spans)]
            self._next[key] = min(begins, default=None)
        return self._next[key]

    def last_work(
        self, owner: str | None, team_id: str, at: datetime, before: datetime
    ) -> datetime | None:
        """The end of the last working time that begins before a moment, and not after it."""
        ends = [
            min(end, before)
            for timetable in self._timetables(owner, team_id, at)
            for end in [_last_end(timetable, before)]
            if end is not None
        ]
        return max(ends, default=None)

    def forget(self) -> None:
        """Forget what was calculated for a moment that is over."""
        self._next.clear()

    def _timetables(
        self, owner: str | None, team_id: str, at: datetime
    ) -> Iterator[Iterator[_Times]]:
        """The working time of everybody who counts, from a moment on."""
        team = self._teams.by_id.get(team_id)
        if team is None:
            return
        member = self._roster.by_sign(owner)
        members = (member,) if member is not None else self._roster.of_team(team_id)
        if not members:
            yield open_spans(team.working_hours, at)
        for one in members:
            yield working_spans(one, team, at)


def working_spans(member: Member, team: Team, at: datetime) -> Iterator[_Times]:
    """The times in which somebody works in a team, from a moment on: not when they are away."""
    away = _absences(member)
    for begin, end in open_spans(member.hours_at(team), at):
        if (
            member.away_since is not None
            and member.away_until is None
            and begin >= member.away_since
        ):
            return
        yield from _without(begin, end, away)


def _absences(member: Member) -> list[_Times]:
    zone = ZoneInfo(member.timezone)
    found = [
        (
            datetime.combine(one.first, time(), zone).astimezone(UTC),
            datetime.combine(one.last + timedelta(days=1), time(), zone).astimezone(UTC),
        )
        for one in member.absences
    ]
    if member.away_since is not None:
        found.append((member.away_since, member.away_until or _NEVER_AGAIN))
    return sorted(found)


def _without(begin: datetime, end: datetime, away: Iterable[_Times]) -> Iterator[_Times]:
    """The parts of a span outside of some others, which are in order."""
    for first, last in away:
        if last <= begin:
            continue
        if first >= end:
            break
        if first > begin:
            yield begin, first
        begin = last
        if begin >= end:
            return
    if begin < end:
        yield begin, end


def _last_end(timetable: Iterable[_Times], before: datetime) -> datetime | None:
    last: datetime | None = None
    for begin, end in timetable:
        if begin >= before:
            break
        last = end
    return last

"""Refuse circles of substitutes; tell of absences that leave a team without anybody. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Final

from inquiry_router.routing.teams import Team
from inquiry_router.staff.model import Member, Roster, names_of, substitute_of

# Absences later than that are not looked at yet.
_DAYS_AHEAD: Final = 400
_MAX_GAPS: Final = 50


def circle_of_absences(members: Sequence[Member]) -> str | None:
    """Describe a day on which substitutes who are all away stand in for each other.

    Two who stand in for each other are no circle as long as only one of them is away.
    """
    by_id = {one.id: one for one in members}
    days = sorted({absence.first for one in members for absence in one.absences})
    for day in days:
        for start in members:
            if (found := _circle_on(day, start, by_id)) is not None:
                named = names_of((*found, found[0])).replace(", ", " -> ")
                return (
                    f"On {day.isoformat()} they are all away and stand in for each other: {named}"
                )
    return None


def _circle_on(day: date, start: Member, by_id: dict[str, Member]) -> list[Member] | None:
    """The circle of people who are away on a day, if `start` is part of one."""
    chain: list[Member] = []
    current: Member | None = start
    while current is not None and current.absence_on(day) is not None:
        if current in chain:
            return chain if current is start else None
        chain.append(current)
        current = by_id.get(substitute_of(current, day) or "")
    return None


def gaps_in(roster: Roster, teams: Iterable[Team], today: date) -> list[str]:
    """Describe the days on which planned absences leave one of these teams without anybody."""
    found = []
    for team in teams:
        members = roster.of_team(team.id)
        if not members:
            continue
        days = [day for day in _days_of(members, today) if _nobody_left(members, day)]
        found += [
            f"Team '{team.id}' has nobody {_written(first, last)}: {names_of(members)} "
            f"{'are all' if len(members) > 1 else 'is'} away. Move an absence, or add somebody to "
            "the team."
            for first, last in _runs(days)
        ]
    return found[:_MAX_GAPS]


def _days_of(members: Iterable[Member], today: date) -> list[date]:
    """The days of all these absences, from today on."""
    horizon = today + timedelta(days=_DAYS_AHEAD)
    days = set()
    for member in members:
        for absence in member.absences:
            day = max(absence.first, today)
            while day <= min(absence.last, horizon):
                days.add(day)
                day += timedelta(days=1)
    return sorted(days)


def _nobody_left(members: Iterable[Member], day: date) -> bool:
    return all(one.absence_on(day) is not None for one in members)


def _runs(days: Sequence[date]) -> list[tuple[date, date]]:
    """The days as first and last ones of those that follow each other."""
    runs: list[tuple[date, date]] = []
    for day in days:
        if runs and day - runs[-1][1] == timedelta(days=1):
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs


def _written(first: date, last: date) -> str:
    if first == last:
        return f"on {first.isoformat()}"
    return f"from {first.isoformat()} to {last.isoformat()}"

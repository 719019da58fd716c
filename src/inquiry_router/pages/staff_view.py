"""Our people as the page shows them: where they are, their work, their absences. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from inquiry_router.access.actor import Actor
from inquiry_router.access.roles import Scope
from inquiry_router.assignment.model import Load
from inquiry_router.routing.teams import Teams
from inquiry_router.staff.model import Member, Roster
from inquiry_router.staff.sight import is_seen, is_self

# They get new inquiries now; they are not away, but it is no working time of theirs; they are away.
Stance = Literal["working", "free", "away"]
_MAX_ABSENCES: Final = 5


@dataclass(frozen=True, slots=True)
class AbsenceRow:
    """An absence that runs or comes, with the name of whoever stands in."""

    first: date
    last: date
    substitute: str | None


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One of our people. `planned`: their absence is in the plan, so no button ends it."""

    member: Member
    stance: Stance
    load: Load
    absences: tuple[AbsenceRow, ...]
    planned: bool
    leaves_soon: bool
    may_switch: bool

    @property
    def is_full(self) -> bool:
        """True if they have all the work that they can have."""
        capacity = self.member.capacity
        return capacity is not None and self.load.weight >= capacity


def rows_for(
    actor: Actor, roster: Roster, loads: Mapping[str, Load], teams: Teams, now: datetime
) -> list[MemberRow]:
    """The people whom an actor may see, by name."""
    seen = (one for one in roster.members if is_seen(actor, one))
    return [
        MemberRow(
            one,
            _stance(one, teams, now),
            loads.get(one.id, Load()),
            tuple(_absences(one, roster, now)),
            planned=one.absence_on(one.day_of(now)) is not None,
            leaves_soon=one.leaves_soon(now),
            may_switch=may_switch(actor, one),
        )
        for one in sorted(seen, key=lambda one: one.name.casefold())
    ]


def may_switch(actor: Actor, member: Member) -> bool:
    """True if an actor may say that a member is here or away: managers all, others themself."""
    if Scope.STAFF in actor.scopes:
        return True
    return Scope.WORK in actor.scopes and is_self(actor, member)


def _stance(member: Member, teams: Teams, now: datetime) -> Stance:
    if member.is_away(now):
        return "away"
    theirs = (teams.by_id[one] for one in member.teams if one in teams.by_id)
    return "working" if any(member.is_working(team, now) for team in theirs) else "free"


def _absences(member: Member, roster: Roster, now: datetime) -> Iterable[AbsenceRow]:
    """Those that run or come, the next first."""
    today = member.day_of(now)
    coming = sorted((one.first, one.last, one.substitute) for one in member.absences)
    for first, last, named in [one for one in coming if one[1] >= today][:_MAX_ABSENCES]:
        substitute = roster.member(named or member.substitute)
        yield AbsenceRow(first, last, substitute.name if substitute is not None else None)

"""Members of staff, and the roster of all of them: who is away, who works, who stands in. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Final, Literal
from zoneinfo import ZoneInfo

from inquiry_router.accounts.model import person_key
from inquiry_router.routing.spans import is_among
from inquiry_router.routing.teams import Team
from inquiry_router.routing.working_hours import WorkingHours, is_open

MemberKind = Literal["agent", "salesperson", "manager"]
DEFAULT_TIMEZONE: Final = "Europe/Warsaw"


@dataclass(frozen=True, slots=True)
class Absence:
    """Days off that were planned ahead, the last one too; `substitute` is a member's id."""

    first: date
    last: date
    substitute: str | None = None

    def covers(self, day: date) -> bool:
        """True if the day is one of them."""
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Member:
    """One of our people.

    `hours` is their own working pattern; None for that of their team. Without `languages` they
    work in all. `skills` are categories, intents and words of products. `capacity` is the work that
    they can have at once; None for any. `substitute` stands in where an absence names nobody.
    From `buffer_days` before an absence they get no new purchase. `away_since` was said by hand,
    up to `away_until` if that is known.
    """

    id: str
    name: str
    kind: MemberKind = "agent"
    email: str | None = None
    phone: str | None = None
    # Their login or id in the helpdesk, where that is not the address.
    helpdesk_user: str | None = None
    # The language in which they read messages of ours.
    language: str = "pl"
    teams: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    capacity: int | None = None
    limit_an_hour: int | None = None
    timezone: str = DEFAULT_TIMEZONE
    hours: WorkingHours | None = None
    substitute: str | None = None
    buffer_days: int = 0
    absences: tuple[Absence, ...] = ()
    away_since: datetime | None = None
    away_until: datetime | None = None

    def day_of(self, at: datetime) -> date:
        """The day of this moment where they are."""
        return at.astimezone(ZoneInfo(self.timezone)).date()

    def absence_on(self, day: date) -> Absence | None:
        """The planned absence that covers a day."""
        return next((one for one in self.absences if one.covers(day)), None)

    def is_away(self, at: datetime) -> bool:
        """True if they are absent as planned, or said so."""
        if self.absences and self.absence_on(self.day_of(at)) is not None:
            return True
        if self.away_since is None or at < self.away_since:
            return False
        return self.away_until is None or at < self.away_until

    def leaves_soon(self, at: datetime) -> bool:
        """True in the days before an absence in which they get no new purchase."""
        if not self.buffer_days:
            return False
        day = self.day_of(at)
        until = day + timedelta(days=self.buffer_days)
        return any(day < one.first <= until for one in self.absences)

    def hours_at(self, team: Team) -> WorkingHours:
        """Their working hours in a team, with their absences as days off."""
        hours = self.hours or team.working_hours
        if not self.absences:
            return hours
        off = tuple((one.first.isoformat(), one.last.isoformat()) for one in self.absences)
        special = tuple(
            (day, spans)
            for day, spans in hours.special
            if not any(is_among(date.fromisoformat(day), days) for days in off)
        )
        return replace(hours, closed=(*hours.closed, *off), special=special)

    def is_working(self, team: Team, at: datetime) -> bool:
        """True if they are there and it is their working time in this team."""
        return not self.is_away(at) and is_open(self.hours_at(team), at)


@dataclass(frozen=True)
class Roster:
    """All members, as one snapshot. `revision` counts the changes."""

    members: tuple[Member, ...] = ()
    revision: int = 0
    _by_team: dict[str, tuple[Member, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @cached_property
    def _by_id(self) -> dict[str, Member]:
        return {one.id: one for one in self.members}

    @cached_property
    def _by_key(self) -> dict[str, Member]:
        return {person_key(one.name): one for one in self.members}

    @cached_property
    def _by_address(self) -> dict[str, Member]:
        return {one.email.lower(): one for one in self.members if one.email}

    @cached_property
    def _by_login(self) -> dict[str, Member]:
        return {one.helpdesk_user.lower(): one for one in self.members if one.helpdesk_user}

    def member(self, member_id: str | None) -> Member | None:
        """The member with this id."""
        return self._by_id.get(member_id) if member_id is not None else None

    def by_name(self, name: str | None) -> Member | None:
        """The member of this name, whatever its case and spacing."""
        return self._by_key.get(person_key(name)) if name is not None else None

    def by_sign(self, written: str | None) -> Member | None:
        """The member with this id, name, e-mail address or login in the helpdesk."""
        if not written:
            return None
        plain = written.strip().lower()
        return (
            self.member(written)
            or self._by_login.get(plain)
            or self._by_address.get(plain)
            or self.by_name(written)
        )

    def of_team(self, team_id: str) -> tuple[Member, ...]:
        """The members of a team, in the order in which they were entered."""
        found = self._by_team.get(team_id)
        if found is None:
            found = tuple(one for one in self.members if team_id in one.teams)
            self._by_team[team_id] = found
        return found

    def working(self, team: Team, at: datetime) -> tuple[Member, ...]:
        """The members of a team who are there in their working time."""
        return tuple(one for one in self.of_team(team.id) if one.is_working(team, at))

    def stand_ins(self, member: Member, at: datetime) -> tuple[Member, ...]:
        """The chain of substitutes of somebody, nearest first, whether they are there or not.

        Each comes once, so that the chain ends.
        """
        chain: list[Member] = []
        current: Member | None = member
        while current is not None:
            current = self.member(substitute_of(current, current.day_of(at)))
            if current is None or current is member or current in chain:
                break
            chain.append(current)
        return tuple(chain)

    def present(self, member: Member, at: datetime) -> Member | None:
        """The member, or the first one of their substitutes who is not away; None if all are."""
        everybody = (member, *self.stand_ins(member, at))
        return next((one for one in everybody if not one.is_away(at)), None)


def substitute_of(member: Member, day: date) -> str | None:
    """The id of the one who stands in for a member on a day, should they be away."""
    absence = member.absence_on(day)
    if absence is not None and absence.substitute is not None:
        return absence.substitute
    return member.substitute


def names_of(members: Iterable[Member]) -> str:
    """The names, for people."""
    return ", ".join(one.name for one in members)

"""The turn of whoever was given a referral: a neglected gift goes to the next one. Pure."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from inquiry_router.accounts.model import person_key
from inquiry_router.referrals.model import StoredReferral
from inquiry_router.referrals.stages import ReferralState
from inquiry_router.routing.teams import Team, Teams
from inquiry_router.routing.working_hours import open_spans
from inquiry_router.staff.model import Member, Roster

_WEEKEND: Final = 5


class TurnEnd(StrEnum):
    """The act that is due about a turn."""

    WARN = "warn"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class ReferralTurn:
    """The referral that somebody has in hand without having done anything about it."""

    holder: str
    since: datetime
    warned_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TurnClock:
    """Everything by which the days of turns are counted. Without a `limit` none ever ends."""

    limit: int | None
    roster: Roster
    teams: Teams
    now: datetime


def turn_of(referral: StoredReferral) -> ReferralTurn | None:
    """The turn that runs: consent is known, somebody has it, and nothing happened yet."""
    if referral.state is not ReferralState.CONSENT_KNOWN or referral.candidate:
        return None
    if referral.handled_by is None or referral.given_at is None:
        return None
    since = max(referral.given_at, referral.consent_at or referral.given_at)
    return ReferralTurn(referral.handled_by, since, referral.warned_at)


def due_of(turn: ReferralTurn, clock: TurnClock) -> TurnEnd | None:
    """The act that is due. Nobody loses a turn without having been told a working day before."""
    limit, now, teams = clock.limit, clock.now, clock.teams
    if limit is None:
        return None
    member = clock.roster.by_name(turn.holder)
    if member is not None and member.is_away(now):
        return None
    if turn.warned_at is None:
        passed = count_working_days(member, teams, turn.since, now)
        return TurnEnd.WARN if passed >= limit - 1 else None
    if count_working_days(member, teams, turn.warned_at, now) < 1:
        return None
    return TurnEnd.OVER if count_working_days(member, teams, turn.since, now) >= limit else None


def count_working_days(member: Member | None, teams: Teams, since: datetime, now: datetime) -> int:
    """Count the working days of a person that began after the day of `since`, today too.

    Absences are no working days. Without a team Monday to Friday are.
    """
    team = _team_of(member, teams)
    if member is None or team is None:
        days = (now.date() - since.date()).days
        ahead = (since + timedelta(days=one) for one in range(1, days + 1))
        return sum(one.weekday() < _WEEKEND for one in ahead)
    hours = member.hours_at(team)
    zone = ZoneInfo(hours.timezone)
    first, found = since.astimezone(zone).date(), set()
    for begin, _ in open_spans(hours, since):
        if begin > now:
            break
        found.add(begin.astimezone(zone).date())
    return len({day for day in found if day > first})


def _team_of(member: Member | None, teams: Teams) -> Team | None:
    names = member.teams if member is not None else ()
    return next((teams.by_id[one] for one in names if one in teams.by_id), None)


def choose_next(
    referral: StoredReferral,
    had: Set[str],
    roster: Roster,
    waiting: Mapping[str, int],
    now: datetime,
) -> Member | None:
    """Choose the next salesperson of the holder's team: the one with the fewest that wait.

    `had` are the ids and keys of those whose turn is over. Those with the credit come last.
    """
    holder = roster.by_name(referral.handled_by)
    teams = set(holder.teams) if holder is not None else set()
    credited = {person_key(one.person) for one in referral.credits}
    found: Iterable[Member] = (
        one
        for one in roster.members
        if one.kind == "salesperson"
        and not {one.id, person_key(one.name)} & had
        and (not teams or teams & set(one.teams))
        and not one.is_away(now)
        and not one.leaves_soon(now)
    )
    ranked = sorted(
        found,
        key=lambda one: (
            person_key(one.name) in credited,
            waiting.get(person_key(one.name), 0),
            one.name,
        ),
    )
    return ranked[0] if ranked else None

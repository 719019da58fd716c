"""Give a referral to one of our people, and pass it on when they neglect it. The credit stays."""

from collections import Counter
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, func, select

from inquiry_router.accounts.model import person_key
from inquiry_router.inquiry.errors import Conflict, NotFound
from inquiry_router.referrals import store
from inquiry_router.referrals.following import tell_credited, tell_member
from inquiry_router.referrals.model import StoredReferral
from inquiry_router.referrals.stages import OPEN
from inquiry_router.referrals.tables import referral_timeline, referrals
from inquiry_router.referrals.turns import TurnClock, TurnEnd, choose_next, due_of, turn_of
from inquiry_router.staff.model import Member, Roster

GIVEN: Final = "given"
NEGLECTED: Final = "neglected"
_MAX_TURNS: Final = 2000


def give(
    connection: Connection, named: str, person: str, actor: str, now: datetime, roster: Roster
) -> StoredReferral:
    """Give a referral to one of our people, whose turn begins. Raises `NotFound`, `Conflict`."""
    member = roster.by_name(person)
    if member is None:
        raise NotFound("Nobody of ours has this name.", hint="GET /v1/staff lists our people.")
    before = store.read_referral(connection, named, lock=True)
    if before.candidate or before.state not in OPEN:
        raise Conflict(
            f"A referral that is '{before.state}' cannot be given.",
            hint="Confirm a candidate first; one that is closed stays with whoever has it.",
        )
    if before.handled_by is not None and person_key(before.handled_by) == person_key(member.name):
        return before
    return _hand(connection, before, member, actor, now, roster)


def _hand(
    connection: Connection,
    before: StoredReferral,
    member: Member,
    actor: str,
    now: datetime,
    roster: Roster,
) -> StoredReferral:
    after = store.change(
        connection,
        before,
        now,
        handled_by=member.name,
        handled_by_key=person_key(member.name),
        given_at=now,
        warned_at=None,
    )
    store.add_entry(connection, before.id, now, GIVEN, actor, {"person": member.name})
    tell_member(connection, after, GIVEN, member.name, roster, now)
    tell_credited(connection, after, "passed_on", member.name, roster, now)
    return after


def find_turns(connection: Connection, clock: TurnClock) -> list[str]:
    """List the referrals about whose turn something is due."""
    if clock.limit is None:
        return []
    query = (
        select(referrals)
        .where(referrals.c.state == "consent_known", referrals.c.given_at.is_not(None))
        .where(referrals.c.handled_by.is_not(None))
        .order_by(referrals.c.id.desc())
    )
    found = store.read_referrals(connection, connection.execute(query.limit(_MAX_TURNS)).all())
    turns = ((one.id, turn_of(one)) for one in found)
    return [name for name, turn in turns if turn is not None and due_of(turn, clock) is not None]


def keep_turn(connection: Connection, named: str, clock: TurnClock) -> None:
    """Warn whoever does nothing, and pass the referral on a working day later at the earliest."""
    now, roster = clock.now, clock.roster
    found = store.read_referral(connection, named, lock=True)
    turn = turn_of(found)
    due = due_of(turn, clock) if turn is not None else None
    if turn is None or due is None:
        return
    if due is TurnEnd.WARN:
        after = store.change(connection, found, now, warned_at=now)
        tell_member(connection, after, "turn_ends", turn.holder, roster, now)
        return
    member = roster.by_name(turn.holder)
    details = {"person": turn.holder, "member": member.id if member is not None else None}
    store.add_entry(connection, found.id, now, NEGLECTED, "router", details)
    tell_member(connection, found, "turn_over", turn.holder, roster, now)
    following = choose_next(found, _had(connection, found.id), roster, _waiting(connection), now)
    if following is not None:
        _hand(connection, found, following, "router", now, roster)
        return
    after = store.change(
        connection, found, now, handled_by=None, handled_by_key=None, given_at=None, warned_at=None
    )
    tell_credited(connection, after, "turn_over", turn.holder, roster, now)


def _had(connection: Connection, referral_id: str) -> set[str]:
    """The ids and keys of those who neglected a referral; a name may be another one by now."""
    query = select(referral_timeline.c.details).where(
        referral_timeline.c.referral_id == referral_id, referral_timeline.c.kind == NEGLECTED
    )
    entries = list(connection.scalars(query))
    keys = {person_key(one["person"]) for one in entries if "person" in one}
    return keys | {one["member"] for one in entries if one.get("member") is not None}


def _waiting(connection: Connection) -> Counter[str]:
    """Count the referrals that wait with each person, by key."""
    waits = referrals.c.state.in_(("received", "consent_known"))
    query = select(referrals.c.handled_by_key, func.count()).where(waits)
    rows = connection.execute(query.group_by(referrals.c.handled_by_key))
    return Counter({key: count for key, count in rows if key is not None})

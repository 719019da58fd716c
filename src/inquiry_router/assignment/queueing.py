"""Queues: the longest waiting first, help from another team, and work of people who went away."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from inquiry_router.assignment import store
from inquiry_router.assignment.desk import (
    LOOK_AGAIN,
    AssignmentDesk,
    assign_of,
    may_help_out,
    open_desk,
    overflowed,
    with_assignee,
)
from inquiry_router.assignment.model import Chosen, State
from inquiry_router.assignment.passing import AWAY, Offered, find_offered, pass_on, record_person
from inquiry_router.assignment.taking import taken_by
from inquiry_router.configuration.model import Configuration
from inquiry_router.inquiries import store as inquiry_store
from inquiry_router.inquiry.model import Status
from inquiry_router.staff.store import load_roster

# Of one queue in one transaction.
_AT_ONCE: Final = 200
ROUTER: Final = "router"


def serve_queue(
    connection: Connection, team_id: str, configuration: Configuration, now: datetime
) -> int:
    """Give what waits in a queue to who is free, the longest waiting first. Return the number."""
    waiting = store.list_queue(connection, team_id, _AT_ONCE)
    inquiry_store.lock_inquiries(connection, waiting)
    desk, given = open_desk(connection, now), 0
    for inquiry_id in waiting:
        offered = find_offered(connection, inquiry_id, configuration)
        if offered is None or offered.assignment.state != State.QUEUED:
            continue
        if offered.row.status == Status.RESOLVED or offered.row.merged_into is not None:
            store.drop_assignment(connection, inquiry_id)
            continue
        given += _serve(connection, desk, offered, configuration)
    desk.save(connection)
    store.look_again(connection, team_id, now + LOOK_AGAIN)
    return given


def _serve(
    connection: Connection, desk: AssignmentDesk, offered: Offered, configuration: Configuration
) -> int:
    """Give one inquiry of the queue to somebody of its team, or of the team that helps out."""
    passed = frozenset(one["member"] for one in offered.assignment.passed)
    asked = desk.asked(offered.before, offered.draft, offered.assign, offered.team, passed)
    chosen = desk.choose(asked)
    if chosen is None:
        helped = _with_help(desk, offered, configuration)
        if helped is None:
            return 0
        offered = helped
        asked = desk.asked(offered.before, offered.draft, offered.assign, offered.team, passed)
        chosen = desk.choose(asked)
    if chosen is None:
        return 0
    desk.give(asked, chosen)
    ends_at = desk.ends_at(asked, chosen)
    state = State.HELD if ends_at is None else State.OFFERED
    values: dict[str, Any] = {
        "state": state,
        "team": offered.team.id,
        "member_id": chosen.member_id,
        "given_at": desk.now,
        "in_turn": chosen.in_turn,
        "ends_at": ends_at,
        "due_at": desk.now if ends_at is not None else None,
        "told": False,
    }
    store.set_assignment(connection, offered.row.id, **values)
    _record(connection, offered, chosen, state, configuration, desk.now)
    return 1


def _record(
    connection: Connection,
    offered: Offered,
    chosen: Chosen,
    state: State,
    configuration: Configuration,
    now: datetime,
) -> None:
    plain = taken_by(offered.before.decision, None, None)
    after = replace(offered.before, decision=with_assignee(plain, chosen, state))
    details = {"who": chosen.name, "why": "queue"}
    before, draft, kind = offered.before, offered.draft, "assigned"
    record_person(connection, before, after, draft, kind, details, configuration, ROUTER, now)


def _with_help(
    desk: AssignmentDesk, offered: Offered, configuration: Configuration
) -> Offered | None:
    """The inquiry for the team that helps out, if it has waited too long and may go there."""
    overflow = offered.assign.overflow
    if overflow is None or overflow.after_minutes is None:
        return None
    other = configuration.teams.by_id.get(overflow.team)
    waited = desk.now - offered.assignment.since
    too_long = waited >= timedelta(minutes=overflow.after_minutes)
    if not too_long or other is None or not may_help_out(other, offered.team):
        return None
    decision = overflowed(offered.before.decision, other, too_long=True)
    return replace(offered, before=replace(offered.before, decision=decision), team=other)


def list_unbegun_of_absent(connection: Connection, now: datetime) -> list[str]:
    """List the inquiries that people have who are away, and that they have not begun."""
    away = [one.id for one in load_roster(connection).members if one.is_away(now)]
    return store.list_unbegun(connection, away) if away else []


def move_from_absent(
    connection: Connection, inquiry_id: str, configuration: Configuration, now: datetime
) -> int:
    """Give an inquiry of somebody who is away to the next, if its rule wants that."""
    offered = find_offered(connection, inquiry_id, configuration)
    if offered is None or offered.assignment.state != State.HELD:
        return 0
    wanted = assign_of(offered.before.decision, configuration.rulebook)
    member = load_roster(connection).member(offered.assignment.member_id)
    if wanted is None or not wanted.move_when_away or (member and not member.is_away(now)):
        return 0
    if offered.row.answered_at is not None or offered.row.status == Status.RESOLVED:
        return 0
    pass_on(connection, offered, AWAY, None, configuration, ROUTER, now)
    return 1

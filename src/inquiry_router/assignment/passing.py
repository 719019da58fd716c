"""Offers: accept one, or pass it on to the next, the substitute, the whole team, an alarm."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row

from inquiry_router.assignment import store
from inquiry_router.assignment.desk import (
    LOOK_AGAIN,
    AssignmentDesk,
    assign_of,
    held_row,
    open_desk,
    with_assignee,
)
from inquiry_router.assignment.model import Asked, Chosen, State
from inquiry_router.assignment.taking import hold, taken_by
from inquiry_router.configuration.model import Configuration
from inquiry_router.delivery.outbox import record_deliveries
from inquiry_router.inquiries import store as inquiry_store
from inquiry_router.inquiries.rows import read_draft
from inquiry_router.inquiry.errors import Conflict
from inquiry_router.inquiry.model import Draft, Event, Receipt
from inquiry_router.inquiry.reasons import reason
from inquiry_router.inquiry.rendering import format_time
from inquiry_router.routing.assigning import Assign
from inquiry_router.routing.decide import outcome_of
from inquiry_router.routing.teams import Team
from inquiry_router.staff.model import Member
from inquiry_router.telling.model import ALARMS, Notice, Receiver
from inquiry_router.telling.store import add_notice

TIMED_OUT: Final = "timed_out"
DECLINED: Final = "declined"
AWAY: Final = "away"


@dataclass(frozen=True, slots=True)
class Offered:
    """An inquiry with its assignment, both locked."""

    row: Row[Any]
    assignment: Row[Any]
    before: Receipt
    draft: Draft
    assign: Assign
    team: Team


def find_offered(
    connection: Connection, inquiry: str, configuration: Configuration
) -> Offered | None:
    """Find and lock an inquiry and its assignment; None if it has none any more."""
    row = inquiry_store.find_inquiry(connection, inquiry, for_update=True)
    found = store.find_assignment(connection, row.id, for_update=True)
    team = configuration.teams.by_id.get(row.team)
    if found is None or team is None:
        return None
    before, rulebook = inquiry_store.read_receipt(connection, row), configuration.rulebook
    assign = assign_of(before.decision, rulebook)
    if assign is None:  # another team helps out, or the rule is gone
        assign = outcome_of(rulebook.policy, found.rule).assign or Assign(to="in_turn")
    return Offered(row, found, before, read_draft(row), assign, team)


def give(
    connection: Connection,
    inquiry: str,
    member: Member,
    configuration: Configuration,
    actor: str,
    now: datetime,
) -> Receipt:
    """Let a member have an inquiry, because a person says so. A second time changes nothing."""
    row = inquiry_store.find_inquiry(connection, inquiry, for_update=True)
    before, draft = inquiry_store.read_receipt(connection, row), read_draft(row)
    if before.decision.assignee_id == member.id and not before.decision.is_offer:
        return before
    found = store.find_assignment(connection, row.id)
    values = held_row(before, draft, member.id, now)
    store.put_assignment(connection, values | {"passed": found.passed if found else []})
    why = reason("assigned", who=member.name, taken=True)
    decision = taken_by(before.decision, member, None)
    after = replace(before, decision=replace(decision, reasons=(*decision.reasons, why)))
    details = {"who": member.name, "why": "accepted"}
    record_person(connection, before, after, draft, "accepted", details, configuration, actor, now)
    return after


def require_theirs(offered: Offered | None, member: Member) -> None:
    """Raise `Conflict` unless an offer is this member's and stands."""
    if offered is None or offered.assignment.member_id != member.id:
        raise Conflict(
            "This inquiry is not offered to you any more.",
            hint="You need not do anything. GET the inquiry shows who has it.",
        )
    if offered.assignment.state != State.OFFERED:
        raise Conflict(
            "You have taken this inquiry already.",
            hint="Give it to a colleague in the helpdesk, or correct its team.",
        )


def accept(
    connection: Connection,
    inquiry: str,
    member: Member,
    configuration: Configuration,
    actor: str,
    now: datetime,
) -> Receipt:
    """Let a member have an inquiry. A second time changes nothing.

    Raises `Conflict` if somebody else has it, or is asked.
    """
    offered = find_offered(connection, inquiry, configuration)
    if offered is None:
        raise Conflict("There is nothing to accept: nobody is asked to take this inquiry.")
    before, assignment = offered.before, offered.assignment
    if assignment.member_id == member.id and assignment.state == State.HELD:
        return before
    if assignment.state == State.HELD or assignment.member_id not in (None, member.id):
        raise Conflict(
            f"{before.decision.assignee} has it, or is asked.",
            hint="You need not do anything. GET the inquiry shows who has it.",
        )
    hold(connection, before.id, member, now)
    why = reason("assigned", who=member.name, taken=True)
    decision = taken_by(before.decision, member, None)
    after = replace(before, decision=replace(decision, reasons=(*decision.reasons, why)))
    details = {"who": member.name, "why": "accepted"}
    draft, kind = offered.draft, "accepted"
    record_person(connection, before, after, draft, kind, details, configuration, actor, now)
    return after


def pass_on(
    connection: Connection,
    offered: Offered,
    why: str,
    said: str | None,
    configuration: Configuration,
    actor: str,
    now: datetime,
) -> Receipt:
    """Pass an inquiry on to the next who may have it: never one who was asked before.

    Who declines gets their turn back, and who let it time out does not.
    """
    assignment, before = offered.assignment, offered.before
    desk = open_desk(connection, now)
    if assignment.in_turn and why != TIMED_OUT and assignment.member_id is not None:
        desk.turns(assignment.team).give_back(assignment.member_id)
    entry = {
        "member": assignment.member_id,
        "name": before.decision.assignee,
        "why": why,
        "said": said,
        "at": format_time(now),
    }
    passed = [*assignment.passed, entry]
    asked = desk.asked(
        before,
        offered.draft,
        offered.assign,
        offered.team,
        frozenset(one["member"] for one in passed),
    )
    chosen = desk.choose(asked) or _substitute(desk, asked)
    after = _give(connection, desk, offered, asked, chosen, passed)
    desk.save(connection)
    details = {**entry, "to": after.decision.assignee}
    kind = "passed_on"
    draft = offered.draft
    record_person(connection, before, after, draft, kind, details, configuration, actor, now)
    _tell_loser(connection, offered, after, why, now)
    return after


def _substitute(desk: AssignmentDesk, asked: Asked) -> Chosen | None:
    """The first of the substitutes of those who were asked who is there."""
    for member_id in sorted(asked.passed):
        member = desk.roster.member(member_id)
        for one in desk.roster.stand_ins(member, desk.now) if member is not None else ():
            wrong_side = one.kind == "salesperson" and not asked.is_for_sales
            if one.id not in asked.passed and not one.is_away(desk.now) and not wrong_side:
                why = {"stands_in_for": member.name if member else ""}
                login = one.helpdesk_user or one.email
                return Chosen(one.id, one.name, why, in_turn=False, login=login)
    return None


def _give(
    connection: Connection,
    desk: AssignmentDesk,
    offered: Offered,
    asked: Asked,
    chosen: Chosen | None,
    passed: list[dict[str, Any]],
) -> Receipt:
    """Give an inquiry to somebody; to nobody leaves it in the queue, or with the whole team."""
    before = offered.before
    plain = taken_by(before.decision, None, None)
    if chosen is None:
        waits = _may_be_free_later(desk, asked)
        state = State.QUEUED if waits else State.POOL
        due_at = desk.now + LOOK_AGAIN if waits else None
        values: dict[str, Any] = {
            "state": state,
            "member_id": None,
            "due_at": due_at,
            "ends_at": None,
        }
        store.set_assignment(connection, before.id, **values, passed=passed, in_turn=False)
        if not waits:
            raise_alarm(connection, before, desk.now)
        why = reason("waits_for_person", team=offered.team.id)
        return replace(before, decision=replace(plain, reasons=(*plain.reasons, why)))
    desk.give(asked, chosen)
    ends_at = desk.ends_at(asked, chosen)
    state = State.HELD if ends_at is None else State.OFFERED
    values = {
        "state": state,
        "member_id": chosen.member_id,
        "given_at": desk.now,
        "in_turn": chosen.in_turn,
        "ends_at": ends_at,
        "due_at": desk.now if ends_at is not None else None,
        "told": False,
        "team": offered.team.id,
    }
    store.set_assignment(connection, before.id, **values, passed=passed)
    return replace(before, decision=with_assignee(plain, chosen, state))


def _may_be_free_later(desk: AssignmentDesk, asked: Asked) -> bool:
    """True if somebody of the team was not asked yet and is only busy, or not at work now."""
    return any(
        one.id not in asked.passed
        and not one.is_away(desk.now)
        and (asked.is_for_sales or one.kind != "salesperson")
        for one in desk.roster.of_team(asked.team.id)
    )


def raise_alarm(connection: Connection, receipt: Receipt, now: datetime) -> None:
    """Tell those who get alarms that nobody took an inquiry."""
    notice = Notice(
        "alarm",
        f"alarm:not_taken:{receipt.id}",
        Receiver(group=ALARMS),
        {"state": "not_taken"},
        receipt.id,
    )
    add_notice(connection, notice, now)


def record_person(
    connection: Connection,
    before: Receipt,
    after: Receipt,
    draft: Draft,
    kind: str,
    details: Mapping[str, Any],
    configuration: Configuration,
    actor: str,
    now: datetime,
) -> None:
    """Record who has an inquiry now, and tell destinations."""
    entries = [inquiry_store.timeline_entry(after.id, now, kind, actor, dict(details))]
    if after.decision != before.decision:
        entries.append(inquiry_store.routed_entry(after, now, actor))
    inquiry_store.record_change(connection, after, entries)
    if after.decision.is_offer or after.decision.assignee is None:
        return  # the ticket gets an owner once somebody has it
    told = configuration.destinations_for(Event.ASSIGNED, after, draft)
    record_deliveries(connection, Event.ASSIGNED, after, draft, told, now, assignment=dict(details))


def _tell_loser(
    connection: Connection, offered: Offered, after: Receipt, why: str, now: datetime
) -> None:
    """Tell who let an offer time out that they need not do anything any more."""
    member_id = offered.assignment.member_id
    if why != TIMED_OUT or member_id is None:
        return
    key = f"offer_lost:{after.id}:{member_id}"
    facts = {"who": after.decision.assignee or after.decision.team}
    add_notice(connection, Notice("offer_lost", key, Receiver(member_id), facts, after.id), now)

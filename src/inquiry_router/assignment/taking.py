"""Take an inquiry: who answers, resolves or takes the ticket in the helpdesk has it."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from inquiry_router.assignment import store
from inquiry_router.assignment.model import State
from inquiry_router.inquiry.model import Decision, Receipt
from inquiry_router.staff.model import Member
from inquiry_router.staff.store import load_roster

MAX_NAME_CHARS = 64  # of the column


def find_person(connection: Connection, sign: str | None) -> Member | None:
    """Find a member by id, name, address or login, as a helpdesk or a client names people."""
    return load_roster(connection).by_sign(sign)


def taken_by(decision: Decision, member: Member | None, name: str | None) -> Decision:
    """The decision with somebody who has it; `name` for somebody who is not of the staff."""
    if member is None:
        named = name[:MAX_NAME_CHARS] if name else None
        return replace(
            decision, assignee=named, assignee_id=None, assignee_user=None, is_offer=False
        )
    return replace(
        decision,
        assignee=member.name[:MAX_NAME_CHARS],
        assignee_id=member.id,
        assignee_user=member.helpdesk_user or member.email,
        is_offer=False,
    )


def hold(connection: Connection, inquiry_id: str, member: Member | None, now: datetime) -> None:
    """Note that a member has an inquiry; somebody outside of the staff ends its assignment."""
    if member is None:
        store.drop_assignment(connection, inquiry_id)
        return
    values = {"state": State.HELD, "member_id": member.id, "given_at": now, "due_at": None}
    store.set_assignment(connection, inquiry_id, **values, in_turn=False)


def begin(connection: Connection, receipt: Receipt, who: str | None, now: datetime) -> Receipt:
    """Let somebody who answers or resolves an inquiry have it, if nobody had taken it yet.

    A name that is nobody's of the staff stands for the one who was asked.
    """
    row = store.find_assignment(connection, receipt.id)
    if row is None or row.state == State.HELD:
        return receipt
    roster = load_roster(connection)
    member = roster.by_sign(who) or roster.member(row.member_id)
    if member is None:
        store.set_assignment(connection, receipt.id, state=State.POOL, due_at=None)
        return receipt
    hold(connection, receipt.id, member, now)
    return replace(receipt, decision=taken_by(receipt.decision, member, None))

"""Give an inquiry to a person in the transaction that decides on it, or keep who has it."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from inquiry_router.assignment import store
from inquiry_router.assignment.desk import AssignmentDesk, Placed, assign_of, open_desk
from inquiry_router.assignment.tables import assignments
from inquiry_router.database.group_commit import TableRows
from inquiry_router.inquiry.model import Draft, Flag, Receipt
from inquiry_router.routing.assigning import Assign
from inquiry_router.routing.decide import Rulebook


def wanted_assign(receipt: Receipt, draft: Draft, rulebook: Rulebook) -> Assign | None:
    """The assignment that an inquiry wants: none if it is undecided, a trial, or by a machine."""
    provenance = draft.provenance
    if receipt.waits or provenance.shadow or provenance.automatic is not None:
        return None
    if Flag.UNDECIDED in receipt.decision.flags:
        return None
    return assign_of(receipt.decision, rulebook)


def assignment_rows(placed: Placed) -> TableRows:
    """The row of an assignment of a new inquiry."""
    return assignments, [placed.row]


def assign(
    connection: Connection, receipt: Receipt, draft: Draft, rulebook: Rulebook, now: datetime
) -> Receipt:
    """Give an inquiry that is stored to somebody, if its rule wants that."""
    store.drop_assignment(connection, receipt.id)
    wanted = wanted_assign(receipt, draft, rulebook)
    if wanted is None:
        return receipt
    desk = open_desk(connection, now)
    if not desk.roster.members:
        return receipt
    return assign_at(desk, receipt, draft, wanted, rulebook)


def assign_at(
    desk: AssignmentDesk, receipt: Receipt, draft: Draft, wanted: Assign, rulebook: Rulebook
) -> Receipt:
    """Give an inquiry that is stored to somebody at an open desk."""
    placed = desk.place(receipt, draft, wanted, rulebook)
    store.put_assignment(desk.connection, placed.row)
    desk.save(desk.connection)
    return replace(receipt, decision=placed.decision)


def carry_on(
    connection: Connection,
    before: Receipt,
    after: Receipt,
    draft: Draft,
    rulebook: Rulebook,
    now: datetime,
) -> Receipt:
    """Keep the person of an inquiry that was decided again, or choose one of its new team."""
    if after.decision.team != before.decision.team:
        return assign(connection, after, draft, rulebook, now)
    had = before.decision
    if had.assignee is None and store.find_assignment(connection, after.id) is None:
        return assign(connection, after, draft, rulebook, now)
    decision = replace(
        after.decision,
        assignee=had.assignee,
        assignee_id=had.assignee_id,
        assignee_user=had.assignee_user,
    )
    return replace(after, decision=decision)

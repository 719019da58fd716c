"""The SQL of callbacks: everybody who waits for a call from us, one entry an inquiry.

The inquiry, the team and the end of an entry are derived: it goes with its inquiry when that is
merged or given to another team, and nobody waits for a call about a resolved inquiry.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    case,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)

from inquiry_router.calls.model import Callback, CallbackKind, CallbackOutcome
from inquiry_router.calls.store import count_attempts
from inquiry_router.calls.tables import callbacks
from inquiry_router.inquiries.store import NEWEST
from inquiry_router.inquiries.tables import inquiries
from inquiry_router.inquiry.errors import Conflict, NotFound
from inquiry_router.inquiry.model import Status
from inquiry_router.process.ids import new_id

# As the index of pending ones has it.
_IS_PENDING: Final = callbacks.c.state == literal_column("'pending'")
_PENDING: Final = and_(callbacks.c.state == "pending", inquiries.c.status != Status.RESOLVED)
_DONE: Final = or_(callbacks.c.state == "done", inquiries.c.status == Status.RESOLVED)
_STRENGTH: Final = tuple(CallbackKind)
# The inquiry of the call, before it was merged into another one.
_own: Final = inquiries.alias("own")


def add_callback(
    connection: Connection,
    call_row: str,
    inquiry_id: str,
    kind: CallbackKind,
    number: str | None,
    due_at: datetime,
    now: datetime,
) -> Callback | None:
    """Add somebody who waits; return the earlier entry of the inquiry that this one replaces.

    A promise replaces everything; otherwise a stronger entry that waits already stays alone. The
    person who has taken the earlier one keeps the new one.
    """
    lock = select(inquiries.c.id).where(inquiries.c.id == inquiry_id).with_for_update()
    connection.execute(lock)
    rows = connection.execute(_query().where(inquiries.c.id == inquiry_id, _PENDING))
    waiting = [_callback(row) for row in rows]
    strongest = max(waiting, key=lambda one: _STRENGTH.index(one.kind), default=None)
    if strongest is not None and kind is not CallbackKind.CALLBACK:
        if _STRENGTH.index(strongest.kind) >= _STRENGTH.index(kind):
            return None
        due_at = min(due_at, strongest.due_at)
    end_callbacks(connection, inquiry_id, CallbackOutcome.REPLACED, now)
    values = {
        "inquiry_id": inquiry_id,
        "kind": kind.value,
        "number": number,
        "owner": strongest.owner if strongest is not None else None,
        "state": "pending",
        "outcome": None,
        "due_at": due_at,
        "attempts": 0,
        "reminders": 0,
        # A missed call was promised nothing: it is in the list, and nobody is reminded.
        "remind_at": None if kind is CallbackKind.MISSED else due_at,
        "escalated": strongest.escalated if strongest is not None else False,
        "finished_at": None,
    }
    of_call = update(callbacks).where(callbacks.c.call == call_row).values(values)
    if connection.execute(of_call).rowcount == 0:
        first = {"id": new_id(), "call": call_row, "created_at": now}
        connection.execute(insert(callbacks).values({**values, **first}))
    return strongest


def end_callbacks(
    connection: Connection, inquiry_id: str, outcome: CallbackOutcome, now: datetime
) -> None:
    """End the waiting of everybody who waits for a call about an inquiry."""
    about = or_(_own.c.id == inquiry_id, inquiries.c.id == inquiry_id)
    _end(connection, about, outcome, now)


def end_resolved(connection: Connection, now: datetime) -> None:
    """End the waiting for calls about resolved inquiries for good, also if one is reopened."""
    _end(connection, inquiries.c.status == Status.RESOLVED, CallbackOutcome.RESOLVED, now)


def _end(
    connection: Connection, about: ColumnElement[bool], outcome: CallbackOutcome, now: datetime
) -> None:
    """End the waiting for calls about such inquiries. Only inquiries with pending ones are read."""
    own = _present(select(_own.c.id)).where(_own.c.id == callbacks.c.inquiry_id, about)
    connection.execute(
        update(callbacks)
        .where(_IS_PENDING, own.correlate(callbacks).exists())
        .values(state="done", outcome=outcome.value, finished_at=now)
    )


def list_callbacks(
    connection: Connection,
    state: str | None,
    team: str | None,
    kind: CallbackKind | None,
    limit: int,
    only: ColumnElement[bool] | None = None,
) -> list[Callback]:
    """List callbacks, the most urgent first; with `only`, those of such inquiries."""
    query = _query()
    if state is not None:
        query = query.where(_PENDING if state == "pending" else _DONE)
    if team is not None:
        query = query.where(inquiries.c.team == team)
    if only is not None:
        query = query.where(only)
    if kind is not None:
        query = query.where(callbacks.c.kind == kind.value)
    ordered = query.order_by(callbacks.c.due_at, callbacks.c.id).limit(limit)
    return [_callback(row) for row in connection.execute(ordered)]


def count_waiting_callbacks(connection: Connection, now: datetime) -> tuple[int, int]:
    """Count who waits for a call, and those of them whose time has passed."""
    counts: list[ColumnElement[Any]] = [
        func.count(),
        func.count(case((callbacks.c.due_at <= now, 1))),
    ]
    joined = select(*counts).select_from(callbacks).join(_own, _own.c.id == callbacks.c.inquiry_id)
    query = _present(joined)
    waiting, overdue = connection.execute(query.where(_IS_PENDING, _PENDING)).one()
    return waiting, overdue


def find_callback(connection: Connection, callback_id: str) -> Callback:
    """Find and lock a callback by its id; `latest` is the newest. Raises `NotFound`."""
    return _found(connection, _named(callback_id).with_for_update(of=callbacks))


def look_at_callback(connection: Connection, callback_id: str) -> Callback:
    """Find a callback like `find_callback`, and lock nothing."""
    return _found(connection, _named(callback_id))


def _named(callback_id: str) -> Select[Any]:
    if callback_id == NEWEST:
        return _query().order_by(callbacks.c.id.desc()).limit(1)
    return _query().where(callbacks.c.id == callback_id)


def _found(connection: Connection, query: Select[Any]) -> Callback:
    row = connection.execute(query).first()
    if row is None:
        raise NotFound("There is no such callback.", hint="GET /v1/callbacks lists them.")
    return _callback(row)


def take_callback(
    connection: Connection, callback_id: str, who: str, instead_of: str | None
) -> tuple[Callback, str | None]:
    """Set the person who calls; return the callback and the person who had it before.

    Raises `NotFound`, and `Conflict` if it is done or if another person has taken it, unless that
    one is named in `instead_of`.
    """
    callback = find_callback(connection, callback_id)
    _require_pending(callback)
    owner = callback.owner
    if owner is not None and not _same(owner, who) and not _same(owner, instead_of):
        raise Conflict(
            f"{owner} has taken this callback already.",
            hint=f'To take it over, send "instead_of": "{owner}".',
        )
    connection.execute(update(callbacks).where(callbacks.c.id == callback.id).values(owner=who))
    return replace(callback, owner=who), owner


def record_attempt(
    connection: Connection,
    callback_id: str,
    reached: bool,
    next_at: datetime | None,
    escalate_after: int,
    now: datetime,
) -> Callback:
    """Record a call back. Raises `NotFound`, and `Conflict` if it is done."""
    before = find_callback(connection, callback_id)
    _require_pending(before)
    if reached:
        end_callbacks(connection, before.inquiry_id, CallbackOutcome.REACHED, now)
        return find_callback(connection, before.id)
    again = next_at or now
    attempts = count_attempts(connection, before.inquiry_id) + 1
    values = {
        "attempts": before.attempts + 1,
        "due_at": again,
        "remind_at": again,
        "reminders": 0,
        "escalated": before.escalated or attempts >= escalate_after,
    }
    connection.execute(update(callbacks).where(callbacks.c.id == before.id).values(values))
    return find_callback(connection, before.id)


def claim_overdue(connection: Connection, now: datetime, limit: int) -> list[Callback]:
    """Lock the callbacks whose reminder is due; of several processes one gets each callback."""
    due = _query().where(_PENDING, callbacks.c.remind_at <= now).order_by(callbacks.c.remind_at)
    locked = due.limit(limit).with_for_update(of=callbacks, skip_locked=True)
    return [_callback(row) for row in connection.execute(locked)]


def set_reminder(connection: Connection, callback: Callback, remind_at: datetime | None) -> None:
    """Store the reminders of a callback, and the time of the next one; None for no more."""
    connection.execute(
        update(callbacks)
        .where(callbacks.c.id == callback.id)
        .values(reminders=callback.reminders, escalated=callback.escalated, remind_at=remind_at)
    )


def _query() -> Select[Any]:
    present = (
        inquiries.c.id.label("present_id"),
        inquiries.c.reference,
        inquiries.c.team,
        inquiries.c.status.label("inquiry_status"),
    )
    return _present(select(callbacks, *present).join(_own, _own.c.id == callbacks.c.inquiry_id))


def _present(query: Select[Any]) -> Select[Any]:
    """Join the inquiry that an own inquiry is now: itself, or the one that it was merged into."""
    present = func.coalesce(_own.c.merged_into, _own.c.id)
    return query.join(inquiries, inquiries.c.id == present)


def _require_pending(callback: Callback) -> None:
    if callback.state != "pending":
        raise Conflict(
            "This callback is done.",
            hint="GET /v1/callbacks?state=pending lists those that are not.",
        )


def _same(owner: str, name: str | None) -> bool:
    return name is not None and owner.strip().casefold() == name.strip().casefold()


def _callback(row: Row[Any]) -> Callback:
    resolved = row.state == "pending" and row.inquiry_status == Status.RESOLVED
    outcome = CallbackOutcome.RESOLVED if resolved else row.outcome
    return Callback(
        id=row.id,
        inquiry_id=row.present_id,
        reference=row.reference,
        kind=CallbackKind(row.kind),
        number=row.number,
        team=row.team,
        owner=row.owner,
        state="done" if resolved else row.state,
        outcome=CallbackOutcome(outcome) if outcome is not None else None,
        due_at=row.due_at,
        attempts=row.attempts,
        reminders=row.reminders,
        escalated=row.escalated,
        created_at=row.created_at,
        finished_at=row.finished_at,
    )

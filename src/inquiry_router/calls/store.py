"""The SQL of calls, of callbacks, and of the history of a number."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, func, insert, select, update

from inquiry_router.calls.matters import CallerHistory, Matter
from inquiry_router.calls.model import Call, Callback, answers_json, read_answers
from inquiry_router.calls.tables import callbacks, calls
from inquiry_router.database.session import database_now
from inquiry_router.inquiries.store import NEWEST, read_receipt
from inquiry_router.inquiries.tables import inquiries, timeline
from inquiry_router.inquiry.errors import Conflict, NotFound
from inquiry_router.inquiry.model import Flag, Status
from inquiry_router.phone.model import CallState, OpenInquiry, call_state_json, read_call_state
from inquiry_router.process.ids import new_id

# The history of a number goes back so far, and has so many inquiries: a caller is waiting.
_HISTORY: Final = timedelta(days=365)
_MAX_HISTORY: Final = 20
KEPT: Final = timedelta(days=30)


def find_call(connection: Connection, line: str, call_id: str) -> Call | None:
    """Find a call by the id that its platform gave it."""
    row = connection.execute(
        select(calls).where(calls.c.line == line, calls.c.call_id == call_id)
    ).first()
    if row is None:
        return None
    return Call(
        line=row.line,
        call_id=row.call_id,
        caller=row.caller,
        called=row.called,
        started_at=row.started_at,
        state=read_call_state(row.state),
        answers=read_answers(row.answers),
        inquiry_id=row.inquiry_id,
    )


def save_call(
    connection: Connection, call: Call, state: CallState
) -> tuple[str, CallState | None] | None:
    """Store a call; return the id of its row and the state that was stored before.

    Return None, and store nothing, if the stored state has as many steps or more.
    """
    query = (
        select(calls.c.id, calls.c.state)
        .where(calls.c.line == call.line, calls.c.call_id == call.call_id)
        .with_for_update()
    )
    row = connection.execute(query).first()
    before = read_call_state(row.state) if row is not None else None
    if before is not None and before.step >= state.step:
        return None
    values = {
        "state": call_state_json(state),
        "answers": answers_json(call.answers),
        "inquiry_id": call.inquiry_id,
        "reached": state.reached,
    }
    if row is not None:
        connection.execute(update(calls).where(calls.c.id == row.id).values(values))
        return row.id, before
    row_id = new_id()
    first = {
        "id": row_id,
        "line": call.line,
        "call_id": call.call_id,
        "caller": call.caller,
        "called": call.called,
        "started_at": call.started_at,
    }
    connection.execute(insert(calls).values({**values, **first}))
    return row_id, None


def read_history(connection: Connection, number: str, now: datetime) -> CallerHistory:
    """Read the history of a number."""
    query = (
        select(inquiries)
        .where(inquiries.c.contact_phone == number, inquiries.c.received_at >= now - _HISTORY)
        .where(inquiries.c.merged_into.is_(None))
        .order_by(inquiries.c.received_at.desc())
        .limit(_MAX_HISTORY)
    )
    rows = connection.execute(query).all()
    people = {(row.contact_name, row.contact_company, row.contact_email) for row in rows} - {
        (None, None, None)
    }
    still_open = [row for row in rows if row.status != Status.RESOLVED]
    return CallerHistory(
        people=max(len(people), 1 if rows else 0),
        language=rows[0].language if rows else None,
        matters=tuple(_matter(connection, row) for row in still_open),
    )


def find_open_matter(connection: Connection, references: Collection[str]) -> Matter | None:
    """Find an open inquiry with one of these references, of any caller."""
    query = (
        select(inquiries)
        .where(inquiries.c.reference.in_(references), inquiries.c.status != Status.RESOLVED)
        .limit(1)
    )
    row = connection.execute(query).first()
    return _matter(connection, row) if row is not None else None


def count_attempts(connection: Connection, inquiry_id: str) -> int:
    """Count the calls and callbacks about an inquiry that reached nobody."""
    rung = (
        select(func.count())
        .select_from(calls)
        .where(calls.c.inquiry_id == inquiry_id, calls.c.reached.is_(False))
    )
    back = select(func.coalesce(func.sum(callbacks.c.attempts), 0)).where(
        callbacks.c.inquiry_id == inquiry_id
    )
    return int(connection.execute(rung).scalar_one()) + int(connection.execute(back).scalar_one())


def add_entry(
    connection: Connection,
    inquiry_id: str,
    kind: str,
    actor: str,
    details: dict[str, Any],
    now: datetime,
) -> None:
    """Add an entry to the timeline of an inquiry."""
    row = {
        "id": new_id(),
        "inquiry_id": inquiry_id,
        "at": now,
        "kind": kind,
        "actor": actor,
        "details": details,
    }
    connection.execute(insert(timeline).values(row))


def add_callback(
    connection: Connection,
    call_row: str,
    inquiry_id: str,
    number: str,
    team: str,
    due_at: datetime,
    now: datetime,
) -> None:
    """Add the promise of a callback."""
    row = {
        "id": new_id(),
        "call": call_row,
        "inquiry_id": inquiry_id,
        "number": number,
        "team": team,
        "owner": None,
        "state": "pending",
        "due_at": due_at,
        "attempts": 0,
        "reminders": 0,
        "remind_at": due_at,
        "escalated": False,
        "created_at": now,
    }
    connection.execute(insert(callbacks).values(row))


def list_callbacks(
    connection: Connection, state: str | None, team: str | None, limit: int
) -> list[Callback]:
    """List callbacks, the most urgent first."""
    query = select(callbacks, inquiries.c.reference).join(
        inquiries, inquiries.c.id == callbacks.c.inquiry_id
    )
    if state is not None:
        query = query.where(callbacks.c.state == state)
    if team is not None:
        query = query.where(callbacks.c.team == team)
    return [
        _callback(row)
        for row in connection.execute(
            query.order_by(callbacks.c.due_at, callbacks.c.id).limit(limit)
        )
    ]


def find_callback(connection: Connection, callback_id: str) -> Callback:
    """Find a callback by its id; `latest` is the newest. Raises `NotFound`."""
    query = select(callbacks, inquiries.c.reference).join(
        inquiries, inquiries.c.id == callbacks.c.inquiry_id
    )
    if callback_id == NEWEST:
        query = query.order_by(callbacks.c.id.desc()).limit(1)
    else:
        query = query.where(callbacks.c.id == callback_id)
    row = connection.execute(query.with_for_update(of=callbacks)).first()
    if row is None:
        raise NotFound("There is no such callback.", hint="GET /v1/callbacks lists them.")
    return _callback(row)


def set_owner(connection: Connection, callback_id: str, owner: str) -> Callback:
    """Set the person who calls back. Raises `NotFound`, and `Conflict` if it is done."""
    callback = find_callback(connection, callback_id)
    _require_pending(callback)
    connection.execute(update(callbacks).where(callbacks.c.id == callback.id).values(owner=owner))
    return find_callback(connection, callback.id)


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
    values: dict[str, Any] = {"state": "done", "finished_at": now}
    if not reached:
        again = next_at or now
        values = {"attempts": before.attempts + 1, "due_at": again, "remind_at": again}
        attempts = count_attempts(connection, before.inquiry_id) + 1
        values["escalated"] = before.escalated or attempts >= escalate_after
    connection.execute(update(callbacks).where(callbacks.c.id == before.id).values(values))
    return find_callback(connection, before.id)


def claim_overdue(
    connection: Connection, again_after: timedelta, escalate_after: int, limit: int
) -> list[Callback]:
    """Claim the callbacks that are overdue; of several processes one gets each callback."""
    now = database_now(connection)
    due = (
        select(callbacks.c.id)
        .where(callbacks.c.state == "pending", callbacks.c.remind_at <= now)
        .order_by(callbacks.c.remind_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    statement = (
        update(callbacks)
        .where(callbacks.c.id.in_(select(due.c.id)))
        .values(
            remind_at=now + again_after,
            reminders=callbacks.c.reminders + 1,
            escalated=callbacks.c.escalated | (callbacks.c.reminders + 1 >= escalate_after),
        )
        .returning(callbacks.c.id)
    )
    return [find_callback(connection, row.id) for row in connection.execute(statement).all()]


def delete_calls(connection: Connection, before: datetime) -> None:
    """Delete calls that began before a time. Their inquiries stay."""
    connection.execute(calls.delete().where(calls.c.started_at < before))


def _require_pending(callback: Callback) -> None:
    if callback.state != "pending":
        raise Conflict(
            "This callback is done.",
            hint="GET /v1/callbacks?state=pending lists those that are not.",
        )


def _matter(connection: Connection, row: Row[Any]) -> Matter:
    return Matter(
        row.id, _open_inquiry(connection, row), row.received_at, count_attempts(connection, row.id)
    )


def _open_inquiry(connection: Connection, row: Row[Any]) -> OpenInquiry:
    decision = read_receipt(connection, row).decision
    unsure = Flag.UNSURE in decision.flags or Flag.UNCLASSIFIED in decision.flags
    return OpenInquiry(row.reference, row.team, row.category, unsure, decision.priority)


def _callback(row: Row[Any]) -> Callback:
    return Callback(
        id=row.id,
        inquiry_id=row.inquiry_id,
        reference=row.reference,
        number=row.number,
        team=row.team,
        owner=row.owner,
        state=row.state,
        due_at=row.due_at,
        attempts=row.attempts,
        reminders=row.reminders,
        escalated=row.escalated,
        created_at=row.created_at,
        finished_at=row.finished_at,
    )

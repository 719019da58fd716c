"""The SQL of calls, and of the history of a number. `callback_store` has that of callbacks."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, func, insert, select, update

from inquiry_router.calls.conversion import is_note, subject_of
from inquiry_router.calls.matters import CallerHistory, Matter
from inquiry_router.calls.model import Call, answers_json, read_answers
from inquiry_router.calls.tables import callbacks, calls
from inquiry_router.database.group_commit import find_owners
from inquiry_router.inquiries.store import read_receipt
from inquiry_router.inquiries.tables import inquiries, messages, timeline
from inquiry_router.inquiry.model import UNSURE_FLAGS, Status
from inquiry_router.phone.model import (
    CallState,
    OpenInquiry,
    Stage,
    call_state_json,
    read_call_state,
)
from inquiry_router.process.ids import new_id

# The history of a number goes back so far, and has so many inquiries: a caller is waiting.
_HISTORY: Final = timedelta(days=365)
_MAX_HISTORY: Final = 20
_MAX_MESSAGES: Final = 100
_MAX_COMPARED_CHARS: Final = 1_500


def find_call(connection: Connection, line: str, call_id: str) -> Call | None:
    """Find a call by the id that its platform gave it: the last one with it."""
    query = select(calls).where(calls.c.line == line, calls.c.call_id == call_id)
    row = connection.execute(query.order_by(calls.c.use.desc()).limit(1)).first()
    return _call(row) if row is not None else None


def list_hung_up(connection: Connection, before: datetime, limit: int) -> list[Call]:
    """List calls whose caller hung up before a time while it rang, and nobody knows the result."""
    query = select(calls).where(calls.c.hung_up_at <= before).order_by(calls.c.hung_up_at)
    return [_call(row) for row in connection.execute(query.limit(limit))]


def save_call(
    connection: Connection, call: Call, state: CallState, now: datetime
) -> tuple[str, CallState | None] | None:
    """Store a call; return the id of its row and the state that was stored before.

    Return None, and store nothing, if the stored state has as many steps or more.
    """
    query = (
        select(calls.c.id, calls.c.state)
        .where(calls.c.line == call.line, calls.c.call_id == call.call_id, calls.c.use == call.use)
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
        "hung_up_at": now if state.hung_up and state.stage is Stage.RINGING else None,
    }
    if row is not None:
        connection.execute(update(calls).where(calls.c.id == row.id).values(values))
        return row.id, before
    row_id = new_id()
    first = {
        "id": row_id,
        "line": call.line,
        "call_id": call.call_id,
        "use": call.use,
        "caller": call.caller,
        "called": call.called,
        "started_at": call.started_at,
    }
    connection.execute(insert(calls).values({**values, **first}))
    return row_id, None


def read_history(
    connection: Connection, number: str, now: datetime, reopen: timedelta = timedelta()
) -> CallerHistory:
    """Read the history of a number. Inquiries resolved within `reopen` can be reopened."""
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
    live = [row for row in rows if _is_live(row, now, reopen)]
    return CallerHistory(
        people=max(len(people), 1 if rows else 0),
        language=rows[0].language if rows else None,
        matters=_matters(connection, live),
    )


def find_named_matter(
    connection: Connection, references: Collection[str], now: datetime, reopen: timedelta
) -> Matter | None:
    """Find an inquiry with one of these references, of any caller, open or resolved lately.

    The reference of a merged inquiry leads to the one that it is part of.
    """
    survivor = func.coalesce(inquiries.c.merged_into, inquiries.c.id)
    named = select(survivor).where(inquiries.c.reference.in_(references))
    found = connection.execute(select(inquiries).where(inquiries.c.id.in_(named))).all()
    rows = [row for row in found if _is_live(row, now, reopen)][:1]
    return next(iter(_matters(connection, rows)), None)


def find_made(connection: Connection, call: Call) -> Matter | None:
    """Find the inquiry that an earlier try has made of a call, if the call was not stored then."""
    owner = find_owners(connection, (call.key,)).get(call.key)
    if owner is None:
        return None
    rows = connection.execute(select(inquiries).where(inquiries.c.id == owner.inquiry_id)).all()
    return next(iter(_matters(connection, rows)), None)


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


def _call(row: Row[Any]) -> Call:
    return Call(
        line=row.line,
        call_id=row.call_id,
        caller=row.caller,
        called=row.called,
        started_at=row.started_at,
        state=read_call_state(row.state),
        answers=read_answers(row.answers),
        inquiry_id=row.inquiry_id,
        use=row.use,
    )


def _is_live(row: Row[Any], now: datetime, reopen: timedelta) -> bool:
    """True if an inquiry is open, or was resolved so lately that a message reopens it."""
    if row.status != Status.RESOLVED:
        return True
    return row.resolved_at is not None and now - row.resolved_at <= reopen


def _matters(connection: Connection, rows: Sequence[Row[Any]]) -> tuple[Matter, ...]:
    """Read inquiries as matters, with what was said about them, the newest first."""
    query = (
        select(messages.c.inquiry_id, messages.c.received_at, messages.c.text)
        .where(messages.c.inquiry_id.in_([row.id for row in rows]))
        .order_by(messages.c.id.desc())
        .limit(_MAX_MESSAGES)
    )
    said: dict[str, list[Any]] = defaultdict(list)
    for message in connection.execute(query) if rows else ():
        said[message.inquiry_id].append(message)
    found = [_matter(connection, row, said[row.id]) for row in rows]
    return tuple(sorted(found, key=lambda matter: matter.last_at, reverse=True))


def _matter(connection: Connection, row: Row[Any], said: Sequence[Any]) -> Matter:
    texts = [one.text[:_MAX_COMPARED_CHARS] for one in reversed(said)]
    words = tuple(text for text in texts if not is_note(text))
    decision = read_receipt(connection, row).decision
    inquiry = OpenInquiry(
        row.reference,
        row.team,
        row.category,
        not UNSURE_FLAGS.isdisjoint(decision.flags),
        decision.priority,
        subject_of(words),
    )
    last_at = max((one.received_at for one in said), default=row.received_at)
    attempts, resolved = count_attempts(connection, row.id), row.status == Status.RESOLVED
    return Matter(row.id, inquiry, last_at, attempts, words, resolved)

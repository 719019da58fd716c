"""The SQL of inquiries."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    exists,
    insert,
    or_,
    select,
    update,
)

from inquiry_router.database.group_commit import IntakeRows, TableRows
from inquiry_router.database.group_commit import Row as Values
from inquiry_router.inquiries.rows import WHOLE, message_values
from inquiry_router.inquiries.tables import WATCH_AT_ONCE, inquiries, messages, signs, timeline
from inquiry_router.inquiry.account import Recognised, read_recognised, stored_json
from inquiry_router.inquiry.errors import NotFound
from inquiry_router.inquiry.model import (
    UNSURE_FLAGS,
    Draft,
    Flag,
    Joined,
    Receipt,
    Sending,
    Status,
)
from inquiry_router.inquiry.reasons import read_reasons
from inquiry_router.inquiry.reference import read_reference
from inquiry_router.inquiry.rendering import (
    Json,
    outcome_json,
    read_acknowledgement,
    read_classification,
    read_decision,
    read_entities,
)
from inquiry_router.process.ids import is_id, new_id
from inquiry_router.text.folding import fold

# Characters of a text that a search by `q` looks through.
MAX_SEARCHED_CHARS = 4000
NEWEST = "latest"
# Entries of the timeline that hold a whole decision; a waiting one is not told to anybody.
_DECIDED = ("routed", "waiting")
NEWEST_FIRST = (inquiries.c.received_at.desc(), inquiries.c.id.desc())
NO_SUCH_INQUIRY_HINT = "Give its id or its reference, such as K7MA-4XEH."


def build_rows(
    receipt: Receipt,
    draft: Draft,
    sending: Sending,
    recognised_by: Iterable[str],
    deliveries: TableRows,
    now: datetime,
    *more: TableRows,
) -> IntakeRows:
    """Build the rows that one new inquiry leaves in the database.

    `recognised_by` are the signs by which later messages are recognised as part of it.
    """
    said = message_values(
        receipt.id, receipt.id, draft, receipt.classification, receipt.received_at, now
    )
    return IntakeRows(
        inquiry_id=receipt.id,
        message_id=receipt.id,
        fingerprint=sending.fingerprint or "",
        keys=sending.keys,
        rows=(
            (inquiries, (_inquiry_values(receipt, draft, now),)),
            (messages, (said,)),
            (signs, [{"sign": sign, "message_id": receipt.id} for sign in recognised_by]),
            (timeline, (_first_entry(receipt, now, sending.sender),)),
            deliveries,
            *more,
        ),
    )


def find_inquiry(
    connection: Connection, id_or_reference: str, *, for_update: bool = False
) -> Row[Any]:
    """Find an inquiry by id, by reference in any spelling, or the newest one by `latest`.

    A merged one leads to the inquiry that it is part of now. Raises `NotFound`.
    """
    row = find_as_it_is(connection, id_or_reference, for_update=for_update)
    while row.merged_into is not None:
        row = find_as_it_is(connection, row.merged_into, for_update=for_update)
    return row


def find_as_it_is(
    connection: Connection, id_or_reference: str, *, for_update: bool = False
) -> Row[Any]:
    """Find an inquiry, also a merged one. Raises `NotFound`."""
    query = WHOLE
    if id_or_reference == NEWEST:
        query = query.where(inquiries.c.merged_into.is_(None))
        query = query.order_by(*NEWEST_FIRST).limit(1)
    elif reference := read_reference(id_or_reference):
        query = query.where(inquiries.c.reference == reference)
    elif is_id(id_or_reference.lower()):
        query = query.where(inquiries.c.id == id_or_reference.lower())
    else:
        raise NotFound("There is no such inquiry.", hint=NO_SUCH_INQUIRY_HINT)
    if for_update:
        # Not the strongest lock: new rows of timelines and links refer to the inquiry meanwhile.
        query = query.with_for_update(of=inquiries, key_share=True)
    row = connection.execute(query).first()
    if row is None:
        raise NotFound("There is no such inquiry.", hint=NO_SUCH_INQUIRY_HINT)
    return row


def lock_inquiries(connection: Connection, inquiry_ids: Iterable[str]) -> None:
    """Lock inquiries until the transaction ends, always in the same order.

    Two transactions that link the same inquiries would wait for each other for ever otherwise.
    """
    query = select(inquiries.c.id).where(inquiries.c.id.in_(inquiry_ids)).order_by(inquiries.c.id)
    connection.execute(query.with_for_update(key_share=True)).all()


def is_inquiry(connection: Connection, message_id: str) -> bool:
    """True if an inquiry, perhaps a merged one, was opened by this message."""
    query = select(exists().where(inquiries.c.id == message_id))
    return bool(connection.execute(query).scalar_one())


def read_answer(connection: Connection, message_id: str, recorded_in: str | None = None) -> Receipt:
    """Read the answer to the sender of a message: for an opening the first decision.

    `recorded_in` is the inquiry that a later message was first part of; it may be merged since.
    """
    query = select(inquiries).where(inquiries.c.id == message_id)
    row = connection.execute(query).first()
    if row is not None:
        first = _decided(connection, message_id, timeline.c.id.asc())
        receipt = _receipt(row, first.details, Status.ROUTED)
        is_decided = first.kind == "routed" and Flag.UNDECIDED not in receipt.decision.flags
        return receipt if is_decided else replace(receipt, status=Status.NEW)
    query = select(messages.c.inquiry_id).where(messages.c.id == message_id)
    row = find_inquiry(connection, connection.execute(query).scalar_one())
    joined = _joined(connection, recorded_in or row.id, message_id)
    return replace(read_receipt(connection, row), acknowledgement=None, joined=joined)


def read_receipt(connection: Connection, row: Row[Any]) -> Receipt:
    """Read the inquiry as it is now, with the newest decision."""
    newest = _decided(connection, row.id, timeline.c.id.desc())
    return _receipt(row, newest.details, Status(row.status))


def read_decided(
    connection: Connection, inquiry_ids: Sequence[str]
) -> dict[str, list[dict[str, Any]]]:
    """Read everything that was decided about inquiries, the first decision of each first."""
    query = select(timeline.c.inquiry_id, timeline.c.details).where(
        timeline.c.inquiry_id.in_(inquiry_ids), timeline.c.kind.in_(_DECIDED)
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for row in connection.execute(query.order_by(timeline.c.id)):
        found.setdefault(row.inquiry_id, []).append(row.details)
    return found


def _decided(connection: Connection, inquiry_id: str, order: ColumnElement[Any]) -> Row[Any]:
    """Read the first or last entry of the timeline that holds a decision: kind and details."""
    query: Select[Any] = select(timeline.c.kind, timeline.c.details).where(
        timeline.c.inquiry_id == inquiry_id, timeline.c.kind.in_(_DECIDED)
    )
    return connection.execute(query.order_by(order).limit(1)).one()


def _receipt(row: Row[Any], routed: dict[str, Any], status: Status) -> Receipt:
    return Receipt(
        id=row.id,
        reference=row.reference,
        status=status,
        received_at=row.received_at,
        classification=read_classification(routed["classification"]),
        decision=read_decision(routed["decision"]),
        acknowledgement=read_acknowledgement(routed["acknowledgement"]),
        entities=read_entities(routed.get("entities", [])),
        account=read_recognised(row.account),
    )


def _joined(connection: Connection, inquiry_id: str, message_id: str) -> Joined | None:
    """Read the effect of a later message from the timeline."""
    query = select(timeline.c.details).where(
        timeline.c.inquiry_id == inquiry_id, timeline.c.kind == "message"
    )
    for details in connection.scalars(query.order_by(timeline.c.id)):
        if details["message"] == message_id:
            change = details["change"]
            return Joined(
                message_id,
                details["sign"],
                details["certainty"],
                change["kind"],
                read_reasons(change["reasons"], change.get("reason_facts", ())),
                details.get("waits", False),  # missing in rows of older versions
            )
    return None


def list_timeline(connection: Connection, inquiry_id: str) -> list[dict[str, Any]]:
    """List the timeline of an inquiry, oldest first."""
    query = select(timeline).where(timeline.c.inquiry_id == inquiry_id).order_by(timeline.c.id)
    names = ("at", "kind", "actor", "details", "id")
    return [{name: row._mapping[name] for name in names} for row in connection.execute(query)]


def newest_entries(
    connection: Connection, inquiry_id: str, before: tuple[datetime, str] | None, limit: int
) -> list[dict[str, Any]]:
    """List the newest entries of a timeline before a place, given by its time and id."""
    query = select(timeline).where(timeline.c.inquiry_id == inquiry_id)
    if before is not None:
        at, entry = before
        query = query.where(
            or_(timeline.c.at < at, and_(timeline.c.at == at, timeline.c.id < entry))
        )
    query = query.order_by(timeline.c.at.desc(), timeline.c.id.desc()).limit(limit)
    names = ("at", "kind", "actor", "details", "id")
    return [{name: row._mapping[name] for name in names} for row in connection.execute(query)]


def record_change(
    connection: Connection, receipt: Receipt, entries: list[Values], *more: TableRows
) -> None:
    """Store the new state of an inquiry, its timeline entries, and rows of other tables.

    The promise that runs is changed only while nobody has answered yet. The watchdog looks at it.
    """
    decided = _decided_values(receipt)
    values = {**decided, "status": receipt.status.value, "watch_at": WATCH_AT_ONCE}
    if receipt.status not in (Status.NEW, Status.ROUTED):
        del values["due_at"]
    connection.execute(update(inquiries).where(inquiries.c.id == receipt.id).values(values))
    for table, rows in ((timeline, entries), *more):
        if rows:
            connection.execute(insert(table), rows)


def add_entries(connection: Connection, entries: list[Values]) -> None:
    """Add entries to timelines."""
    connection.execute(insert(timeline), entries)


def set_columns(connection: Connection, inquiry_id: str, **values: Any) -> None:
    """Set columns of an inquiry. The watchdog looks at it."""
    values["watch_at"] = WATCH_AT_ONCE
    connection.execute(update(inquiries).where(inquiries.c.id == inquiry_id).values(values))


def set_account(connection: Connection, inquiry_id: str, account: Recognised) -> None:
    """Set the account of an inquiry that a later message told."""
    connection.execute(
        update(inquiries).where(inquiries.c.id == inquiry_id).values(_account_values(account))
    )


def add_to_search(connection: Connection, inquiry_id: str, draft: Draft) -> None:
    """Let a later message be found by `q`."""
    said = fold(" ".join(searched_of(draft.subject, draft.text)))
    longer = inquiries.c.search + " " + said
    connection.execute(update(inquiries).where(inquiries.c.id == inquiry_id).values(search=longer))


def timeline_entry(inquiry_id: str, at: datetime, kind: str, actor: str, details: Json) -> Values:
    """Make a row of the timeline."""
    return {
        "id": new_id(),
        "inquiry_id": inquiry_id,
        "at": at,
        "kind": kind,
        "actor": actor,
        "details": details,
    }


def routed_entry(receipt: Receipt, at: datetime, actor: str) -> Values:
    """Make the row of the timeline that holds a whole decision."""
    return timeline_entry(receipt.id, at, "routed", actor, outcome_json(receipt))


def _first_entry(receipt: Receipt, at: datetime, actor: str) -> Values:
    kind = "waiting" if receipt.waits else "routed"
    return timeline_entry(receipt.id, at, kind, actor, outcome_json(receipt))


def _decided_values(receipt: Receipt) -> Values:
    classification, decision = receipt.classification, receipt.decision
    return {
        "category": classification.category,
        "confidence": classification.confidence,
        "intent": classification.intent,
        "secondary": classification.secondary,
        "team": decision.team,
        "assignee": decision.assignee,
        "assignee_id": decision.assignee_id,
        "priority": decision.priority.value,
        "due_at": decision.due_at,
        "unsure": not UNSURE_FLAGS.isdisjoint(decision.flags),
    }


def _inquiry_values(receipt: Receipt, draft: Draft, now: datetime) -> Values:
    contact, origin = draft.contact, draft.origin
    return {
        **_decided_values(receipt),
        "id": receipt.id,
        "reference": receipt.reference,
        "status": receipt.status.value,
        "channel": draft.channel.value,
        "language": receipt.classification.language,
        "contact_name": contact.name,
        "contact_email": contact.email,
        "contact_phone": contact.phone,
        "contact_company": contact.company,
        "source_system": origin.system if origin else None,
        "source_id": origin.id if origin else None,
        "source_url": origin.url if origin else None,
        "received_at": receipt.received_at,
        "asked_at": receipt.received_at,
        "created_at": now,
        "search": _search_text(receipt, draft),
        "watch_at": WATCH_AT_ONCE,
        **_account_values(draft.account),
    }


def _account_values(account: Recognised) -> Values:
    return {
        "account": stored_json(account),
        "account_id": account.sure.id if account.sure is not None else None,
    }


def _search_text(receipt: Receipt, draft: Draft) -> str:
    contact = draft.contact
    who = (contact.name, contact.email, contact.phone, contact.company)
    searched = (receipt.reference, *who, *searched_of(draft.subject, draft.text))
    return fold(" ".join(filter(None, searched)))


def searched_of(subject: str | None, text: str) -> list[str]:
    """The parts of a message that `q` looks through."""
    return [part for part in (subject, text[:MAX_SEARCHED_CHARS]) if part]

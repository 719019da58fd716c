"""The SQL of inquiries: what one leaves in the database, and how it is read back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, insert, select, tuple_, update

from inquiry_router.database.group_commit import IntakeRows, TableRows, intake_keys
from inquiry_router.database.group_commit import Row as Values
from inquiry_router.inquiries.tables import inquiries, timeline
from inquiry_router.inquiry.errors import NotFound
from inquiry_router.inquiry.model import Draft, Receipt, Sending, Status
from inquiry_router.inquiry.reference import read_reference
from inquiry_router.inquiry.rendering import (
    Json,
    outcome_json,
    provenance_json,
    read_acknowledgement,
    read_classification,
    read_decision,
    read_entities,
)
from inquiry_router.process.ids import is_id, new_id
from inquiry_router.text.folding import fold

# How much of a text `q` looks into, and how many inquiries it looks through for one page.
SEARCHED_CHARACTERS = 4000
SEARCHED_INQUIRIES = 20_000
NEWEST = "latest"
NO_SUCH_INQUIRY_HINT = "Give its id or its reference, such as K7MA-4XEH."


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of inquiries is narrowed to; None lets everything through."""

    category: str | None = None
    team: str | None = None
    status: str | None = None
    channel: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    q: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, newest first, and the position after which the next page begins; None at the end."""

    rows: list[Row[Any]]
    next: tuple[datetime, str] | None


def rows_of(
    receipt: Receipt, draft: Draft, sending: Sending, deliveries: TableRows, now: datetime
) -> IntakeRows:
    """Everything that one accepted inquiry leaves in the database."""
    return IntakeRows(
        inquiry_id=receipt.id,
        fingerprint=sending.fingerprint or "",
        keys=sending.keys,
        rows=(
            (inquiries, (_inquiry_values(receipt, draft, now),)),
            (timeline, (routed_entry(receipt, now, sending.sender),)),
            deliveries,
        ),
    )


def find(connection: Connection, id_or_reference: str, *, for_update: bool = False) -> Row[Any]:
    """One inquiry by id, by reference however it is written, or the newest one as `latest`. Raises `NotFound`."""
    query = select(inquiries)
    if id_or_reference == NEWEST:
        query = query.order_by(inquiries.c.received_at.desc(), inquiries.c.id.desc()).limit(1)
    elif reference := read_reference(id_or_reference):
        query = query.where(inquiries.c.reference == reference)
    elif is_id(id_or_reference.lower()):
        query = query.where(inquiries.c.id == id_or_reference.lower())
    else:
        raise NotFound("There is no such inquiry.", hint=NO_SUCH_INQUIRY_HINT)
    row = connection.execute(query.with_for_update() if for_update else query).first()
    if row is None:
        raise NotFound("There is no such inquiry.", hint=NO_SUCH_INQUIRY_HINT)
    return row


def owner_of(connection: Connection, keys: tuple[str, ...]) -> tuple[str, str] | None:
    """The id and fingerprint of the inquiry that came with one of these keys, or None."""
    row = connection.execute(
        select(intake_keys).where(intake_keys.c.key.in_(keys)).order_by(intake_keys.c.key)
    ).first()
    return (row.inquiry_id, row.fingerprint) if row is not None else None


def first_receipt(connection: Connection, inquiry_id: str) -> Receipt:
    """The answer that the inquiry's sender was given in the beginning, whatever happened since."""
    row = connection.execute(select(inquiries).where(inquiries.c.id == inquiry_id)).one()
    return _receipt(row, _routed(connection, inquiry_id, timeline.c.id.asc()), Status.ROUTED)


def present_receipt(connection: Connection, row: Row[Any]) -> Receipt:
    """The inquiry as it stands now, with the newest decision."""
    return _receipt(row, _routed(connection, row.id, timeline.c.id.desc()), Status(row.status))


def _routed(connection: Connection, inquiry_id: str, order: ColumnElement[Any]) -> dict[str, Any]:
    """What the first or last routed entry of the timeline holds."""
    query = select(timeline.c.details).where(
        timeline.c.inquiry_id == inquiry_id, timeline.c.kind == "routed"
    )
    details: dict[str, Any] = connection.execute(query.order_by(order).limit(1)).scalar_one()
    return details


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
    )


def history(connection: Connection, inquiry_id: str) -> list[dict[str, Any]]:
    """The timeline of an inquiry, oldest first."""
    query = select(timeline).where(timeline.c.inquiry_id == inquiry_id).order_by(timeline.c.id)
    names = ("at", "kind", "actor", "details", "id")
    return [{name: row._mapping[name] for name in names} for row in connection.execute(query)]


def page(
    connection: Connection, filters: Filters, after: tuple[datetime, str] | None, limit: int
) -> Page:
    """One page of inquiries, newest first. With `q` it looks through a bounded number of them; follow `next` for more."""
    query = _filtered(select(inquiries), filters)
    position = tuple_(inquiries.c.received_at, inquiries.c.id)
    if after is not None:
        query = query.where(position < tuple_(*after))
    newest_first = (inquiries.c.received_at.desc(), inquiries.c.id.desc())
    if filters.q is None:
        rows = list(connection.execute(query.order_by(*newest_first).limit(limit + 1)))
        more = len(rows) > limit
        return Page(rows[:limit], _position(rows[limit - 1]) if more else None)
    window = (
        query.with_only_columns(inquiries.c.received_at, inquiries.c.id)
        .order_by(*newest_first)
        .limit(SEARCHED_INQUIRIES)
        .subquery()
    )
    full = (
        connection.execute(select(func.count()).select_from(window)).scalar_one()
        == SEARCHED_INQUIRIES
    )
    end = None
    if full:
        end = _position(
            connection.execute(
                select(window).order_by(window.c.received_at, window.c.id).limit(1)
            ).one()
        )
        query = query.where(position >= tuple_(*end))
    query = query.where(inquiries.c.search.contains(fold(filters.q), autoescape=True))
    rows = list(connection.execute(query.order_by(*newest_first).limit(limit + 1)))
    if len(rows) > limit:
        return Page(rows[:limit], _position(rows[limit - 1]))
    return Page(rows, end)


def record_change(
    connection: Connection, receipt: Receipt, entries: list[Values], *more: TableRows
) -> None:
    """Store the new state of an inquiry, its timeline entries, and rows of other tables."""
    values = {**_decided_values(receipt), "status": receipt.status.value}
    connection.execute(update(inquiries).where(inquiries.c.id == receipt.id).values(values))
    for table, rows in ((timeline, entries), *more):
        if rows:
            connection.execute(insert(table), rows)


def timeline_entry(inquiry_id: str, at: datetime, kind: str, actor: str, details: Json) -> Values:
    """A row of the timeline."""
    return {
        "id": new_id(),
        "inquiry_id": inquiry_id,
        "at": at,
        "kind": kind,
        "actor": actor,
        "details": details,
    }


def routed_entry(receipt: Receipt, at: datetime, actor: str) -> Values:
    """The timeline row that holds a decision whole."""
    return timeline_entry(receipt.id, at, "routed", actor, outcome_json(receipt))


def _decided_values(receipt: Receipt) -> Values:
    classification, decision = receipt.classification, receipt.decision
    return {
        "category": classification.category,
        "confidence": classification.confidence,
        "secondary": classification.secondary,
        "team": decision.team,
        "assignee": decision.assignee,
        "priority": decision.priority.value,
        "due_at": decision.due_at,
    }


def _inquiry_values(receipt: Receipt, draft: Draft, now: datetime) -> Values:
    contact, origin = draft.contact, draft.origin
    said = (
        receipt.reference,
        contact.name,
        contact.email,
        contact.phone,
        contact.company,
        draft.subject,
    )
    return {
        **_decided_values(receipt),
        "id": receipt.id,
        "reference": receipt.reference,
        "status": receipt.status.value,
        "channel": draft.channel.value,
        "subject": draft.subject,
        "text": draft.text,
        "language": receipt.classification.language,
        "contact_name": contact.name,
        "contact_email": contact.email,
        "contact_phone": contact.phone,
        "contact_company": contact.company,
        "source_system": origin.system if origin else None,
        "source_id": origin.id if origin else None,
        "source_url": origin.url if origin else None,
        "received_at": receipt.received_at,
        "created_at": now,
        "passage": provenance_json(draft.provenance),
        "search": fold(" ".join(filter(None, (*said, draft.text[:SEARCHED_CHARACTERS])))),
    }


def _filtered(query: Select[Any], filters: Filters) -> Select[Any]:
    for column in ("category", "team", "status", "channel"):
        value = getattr(filters, column)
        if value is not None:
            query = query.where(inquiries.c[column] == value)
    if filters.since is not None:
        query = query.where(inquiries.c.received_at >= filters.since)
    if filters.until is not None:
        query = query.where(inquiries.c.received_at < filters.until)
    return query


def _position(row: Row[Any]) -> tuple[datetime, str]:
    return row.received_at, row.id

"""The SQL of messages."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from inquiry_router.inquiries.store import searched_of
from inquiry_router.inquiries.tables import inquiries, messages, signs
from inquiry_router.inquiry.errors import NotFound
from inquiry_router.inquiry.model import Classification
from inquiry_router.text.folding import fold


def list_messages(connection: Connection, inquiry_id: str) -> list[Row[Any]]:
    """List the messages of an inquiry, the opening first."""
    query = select(messages).where(messages.c.inquiry_id == inquiry_id).order_by(messages.c.id)
    return list(connection.execute(query))


def page_of_messages(
    connection: Connection, inquiry_id: str, after: str | None, limit: int
) -> list[Row[Any]]:
    """List some messages of an inquiry behind one of them, the oldest first."""
    query = select(messages).where(messages.c.inquiry_id == inquiry_id)
    if after is not None:
        query = query.where(messages.c.id > after)
    return list(connection.execute(query.order_by(messages.c.id).limit(limit)))


def read_messages(connection: Connection, ids: Sequence[str]) -> list[Row[Any]]:
    """Read messages by their ids, whichever inquiry they are part of."""
    return list(connection.execute(select(messages).where(messages.c.id.in_(ids)))) if ids else []


def find_message(connection: Connection, inquiry_id: str, message_id: str) -> Row[Any]:
    """Find a message of an inquiry. Raises `NotFound`."""
    query = select(messages).where(messages.c.id == message_id)
    row = connection.execute(query.where(messages.c.inquiry_id == inquiry_id)).first()
    if row is None:
        raise NotFound(
            "The inquiry has no such message.", hint="GET /v1/inquiries/{id} lists its messages."
        )
    return row


def read_any(connection: Connection, message_id: str) -> Row[Any]:
    """Read a message, whichever inquiry it is part of. Raises `NotFound`."""
    row = connection.execute(select(messages).where(messages.c.id == message_id)).first()
    if row is None:
        raise NotFound("There is no such message.")
    return row


def set_classification(
    connection: Connection, message_id: str, classification: Classification
) -> None:
    """Set the classification of a message that was stored without one."""
    values = {
        "category": classification.category,
        "confidence": classification.confidence,
        "intent": classification.intent,
        "language": classification.language,
    }
    connection.execute(update(messages).where(messages.c.id == message_id).values(values))


def signs_of_message(connection: Connection, message_id: str) -> tuple[str, ...]:
    """List the signs of a message."""
    return tuple(connection.scalars(select(signs.c.sign).where(signs.c.message_id == message_id)))


def move_messages(connection: Connection, message_ids: Collection[str], inquiry_id: str) -> None:
    """Make messages part of another inquiry."""
    moved = messages.c.id.in_(message_ids)
    connection.execute(update(messages).where(moved).values(inquiry_id=inquiry_id))


def remove_message(connection: Connection, message_id: str) -> None:
    """Remove a message and its signs, to store it again as an opening."""
    connection.execute(delete(messages).where(messages.c.id == message_id))


def renew_search(connection: Connection, inquiry_id: str) -> None:
    """Let `q` find an inquiry by everything that is said in it now."""
    row = connection.execute(select(inquiries).where(inquiries.c.id == inquiry_id)).one()
    said = [
        part
        for message in list_messages(connection, inquiry_id)
        for part in searched_of(message.subject, message.text)
    ]
    who = (row.contact_name, row.contact_email, row.contact_phone, row.contact_company)
    search = fold(" ".join(filter(None, (row.reference, *who, *said))))
    connection.execute(update(inquiries).where(inquiries.c.id == inquiry_id).values(search=search))

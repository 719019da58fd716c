"""The SQL of signs."""

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from inquiry_router.inquiries.tables import messages, signs
from inquiry_router.inquiry.matter import TICKET, ticket_sign


def find_by_ticket(connection: Connection, system: str, ticket_id: str) -> str | None:
    """Find the id of the newest inquiry that a ticket belongs to."""
    query = (
        select(messages.c.inquiry_id)
        .join(signs, signs.c.message_id == messages.c.id)
        .where(signs.c.sign == ticket_sign(system, ticket_id))
        .order_by(messages.c.id.desc())
        .limit(1)
    )
    return connection.execute(query).scalar()


def is_its_own(connection: Connection, inquiry_id: str, system: str, ticket_id: str) -> bool:
    """Report if a ticket is the inquiry's own: the one that opened it or was made for it.

    If there is none, it is any ticket of a later message.
    """
    query = select(signs.c.sign).where(signs.c.message_id == inquiry_id)
    own = set(connection.scalars(query.where(signs.c.sign.startswith(TICKET))))
    return not own or ticket_sign(system, ticket_id) in own


def add_sign(connection: Connection, message_id: str, sign: str) -> None:
    """Add a sign to a message, unless it has it."""
    dialect_insert = sqlite_insert if connection.dialect.name == "sqlite" else postgres_insert
    statement = dialect_insert(signs).values(sign=sign, message_id=message_id)
    connection.execute(statement.on_conflict_do_nothing())

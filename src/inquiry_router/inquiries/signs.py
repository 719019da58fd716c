"""The SQL of signs."""

from sqlalchemy import Connection, select

from inquiry_router.inquiries.tables import messages, signs


def find_by_ticket(connection: Connection, system: str, ticket_id: str) -> str | None:
    """Find the id of the newest inquiry that a ticket belongs to."""
    query = (
        select(messages.c.inquiry_id)
        .join(signs, signs.c.message_id == messages.c.id)
        .where(signs.c.sign == f"ticket:{system}:{ticket_id}")
        .order_by(messages.c.id.desc())
        .limit(1)
    )
    return connection.execute(query).scalar()

"""An inquiry together with those that were merged into it."""

from sqlalchemy import Connection, select

from inquiry_router.inquiries.tables import inquiries


def group_of(connection: Connection, inquiry_id: str) -> tuple[str, ...]:
    """Return the ids of an inquiry and of all that were merged into it, the survivor first."""
    merged_into = select(inquiries.c.id, inquiries.c.merged_into)
    row = connection.execute(merged_into.where(inquiries.c.id == inquiry_id)).first()
    while row is not None and row.merged_into is not None:
        row = connection.execute(merged_into.where(inquiries.c.id == row.merged_into)).first()
    if row is None:
        return ()
    group, newest = [row.id], [row.id]
    while newest:
        query = select(inquiries.c.id).where(inquiries.c.merged_into.in_(newest))
        newest = list(connection.scalars(query))
        group += newest
    return tuple(group)

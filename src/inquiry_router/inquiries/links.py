"""The SQL of links between inquiries."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, delete, exists, or_, select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from inquiry_router.inquiries.tables import inquiries, links
from inquiry_router.inquiry.matter import LinkKind

_IS_OPEN_SPLIT: Final = (
    (links.c.kind == LinkKind.SPLIT.value)
    & (inquiries.c.status != "resolved")
    & inquiries.c.merged_into.is_(None)
)


def add_link(
    connection: Connection, earlier: str, later: str, kind: LinkKind, why: str, now: datetime
) -> bool:
    """Link two inquiries. Return False if they were linked before."""
    linked_back = (links.c.inquiry_id == later) & (links.c.other_id == earlier)
    if connection.execute(select(exists().where(linked_back))).scalar_one():
        return False
    row = {"inquiry_id": earlier, "other_id": later, "kind": kind.value, "at": now, "why": why}
    dialect_insert = sqlite_insert if connection.dialect.name == "sqlite" else postgres_insert
    statement = dialect_insert(links).values(row).on_conflict_do_nothing()
    return connection.execute(statement).rowcount == 1


def copy_links(connection: Connection, inquiry_id: str, to_id: str) -> list[str]:
    """Give the links of an inquiry to another one too; return the ids that were new to it."""
    query = select(links).where(
        or_(links.c.inquiry_id == inquiry_id, links.c.other_id == inquiry_id)
    )
    new = []
    for row in connection.execute(query.order_by(links.c.at)).all():
        ends = [to_id if one == inquiry_id else one for one in (row.inquiry_id, row.other_id)]
        earlier, later = ends
        if earlier != later and add_link(
            connection, earlier, later, LinkKind(row.kind), row.why, row.at
        ):
            new.append(later if earlier == to_id else earlier)
    return new


def remove_link(connection: Connection, one: str, other: str) -> bool:
    """Remove the link between two inquiries. Return False if there is none."""
    pairs = (links.c.inquiry_id == one) & (links.c.other_id == other)
    pairs |= (links.c.inquiry_id == other) & (links.c.other_id == one)
    return connection.execute(delete(links).where(pairs)).rowcount > 0


def list_links(connection: Connection, inquiry_id: str) -> list[dict[str, Any]]:
    """List the inquiries that are linked to this one, the oldest link first."""
    other = inquiries.alias("other")
    leads_here = links.c.other_id == inquiry_id
    query = (
        select(links.c.kind, links.c.at, links.c.why, other)
        .join(
            other,
            or_(
                leads_here & (other.c.id == links.c.inquiry_id),
                (links.c.inquiry_id == inquiry_id) & (other.c.id == links.c.other_id),
            ),
        )
        .where(or_(links.c.inquiry_id == inquiry_id, leads_here))
        .order_by(links.c.at, other.c.id)
    )
    return [
        {
            "inquiry": row.id,
            "reference": row.reference,
            "kind": row.kind,
            "why": row.why,
            "at": row.at,
            "status": row.status,
            "team": row.team,
        }
        for row in connection.execute(query)
    ]


def find_split_from(connection: Connection, inquiry_id: str) -> Any | None:
    """Return the row of the open inquiry of which this one was a message once, if any."""
    query = (
        select(inquiries)
        .join(links, links.c.inquiry_id == inquiries.c.id)
        .where(links.c.other_id == inquiry_id, _IS_OPEN_SPLIT)
        .order_by(inquiries.c.id.desc())
        .limit(1)
    )
    return connection.execute(query).first()


def find_split_off(connection: Connection, inquiry_id: str) -> list[Any]:
    """List the rows of open inquiries that messages of this one became."""
    query = (
        select(inquiries)
        .join(links, links.c.other_id == inquiries.c.id)
        .where(links.c.inquiry_id == inquiry_id, _IS_OPEN_SPLIT)
        .order_by(inquiries.c.id.desc())
    )
    return list(connection.execute(query))

"""The SQL of introductions."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, exists, insert, select

from inquiry_router.accounts.model import person_key
from inquiry_router.accounts.naming import PeopleColumns, is_named_in, write_name
from inquiry_router.inquiry.rendering import format_time
from inquiry_router.introductions.tables import introductions
from inquiry_router.process.ids import id_after

_PEOPLE: Final = (PeopleColumns(introductions.c.person_key, introductions.c.person),)


def rename_person(connection: Connection, before: str, after: str) -> None:
    """Write the new name of one of our people into their introductions."""
    write_name(connection, _PEOPLE, before, after)


def is_named(connection: Connection, name: str) -> bool:
    """True if a customer was introduced in the name of this person."""
    return is_named_in(connection, _PEOPLE, name)


def is_introduced(connection: Connection, customer: str, person: str, since: datetime) -> bool:
    """Report if a customer was introduced in the name of this person since a moment."""
    query = exists().where(
        introductions.c.customer == customer,
        introductions.c.person_key == person_key(person),
        introductions.c.at >= since,
    )
    return bool(connection.execute(select(query)).scalar_one())


def add_introduction(
    connection: Connection,
    inquiry_id: str,
    account_id: str | None,
    customer: str,
    person: str,
    names: str,
    delivery_id: str,
    now: datetime,
) -> None:
    """Record an introduction."""
    values = {
        "id": id_after(None),
        "at": now,
        "inquiry_id": inquiry_id,
        "account_id": account_id,
        "customer": customer,
        "person": person,
        "person_key": person_key(person),
        "names": names,
        "delivery_id": delivery_id,
    }
    connection.execute(insert(introductions).values(values))


def list_introductions(
    connection: Connection, *, person: str | None = None, before: str | None = None, limit: int = 50
) -> list[dict[str, Any]]:
    """List introductions as JSON, the newest first."""
    query = select(introductions).order_by(introductions.c.id.desc()).limit(limit)
    if person is not None:
        query = query.where(introductions.c.person_key == person_key(person))
    if before is not None:
        query = query.where(introductions.c.id < before)
    names = ("id", "inquiry_id", "account_id", "customer", "person", "names", "delivery_id")
    return [
        {"at": format_time(row.at), **{name: getattr(row, name) for name in names}}
        for row in connection.execute(query)
    ]

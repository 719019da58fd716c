"""Columns that name our people: write somebody's new name there, tell if a name stands there."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Column, Connection, select, update

from inquiry_router.accounts.model import person_key


class PeopleColumns(NamedTuple):
    """A column with the keys of people, and the one with their names beside it, if any."""

    key: Column[str]
    name: Column[str] | None = None


def write_name(
    connection: Connection, columns: Iterable[PeopleColumns], before: str, after: str
) -> None:
    """Write the new name of one of our people."""
    for one in columns:
        values = {one.key.name: person_key(after)}
        if one.name is not None:
            values[one.name.name] = after
        theirs = update(one.key.table).where(one.key == person_key(before))
        connection.execute(theirs.values(values))


def is_named_in(connection: Connection, columns: Iterable[PeopleColumns], name: str) -> bool:
    """True if a name stands in one of the columns."""
    queries = (select(one.key).where(one.key == person_key(name)).limit(1) for one in columns)
    return any(connection.execute(query).first() is not None for query in queries)

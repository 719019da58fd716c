"""The names of our people in bypasses, baselines and daily figures: somebody gets another one."""

from typing import Any, Final

from sqlalchemy import Connection, Table, exists, select, update

from inquiry_router.accounts.model import person_key
from inquiry_router.accounts.naming import PeopleColumns, is_named_in, write_name
from inquiry_router.relief.tables import baseline_cells, bypasses, daily_figures

_PEOPLE: Final = (PeopleColumns(bypasses.c.person_key, bypasses.c.person),)
# Their names are part of the key of a row, as they were written.
_COUNTS: Final = (baseline_cells, daily_figures)


def is_named(connection: Connection, name: str) -> bool:
    """True if a bypass reached somebody of this name. Counts are figures, not theirs."""
    return is_named_in(connection, _PEOPLE, name)


def rename_person(connection: Connection, before: str, after: str) -> None:
    """Write the new name of one of our people into bypasses and counts."""
    write_name(connection, _PEOPLE, before, after)
    for table in _COUNTS:
        _rename_counts(connection, table, before, after)


def _rename_counts(connection: Connection, table: Table, before: str, after: str) -> None:
    """Rename rows; one beside which a row of the new name stands keeps the old name."""
    person = table.c.person
    spellings = [
        one
        for one in connection.scalars(select(person).distinct())
        if person_key(one) == person_key(before)
    ]
    other = table.alias()
    rest: list[Any] = [
        other.c[column.name] == column for column in table.primary_key if column is not person
    ]
    taken = exists().where(other.c.person == after, *rest)
    connection.execute(update(table).where(person.in_(spellings), ~taken).values(person=after))

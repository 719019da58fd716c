"""The SQL of bypasses."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from inquiry_router.process.ids import new_id
from inquiry_router.relief.model import Bypass
from inquiry_router.relief.tables import bypasses

# Rows of one statement: SQLite takes 32,766 values.
_PART: Final = 1_000


def add_bypass(connection: Connection, bypass: Bypass, now: datetime) -> str | None:
    """Add a bypass. Returns its id; None if one with its key is there already."""
    made = _row(bypass, now)
    return made["id"] if add_rows(connection, [made]) else None


def add_bypasses(connection: Connection, found: Sequence[Bypass], now: datetime) -> int:
    """Add bypasses that are not there yet. Returns their number."""
    rows = [_row(one, now) for one in found]
    return sum(
        add_rows(connection, rows[begin : begin + _PART]) for begin in range(0, len(rows), _PART)
    )


def add_rows(connection: Connection, rows: Sequence[dict[str, Any]]) -> int:
    """Insert rows, leave out those with a known key, and return the number of new ones."""
    dialect_insert = sqlite_insert if connection.dialect.name == "sqlite" else postgres_insert
    statement = dialect_insert(bypasses).on_conflict_do_nothing(index_elements=["key"])
    return connection.execute(statement.values(list(rows))).rowcount


def find_by_key(connection: Connection, key: str) -> str:
    """Return the id of the bypass with a key."""
    found: str = connection.execute(select(bypasses.c.id).where(bypasses.c.key == key)).scalar_one()
    return found


def forget_numbers(connection: Connection, before: datetime) -> int:
    """Empty the numbers of calls before a moment. Returns how many."""
    old = (bypasses.c.at < before) & bypasses.c.number.is_not(None)
    return connection.execute(update(bypasses).where(old).values(number=None)).rowcount


def _row(bypass: Bypass, now: datetime) -> dict[str, Any]:
    return {
        **asdict(bypass),
        "id": new_id(),
        "person_key": bypass.person_key,
        "created_at": now,
    }

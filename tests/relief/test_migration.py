"""The triggers of daily figures come with the migration, and go with it."""

import pytest
from sqlalchemy import Connection, text

from inquiry_router.database.migrate import downgrade, upgrade
from tests.calls.test_migration import on_database

pytestmark = pytest.mark.anyio
_INQUIRY = """
    INSERT INTO inquiries (id, reference, status, channel, language, received_at, created_at,
        category, confidence, team, priority, search, unsure, asked_at)
    VALUES (:id, :id, 'routed', 'email', 'pl', :at, :at, 'defect', 0.9, 'sales', 'normal',
        'x', FALSE, :at)
"""
_DAYS = (
    ("2026-11-16 23:00:00.000000", "2026-11-17 23:00:00.000000", "2026-11-17"),
    ("2026-11-17 23:00:00.000000", "2026-11-18 23:00:00.000000", "2026-11-18"),
)
_IN = "2026-11-17 23:00:00.000000"


def moment(connection: Connection, at: str) -> str:
    """A moment as the database's driver stores it."""
    return at if connection.dialect.name == "sqlite" else f"{at}+00:00"


def roll(connection: Connection) -> None:
    connection.execute(text("DELETE FROM rolled_days"))
    for begin, end, day in _DAYS:
        values = f"('{moment(connection, begin)}', '{moment(connection, end)}', '{day}')"
        execute(connection, f"INSERT INTO rolled_days (begin_at, end_at, day) VALUES {values}")


def rolled(connection: Connection) -> list[str]:
    query = text("SELECT day FROM rolled_days ORDER BY day")
    return [str(row[0]) for row in connection.execute(query)]


def execute(connection: Connection, statement: str) -> None:
    connection.execute(text(statement))


def check(connection: Connection) -> None:
    downgrade(connection, "0019")
    upgrade(connection)
    at = moment(connection, _IN)
    for statement in (
        _INQUIRY.replace(":id", "'i1'").replace(":at", f"'{at}'"),
        "UPDATE inquiries SET category = 'other' WHERE id = 'i1'",
        "UPDATE inquiries SET merged_into = 'i2' WHERE id = 'i1'",
        "DELETE FROM inquiries WHERE id = 'i1'",
    ):
        roll(connection)
        execute(connection, statement)
        assert rolled(connection) == ["2026-11-17"], statement
    roll(connection)
    execute(connection, _INQUIRY.replace(":id", "'i3'").replace(":at", f"'{at}'"))
    roll(connection)
    execute(connection, "UPDATE inquiries SET search = 'y' WHERE id = 'i3'")
    assert rolled(connection) == ["2026-11-17", "2026-11-18"]


async def test_change_of_an_inquiry_unrolls_its_day(database_url: str) -> None:
    await on_database(database_url, check)

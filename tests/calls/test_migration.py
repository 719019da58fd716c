"""Callbacks and calls of an older version keep their meaning, up and down."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from inquiry_router.database.migrate import downgrade, upgrade
from inquiry_router.database.postgres import postgres_engine
from inquiry_router.database.sqlite import sqlite_engine

pytestmark = pytest.mark.anyio
AT = "2026-11-19 10:00:00+00:00"
_CALL = """
    INSERT INTO calls (id, line, call_id, state, answers, reached, started_at)
    VALUES ('c1', 'line-1', 'pbx-1', '{}', '[]', FALSE, :at)
"""
_CALLBACK = """
    INSERT INTO callbacks (id, call, inquiry_id, number, team, state, due_at, attempts, reminders,
        remind_at, escalated, created_at)
    VALUES (:id, :id, :inquiry, '+48601234567', 'sales', :state, :at, 0, 0, :at, FALSE, :at)
"""


async def on_database(url: str, work: Callable[[Connection], Any]) -> None:
    """Run `work` in one transaction of the database."""
    if url.startswith("sqlite"):
        engine = sqlite_engine(Path(url.removeprefix("sqlite:///")))
        with engine.begin() as connection:
            work(connection)
        engine.dispose()
        return
    other = postgres_engine(url, 1)
    async with other.begin() as found:
        await found.run_sync(work)
    await other.dispose()


def rows(connection: Connection, query: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in connection.execute(text(query))]


def go_up_and_down(connection: Connection) -> None:
    downgrade(connection, "0007")
    _add_inquiry(connection)
    connection.execute(text(_CALL), _times(connection))
    for name, state in (("b1", "pending"), ("b2", "pending"), ("b3", "done")):
        values = {"id": name, "inquiry": "i1", "state": state, **_times(connection)}
        connection.execute(text(_CALLBACK), values)
    upgrade(connection)
    query = "SELECT id, kind, state, outcome FROM callbacks ORDER BY id"
    assert rows(connection, query) == [
        ("b1", "callback", "done", "replaced"),
        ("b2", "callback", "pending", None),
        ("b3", "callback", "done", "reached"),
    ]
    assert rows(connection, "SELECT call_id, use, hung_up_at FROM calls") == [("pbx-1", 1, None)]
    connection.execute(text("UPDATE callbacks SET remind_at = NULL WHERE id = 'b2'"))
    connection.execute(text("UPDATE callbacks SET kind = 'missed' WHERE id = 'b3'"))
    downgrade(connection, "0007")
    query = "SELECT id, team, state FROM callbacks WHERE remind_at IS NOT NULL ORDER BY id"
    expected = [("b1", "customer_service", "done"), ("b2", "customer_service", "pending")]
    assert rows(connection, query) == expected
    connection.execute(text("DELETE FROM callbacks"))
    connection.execute(text("DELETE FROM calls"))
    connection.execute(text("DELETE FROM inquiries"))
    upgrade(connection)


def _times(connection: Connection) -> dict[str, Any]:
    moment = datetime.fromisoformat(AT)
    return {"at": AT[:19] if connection.dialect.name == "sqlite" else moment}


def _add_inquiry(connection: Connection) -> None:
    values = {
        "id": "i1",
        "reference": "K7MA-4XEH",
        "status": "routed",
        "channel": "phone",
        "language": "pl",
        "category": "defect",
        "confidence": 1.0,
        "team": "customer_service",
        "priority": "normal",
        "search": "",
    }
    names = ", ".join([*values, "received_at", "created_at"])
    marks = ", ".join([*(f":{name}" for name in values), ":at", ":at"])
    query = f"INSERT INTO inquiries ({names}) VALUES ({marks})"
    connection.execute(text(query), {**values, **_times(connection)})


async def test_callbacks_and_calls_are_carried_over(database_url: str) -> None:
    await on_database(database_url, go_up_and_down)

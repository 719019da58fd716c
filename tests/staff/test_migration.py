"""The salespeople of the phone settings become members of staff."""

import json

import pytest
from sqlalchemy import Connection, text

from inquiry_router.database.migrate import downgrade, upgrade
from inquiry_router.staff.store import load_roster
from tests.calls.test_migration import on_database

pytestmark = pytest.mark.anyio
SALESPEOPLE = [
    {"name": "Bartek Wilk", "number": "+48220000070"},
    {"name": "Ewa", "number": "sip:ewa@pbx.example"},
    {"name": "bartek  WILK", "number": "+48220000071"},
]


def go_down_and_up(connection: Connection) -> None:
    downgrade(connection, "0019")
    for version, people in ((7, SALESPEOPLE[1:]), (8, SALESPEOPLE)):
        body = json.dumps({"salespeople": people})
        connection.execute(
            text(
                "INSERT INTO documents (name, version, body, at, actor) VALUES "
                "('phone', :version, :body, '2026-11-19 10:00:00+00:00', 'admin')"
            ),
            {"version": version, "body": body},
        )
    upgrade(connection)
    members = load_roster(connection).members
    assert {(one.name, one.kind, one.phone, one.teams) for one in members} == {
        ("bartek  WILK", "salesperson", "+48220000071", ()),
        ("Ewa", "salesperson", None, ()),
    }
    downgrade(connection, "0019")
    upgrade(connection)


async def test_salespeople_are_entered(database_url: str) -> None:
    await on_database(database_url, go_down_and_up)

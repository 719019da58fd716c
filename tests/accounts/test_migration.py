"""The customers of salespeople become accounts, and customers again on the way down."""

import json
from typing import Any

import pytest
from sqlalchemy import Connection, text

from inquiry_router.database.migrate import downgrade, upgrade
from tests.calls.test_migration import on_database

pytestmark = pytest.mark.anyio
BARTEK = {"name": "Bartek", "number": "+48220000070", "customers": ["+48601234567", "+48602"]}
EWA = {"name": "Ewa", "number": "+48220000071", "customers": ["+48603"], "on_duty": False}
OLD = {"fallback": "+48220000001", "salespeople": [BARTEK, EWA]}
_INQUIRY = """
    INSERT INTO inquiries (id, reference, status, channel, language, contact_company,
        contact_phone, received_at, created_at, category, confidence, team, priority, search,
        unsure, asked_at)
    VALUES ('i1', 'AAAA-0001', 'routed', 'email', 'pl', 'Hydro-Bud', '+48601234567',
        '2026-11-19 10:00:00+00:00', '2026-11-19 10:00:00+00:00', 'defect', 0.9, 'sales', 'normal',
        'x', FALSE, '2026-11-19 10:00:00+00:00')
"""
_ACCOUNTS = """
    SELECT a.name, p.value, r.person, a.provisional FROM accounts a
    JOIN contact_points p ON p.account_id = a.id JOIN account_roles r ON r.account_id = a.id
    WHERE r.role = 'owner' ORDER BY p.value
"""


def settings(connection: Connection, version: int) -> Any:
    query = text("SELECT body FROM documents WHERE name = 'phone' AND version = :version")
    body = connection.scalar(query, {"version": version})
    return json.loads(body) if isinstance(body, str) else body


def go_up_and_down(connection: Connection) -> None:
    downgrade(connection, "0018")
    connection.execute(text(_INQUIRY.replace("\n", " ")))
    old = OLD | {"salespeople": [EWA | {"customers": ["+48609"]}]}
    for version, body in ((7, old), (8, OLD)):
        connection.execute(
            text(
                "INSERT INTO documents (name, version, body, at, actor) VALUES "
                "('phone', :version, :body, '2026-11-19 10:00:00+00:00', 'admin')"
            ),
            {"version": version, "body": json.dumps(body)},
        )
    upgrade(connection)
    assert [tuple(row) for row in connection.execute(text(_ACCOUNTS))] == [
        ("Hydro-Bud", "+48601234567", "Bartek", True),
        ("+48602", "+48602", "Bartek", True),
        ("+48603", "+48603", "Ewa", True),
    ]
    assert settings(connection, 8) == OLD | {
        "salespeople": [
            {"name": "Bartek", "number": "+48220000070"},
            {"name": "Ewa", "number": "+48220000071", "on_duty": False},
        ]
    }
    assert "customers" not in settings(connection, 7)["salespeople"][0]
    connection.execute(text("DELETE FROM accounts WHERE name = '+48603'"))
    downgrade(connection, "0018")
    # The older version has no salesperson without customers.
    assert settings(connection, 8) == OLD | {"salespeople": [BARTEK]}
    upgrade(connection)


async def test_customers_become_accounts_and_customers_again(database_url: str) -> None:
    await on_database(database_url, go_up_and_down)

"""Migrations: up, down, and their numbers."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, inspect, text

from inquiry_router.configuration.api_key_store import read_api_keys
from inquiry_router.database.metadata import SCHEMA
from inquiry_router.database.migrate import MIGRATIONS, downgrade, upgrade
from inquiry_router.database.session import require_current_schema
from inquiry_router.database.sqlite import sqlite_engine
from inquiry_router.inquiries.waiting import claim_due
from inquiry_router.process.clock import utc_now

pytestmark = pytest.mark.anyio


async def in_transaction(database_url: str, work: Callable[[Connection], None]) -> None:
    """Run work on a database of either kind."""
    if database_url.startswith("sqlite"):
        engine = sqlite_engine(Path(database_url.removeprefix("sqlite:///")))
        with engine.begin() as connection:
            work(connection)
        engine.dispose()
    else:
        from inquiry_router.database.postgres import postgres_engine

        postgres = postgres_engine(database_url, 1)
        async with postgres.begin() as connection:
            await connection.run_sync(work)
        await postgres.dispose()


async def test_migrations_go_up_down_and_up(database_url: str) -> None:
    """Down to nothing, with data in the tables, and up again."""

    def work(connection: Connection) -> None:
        downgrade(connection, "base")
        assert inspect(connection).get_table_names() == ["alembic_version"]
        upgrade(connection)
        require_current_schema(connection)

    await in_transaction(database_url, work)


async def test_inquiries_of_older_versions_get_their_messages_and_signs(database_url: str) -> None:
    routed = {
        "classification": {"unsure": False},
        "decision": {"flags": ["unsure"]},
        "entities": [
            {"kind": "order_number", "value": "4500111"},
            {"kind": "order_number", "value": "4500111"},
            {"kind": "date", "value": "2026-11-20"},
            {"kind": "invoice_number", "value": None},
        ],
    }

    def insert_old(connection: Connection) -> None:
        for name, status, source in (("a", "routed", "zammad-1"), ("b", "resolved", None)):
            insert_old_inquiry(connection, name, status, source, routed)

    def check_new(connection: Connection) -> None:
        rows = connection.execute(
            text("SELECT id, inquiry_id, text, subject, source_id FROM messages ORDER BY id")
        ).all()
        assert [tuple(row) for row in rows] == [
            ("a", "a", "Pompa cieknie", "Pompa", "17"),
            ("b", "b", "Pompa cieknie", "Pompa", "17"),
        ]
        assert set(connection.scalars(text("SELECT sign FROM signs WHERE message_id = 'a'"))) == {
            "ticket:zammad-1:17",
            "email:anna@hydro-bud.example",
            "phone:+48601234567",
            "number:4500111",
        }
        columns = "unsure, placed_by, resolved_at IS NOT NULL, asked_at = received_at, status"
        found = connection.execute(text(f"SELECT {columns} FROM inquiries ORDER BY id")).all()
        assert [tuple(row) for row in found] == [
            (True, None, False, True, "routed"),
            (True, "Celina", True, True, "resolved"),
        ]
        assert connection.scalar(text("SELECT message_id FROM intake_keys")) == "a"
        connection.execute(text("UPDATE inquiries SET status = 'waiting_for_us' WHERE id = 'a'"))

    def check_old(connection: Connection) -> None:
        told = text("SELECT id, status, subject, text FROM inquiries ORDER BY id")
        assert [tuple(row) for row in connection.execute(told)] == [
            ("a", "routed", "Pompa", "Pompa cieknie"),
            ("b", "resolved", "Pompa", "Pompa cieknie"),
        ]

    down = partial(downgrade, revision="0005")
    for work in (down, insert_old, upgrade, check_new, down, check_old, upgrade):
        await in_transaction(database_url, work)


async def test_unclassified_inquiries_of_older_versions_wait(database_url: str) -> None:
    """Those of the last week that nobody has touched, and no calls."""
    now = utc_now()
    young, old = (f"{now - timedelta(days=days):%Y-%m-%d %H:%M:%S}" for days in (6, 8))
    unknown = {"category": "other", "confidence": 0.0, "unsure": True}
    changes: dict[str, dict[str, Any]] = {
        "a": {},
        "b": {"placed_by": "Celina"},
        "c": {"status": "resolved"},
        "d": {"channel": "phone"},
        "e": {"confidence": 0.4},
        "f": {},
    }

    def insert_old(connection: Connection) -> None:
        for name, change in changes.items():
            at = old if name == "f" else young
            values = {
                "id": name,
                "reference": name,
                "status": "routed",
                "channel": "email",
                "language": "pl",
                "team": "triage",
                "priority": "normal",
                "search": "",
            }
            moments = {"received_at": at, "created_at": at, "asked_at": at}
            insert(connection, "inquiries", {**values, **unknown, **change}, moments)
            said = {"id": name, "inquiry_id": name, "channel": "email", "text": "Pompa"}
            more = {"language": "pl", "author": "{}", "category": "other", "confidence": 0.0}
            insert(connection, "messages", {**said, **more}, {"received_at": at, "created_at": at})

    def check_new(connection: Connection) -> None:
        query = text("SELECT message_id, attempts, shown FROM waiting ORDER BY message_id")
        assert [tuple(row) for row in connection.execute(query)] == [("a", 0, True)]
        claimed = claim_due(connection, 5)
        assert [(one.id, one.language) for one in claimed] == [("a", None)]
        assert timedelta(days=5.9) < now - claimed[0].since < timedelta(days=6.1)

    down = partial(downgrade, revision="0009")
    for work in (down, insert_old, upgrade, check_new, down, upgrade):
        await in_transaction(database_url, work)


async def test_openings_that_wait_are_known_to_older_versions(database_url: str) -> None:
    def work(connection: Connection) -> None:
        moment = "2026-11-20 08:30:00"
        downgrade(connection, "0009")
        upgrade(connection)
        values = {
            "id": "a",
            "reference": "a",
            "status": "new",
            "channel": "email",
            "language": "pl",
            "team": "triage",
            "priority": "normal",
            "search": "",
            "category": "other",
            "confidence": 0.0,
        }
        moments = {"received_at": moment, "created_at": moment, "asked_at": moment}
        insert(connection, "inquiries", values, moments)
        entry = {"id": "a1", "inquiry_id": "a", "kind": "waiting", "actor": "x", "details": "{}"}
        insert(connection, "timeline", entry, at=moment)
        downgrade(connection, "0009")
        assert connection.scalar(text("SELECT kind FROM timeline")) == "routed"
        upgrade(connection)

    await in_transaction(database_url, work)


def insert_old_inquiry(
    connection: Connection, name: str, status: str, source: str | None, routed: dict[str, Any]
) -> None:
    """Insert an inquiry as version 0005 of the schema had it; a resolved one was corrected too."""
    moment = "2026-11-20 08:30:00"
    insert(
        connection,
        "inquiries",
        {
            "id": name,
            "reference": name,
            "status": status,
            "channel": "email",
            "subject": "Pompa",
            "text": "Pompa cieknie",
            "language": "pl",
            "contact_email": "anna@hydro-bud.example",
            "contact_phone": "+48601234567",
            "source_system": source,
            "source_id": "17",
            "category": "defect",
            "confidence": 0.9,
            "team": "customer_service",
            "priority": "high",
            "search": "pompa",
        },
        {"received_at": moment, "created_at": moment},
    )
    entry = {"inquiry_id": name, "actor": "website"}
    told = {"details": json.dumps(routed)}
    insert(connection, "timeline", {"id": f"{name}1", "kind": "routed", **entry, **told}, at=moment)
    if status == "resolved":
        done = {"id": f"{name}2", "kind": "resolved", **entry, "details": "{}"}
        insert(connection, "timeline", done, at=moment)
        change = {"category_before": "defect", "category": "defect"}
        teams = {"team_before": "customer_service", "team": "customer_service"}
        person = {"id": name, "inquiry_id": name, "who": "Celina", **change, **teams}
        insert(connection, "corrections", person, at=moment)
    else:
        key = {"key": "ticket:zammad-1:17", "inquiry_id": name, "fingerprint": ""}
        insert(connection, "intake_keys", key)


def insert(
    connection: Connection,
    table: str,
    values: dict[str, Any],
    moments: dict[str, str] | None = None,
    **more: str,
) -> None:
    """Insert a row; moments are written into the statement, because their types differ."""
    written = {**(moments or {}), **more}
    json_columns = ("details", "author", "scopes")
    cast = "CAST(:{0} AS JSON)" if connection.dialect.name == "postgresql" else ":{0}"
    places = [
        *((cast if name in json_columns else ":{0}").format(name) for name in values),
        *(f"'{moment}'" for moment in written.values()),
    ]
    columns = ", ".join([*values, *written])
    statement = f"INSERT INTO {table} ({columns}) VALUES ({', '.join(places)})"
    connection.execute(text(statement), values)


async def test_keys_of_older_versions_stay_valid(database_url: str) -> None:
    """Scopes become roles; what a key might do before, it may do after, and back."""
    given = {
        "form": ["intake"],
        "screen": ["read", "agent"],
        "boss": ["admin"],
    }
    wanted = {
        "form": (["source", "phone"], ["*"]),
        "screen": (["reader", "agent"], []),
        "boss": (["admin"], []),
    }
    moment = "2026-11-19 10:00:00+00:00"

    def work(connection: Connection) -> None:
        downgrade(connection, "0011")
        connection.execute(text("DELETE FROM api_keys"))
        for name, scopes in given.items():
            values = {"id": name, "name": name, "secret_sha256": "0" * 64}
            keys = {**values, "scopes": json.dumps(scopes)}
            insert(connection, "api_keys", keys, created_at=moment)
        upgrade(connection)
        keys = read_api_keys(connection)
        found = {name: (list(key.roles), list(key.sources)) for name, key in keys.items()}
        assert found == wanted
        downgrade(connection, "0011")
        rows = connection.execute(text("SELECT id, scopes FROM api_keys"))
        back = {
            row.id: json.loads(row.scopes) if isinstance(row.scopes, str) else row.scopes
            for row in rows
        }
        assert back == given
        upgrade(connection)

    await in_transaction(database_url, work)


def test_schema_is_the_newest_migration() -> None:
    """Migrations follow in the order of their numbers, so a number says what is older or newer."""
    files = sorted(MIGRATIONS.joinpath("versions").glob("*.py"))
    numbers = [path.name[:4] for path in files]
    chain = [
        re.findall(r'^(?:down_)?revision = "?(\w+)', path.read_text("utf-8"), re.MULTILINE)
        for path in files
    ]
    assert chain == [[new, old] for new, old in zip(numbers, ["None", *numbers], strict=False)]
    assert numbers[-1] == SCHEMA


def test_serving_process_does_not_import_alembic() -> None:
    script = "import sys, inquiry_router.app; sys.exit('alembic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False, timeout=60).returncode == 0

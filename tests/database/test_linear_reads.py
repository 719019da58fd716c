"""Lists and reports take linear time, counted in steps of SQLite's virtual machine."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, delete, insert, update

from inquiry_router.calls.callback_store import end_callbacks, end_resolved, list_callbacks
from inquiry_router.calls.model import CallbackOutcome
from inquiry_router.calls.store import read_history
from inquiry_router.calls.tables import callbacks
from inquiry_router.corrections.tables import corrections
from inquiry_router.database.sqlite import sqlite_engine
from inquiry_router.delivery.records import count_deliveries, list_deliveries
from inquiry_router.delivery.store import due_destinations
from inquiry_router.delivery.tables import attempts, deliveries
from inquiry_router.inquiries.listing import Filters, count_inquiries, list_inquiries
from inquiry_router.inquiries.store import find_inquiry, list_timeline
from inquiry_router.inquiries.tables import inquiries, messages, signs, timeline
from inquiry_router.learning.store import count_corrected_since, read_lessons, read_vectors
from inquiry_router.reports.quality import read_entries
from inquiry_router.reports.shadow import newest_inquiries
from inquiry_router.sources.store import count_events
from inquiry_router.sources.tables import thin_events
from tests.conftest import NOW

FEW, FACTOR = 400, 4
# The steps of a sort grow a little faster than what it sorts; those of a product grow by sixteen.
MAX_GROWTH = 1.5 * FACTOR
COUNTED_AT_ONCE = 50

# Nothing fits most of them, so that all inquiries are looked at.
FILTERS = {
    "nothing": Filters(),
    "status": Filters(status="new"),
    "priority": Filters(priority="low"),
    "channel": Filters(channel="chat"),
    "source": Filters(source="none"),
    "unsure": Filters(unsure=True),
    "overdue": Filters(overdue=NOW),
    "not overdue": Filters(not_overdue=NOW, status="new"),
    "team and overdue": Filters(team="customer_service", overdue=NOW),
    "contact's number": Filters(sign="phone:+48601234567", status="new"),
    "contact's name": Filters(names="nobody"),
    "contact's frequent name": Filters(names="anna", status="new"),
    "words": Filters(q="nowhere"),
}
READS: dict[str, Callable[[Connection], Any]] = {
    "quality": lambda connection: read_entries(connection, None, None),
    "quality of a period": lambda connection: read_entries(
        connection, NOW, NOW + timedelta(days=30)
    ),
    "inquiries": lambda connection: list_inquiries(connection, Filters(), None, 50),
    "inquiries of a team": lambda connection: list_inquiries(
        connection, Filters(team="none"), None, 50
    ),
    "search": lambda connection: list_inquiries(connection, Filters(q="nowhere"), None, 50),
    **{
        f"inquiries by {name}": lambda connection, filters=filters: list_inquiries(
            connection, filters, None, 50
        )
        for name, filters in FILTERS.items()
    },
    **{
        f"counts by {name}": lambda connection, filters=filters: count_inquiries(
            connection, filters
        )
        for name, filters in FILTERS.items()
    },
    "timeline": lambda connection: list_timeline(connection, find_inquiry(connection, "latest").id),
    "shadow report": lambda connection: newest_inquiries(connection, "helpdesk", 100),
    "lessons": read_lessons,
    "vectors": lambda connection: read_vectors(connection, "encoder"),
    "corrected": lambda connection: count_corrected_since(connection, None),
    "deliveries": lambda connection: list_deliveries(connection, destination_id="none"),
    "delivery counts": count_deliveries,
    "due destinations": due_destinations,
    "callbacks": lambda connection: list_callbacks(connection, "pending", "sales", None, 50),
    "a caller": lambda connection: read_history(connection, "+48601234567", NOW),
    "thin events": count_events,
}


@pytest.fixture(scope="module")
def few(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filled(sqlite_template, tmp_path_factory.mktemp("few"), FEW)


@pytest.fixture(scope="module")
def many(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filled(sqlite_template, tmp_path_factory.mktemp("many"), FACTOR * FEW)


@pytest.mark.parametrize("name", READS)
def test_read_is_linear_in_the_rows(few: Path, many: Path, name: str) -> None:
    # Quality once looked ten thousand inquiries up among ten thousand entries, for 22 seconds.
    assert steps_of(READS[name], many) <= MAX_GROWTH * steps_of(READS[name], few)


def test_product_of_two_tables_is_detected(few: Path, many: Path) -> None:
    def multiply(connection: Connection) -> None:
        query = "SELECT count(*) FROM inquiries a, inquiries b WHERE a.language < b.search"
        connection.exec_driver_sql(query).all()

    assert steps_of(multiply, many) > MAX_GROWTH * steps_of(multiply, few)


def test_ending_callbacks_reads_only_those_that_wait(few: Path, many: Path, tmp_path: Path) -> None:
    """It runs every few seconds in the thread that writes, and most inquiries are resolved."""
    steps = []
    for number, path in enumerate((few, many)):
        copy = Path(shutil.copy(path, tmp_path / f"{number}.db"))
        with connected(copy) as connection, connection.begin():
            connection.execute(update(inquiries).values(status="resolved"))
            connection.execute(delete(callbacks).where(callbacks.c.id != id_of(7)))
        steps.append(steps_of(lambda connection: end_resolved(connection, NOW), copy))
        steps.append(
            steps_of(
                lambda connection: end_callbacks(
                    connection, id_of(7), CallbackOutcome.REACHED, NOW
                ),
                copy,
            )
        )
    assert steps[2:] == steps[:2]


def steps_of(read: Callable[[Connection], Any], path: Path) -> int:
    """Count the steps of a read in units of `COUNTED_AT_ONCE`, beginning with one."""
    counted = 1

    def count() -> None:
        nonlocal counted
        counted += 1

    with connected(path) as connection:
        driver: Any = connection.connection.driver_connection
        driver.set_progress_handler(count, COUNTED_AT_ONCE)
        read(connection)
        driver.set_progress_handler(None, 0)
    return counted


@contextmanager
def connected(path: Path) -> Iterator[Connection]:
    engine = sqlite_engine(path)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def filled(template: Path, folder: Path, count: int) -> Path:
    """A database with so many inquiries, each corrected, delivered and to be rung back."""
    path = folder / "inquiries.db"
    shutil.copy(template, path)
    with connected(path) as connection, connection.begin():
        for table, rows in (
            (inquiries, inquiry_rows(count)),
            (messages, message_rows(count)),
            (signs, sign_rows(count)),
            (timeline, timeline_rows(count)),
            (corrections, correction_rows(count)),
            (deliveries, delivery_rows(count)),
            (attempts, attempt_rows(count)),
            (callbacks, callback_rows(count)),
            (thin_events, thin_event_rows(count)),
        ):
            connection.execute(insert(table), rows)
    return path


def id_of(number: int, kind: int = 0) -> str:
    return f"0198c0de-0000-7000-{kind:04}-{number:012}"


def ids_of(number: int) -> dict[str, str]:
    return {"id": id_of(number), "inquiry_id": id_of(number)}


def inquiry_rows(count: int) -> list[dict[str, Any]]:
    shared = {
        "status": "routed",
        "channel": "email",
        "search": "anna pompa cieknie.",
        "contact_name": "Anna",
        "language": "pl",
        "contact_phone": "+48601234567",
        "source_system": "helpdesk",
        "category": "defect",
        "confidence": 0.9,
        "team": "customer_service",
        "priority": "high",
    }
    return [
        {
            **shared,
            "id": id_of(number),
            "reference": f"R{number:07}",
            "source_id": str(number),
            "received_at": NOW + timedelta(seconds=number),
            "asked_at": NOW,
            "created_at": NOW,
        }
        for number in range(count)
    ]


def message_rows(count: int) -> list[dict[str, Any]]:
    shared = {
        "created_at": NOW,
        "received_at": NOW,
        "channel": "email",
        "text": "Pompa cieknie.",
        "language": "pl",
        "author": {},
        "category": "defect",
        "confidence": 0.9,
    }
    return [{**shared, **ids_of(number)} for number in range(count)]


def sign_rows(count: int) -> list[dict[str, Any]]:
    ids = (id_of(number) for number in range(count))
    return [{"sign": "phone:+48601234567", "message_id": one} for one in ids]


def timeline_rows(count: int) -> list[dict[str, Any]]:
    classification = {
        "category": "defect",
        "confidence": 0.9,
        "secondary": None,
        "ranking": [],
        "language": "pl",
        "method": "model",
        "model": "m",
        "evidence": [],
        "unsure": False,
    }
    decision = {
        "team": "customer_service",
        "assignee": None,
        "priority": "high",
        "due_at": None,
        "rule": "defects",
        "reasons": [],
        "flags": [],
        "policy_version": 1,
    }
    routed = {
        "classification": classification,
        "decision": decision,
        "acknowledgement": None,
        "entities": [],
    }
    shared = {"at": NOW, "kind": "routed", "actor": "a", "details": routed}
    first = [{**shared, **ids_of(number), "id": id_of(number, 1)} for number in range(count)]
    return first + [{**row, "id": id_of(number, 2)} for number, row in enumerate(first)]


def correction_rows(count: int) -> list[dict[str, Any]]:
    shared = {
        "at": NOW,
        "who": "Celina",
        "category_before": "other",
        "category": "defect",
        "team_before": "triage",
        "team": "customer_service",
    }
    return [{**shared, **ids_of(number)} for number in range(count)]


def delivery_rows(count: int) -> list[dict[str, Any]]:
    shared = {
        "destination_id": "console",
        "event": "inquiry.routed",
        "attempts": 1,
        "created_at": NOW,
        "due_at": NOW,
    }
    states = ("pending", "delivered", "dead")
    return [{**shared, **ids_of(number), "state": states[number % 3]} for number in range(count)]


def attempt_rows(count: int) -> list[dict[str, Any]]:
    shared = {"number": 1, "at": NOW, "duration_ms": 5, "outcome": "delivered"}
    ids = (id_of(number) for number in range(count))
    return [{**shared, "id": one, "delivery_id": one} for one in ids]


def callback_rows(count: int) -> list[dict[str, Any]]:
    shared = {
        "kind": "callback",
        "number": "+48601234567",
        "state": "pending",
        "due_at": NOW,
        "attempts": 0,
        "reminders": 0,
        "remind_at": NOW,
        "escalated": False,
        "created_at": NOW,
    }
    return [{**shared, **ids_of(number), "call": id_of(number)} for number in range(count)]


def thin_event_rows(count: int) -> list[dict[str, Any]]:
    shared = {
        "source_id": "helpdesk",
        "known": {},
        "state": "dead",
        "attempts": 3,
        "created_at": NOW,
        "due_at": NOW,
    }
    return [{**shared, "id": id_of(number), "key": str(number)} for number in range(count)]

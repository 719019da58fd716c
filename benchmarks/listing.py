"""50 inquiries by cursor, filters that fit nothing, and counts; among many inquiries.

They are read by the product's own queries and connection.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from statistics import median
from typing import Any

from sqlalchemy import Connection, insert, text

from benchmarks.servers import Store, settings_of
from inquiry_router.database.opening import open_database
from inquiry_router.database.session import Database
from inquiry_router.inquiries import listing
from inquiry_router.inquiries.tables import inquiries, messages
from inquiry_router.inquiry.model import Priority, Status

PAGE = 50
ROUNDS = 41
RARE_ROUNDS = 5
DEPTHS = (0.0, 0.1, 0.5, 0.9, 0.999)
_CHUNK = 5000
_FIRST = datetime(2025, 1, 1, tzinfo=UTC)
# Of ten inquiries, six belong to customer service, three to sales, one to triage.
_TEAMS = ("customer_service", "sales", "customer_service", "customer_service", "sales") * 2
_TEXT = (
    "Dzień dobry, pompa, którą kupiliśmy w marcu, od wczoraj nie pompuje i cieknie spod uszczelki. "
    "Proszę o pilny serwis. " * 3
)


# Filters of the daily work. Nothing fits, so that all inquiries are looked at.
_RARE = {
    "status": listing.Filters(status=Status.NEW),
    "priority": listing.Filters(priority=Priority.URGENT),
    "overdue": listing.Filters(overdue=_FIRST),
    "unsure": listing.Filters(unsure=True),
    "source": listing.Filters(source="none"),
    "team and priority": listing.Filters(team="sales", priority=Priority.URGENT),
    "number": listing.Filters(sign="phone:+48601234567"),
}
# These look through a part of them only, however many there are.
_SEARCHES = {
    "name": listing.Filters(names="nobody"),
    "words": listing.Filters(q="nowhere"),
}


@dataclass(frozen=True, slots=True)
class Pages:
    """Milliseconds for the newest page, and for the slowest of the pages further down."""

    newest_ms: float
    slowest_ms: float


@dataclass(frozen=True, slots=True)
class Measured:
    """Pages by filter; milliseconds and name of the slowest filter, count and search."""

    pages: dict[str, Pages]
    filter_ms: tuple[float, str]
    count_ms: tuple[float, str]
    search_ms: tuple[float, str]


def measure(database: Store, count: int) -> Measured:
    """Fill the database up to `count` inquiries, then read pages at several depths, by turns.

    After that, read filters that fit nothing, and counts.
    """
    return asyncio.run(_measure(database, count))


async def _measure(database: Store, count: int) -> Measured:
    opened = open_database(settings_of(database.url))
    await opened.start()
    try:
        await _fill(opened, count)
        filters = {
            "": listing.Filters(),
            ", one team": listing.Filters(team="sales"),
            ", a rare team": listing.Filters(team="triage"),
        }
        pages = {name: await _read(opened, chosen, count) for name, chosen in filters.items()}
        counted = {"nothing": listing.Filters(), "one team": filters[", one team"], **_RARE}
        return Measured(
            pages,
            await _slowest(opened, _RARE, partial(_page, after=None)),
            await _slowest(opened, counted, listing.count_inquiries),
            await _slowest(opened, _SEARCHES, partial(_page, after=None)),
        )
    finally:
        await opened.stop()


async def _fill(database: Database, count: int) -> None:
    rows = _rows(count)
    while chunk := list(islice(rows, _CHUNK)):
        await database.write(partial(_insert, rows=chunk))
    if database.dialect == "postgresql":
        await database.write(lambda connection: connection.execute(text("ANALYZE inquiries")))


def _insert(connection: Connection, rows: list[dict[str, Any]]) -> None:
    said = [_said(row) for row in rows]
    connection.execute(insert(inquiries), rows)
    connection.execute(insert(messages), said)


def _said(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "inquiry_id": row["id"],
        "received_at": row["received_at"],
        "created_at": row["created_at"],
        "channel": row["channel"],
        "subject": f"Sprawa {row['reference']}",
        "text": _TEXT,
        "language": "pl",
        "author": {},
        "category": row["category"],
        "confidence": row["confidence"],
    }


def _rows(count: int) -> Iterator[dict[str, Any]]:
    for number in range(count):
        moment = _FIRST + timedelta(seconds=20 * number)
        yield {
            "id": _id(number),
            "reference": f"{number:09d}",
            "status": Status.RESOLVED.value,
            "channel": "email",
            "language": "pl",
            "received_at": moment,
            "asked_at": moment,
            "created_at": moment,
            "due_at": moment + timedelta(hours=8),
            "category": "defect",
            "confidence": 0.9,
            "team": "triage" if number % 10 == 0 else _TEAMS[number % 10],
            "priority": "normal",
            "search": _TEXT.lower(),
        }


def _id(number: int) -> str:
    return f"01940000-{number >> 16:04x}-7{number >> 4 & 0xFFF:03x}-8000-{number:012x}"


async def _slowest(
    database: Database, filters: dict[str, listing.Filters], read: Callable[..., Any]
) -> tuple[float, str]:
    """The median of the slowest filter, and its name."""
    times = []
    for name, chosen in filters.items():
        took = []
        for _ in range(RARE_ROUNDS):
            begun = time.perf_counter()
            await database.read(partial(read, filters=chosen))
            took.append(1000 * (time.perf_counter() - begun))
        times.append((median(took), name))
    return max(times)


async def _read(database: Database, filters: listing.Filters, count: int) -> Pages:
    times: dict[float, list[float]] = {depth: [] for depth in DEPTHS}
    for _ in range(ROUNDS):
        for depth in DEPTHS:
            number = int(count * (1 - depth))
            after = (_FIRST + timedelta(seconds=20 * number), _id(number)) if depth else None
            begun = time.perf_counter()
            page = await database.read(partial(_page, filters=filters, after=after))
            times[depth].append(1000 * (time.perf_counter() - begun))
            if not page.rows:
                raise RuntimeError("a page was empty")
    newest, *deeper = (median(times[depth]) for depth in DEPTHS)
    return Pages(newest, max(deeper))


def _page(
    connection: Connection, filters: listing.Filters, after: tuple[datetime, str] | None
) -> listing.Page:
    return listing.list_inquiries(connection, filters, after, PAGE)

"""Relief: reports over a year of inquiries, and a call log of 100,000 rows."""

import asyncio
import csv
import random
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, Final

from sqlalchemy import Connection, insert

from benchmarks.figures import NewStore, Stores
from benchmarks.servers import settings_of
from benchmarks.table import Line, at_most
from inquiry_router.database.opening import open_database
from inquiry_router.database.session import Database
from inquiry_router.inquiries.tables import inquiries
from inquiry_router.process.ids import new_id
from inquiry_router.relief.baseline_files import FileOptions, count_file
from inquiry_router.relief.inputs import CostInputs
from inquiry_router.relief.lines import Lines
from inquiry_router.relief.rolling import Roller
from inquiry_router.relief.tables import bypasses
from inquiry_router.reports.making import REPORTS, ReportRequest, make_report
from inquiry_router.reports.periods import Period
from inquiry_router.reports.sight import Sight

ROWS: Final = 100_000
BYPASSES: Final = 15_000
MAX_LOG_S: Final = 60.0
MAX_REPORT_MS: Final = 100.0
MAX_FULL_REPORT_MS: Final = 300.0
TRIES: Final = 7
_END: Final = datetime(2026, 11, 19, 12, tzinfo=UTC)
_PART: Final = 5_000
_CATEGORIES: Final = ("defect", "order_support", "catalog_request", "new_purchase", "other")
_CHANNELS: Final = ("email", "phone", "form", "chat", "api")


def relief(make: Stores, count: int) -> Iterator[Line]:
    """Count a call log once; make each report over a year on each database."""
    yield at_most(f"a call log of {ROWS:,} rows", "", _count_log(), MAX_LOG_S, " s")
    wanted = MAX_REPORT_MS if count <= 150_000 else MAX_FULL_REPORT_MS
    for new_store in make:
        yield from _reports(new_store, count, wanted)


def _reports(new_store: NewStore, count: int, wanted: float) -> Iterator[Line]:
    with new_store("relief") as store:
        rolling, took = asyncio.run(_measure(store.url, count))
        yield at_most(f"rolling a year of {count:,} inquiries", store.kind, rolling, 600, " s")
        for name, ms in took.items():
            what = f"report '{name}' over a year, {count:,} inquiries"
            yield at_most(what, store.kind, ms, wanted, " ms")


async def _measure(url: str, count: int) -> tuple[float, dict[str, float]]:
    database = open_database(settings_of(url))
    await database.start()
    try:
        await _fill(database, count)
        begun = time.perf_counter()
        while await Roller(database, lambda: _END).roll():
            pass
        rolling = time.perf_counter() - begun
        return rolling, {name: await _time(database, name) for name in REPORTS}
    finally:
        await database.stop()


async def _time(database: Database, name: str) -> float:
    period = Period(date(2025, 11, 20), date(2026, 11, 19))
    request = ReportRequest(period, Sight(True, True), CostInputs(), {}, {}, _END)
    took = []
    for _ in range(TRIES):
        begun = time.perf_counter()
        await make_report(database, name, request)
        took.append(1000 * (time.perf_counter() - begun))
    return median(took)


async def _fill(database: Database, count: int) -> None:
    dice = random.Random(24)
    step = timedelta(days=364) / count
    for begin in range(0, count, _PART):
        numbers = range(begin, min(begin + _PART, count))
        rows = [_inquiry(dice, number, _END - number * step) for number in numbers]
        await database.write(partial(_insert, inquiries, rows))
    matters = [_bypass(dice, _END - number * timedelta(minutes=34)) for number in range(BYPASSES)]
    for begin in range(0, BYPASSES, _PART):
        await database.write(partial(_insert, bypasses, matters[begin : begin + _PART]))


def _insert(table: Any, rows: list[dict[str, Any]], connection: Connection) -> None:
    connection.execute(insert(table), rows)


def _inquiry(dice: random.Random, number: int, at: datetime) -> dict[str, Any]:
    category = dice.choice(_CATEGORIES)
    answered = at + timedelta(hours=dice.random() * 9) if dice.random() < 0.9 else None
    return {
        "id": new_id(),
        "reference": f"{number:09}",
        "status": "resolved" if dice.random() < 0.8 else "routed",
        "channel": dice.choice(_CHANNELS),
        "language": "pl",
        "received_at": at,
        "created_at": at,
        "asked_at": at,
        "answered_at": answered,
        "category": category,
        "confidence": 0.9,
        "team": "sales" if category == "new_purchase" else "customer_service",
        "priority": "normal",
        "search": "pompa",
        "unsure": False,
        "assignee": f"Agent {dice.randrange(12)}",
    }


def _bypass(dice: random.Random, at: datetime) -> dict[str, Any]:
    person = f"Salesperson {dice.randrange(12)}"
    is_call = dice.random() < 0.8
    return {
        "id": new_id(),
        "at": at,
        "person": person,
        "person_key": person.lower(),
        "channel": "phone" if is_call else "email",
        "category": None if is_call else dice.choice(_CATEGORIES[:3]),
        "minutes": 6.0 if is_call else None,
        "how": "call_log" if is_call else "api",
        "met": True if is_call else None,
        "outgoing": dice.random() < 0.4 if is_call else None,
        "created_at": at,
    }


def _count_log() -> float:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "Master.csv"
        _write_log(path)
        lines = Lines({str(201 + number): f"Salesperson {number}" for number in range(10)})
        begun = time.perf_counter()
        count_file(path, FileOptions(lines))
        return time.perf_counter() - begun


def _write_log(path: Path) -> None:
    dice, at = random.Random(3), datetime(2025, 11, 3, 8)  # noqa: DTZ001 - as Asterisk writes it
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        for number in range(ROWS):
            at += timedelta(seconds=dice.randint(60, 500))
            customer, line = f"601{dice.randrange(400):06}", str(201 + dice.randrange(10))
            ends = (customer, line) if dice.random() < 0.6 else (line, customer)
            talk = dice.randint(5, 600) if dice.random() < 0.7 else 0
            ring = dice.randint(3, 30)
            end = at + timedelta(seconds=ring + talk)
            result = "ANSWERED" if talk else "NO ANSWER"
            lengths = (ring + talk, talk, result, "DOCUMENTATION", f"{number}.1", "")
            devices = ("x", "", "PJSIP/a-1", "PJSIP/b-1", "Dial", "x")
            writer.writerow(("", *ends, *devices, at, "", end, *lengths))

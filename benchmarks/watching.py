"""A round of the watchdog among many inquiries: only what is due is read.

The inquiries of `filling` are two years old to new; those of the last two weeks are open.
"""

import asyncio
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from statistics import median
from typing import Final

from sqlalchemy import Connection, func, select, text, update

from benchmarks import filling
from benchmarks.figures import NewStore, Stores
from benchmarks.servers import settings_of
from benchmarks.table import Line, at_most
from inquiry_router.configuration.store import load
from inquiry_router.database.opening import open_database
from inquiry_router.database.session import Database
from inquiry_router.inquiries.tables import WATCH_AT_ONCE, inquiries
from inquiry_router.process.clock import utc_now
from inquiry_router.promises import store as promises
from inquiry_router.promises.keeping import look_at_due
from inquiry_router.promises.looking import Setting
from inquiry_router.promises.staffing import Staffing
from inquiry_router.promises.violations import read_lawfulness
from inquiry_router.promises.watchdog import AT_ONCE
from inquiry_router.staff.model import Roster

AMONG: Final = 150_000
PEOPLE: Final = 30_000
ROUNDS: Final = 20
MAX_IDLE_MS: Final = 20.0
MAX_ROUND_MS: Final = 250.0
MAX_LAW_S: Final = 3.0


def watching(make: Stores) -> Iterator[Line]:
    """Look at 50 of 150,000 inquiries, at none, and read the law."""
    for new_store in make:
        yield from _of(new_store)


def _of(new_store: NewStore) -> Iterator[Line]:
    with new_store("watching") as store:
        filling.fill(store, AMONG, PEOPLE)
        idle, busy, law = asyncio.run(_measure(store.url))
        where = store.kind
        yield at_most("watchdog among 150,000: nothing is due", where, idle, MAX_IDLE_MS, " ms")
        yield at_most("watchdog among 150,000: 50 looks", where, busy, MAX_ROUND_MS, " ms")
        yield at_most("the law over 150,000 inquiries", where, law, MAX_LAW_S, " s")


async def _measure(url: str) -> tuple[float, float, float]:
    """Milliseconds of a round with nothing and with 50 due; seconds of reading the law."""
    database = open_database(settings_of(url))
    await database.start()
    now = utc_now()
    later = now + timedelta(days=5)
    await database.write(partial(_watch_all, later=later))
    assert "ix_inquiries_watch_at" in await database.read(_plan), "the round reads the table"
    idle = [await _timed(database, now) for _ in range(ROUNDS)]
    busy = []
    for _ in range(ROUNDS):
        await database.write(partial(_make_due, later=later))
        busy.append(await _timed(database, now))
    configuration = await database.read(load)
    staffing = Staffing(configuration.teams, Roster())
    begun = time.perf_counter()
    await database.scan(lambda c: read_lawfulness(c, staffing, frozenset(), now))
    law = time.perf_counter() - begun
    await database.stop()
    return median(idle) * 1000, median(busy) * 1000, law


def _watch_all(connection: Connection, later: datetime) -> None:
    """Watch every open inquiry, none of them now."""
    is_open = inquiries.c.status != "resolved"
    connection.execute(update(inquiries).where(is_open).values(watch_at=later))
    connection.execute(text("ANALYZE"))
    assert connection.execute(select(func.count()).where(inquiries.c.watch_at == later)).scalar()


def _plan(connection: Connection) -> str:
    """The way in which the database finds what is due."""
    explain = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
    query = "SELECT id FROM inquiries WHERE watch_at <= CURRENT_TIMESTAMP LIMIT 1"
    return " ".join(str(row) for row in connection.execute(text(f"{explain} {query}")))


def _make_due(connection: Connection, later: datetime) -> None:
    some = select(inquiries.c.id).where(inquiries.c.watch_at == later).limit(AT_ONCE)
    due = update(inquiries).where(inquiries.c.id.in_(some))
    connection.execute(due.values(watch_at=WATCH_AT_ONCE))


async def _timed(database: Database, now: datetime) -> float:
    """Seconds of one round, as the watchdog makes it."""
    configuration = await database.read(load)
    staffing = Staffing(configuration.teams, Roster())
    setting = Setting(configuration.promises, configuration.teams, staffing)
    begun = time.perf_counter()
    if await database.read(partial(promises.is_any_due, now=now)):
        await database.write(
            partial(
                look_at_due, setting=setting, configuration=configuration, now=now, limit=AT_ONCE
            )
        )
    return time.perf_counter() - begun

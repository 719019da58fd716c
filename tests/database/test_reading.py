"""Slow readers: stopped inside the database, without blocking others."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import Connection, func, insert, select, text

from inquiry_router.assignment.tables import turns
from inquiry_router.database.opening import open_database
from inquiry_router.database.session import Database
from inquiry_router.inquiry.errors import ReadUnavailable
from tests.conftest import settings_for
from tests.database.slow import read_for_ever
from tests.database.test_group_commit import item

pytestmark = pytest.mark.anyio
# More than there are connections, so that all of them are taken.
MANY = 8
PATIENT_S = 30.0


def read_one(connection: Connection) -> int:
    return int(connection.execute(text("SELECT 1")).scalar_one())


@asynccontextmanager
async def opened(url: str, timeout_s: float) -> AsyncIterator[Database]:
    database = open_database(settings_for(url, answer_timeout_s=timeout_s))
    await database.start()
    yield database
    await database.stop()


@asynccontextmanager
async def slow_readers(
    database: Database, kind: str = "scan"
) -> AsyncIterator[list[asyncio.Task[None]]]:
    read = getattr(database, kind)
    readers = [asyncio.create_task(read(read_for_ever)) for _ in range(MANY)]
    await asyncio.sleep(0.1)
    yield readers
    for reader in readers:
        reader.cancel()
    await asyncio.gather(*readers, return_exceptions=True)


@pytest.mark.parametrize("kind", ["read", "scan"])
async def test_timed_out_readers_return_their_connections(database_url: str, kind: str) -> None:
    async with opened(database_url, timeout_s=0.5) as database:
        read = getattr(database, kind)
        outcomes = await asyncio.gather(
            *(read(read_for_ever) for _ in range(MANY)), return_exceptions=True
        )
        assert {type(outcome) for outcome in outcomes} == {ReadUnavailable}
        assert await read(read_one) == 1


@pytest.mark.parametrize("kind", ["read", "scan"])
async def test_cancelled_readers_are_stopped(database_url: str, kind: str) -> None:
    async with opened(database_url, PATIENT_S) as database:
        async with slow_readers(database, kind):
            pass
        async with asyncio.timeout(PATIENT_S / 3):
            assert await getattr(database, kind)(read_one) == 1


async def test_many_short_statements_are_stopped(database_url: str) -> None:
    """Each ends before SQLite asks whether the time is over."""
    stopped = threading.Event()

    def read_again_and_again(connection: Connection) -> None:
        try:
            while True:
                read_one(connection)
        finally:
            stopped.set()

    async with opened(database_url, timeout_s=0.3) as database:
        with pytest.raises(ReadUnavailable):
            await database.scan(read_again_and_again)
        assert await asyncio.to_thread(stopped.wait, PATIENT_S)
        assert await database.scan(read_one) == 1


async def test_scans_do_not_hold_the_event_loop(database_url: str) -> None:
    """Turning many rows into objects takes long, also after the database has answered."""
    begun, told = threading.Event(), threading.Event()

    def wait_for_the_loop(connection: Connection) -> bool:
        begun.set()
        return told.wait(PATIENT_S / 3)

    async with opened(database_url, PATIENT_S) as database:
        scan = asyncio.create_task(database.scan(wait_for_the_loop))
        assert await asyncio.to_thread(begun.wait, PATIENT_S)
        told.set()
        assert await scan


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_server_stops_a_timed_out_statement(database_url: str) -> None:
    def count_sleepers(connection: Connection) -> int:
        active = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active'"
        query = text(f"{active} AND query LIKE '%pg_sleep(600)'")
        return int(connection.execute(query).scalar_one())

    async with opened(database_url, PATIENT_S) as database:
        async with asyncio.timeout(PATIENT_S / 3):
            async with slow_readers(database):
                while not await database.check(count_sleepers):
                    await asyncio.sleep(0.05)
            while await database.check(count_sleepers):
                await asyncio.sleep(0.05)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_server_stops_a_statement_without_a_cancel(database_url: str) -> None:
    def read_limit(connection: Connection) -> str:
        return str(connection.execute(text("SHOW statement_timeout")).scalar_one())

    async with opened(database_url, timeout_s=7.0) as database:
        assert await database.read(read_limit) == "8s"


async def test_slow_readers_do_not_block_checks(database_url: str) -> None:
    async with opened(database_url, PATIENT_S) as database, slow_readers(database) as readers:
        async with asyncio.timeout(PATIENT_S / 3):
            assert await database.check(read_one) == 1
        assert not any(reader.done() for reader in readers)


@pytest.mark.parametrize("kind", ["read", "scan"])
async def test_slow_readers_do_not_block_intake(database_url: str, kind: str) -> None:
    async with opened(database_url, PATIENT_S) as database, slow_readers(database, kind):
        async with asyncio.timeout(PATIENT_S / 3):
            assert await database.look_up(read_one) == 1
            assert (await database.record(item())).fresh


async def test_scans_do_not_block_short_reads_and_writes(database_url: str) -> None:
    async with opened(database_url, PATIENT_S) as database, slow_readers(database) as readers:
        async with asyncio.timeout(PATIENT_S / 3):
            assert await database.read(read_one) == 1
            assert await database.write(read_one) == 1
        assert not any(reader.done() for reader in readers)


@pytest.mark.parametrize("kind", ["read", "scan"])
async def test_stop_does_not_wait_for_readers(database_url: str, kind: str) -> None:
    database = open_database(settings_for(database_url, answer_timeout_s=PATIENT_S))
    await database.start()
    async with slow_readers(database, kind):
        async with asyncio.timeout(PATIENT_S / 3):
            await database.stop()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_look_up_spares_the_round_trips_of_a_transaction(database: Database) -> None:
    """On PostgreSQL `now()` is the time at which a transaction began."""

    def ask_twice(connection: Connection) -> list[str]:
        return [connection.execute(text("SELECT now()::text")).scalar_one() for _ in range(2)]

    first, second = await database.read(ask_twice)
    assert first == second
    first, second = await database.look_up(ask_twice)
    assert first < second


async def test_all_that_a_scan_reads_is_of_one_moment(database: Database) -> None:
    """An import compares accounts with contact points: of two moments they contradict."""
    counted = select(func.count()).select_from(turns)
    read_once, written = threading.Event(), threading.Event()

    def count_twice(connection: Connection) -> tuple[int, int]:
        first = connection.execute(counted).scalar_one()
        read_once.set()
        written.wait(PATIENT_S)
        return first, connection.execute(counted).scalar_one()

    scan = asyncio.create_task(database.scan(count_twice))
    await asyncio.to_thread(read_once.wait, PATIENT_S)
    await database.write(
        lambda connection: connection.execute(
            insert(turns).values(team="sales", member_id="1", next=1, credits=0)
        )
    )
    written.set()
    first, second = await scan
    assert first == second

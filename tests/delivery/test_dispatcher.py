"""From the row in the outbox to the receiver and back, by the dispatcher that the service runs.

Loopback only; no test waits for the real schedule.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, update

from inquiry_router.database.session import Database, database_now
from inquiry_router.delivery import records, store
from inquiry_router.delivery.dispatcher import Dispatcher
from inquiry_router.delivery.lane import MAX_IN_FLIGHT
from inquiry_router.delivery.model import DeliveryState
from inquiry_router.delivery.schedule import MAX_ATTEMPTS, SCHEDULE
from inquiry_router.delivery.tables import deliveries, destinations
from inquiry_router.house import House
from inquiry_router.process.steps import set_hook
from inquiry_router.providers import PROVIDERS
from tests.delivery import rows
from tests.delivery.doubles import Shaky, deliver_all, delivering, idle, leased, sender_for_tests
from tests.faulty_server import FaultyServer, after, answer, faulty_server, hang, reset
from tests.providers.kit import event

pytestmark = pytest.mark.anyio


@pytest.fixture
async def server() -> AsyncIterator[FaultyServer]:
    async with faulty_server() as running:
        yield running


async def fill(
    database: Database, name: str, count: int, url: str | None = None, **columns: Any
) -> list[str]:
    """Add a destination with deliveries that are due."""

    def work(connection: Connection) -> list[str]:
        rows.add_destination(connection, name, url, **columns)
        return rows.add_deliveries(connection, name, count)

    return await database.write(work)


async def states(database: Database, ids: list[str]) -> set[str]:
    return set(await database.read(lambda connection: rows.states(connection, ids)))


async def until(check: Callable[[], bool], seconds: float = 5) -> None:
    async with asyncio.timeout(seconds):
        while not check():
            await asyncio.sleep(0.005)


async def test_delivery_is_sent_once_and_its_attempt_recorded(
    database: Database, server: FaultyServer
) -> None:
    (delivery_id,) = await fill(database, "erp", 1, server.url("/in"))
    await deliver_all(database)
    await deliver_all(database)
    (sent,) = server.requests
    assert sent.headers["webhook-id"] == delivery_id
    record = await database.read(lambda connection: records.get_delivery(connection, delivery_id))
    assert record is not None
    found = record.delivery
    assert (found.state, found.attempts, found.last_error) == (DeliveryState.DELIVERED, 1, None)
    assert [(one.number, one.outcome, one.status_code, one.error) for one in record.attempts] == [
        (1, "delivered", 204, None)
    ]


async def test_delivery_with_nothing_to_do_is_skipped_with_its_reason(
    database: Database, server: FaultyServer
) -> None:
    settings = {"url": server.url(""), "token": "hush", "source": "desk"}
    payload = event(source="another desk")
    ids = await fill(database, "desk", 1, kind="zammad", settings=settings)
    await database.write(lambda c: c.execute(update(deliveries).values(payload=payload)) and None)
    await deliver_all(database)
    record = await database.read(lambda connection: records.get_delivery(connection, ids[0]))
    assert record is not None and server.requests == []
    found = record.delivery
    assert found.state is DeliveryState.SKIPPED
    assert found.last_error is not None
    assert found.last_error.startswith("the inquiry came from 'another desk'")
    assert [(one.outcome, one.error) for one in record.attempts] == [("skipped", found.last_error)]


async def test_failure_is_tried_again_on_schedule(database: Database, server: FaultyServer) -> None:
    (delivery_id,) = await fill(database, "erp", 1, server.behave("/in", answer(500)))
    await deliver_all(database)
    row = await database.read(lambda connection: rows.delivery(connection, delivery_id))
    assert (row.state, row.attempts, row.last_error) == ("pending", 1, "500")
    pause = row.due_at - await database.read(database_now)
    assert 0.5 * SCHEDULE[1] < pause < 1.2 * SCHEDULE[1]


async def test_410_disables_the_destination(
    database: Database, server: FaultyServer, logs: Any
) -> None:
    ids = await fill(database, "erp", 20, server.behave("/in", answer(410, body=b"closed down")))
    await deliver_all(database)
    assert 1 <= len(server.requests) <= MAX_IN_FLIGHT
    row = await database.read(lambda connection: rows.destination(connection, "erp"))
    assert not row.enabled
    assert row.disabled_reason == "the receiver wants no more deliveries: 410: closed down"
    assert await states(database, ids) == {"dead", "pending"}
    assert {"destination.disabled", "delivery.dead"} <= {entry["event"] for entry in logs}


async def test_dead_after_ten_attempts_and_retried_under_the_same_id(
    database: Database, server: FaultyServer
) -> None:
    (delivery_id,) = await fill(database, "erp", 1, server.behave("/in", answer(500)))
    async with delivering(database) as dispatcher:
        for attempt in range(1, MAX_ATTEMPTS + 1):
            await database.write(rows.make_due)
            dispatcher.wake()
            await idle(database)
            assert len(server.requests) == attempt
        await database.write(rows.make_due)
        assert await states(database, [delivery_id]) == {"dead"}
        server.behave("/in", answer(200))
        assert await database.write(records.retry_dead) == 1
        dispatcher.wake()
        await idle(database)
    assert {request.headers["webhook-id"] for request in server.requests} == {delivery_id}
    record = await database.read(lambda connection: records.get_delivery(connection, delivery_id))
    assert record is not None
    assert record.delivery.state is DeliveryState.DELIVERED
    assert [attempt.number for attempt in record.attempts] == list(range(1, MAX_ATTEMPTS + 2))
    assert [attempt.outcome for attempt in record.attempts] == ["retry"] * 9 + ["dead", "delivered"]


async def test_after_five_failures_one_probe_at_a_time(
    database: Database, server: FaultyServer, logs: Any
) -> None:
    ids = await fill(database, "erp", 40, server.behave("/in", answer(503)))
    async with delivering(database) as dispatcher:
        # Four attempts are in flight together; after that there is one at a time.
        await idle(database)
        assert len(server.requests) == 5
        await database.write(rows.make_due)
        dispatcher.wake()
        await idle(database)
        assert len(server.requests) == 6
        server.behave("/in", answer(200))
        await database.write(rows.make_due)
        dispatcher.wake()
        await idle(database)
        assert len(server.requests) == 46
    assert await states(database, ids) == {"delivered"}
    assert [entry["failures"] for entry in logs if entry["event"] == "destination.paused"] == [5, 6]


async def test_hanging_destination_delays_no_other(
    database: Database, server: FaultyServer
) -> None:
    """One that hangs and nineteen that do not, all on the same host."""
    stuck = await fill(database, "stuck", 20, server.behave("/stuck", hang))
    good: list[str] = []
    for number in range(19):
        good += await fill(database, f"good-{number}", 10, server.url(f"/{number}"))
    async with delivering(database, time_limit_s=30, stop_grace_s=0.05):
        await until(lambda: len(server.requests) >= len(good) + MAX_IN_FLIGHT)
        assert server.peak <= 8
        assert len(server.at("/stuck")) == MAX_IN_FLIGHT
    assert await states(database, good) == {"delivered"}
    # Broken off: nobody knows if they arrived, so they are sent again, with the same id.
    assert await states(database, stuck) == {"pending"}
    assert await database.read(leased) == 0


async def test_destination_has_four_in_flight_and_a_host_eight(
    database: Database, server: FaultyServer
) -> None:
    for name in ("one", "two", "three"):
        await fill(database, name, 12, server.behave(f"/{name}", after(0.01, answer(200))))
    async with delivering(database) as dispatcher:
        await idle(database)
        assert (len(server.requests), server.peak) == (36, 8)
        server.peak = 0
        await fill(database, "four", 12, server.behave("/four", after(0.01, answer(200))))
        dispatcher.wake()
        await idle(database)
        assert (len(server.requests), server.peak) == (48, MAX_IN_FLIGHT)
    assert server.connections <= 8


async def test_broken_delivery_does_not_stop_the_others(
    database: Database, server: FaultyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, *good = await fill(database, "erp", 5, server.url("/in"))
    real = PROVIDERS["webhook"].hand_over

    def picky(settings: Any, handover: Any, at: Any) -> Any:
        if handover.id == bad:
            raise ZeroDivisionError
        return real(settings, handover, at)

    monkeypatch.setattr(PROVIDERS["webhook"], "hand_over", picky)
    await deliver_all(database)
    assert await states(database, good) == {"delivered"}
    row = await database.read(lambda connection: rows.delivery(connection, bad))
    error = "the router could not send it: ZeroDivisionError"
    assert (row.state, row.last_error) == ("pending", error)


async def test_logs_hold_neither_secrets_nor_payloads(
    database: Database, server: FaultyServer, logs: Any
) -> None:
    behaviours = [answer(200), answer(500, body=b"no"), answer(410), reset]
    for number, behaviour in enumerate(behaviours):
        url = server.behave(f"/{number}", behaviour) + "?token=hush"
        await fill(database, f"erp-{number}", 1, url)
    await deliver_all(database)
    assert len(logs) >= len(behaviours)
    assert not any(word in repr(logs) for word in ("hush", "K7MA", rows.SECRET, "127.0.0.1"))


async def test_steps_of_a_delivery_come_in_order(database: Database, server: FaultyServer) -> None:
    await fill(database, "erp", 1, server.url())
    seen: list[str] = []
    set_hook(seen.append)
    try:
        await deliver_all(database)
    finally:
        set_hook(None)
    assert [name for name in seen if name.startswith("delivery.")] == [
        "delivery.claimed",
        "delivery.sending",
        "delivery.answered",
        "delivery.marked",
    ]


async def test_waking_is_quicker_than_polling(database: Database, server: FaultyServer) -> None:
    async with delivering(database, poll_s=60) as dispatcher:
        for number in range(3):
            await fill(database, f"erp-{number}", 2, server.url("/in"))
            dispatcher.wake()
            await until(partial(_received, server, 2 * (number + 1)))


async def test_polling_finds_the_work_of_other_processes(
    database: Database, server: FaultyServer
) -> None:
    async with delivering(database, poll_s=0.02):
        await asyncio.sleep(0.05)
        await fill(database, "erp", 2, server.url("/in"))
        await until(lambda: len(server.requests) == 2)


async def test_stopping_finishes_what_is_in_flight_and_releases_the_rest(
    database: Database, server: FaultyServer
) -> None:
    ids = await fill(database, "erp", 30, server.behave("/in", after(0.1, answer(200))))
    async with delivering(database, poll_s=60):
        await until(lambda: len(server.requests) >= 2)
    sent = len(server.requests)
    assert sent <= MAX_IN_FLIGHT
    found = await database.read(lambda connection: rows.states(connection, ids))
    assert (found.count("delivered"), found.count("pending")) == (sent, 30 - sent)
    assert await database.read(leased) == 0


async def test_stopping_waits_for_a_limited_time(database: Database, server: FaultyServer) -> None:
    await fill(database, "erp", 1, server.behave("/in", hang))
    async with delivering(database, time_limit_s=30, stop_grace_s=0.05):
        await until(lambda: server.in_flight == 1)
        started = time.monotonic()
    assert time.monotonic() - started < 2


async def test_cancelled_run_leaves_no_task_behind(
    database: Database, server: FaultyServer
) -> None:
    await fill(database, "erp", 1, server.behave("/in", hang))
    before = asyncio.all_tasks()
    dispatcher = Dispatcher(database, sender_for_tests(time_limit_s=30), stop_grace_s=0.05)
    running = asyncio.create_task(dispatcher.run(asyncio.Event()))
    await until(lambda: server.in_flight == 1)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    ours = tuple(f"<coroutine object {name}." for name in ("Dispatcher", "Lane", "Marker"))
    left = [task for task in asyncio.all_tasks() - before if repr(task.get_coro()).startswith(ours)]
    assert left == []


async def test_delivering_goes_on_after_an_outage_of_the_database(
    database: Database, server: FaultyServer
) -> None:
    ids = await fill(database, "erp", 6, server.url("/in"))
    shaky = Shaky(database)
    shaky.fail_before = {
        "due_destinations": 2,
        "bury_orphans": 1,
        "claim": 2,
        "release_all": 1,
        "mark": 1,
    }
    async with delivering(shaky, poll_s=0.01):
        await idle(database)
    assert await states(database, ids) == {"delivered"}
    assert len(server.requests) == 6


async def test_claim_with_a_lost_answer_is_released(
    database: Database, server: FaultyServer
) -> None:
    """Otherwise its deliveries would wait until the lease is over."""
    ids = await fill(database, "erp", 3, server.url("/in"))
    shaky = Shaky(database)
    shaky.fail_after = {"claim": 1}
    async with delivering(shaky, poll_s=0.01):
        await idle(database)
    assert len(server.requests) == 3
    assert await states(database, ids) == {"delivered"}


async def test_bug_does_not_end_all_delivering(
    database: Database, server: FaultyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(database, "erp", 1, server.url("/in"))
    real, calls = store.due_destinations, [0]

    def broken_once(connection: Connection) -> tuple[str, ...]:
        calls[0] += 1
        if calls[0] == 1:
            raise ZeroDivisionError
        return real(connection)

    monkeypatch.setattr(store, "due_destinations", broken_once)
    async with delivering(database, poll_s=0.01):
        await until(lambda: len(server.requests) == 1)


async def test_attempt_that_outlives_its_lease_cannot_overwrite(
    database: Database, server: FaultyServer
) -> None:
    over = asyncio.Event()

    async def late(receiver: FaultyServer, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        await answer(500)(receiver, writer)

    async with _two_dispatchers(database) as (one, two):
        (delivery_id,) = await fill(database, "erp", 1, server.behave("/in", late, answer(200)))
        one.wake()
        await until(lambda: len(server.requests) == 1)
        two.wake()
        await asyncio.sleep(0.05)
        assert len(server.requests) == 1  # the lease holds: nobody else sends it
        await database.write(rows.expire_leases)
        two.wake()
        await until(lambda: len(server.requests) == 2)
        over.set()
    row = await database.read(lambda connection: rows.delivery(connection, delivery_id))
    assert (row.state, row.attempts) == ("delivered", 1)
    assert {request.headers["webhook-id"] for request in server.requests} == {delivery_id}


async def test_two_dispatchers_send_each_delivery_once(
    database: Database, server: FaultyServer
) -> None:
    async with _two_dispatchers(database) as (one, two):
        ids = await fill(database, "erp", 200, server.url("/in"))
        one.wake()
        two.wake()
        await idle(database)
    assert sorted(request.headers["webhook-id"] for request in server.requests) == sorted(ids)


async def test_new_service_on_sqlite_takes_back_the_leases_of_the_dead(
    sqlite_house: House, server: FaultyServer
) -> None:
    """On PostgreSQL another process may be alive; on SQLite the writer lock excludes that."""
    database = sqlite_house.database
    await fill(database, "erp", 3, server.url("/in"))
    await database.write(lambda connection: rows.take(connection, "erp"))
    async with delivering(database):
        await until(lambda: len(server.requests) == 3)


async def test_deliveries_of_a_deleted_destination_die_and_are_reported(
    database: Database, logs: Any
) -> None:
    ids = await database.write(lambda connection: rows.add_deliveries(connection, "old", 2))
    async with delivering(database):
        async with asyncio.timeout(5):
            while await states(database, ids) != {"dead"}:
                await asyncio.sleep(0.005)
    assert [
        entry["count"] for entry in logs if entry["event"] == "delivery.destination_deleted"
    ] == [2]


async def test_changed_settings_apply_from_the_next_claim_on(
    database: Database, server: FaultyServer
) -> None:
    """Secrets are rotated and addresses changed while a long queue is being delivered."""
    await fill(database, "erp", 100, server.url("/old"))

    def change(connection: Connection) -> None:
        settings = {"url": server.url("/new"), "secret": rows.SECRET}
        connection.execute(
            update(destinations).where(destinations.c.id == "erp").values(settings=settings)
        )

    async with delivering(database):
        await until(lambda: len(server.requests) >= 1)
        await database.write(change)
        await idle(database)
    assert len(server.at("/old")) + len(server.at("/new")) == 100
    assert server.at("/new")


@asynccontextmanager
async def _two_dispatchers(database: Database) -> AsyncIterator[tuple[Dispatcher, Dispatcher]]:
    """Two that have looked once, so that neither takes the other for dead on SQLite."""
    shaky = Shaky(database)
    async with delivering(shaky, poll_s=60) as one, delivering(shaky, poll_s=60) as two:
        await until(lambda: shaky.calls.count("due_destinations") == 2)
        yield one, two


def _received(server: FaultyServer, count: int) -> bool:
    return len(server.requests) == count

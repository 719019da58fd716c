"""Handing over, from the row in the outbox to the receiver and back. Loopback only; nothing waits for the real schedule."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, func, select, update
from standardwebhooks import Webhook

from inquiry_router.database.session import Database, database_now
from inquiry_router.delivery import records, store
from inquiry_router.delivery.dispatcher import Dispatcher
from inquiry_router.delivery.lane import IN_FLIGHT
from inquiry_router.delivery.model import DeliveryState
from inquiry_router.delivery.schedule import MAX_ATTEMPTS, SCHEDULE
from inquiry_router.delivery.tables import deliveries, destinations
from inquiry_router.house import House
from inquiry_router.outside.addresses import PUBLIC
from inquiry_router.process.steps import set_hook
from inquiry_router.providers import PROVIDERS
from tests.delivery import rows
from tests.delivery.doubles import Shaky, dispatcher_on
from tests.faulty_server import (
    FaultyServer,
    after,
    answer,
    dribble,
    faulty_server,
    gzip_bomb,
    half_an_answer,
    hang,
    huge,
    reset,
)

pytestmark = pytest.mark.anyio


@pytest.fixture
async def server() -> AsyncIterator[FaultyServer]:
    async with faulty_server() as running:
        yield running


async def fill(
    database: Database, name: str, count: int, url: str | None = None, **columns: Any
) -> list[str]:
    """A destination with deliveries that are due."""

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


async def test_a_delivery_is_sent_signed_and_marked(
    database: Database, server: FaultyServer
) -> None:
    (delivery_id,) = await fill(database, "erp", 1, server.url("/in"))
    async with dispatcher_on(database) as dispatcher:
        assert await dispatcher.drain_once() == 1
        assert await dispatcher.drain_once() == 0
    (sent,) = server.requests
    assert sent.body.decode() == '{"type":"inquiry.routed","data":{"reference":"K7MA-4XEH"}}'
    assert Webhook(rows.SECRET).verify(sent.body, sent.headers) == json.loads(sent.body)
    assert sent.headers["webhook-id"] == delivery_id
    record = await database.read(lambda connection: records.get_delivery(connection, delivery_id))
    assert record is not None
    assert (record.delivery.state, record.delivery.attempts, record.delivery.last_error) == (
        DeliveryState.DELIVERED,
        1,
        None,
    )
    assert [(one.number, one.outcome, one.status_code, one.error) for one in record.attempts] == [
        (1, "delivered", 204, None)
    ]


@pytest.mark.parametrize(
    ("behaviour", "error"),
    [
        (answer(500), "500"),
        (answer(503, body=b"upstream\nis down"), "503: upstream is down"),
        (answer(400, body=b"x" * 300), "400: " + "x" * 200),
        (
            answer(302, {"location": "/elsewhere"}),
            "302: redirects are not followed; set the destination's url to the final address",
        ),
        (gzip_bomb(500), "500"),
        (reset, "the connection broke before the answer was complete"),
        (half_an_answer, "the connection broke before the answer was complete"),
    ],
)
async def test_a_failure_is_tried_again_on_schedule(
    database: Database, server: FaultyServer, behaviour: Any, error: str
) -> None:
    (delivery_id,) = await fill(database, "erp", 1, server.behave("/in", behaviour))
    async with dispatcher_on(database) as dispatcher:
        assert await dispatcher.drain_once() == 1
    row = await database.read(lambda connection: rows.delivery(connection, delivery_id))
    assert (row.state, row.attempts, row.last_error, row.lease_owner) == ("pending", 1, error, None)
    pause = row.due_at - await database.read(database_now)
    assert 0.7 * SCHEDULE[1] < pause < 1.2 * SCHEDULE[1]
    assert server.at("/elsewhere") == []


@pytest.mark.parametrize("behaviour", [hang, dribble])
async def test_the_time_limit_holds_for_the_whole_attempt(
    database: Database, server: FaultyServer, behaviour: Any
) -> None:
    (delivery_id,) = await fill(database, "erp", 1, server.behave("/in", behaviour))
    started = time.monotonic()
    async with dispatcher_on(database, time_limit_s=0.1) as dispatcher:
        assert await dispatcher.drain_once() == 1
    assert time.monotonic() - started < 1
    row = await database.read(lambda connection: rows.delivery(connection, delivery_id))
    assert (row.state, row.last_error) == ("pending", "no complete answer came within 0.1 s")


@pytest.mark.parametrize("behaviour", [huge, gzip_bomb()])
async def test_a_huge_answer_is_an_answer(
    database: Database, server: FaultyServer, behaviour: Any
) -> None:
    ids = await fill(database, "erp", 1, server.behave("/in", behaviour))
    async with dispatcher_on(database) as dispatcher:
        await dispatcher.drain_once()
    assert await states(database, ids) == {"delivered"}


async def test_retry_after_is_honoured(database: Database, server: FaultyServer) -> None:
    (delivery_id,) = await fill(
        database, "erp", 1, server.behave("/in", answer(429, {"retry-after": "3600"}))
    )
    async with dispatcher_on(database) as dispatcher:
        await dispatcher.drain_once()
    row = await database.read(lambda connection: rows.delivery(connection, delivery_id))
    pause = row.due_at - await database.read(database_now)
    assert timedelta(seconds=3590) < pause <= timedelta(seconds=3600)


async def test_410_disables_the_destination(
    database: Database, server: FaultyServer, logs: Any
) -> None:
    ids = await fill(database, "erp", 20, server.behave("/in", answer(410, body=b"closed down")))
    async with dispatcher_on(database) as dispatcher:
        assert 1 <= await dispatcher.drain_once() <= IN_FLIGHT
        assert await dispatcher.drain_once() == 0
    row = await database.read(lambda connection: rows.destination(connection, "erp"))
    assert not row.enabled
    assert row.disabled_reason == "the receiver wants no more deliveries: 410: closed down"
    assert await states(database, ids) == {"dead", "pending"}
    assert await database.read(_leased) == 0
    assert {"destination.disabled", "delivery.dead"} <= {entry["event"] for entry in logs}


async def test_dead_after_ten_attempts_and_driven_again_under_the_same_id(
    database: Database, server: FaultyServer
) -> None:
    (delivery_id,) = await fill(database, "erp", 1, server.behave("/in", answer(500)))
    async with dispatcher_on(database) as dispatcher:
        for _ in range(MAX_ATTEMPTS):
            assert await states(database, [delivery_id]) == {"pending"}
            await database.write(rows.make_due)
            assert await dispatcher.drain_once() == 1
        assert await states(database, [delivery_id]) == {"dead"}
        await database.write(rows.make_due)
        assert await dispatcher.drain_once() == 0

        server.behave("/in", answer(200))
        assert await database.write(records.retry_dead) == 1
        assert await dispatcher.drain_once() == 1
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
    async with dispatcher_on(database) as dispatcher:
        # The first four are on their way together; after that one at a time.
        assert await dispatcher.drain_once() == 5
        assert await dispatcher.drain_once() == 0
        assert await database.read(_leased) == 0
        await database.write(rows.make_due)
        assert await dispatcher.drain_once() == 1
        server.behave("/in", answer(200))
        await database.write(rows.make_due)
        assert await dispatcher.drain_once() == 40
    assert await states(database, ids) == {"delivered"}
    assert [entry["failures"] for entry in logs if entry["event"] == "destination.paused"] == [5, 6]


async def test_a_hanging_destination_delays_nobody(
    database: Database, server: FaultyServer
) -> None:
    """One that hangs and nineteen that do not, all on the same host."""
    stuck = await fill(database, "stuck", 20, server.behave("/stuck", hang))
    good: list[str] = []
    for number in range(19):
        good += await fill(database, f"good-{number}", 10, server.url(f"/{number}"))
    stop = asyncio.Event()
    async with dispatcher_on(database, time_limit_s=30, stop_grace_s=0.05) as dispatcher:
        running = asyncio.create_task(dispatcher.run(stop))
        await until(lambda: len(server.requests) >= len(good) + IN_FLIGHT)
        assert server.peak <= 8
        assert len(server.at("/stuck")) == IN_FLIGHT
        stop.set()
        await running
    assert await states(database, good) == {"delivered"}
    # Cut off in the middle: nobody knows whether they arrived, so they are sent again, with the same id.
    assert await states(database, stuck) == {"pending"}
    assert await database.read(_leased) == 0


async def test_a_destination_has_four_in_flight_and_a_host_eight(
    database: Database, server: FaultyServer
) -> None:
    for name in ("one", "two", "three"):
        await fill(database, name, 12, server.behave(f"/{name}", after(0.01, answer(200))))
    async with dispatcher_on(database) as dispatcher:
        assert await dispatcher.drain_once() == 36
        assert server.peak == 8
        server.peak = 0
        await fill(database, "four", 12, server.behave("/four", after(0.01, answer(200))))
        await dispatcher.drain_once()
        assert server.peak == IN_FLIGHT
    assert server.connections <= 8


async def test_the_console_prints_one_line_a_delivery(database: Database) -> None:
    ids = await fill(database, "screen", 3)
    lines: list[str] = []
    async with dispatcher_on(database, write_line=lines.append) as dispatcher:
        assert await dispatcher.drain_once() == 3
    assert await states(database, ids) == {"delivered"}
    assert len(lines) == 3
    assert "inquiry.routed  reference=K7MA-4XEH" in lines[0]


async def test_a_console_that_cannot_print_is_tried_again(database: Database) -> None:
    def broken(line: str) -> None:
        raise BrokenPipeError(line)

    (delivery_id,) = await fill(database, "screen", 1)
    async with dispatcher_on(database, write_line=broken) as dispatcher:
        await dispatcher.drain_once()
    row = await database.read(lambda connection: rows.delivery(connection, delivery_id))
    assert (row.state, row.last_error) == (
        "pending",
        "the router could not send it: BrokenPipeError",
    )


@pytest.mark.parametrize(
    ("columns", "error"),
    [
        ({"kind": "fax"}, "configuration: there is no kind of destination named fax"),
        ({"settings": {}}, "configuration: url: Field required"),
        ({"settings": {"url": "https://hooks.example.com/"}}, "configuration: secret: is missing"),
        ({"settings": {"url": "https://10.0.0.1/"}}, "configuration: url: Use a public address"),
        (
            {"settings": {"url": "https://hooks.example.com/", "secret": "hush"}},
            "configuration: secret: Write 'whsec_'",
        ),
    ],
)
async def test_a_destination_that_cannot_be_used_fails_in_words(
    database: Database, columns: Any, error: str
) -> None:
    (delivery_id,) = await fill(database, "erp", 1, "https://hooks.example.com/", **columns)
    async with dispatcher_on(database) as dispatcher:
        await dispatcher.drain_once()
    row = await database.read(lambda connection: rows.delivery(connection, delivery_id))
    assert row.state == "pending"
    assert row.last_error.startswith(error)
    assert "hush" not in row.last_error


async def test_loopback_is_refused_outside_development(
    database: Database, server: FaultyServer
) -> None:
    (delivery_id,) = await fill(database, "erp", 1, server.url())
    async with dispatcher_on(database, reach=PUBLIC) as dispatcher:
        await dispatcher.drain_once()
    row = await database.read(lambda connection: rows.delivery(connection, delivery_id))
    assert row.last_error.startswith("configuration: ")
    assert server.connections == 0


async def test_a_delivery_that_cannot_be_built_does_not_stop_the_others(
    database: Database, server: FaultyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, *good = await fill(database, "erp", 5, server.url("/in"))
    real = PROVIDERS["webhook"].hand_over

    def picky(settings: Any, handover: Any, at: Any) -> Any:
        if handover.id == bad:
            raise ZeroDivisionError
        return real(settings, handover, at)

    monkeypatch.setattr(PROVIDERS["webhook"], "hand_over", picky)
    async with dispatcher_on(database) as dispatcher:
        assert await dispatcher.drain_once() == 5
    assert await states(database, good) == {"delivered"}
    row = await database.read(lambda connection: rows.delivery(connection, bad))
    assert (row.state, row.last_error) == (
        "pending",
        "the router could not send it: ZeroDivisionError",
    )


async def test_neither_logs_nor_errors_hold_secrets_or_payloads(
    database: Database, server: FaultyServer, logs: Any
) -> None:
    for number, behaviour in enumerate([answer(200), answer(500, body=b"no"), answer(410), reset]):
        await fill(
            database, f"erp-{number}", 1, server.behave(f"/{number}", behaviour) + "?token=hush"
        )
    async with dispatcher_on(database) as dispatcher:
        await dispatcher.drain_once()
    assert len(logs) >= 4
    assert not any(word in repr(logs) for word in ("hush", "K7MA", rows.SECRET, "127.0.0.1"))


async def test_the_moments_of_a_delivery_are_named_in_order(
    database: Database, server: FaultyServer
) -> None:
    await fill(database, "erp", 1, server.url())
    seen: list[str] = []
    set_hook(seen.append)
    try:
        async with dispatcher_on(database) as dispatcher:
            await dispatcher.drain_once()
    finally:
        set_hook(None)
    moments = [name for name in seen if name.startswith("delivery.")]
    assert moments == [
        "delivery.claimed",
        "delivery.sending",
        "delivery.answered",
        "delivery.marked",
    ]


async def test_waking_is_quicker_than_polling(database: Database, server: FaultyServer) -> None:
    stop = asyncio.Event()
    async with dispatcher_on(database, poll_s=60) as dispatcher:
        running = asyncio.create_task(dispatcher.run(stop))
        for number in range(3):
            await fill(database, f"erp-{number}", 2, server.url("/in"))
            dispatcher.wake()
            await until(partial(_received, server, 2 * (number + 1)))
        stop.set()
        await running


async def test_polling_finds_what_other_processes_left(
    database: Database, server: FaultyServer
) -> None:
    stop = asyncio.Event()
    async with dispatcher_on(database, poll_s=0.02) as dispatcher:
        running = asyncio.create_task(dispatcher.run(stop))
        await asyncio.sleep(0.05)
        await fill(database, "erp", 2, server.url("/in"))
        await until(lambda: len(server.requests) == 2)
        stop.set()
        await running


async def test_stopping_finishes_what_is_in_flight_and_gives_back_the_rest(
    database: Database, server: FaultyServer
) -> None:
    ids = await fill(database, "erp", 30, server.behave("/in", after(0.1, answer(200))))
    stop = asyncio.Event()
    async with dispatcher_on(database, poll_s=60) as dispatcher:
        running = asyncio.create_task(dispatcher.run(stop))
        await until(lambda: len(server.requests) >= 2)
        stop.set()
        await running
    sent = len(server.requests)
    assert sent <= IN_FLIGHT
    found = await database.read(lambda connection: rows.states(connection, ids))
    assert (found.count("delivered"), found.count("pending")) == (sent, 30 - sent)
    assert await database.read(_leased) == 0


async def test_stopping_does_not_wait_for_ever(database: Database, server: FaultyServer) -> None:
    await fill(database, "erp", 1, server.behave("/in", hang))
    stop = asyncio.Event()
    async with dispatcher_on(database, time_limit_s=30, stop_grace_s=0.05) as dispatcher:
        running = asyncio.create_task(dispatcher.run(stop))
        await until(lambda: server.in_flight == 1)
        started = time.monotonic()
        stop.set()
        await running
        assert time.monotonic() - started < 2


async def test_a_cancelled_run_leaves_no_task_behind(
    database: Database, server: FaultyServer
) -> None:
    await fill(database, "erp", 1, server.behave("/in", hang))
    before = asyncio.all_tasks()
    async with dispatcher_on(database, time_limit_s=30, stop_grace_s=0.05) as dispatcher:
        running = asyncio.create_task(dispatcher.run(asyncio.Event()))
        await until(lambda: server.in_flight == 1)
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
    ours = tuple(f"<coroutine object {name}." for name in ("Dispatcher", "Lane", "Marker"))
    left = [task for task in asyncio.all_tasks() - before if repr(task.get_coro()).startswith(ours)]
    assert left == []


async def test_it_outlives_an_outage_of_the_database(
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
    stop = asyncio.Event()
    async with dispatcher_on(shaky, poll_s=0.01) as dispatcher:
        running = asyncio.create_task(dispatcher.run(stop))
        await until(lambda: len(server.requests) == 6)
        async with asyncio.timeout(5):
            while await states(database, ids) != {"delivered"}:
                await asyncio.sleep(0.01)
        stop.set()
        await running
    assert len(server.requests) == 6


async def test_a_claim_whose_answer_was_lost_is_given_back(
    database: Database, server: FaultyServer
) -> None:
    """Else those deliveries would wait for the end of a lease that nobody works on."""
    ids = await fill(database, "erp", 3, server.url("/in"))
    shaky = Shaky(database)
    shaky.fail_after = {"claim": 1}
    stop = asyncio.Event()
    async with dispatcher_on(shaky, poll_s=0.01) as dispatcher:
        running = asyncio.create_task(dispatcher.run(stop))
        await until(lambda: len(server.requests) == 3)
        stop.set()
        await running
    assert await states(database, ids) == {"delivered"}


async def test_a_bug_does_not_end_all_handing_over(
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
    stop = asyncio.Event()
    async with dispatcher_on(database, poll_s=0.01) as dispatcher:
        running = asyncio.create_task(dispatcher.run(stop))
        await until(lambda: len(server.requests) == 1)
        stop.set()
        await running


async def test_a_send_that_outlives_its_lease_cannot_overwrite(
    database: Database, server: FaultyServer
) -> None:
    (delivery_id,) = await fill(
        database, "erp", 1, server.behave("/in", after(0.15, answer(500)), answer(200))
    )
    async with dispatcher_on(database) as slow, dispatcher_on(database) as quick:
        first = asyncio.create_task(slow.drain_once())
        await until(lambda: len(server.requests) == 1)
        assert await quick.drain_once() == 0  # the lease lives: nobody else sends it
        await database.write(rows.expire_leases)
        assert await quick.drain_once() == 1
        await first
    row = await database.read(lambda connection: rows.delivery(connection, delivery_id))
    assert (row.state, row.attempts) == ("delivered", 1)
    assert {request.headers["webhook-id"] for request in server.requests} == {delivery_id}


async def test_two_dispatchers_send_each_delivery_once(
    database: Database, server: FaultyServer
) -> None:
    ids = await fill(database, "erp", 200, server.url("/in"))
    async with dispatcher_on(database) as one, dispatcher_on(database) as two:
        assert sum(await asyncio.gather(one.drain_once(), two.drain_once())) == 200
    assert sorted(request.headers["webhook-id"] for request in server.requests) == sorted(ids)


async def test_a_fresh_service_on_sqlite_does_not_wait_for_the_leases_of_the_dead(
    sqlite_house: House, server: FaultyServer
) -> None:
    """On PostgreSQL another process may be alive; on SQLite the writer lock proves that there is none."""
    database = sqlite_house.database
    await fill(database, "erp", 3, server.url("/in"))
    await database.write(lambda connection: rows.take(connection, "erp"))
    stop = asyncio.Event()
    async with dispatcher_on(database) as dispatcher:
        running = asyncio.create_task(dispatcher.run(stop))
        await until(lambda: len(server.requests) == 3)
        stop.set()
        await running


async def test_deliveries_of_a_deleted_destination_die_and_are_reported(
    database: Database, logs: Any
) -> None:
    def work(connection: Connection) -> list[str]:
        return rows.add_deliveries(connection, "old", 2)

    ids = await database.write(work)
    async with dispatcher_on(database) as dispatcher:
        assert await dispatcher.drain_once() == 0
    assert await states(database, ids) == {"dead"}
    assert [
        entry["count"] for entry in logs if entry["event"] == "delivery.destination_deleted"
    ] == [2]


async def test_changed_settings_hold_from_the_next_batch_on(
    database: Database, server: FaultyServer
) -> None:
    """Secrets are rotated and addresses changed while a long queue is being worked off."""
    await fill(database, "erp", 100, server.url("/old"))

    def change(connection: Connection) -> None:
        settings = {"url": server.url("/new"), "secret": rows.SECRET}
        connection.execute(
            update(destinations).where(destinations.c.id == "erp").values(settings=settings)
        )

    async with dispatcher_on(database) as dispatcher:
        draining = asyncio.create_task(dispatcher.drain_once())
        await until(lambda: len(server.requests) >= 1)
        await database.write(change)
        assert await draining == 100
    assert len(server.at("/old")) + len(server.at("/new")) == 100
    assert server.at("/new")


def test_the_defaults_of_a_dispatcher_need_no_loop() -> None:
    assert isinstance(Dispatcher(_NO_DATABASE), Dispatcher)


_NO_DATABASE: Any = None


def _received(server: FaultyServer, count: int) -> bool:
    return len(server.requests) == count


def _leased(connection: Connection) -> Any:
    return connection.scalar(select(func.count()).where(deliveries.c.lease_owner.is_not(None)))

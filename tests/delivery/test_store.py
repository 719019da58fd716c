"""Claim deliveries under a lease, record results, pause destinations."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, event, func, select, update

from inquiry_router.database.revision import configuration_revision
from inquiry_router.database.session import Database, database_now
from inquiry_router.delivery import records, store
from inquiry_router.delivery.model import Claim, DeliveryState, Due
from inquiry_router.delivery.schedule import AttemptOutcome
from inquiry_router.delivery.tables import deliveries, destinations
from inquiry_router.process.ids import is_id, new_id
from tests.delivery import rows

pytestmark = pytest.mark.anyio


async def test_oldest_due_deliveries_are_claimed_first(
    database: Database,
) -> None:
    def work(connection: Connection) -> None:
        now = database_now(connection)
        rows.add_destination(connection, "erp")
        (late,) = rows.add_deliveries(connection, "erp", 1, due_at=now - timedelta(minutes=1))
        (later,) = rows.add_deliveries(connection, "erp", 1, due_at=now - timedelta(seconds=1))
        rows.add_deliveries(connection, "erp", 1, due_at=now + timedelta(minutes=1))
        rows.add_deliveries(connection, "erp", 1, state=DeliveryState.DEAD)
        fresh = rows.add_deliveries(connection, "erp", 2)
        claimed = rows.take(connection, "erp", limit=3)
        assert claimed is not None
        assert [due.id for due in claimed.deliveries] == [*fresh, late]
        assert [due.id for due in _take(connection).deliveries] == [later]
        assert rows.take(connection, "erp") is None

    await database.write(work)


async def test_claim_has_everything_that_sending_needs(database: Database) -> None:
    def work(connection: Connection) -> None:
        rows.add_destination(connection, "erp", "https://hooks.example.com/in")
        (delivery_id,) = rows.add_deliveries(connection, "erp", 1, attempts=3)
        claimed = _take(connection)
        (due,) = claimed.deliveries
        payload = '{"type":"inquiry.routed","data":{"reference":"K7MA-4XEH"}}'
        assert due == Due(delivery_id, due.inquiry_id, "inquiry.routed", payload, 3)
        assert is_id(due.inquiry_id)
        assert claimed.destination.kind == "webhook"
        assert claimed.destination.settings["url"] == "https://hooks.example.com/in"
        assert not claimed.probe
        assert rows.SECRET not in repr(claimed)
        assert "K7MA" not in repr(claimed)
        row = rows.delivery(connection, delivery_id)
        assert (row.lease_owner, row.lease_until) == (claimed.owner, claimed.at + rows.LEASE)

    await database.write(work)


async def test_only_destinations_with_due_deliveries_are_due(database: Database) -> None:
    def work(connection: Connection) -> None:
        now = database_now(connection)
        later = now + timedelta(minutes=1)
        columns_of: dict[str, dict[str, Any]] = {
            "busy": {},
            "disabled": {"enabled": False},
            "idle": {},
            "leased": {},
            "paused": {"failures": 5, "open_until": later},
            "rested": {"failures": 5, "open_until": now - timedelta(seconds=1)},
        }
        for name, columns in columns_of.items():
            rows.add_destination(connection, name, **columns)
        for name in ("busy", "disabled", "leased", "paused", "rested", "deleted"):
            rows.add_deliveries(connection, name, 2)
        rows.add_deliveries(connection, "idle", 1, due_at=later)
        rows.add_deliveries(connection, "idle", 1, state=DeliveryState.DELIVERED)
        assert len(_take(connection, "leased").deliveries) == 2
        assert store.due_destinations(connection) == ("busy", "rested")
        for name in ("disabled", "idle", "leased", "paused", "deleted"):
            assert rows.take(connection, name) is None

    await database.write(work)


async def test_expired_lease_can_be_claimed_and_a_late_result_changes_nothing(
    database: Database,
) -> None:
    def work(connection: Connection) -> None:
        rows.add_destination(connection, "erp")
        (delivery_id,) = rows.add_deliveries(connection, "erp", 1)
        first = _take(connection)
        assert rows.take(connection, "erp") is None
        rows.expire_leases(connection)
        second = _take(connection)
        # Nobody knows if the first attempt arrived.
        assert second.deliveries == (replace(first.deliveries[0], repeated=True),)

        late = store.mark(connection, [rows.result_of(first, outcome=AttemptOutcome.DEAD)])
        assert late.kept == frozenset()
        assert rows.tries(connection, delivery_id) == []
        assert rows.delivery(connection, delivery_id).lease_owner == second.owner
        assert rows.destination(connection, "erp").failures == 0

        assert store.mark(connection, [rows.result_of(second)]).kept == {delivery_id}
        assert (
            store.mark(connection, [rows.result_of(first, outcome=AttemptOutcome.DEAD)]).kept
            == frozenset()
        )
        assert rows.states(connection, [delivery_id]) == ["delivered"]
        assert len(rows.tries(connection, delivery_id)) == 1

    await database.write(work)


async def test_late_result_counts_if_nobody_claimed_the_delivery_since(database: Database) -> None:
    """Otherwise it would be sent twice."""

    def work(connection: Connection) -> None:
        rows.add_destination(connection, "erp")
        (delivery_id,) = rows.add_deliveries(connection, "erp", 1)
        claimed = _take(connection)
        rows.expire_leases(connection)
        assert store.mark(connection, [rows.result_of(claimed)]).kept == {delivery_id}

    await database.write(work)


async def test_results_are_recorded(database: Database) -> None:
    def work(connection: Connection) -> None:
        rows.add_destination(connection, "erp")
        good, again, dead = rows.add_deliveries(connection, "erp", 3)
        claimed = _take(connection)
        due_at = claimed.at + timedelta(minutes=5)
        results = [
            rows.result_of(claimed, 1, AttemptOutcome.RETRY, due_at=due_at, error="503: busy"),
            rows.result_of(claimed, 0),
            rows.result_of(
                claimed,
                2,
                AttemptOutcome.DEAD,
                error="no complete answer came within 15 s",
                status_code=None,
            ),
        ]
        marks = store.mark(connection, results)
        assert marks.kept == {good, again, dead}
        assert marks.standings["erp"].usable
        row = rows.delivery(connection, good)
        assert (row.state, row.attempts, row.last_error, row.lease_owner, row.lease_until) == (
            "delivered",
            1,
            None,
            None,
            None,
        )
        assert row.finished_at >= claimed.at
        row = rows.delivery(connection, again)
        assert (row.state, row.attempts, row.last_error, row.lease_owner) == (
            "pending",
            1,
            "503: busy",
            None,
        )
        assert (row.due_at, row.finished_at) == (due_at, None)
        row = rows.delivery(connection, dead)
        assert (row.state, row.last_error) == ("dead", "no complete answer came within 15 s")
        (tried,) = rows.tries(connection, again)
        assert (tried.number, tried.at, tried.duration_ms) == (1, claimed.at, 41)
        assert (tried.outcome, tried.status_code, tried.error) == ("retry", 503, "503: busy")

    await database.write(work)


async def test_attempts_are_numbered_over_retries(database: Database) -> None:
    def work(connection: Connection) -> None:
        rows.add_destination(connection, "erp")
        (delivery_id,) = rows.add_deliveries(connection, "erp", 1)
        for _ in range(3):
            store.mark(
                connection, [rows.result_of(_take(connection), outcome=AttemptOutcome.RETRY)]
            )
            rows.make_due(connection)
        connection.execute(update(deliveries).values(attempts=0))
        store.mark(connection, [rows.result_of(_take(connection))])
        assert [row.number for row in rows.tries(connection, delivery_id)] == [1, 2, 3, 4]

    await database.write(work)


async def test_released_deliveries_are_due_again_at_once(database: Database) -> None:
    def work(connection: Connection) -> None:
        rows.add_destination(connection, "erp")
        one, two, three = rows.add_deliveries(connection, "erp", 3)
        claimed = _take(connection)
        assert store.release(connection, ["somebody else"]) == 0
        assert store.release(connection, [claimed.owner], [two]) == 1
        assert [due.id for due in _take(connection).deliveries] == [two]
        store.mark(connection, [rows.result_of(claimed)])
        assert store.release(connection, [claimed.owner]) == 1
        assert [due.id for due in _take(connection).deliveries] == [three]
        assert rows.states(connection, [one]) == ["delivered"]

    await database.write(work)


async def test_release_all_ends_every_lease(database: Database) -> None:
    def work(connection: Connection) -> None:
        rows.add_destination(connection, "erp", failures=5, open_until=database_now(connection))
        rows.add_deliveries(connection, "erp", 2)
        assert _take(connection).probe
        assert rows.take(connection, "erp") is None
        assert store.release_all(connection) == 1
        assert _take(connection).probe

    await database.write(work)


async def test_five_failures_in_a_row_pause_a_destination(database: Database) -> None:
    def work(connection: Connection) -> None:
        rows.add_destination(connection, "erp")
        rows.add_deliveries(connection, "erp", 9)
        claimed = _take(connection)
        for index in range(4):
            marks = store.mark(connection, [rows.result_of(claimed, index, AttemptOutcome.RETRY)])
            assert (marks.standings["erp"].failures, marks.standings["erp"].usable) == (
                index + 1,
                True,
            )
        marks = store.mark(connection, [rows.result_of(claimed, 4, AttemptOutcome.RETRY)])
        assert (marks.standings["erp"].failures, marks.standings["erp"].usable) == (5, False)
        paused = rows.destination(connection, "erp")
        assert (
            timedelta(seconds=29)
            < paused.open_until - database_now(connection)
            <= timedelta(seconds=30)
        )

        # An attempt that was in flight already says nothing new.
        store.mark(
            connection, [rows.result_of(claimed, index, AttemptOutcome.RETRY) for index in (5, 6)]
        )
        assert rows.destination(connection, "erp") == paused
        # But a success counts.
        marks = store.mark(connection, [rows.result_of(claimed, 7)])
        assert marks.standings["erp"].usable
        assert rows.destination(connection, "erp").open_until is None

    await database.write(work)


async def test_success_resets_the_count_of_failures(database: Database) -> None:
    def work(connection: Connection) -> None:
        rows.add_destination(connection, "erp", failures=3)
        rows.add_deliveries(connection, "erp", 6)
        claimed = _take(connection)
        outcomes = [
            AttemptOutcome.RETRY,
            AttemptOutcome.RETRY,
            AttemptOutcome.DELIVERED,
            AttemptOutcome.RETRY,
            AttemptOutcome.DEAD,
        ]
        marks = store.mark(
            connection,
            [rows.result_of(claimed, index, outcome) for index, outcome in enumerate(outcomes)],
        )
        assert marks.standings["erp"].failures == 2

    await database.write(work)


async def test_after_a_pause_one_probe_decides(database: Database) -> None:
    def work(connection: Connection) -> None:
        now = database_now(connection)
        rows.add_destination(connection, "erp", failures=5, open_until=now)
        rows.add_deliveries(connection, "erp", 9)
        probe = _take(connection)
        assert probe.probe
        assert len(probe.deliveries) == 1
        assert rows.take(connection, "erp") is None
        assert store.due_destinations(connection) == ()

        marks = store.mark(connection, [rows.result_of(probe, outcome=AttemptOutcome.RETRY)])
        assert (marks.standings["erp"].failures, marks.standings["erp"].usable) == (6, False)
        pause = rows.destination(connection, "erp").open_until - database_now(connection)
        assert timedelta(seconds=59) < pause <= timedelta(seconds=60)

        rows.make_due(connection)
        marks = store.mark(connection, [rows.result_of(_take(connection))])
        assert (marks.standings["erp"].failures, marks.standings["erp"].usable) == (0, True)
        claimed = _take(connection)
        assert (claimed.probe, len(claimed.deliveries)) == (False, 8)

    await database.write(work)


async def test_skipped_deliveries_say_nothing_about_a_destination(database: Database) -> None:
    def work(connection: Connection) -> None:
        rows.add_destination(connection, "erp", failures=3)
        rows.add_deliveries(connection, "erp", 3)
        claimed = _take(connection)
        skipped = {"status_code": None, "error": "the inquiry is no ticket"}
        results = [rows.result_of(claimed, 0, AttemptOutcome.SKIPPED, **skipped)]
        results.append(rows.result_of(claimed, 1, AttemptOutcome.RETRY))
        assert store.mark(connection, results).standings["erp"].failures == 4
        results = [rows.result_of(claimed, 2, AttemptOutcome.SKIPPED, **skipped)]
        assert store.mark(connection, results).standings["erp"].failures == 4
        row = rows.delivery(connection, claimed.deliveries[2].id)
        assert (row.state, row.last_error) == ("skipped", "the inquiry is no ticket")
        assert row.finished_at is not None

    await database.write(work)


async def test_skipped_probe_leaves_the_question_to_the_next_one(database: Database) -> None:
    def work(connection: Connection) -> None:
        now = database_now(connection)
        rows.add_destination(connection, "erp", failures=5, open_until=now)
        rows.add_deliveries(connection, "erp", 3)
        probe = rows.result_of(_take(connection), 0, AttemptOutcome.SKIPPED)
        standing = store.mark(connection, [probe]).standings["erp"]
        assert (standing.failures, standing.usable) == (5, False)
        rows.end_pauses(connection)
        assert _take(connection).probe

    await database.write(work)


async def test_probe_without_due_deliveries_keeps_the_pause(
    database: Database,
) -> None:
    def work(connection: Connection) -> None:
        rows.add_destination(connection, "erp", failures=5, open_until=database_now(connection))
        before = rows.destination(connection, "erp")
        assert rows.take(connection, "erp") is None
        assert rows.destination(connection, "erp") == before

    await database.write(work)


async def test_410_disables_the_destination_and_tells_the_other_processes(
    database: Database,
) -> None:
    def work(connection: Connection) -> None:
        rows.add_destination(connection, "erp")
        gone, waiting, under_way = rows.add_deliveries(connection, "erp", 3)
        claimed = _take(connection)
        revision = connection.execute(select(configuration_revision.c.revision)).scalar_one()
        result = rows.result_of(
            claimed, 0, AttemptOutcome.DEAD, status_code=410, disable="410: closed down"
        )
        marks = store.mark(connection, [result, rows.result_of(claimed, 2)])
        assert not marks.standings["erp"].usable
        row = rows.destination(connection, "erp")
        assert (row.enabled, row.disabled_reason, row.version) == (False, "410: closed down", 2)
        assert connection.scalar(select(configuration_revision.c.revision)) == revision + 1
        assert rows.states(connection, [gone, waiting, under_way]) == [
            "dead",
            "pending",
            "delivered",
        ]
        store.release(connection, [claimed.owner])
        assert rows.take(connection, "erp") is None

    await database.write(work)


async def test_results_of_several_destinations_and_of_a_deleted_one(database: Database) -> None:
    def work(connection: Connection) -> None:
        claims = []
        for name in ("crm", "erp", "old"):
            rows.add_destination(connection, name)
            rows.add_deliveries(connection, name, 1)
            claims.append(_take(connection, name))
        connection.execute(destinations.delete().where(destinations.c.id == "old"))
        outcomes = (AttemptOutcome.RETRY, AttemptOutcome.DELIVERED, AttemptOutcome.DELIVERED)
        marks = store.mark(
            connection,
            [rows.result_of(claim, 0, o) for claim, o in zip(claims, outcomes, strict=True)],
        )
        assert len(marks.kept) == 3
        assert {name: standing.failures for name, standing in marks.standings.items()} == {
            "crm": 1,
            "erp": 0,
            "old": 0,
        }
        assert not marks.standings["old"].usable

    await database.write(work)


async def test_deliveries_of_deleted_destinations_are_dead(database: Database) -> None:
    def work(connection: Connection) -> None:
        rows.add_destination(connection, "erp")
        (kept,) = rows.add_deliveries(connection, "erp", 1)
        (orphan,) = rows.add_deliveries(connection, "old", 1)
        (done,) = rows.add_deliveries(connection, "old", 1, state=DeliveryState.DELIVERED)
        assert store.bury_orphans(connection) == 1
        assert store.bury_orphans(connection) == 0
        assert rows.states(connection, [kept, orphan, done]) == ["pending", "dead", "delivered"]
        assert rows.delivery(connection, orphan).last_error == "the destination was deleted"

    await database.write(work)


async def test_eight_workers_never_claim_the_same_delivery(database: Database) -> None:
    def fill(connection: Connection) -> None:
        rows.add_destination(connection, "erp")
        rows.add_deliveries(connection, "erp", 400)

    await database.write(fill)
    seen: list[str] = []

    async def worker() -> None:
        while True:
            statement = partial(
                store.claim, destination_id="erp", owner=new_id(), limit=7, lease=rows.LEASE
            )
            claimed = await database.write(statement)
            if claimed is None and await database.read(_free) == 0:
                return
            if claimed is not None:
                seen.extend(due.id for due in claimed.deliveries)
                results = [
                    rows.result_of(claimed, index) for index in range(len(claimed.deliveries))
                ]
                await database.write(partial(store.mark, results=results))

    await asyncio.gather(*[worker() for _ in range(8)])
    assert len(seen) == len(set(seen)) == 400


async def test_one_of_many_simultaneous_probes_is_allowed(database: Database) -> None:
    def fill(connection: Connection) -> None:
        rows.add_destination(connection, "erp", failures=7, open_until=database_now(connection))
        rows.add_deliveries(connection, "erp", 50)

    await database.write(fill)
    claims = await asyncio.gather(
        *[database.write(partial(rows.take, destination_id="erp")) for _ in range(8)]
    )
    assert len([claimed for claimed in claims if claimed is not None]) == 1


def _take(connection: Connection, destination_id: str = "erp") -> Claim:
    claimed = rows.take(connection, destination_id)
    assert claimed is not None
    return claimed


def _free(connection: Connection) -> Any:
    waiting = select(func.count()).where(
        deliveries.c.state == "pending", deliveries.c.lease_owner.is_(None)
    )
    return connection.scalar(waiting)


async def test_long_queue_is_read_by_its_index(database: Database) -> None:
    """Every search for due deliveries uses the partial indexes, also with many rows."""

    def work(connection: Connection) -> None:
        if connection.dialect.name == "postgresql":
            # Rows that earlier tests deleted still fill the indexes: the wrong one looks cheap.
            connection.exec_driver_sql("TRUNCATE deliveries CASCADE")
        for name in ("erp", "crm"):
            rows.add_destination(connection, name)
        for _ in range(3):
            rows.add_deliveries(connection, "erp", 1000)
            rows.add_deliveries(connection, "erp", 1000, state=DeliveryState.DELIVERED)
        connection.exec_driver_sql("ANALYZE")
        statements: list[tuple[str, Any]] = []

        def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
            if "deliveries" in statement:
                statements.append((statement, parameters))

        event.listen(connection, "before_cursor_execute", note)
        store.due_destinations(connection)
        _take(connection)
        records.count_deliveries(connection)
        event.remove(connection, "before_cursor_execute", note)
        assert len(statements) == 4
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN QUERY PLAN " if connection.dialect.name == "sqlite" else "EXPLAIN "
        for statement, parameters in statements[:3]:
            plan = " ".join(
                str(row) for row in connection.exec_driver_sql(explain + statement, parameters)
            )
            assert "ix_deliveries_due" in plan, plan
            assert "ix_deliveries_thread" in plan, plan

    await database.write(work)

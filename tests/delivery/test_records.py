"""List, retry, discard and count deliveries."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, delete

from inquiry_router.database.session import Database, database_now
from inquiry_router.delivery import records, store
from inquiry_router.delivery.model import DeliveryState
from inquiry_router.delivery.schedule import AttemptOutcome
from inquiry_router.delivery.tables import destinations
from tests.delivery import rows

pytestmark = pytest.mark.anyio


async def test_lists_have_cursors_and_filters(database: Database) -> None:
    def work(connection: Connection) -> None:
        rows.add_destination(connection, "erp")
        rows.add_destination(connection, "crm")
        erp = rows.add_deliveries(connection, "erp", 5)
        crm = rows.add_deliveries(connection, "crm", 2, state=DeliveryState.DEAD)
        newest_first = [*reversed(crm), *reversed(erp)]

        first = records.list_deliveries(connection, limit=3)
        second = records.list_deliveries(connection, limit=3, before=first[-1].id)
        third = records.list_deliveries(connection, limit=3, before=second[-1].id)
        assert [delivery.id for delivery in (*first, *second, *third)] == newest_first
        assert records.list_deliveries(connection, limit=3, before=third[-1].id) == ()

        dead = records.list_deliveries(
            connection, states=[DeliveryState.DEAD, DeliveryState.DISCARDED]
        )
        assert [delivery.id for delivery in dead] == newest_first[:2]
        assert {delivery.state for delivery in dead} == {DeliveryState.DEAD}
        assert len(records.list_deliveries(connection, destination_id="erp")) == 5
        assert len(records.list_deliveries(connection, inquiry_id=first[-1].inquiry_id)) == 5
        assert (
            records.list_deliveries(connection, destination_id="erp", states=[DeliveryState.DEAD])
            == ()
        )

    await database.write(work)


async def test_delivery_is_read_with_its_attempts(database: Database) -> None:
    def work(connection: Connection) -> None:
        rows.add_destination(connection, "erp")
        (delivery_id,) = rows.add_deliveries(connection, "erp", 1)
        for outcome in (AttemptOutcome.RETRY, AttemptOutcome.DELIVERED):
            claimed = rows.take(connection, "erp")
            assert claimed is not None
            store.mark(connection, [rows.result_of(claimed, outcome=outcome)])
            rows.make_due(connection)
        record = records.get_delivery(connection, delivery_id)
        assert record is not None
        assert (record.delivery.state, record.delivery.attempts) == (DeliveryState.DELIVERED, 2)
        assert [(one.number, one.outcome, one.status_code) for one in record.attempts] == [
            (1, "retry", 503),
            (2, "delivered", 204),
        ]
        assert "K7MA-4XEH" in record.payload
        assert "K7MA-4XEH" not in repr(record)
        assert records.get_delivery(connection, "nothing") is None

    await database.write(work)


@pytest.mark.parametrize("state", list(DeliveryState))
async def test_delivery_of_any_state_can_be_retried(
    database: Database, state: DeliveryState
) -> None:
    def work(connection: Connection) -> None:
        now = database_now(connection)
        later = now + timedelta(minutes=5)
        rows.add_destination(connection, "erp", failures=5, open_until=later)
        (delivery_id,) = rows.add_deliveries(
            connection, "erp", 1, state=state, attempts=10, due_at=later, finished_at=now
        )
        retried = records.retry_delivery(connection, delivery_id)
        assert retried is not None
        assert (retried.state, retried.attempts, retried.finished_at) == (
            DeliveryState.PENDING,
            0,
            None,
        )
        assert now <= retried.due_at < later
        # The admin expects that the destination is back, so it gets a probe at once.
        claimed = rows.take(connection, "erp")
        assert claimed is not None
        assert claimed.probe
        assert claimed.deliveries[0].id == delivery_id

    await database.write(work)


async def test_delivery_in_flight_is_not_retried(database: Database) -> None:
    def work(connection: Connection) -> None:
        rows.add_destination(connection, "erp")
        (delivery_id,) = rows.add_deliveries(connection, "erp", 1, attempts=3)
        claimed = rows.take(connection, "erp")
        assert claimed is not None
        untouched = records.retry_delivery(connection, delivery_id)
        assert untouched is not None
        assert untouched.attempts == 3
        assert store.mark(connection, [rows.result_of(claimed)]).kept == {delivery_id}

    await database.write(work)


async def test_unknown_delivery_is_not_retried(database: Database) -> None:
    def work(connection: Connection) -> None:
        assert records.retry_delivery(connection, "nothing") is None
        assert records.discard_delivery(connection, "nothing") is None
        (orphan,) = rows.add_deliveries(connection, "old", 1, state=DeliveryState.DEAD)
        retried = records.retry_delivery(connection, orphan)
        assert retried is not None
        assert retried.state is DeliveryState.DEAD
        assert records.retry_dead(connection) == 0

    await database.write(work)


async def test_dead_deliveries_are_retried_in_the_order_of_their_creation(
    database: Database,
) -> None:
    def work(connection: Connection) -> None:
        now = database_now(connection)
        rows.add_destination(connection, "erp", failures=5, open_until=now + timedelta(minutes=9))
        rows.add_destination(connection, "crm")
        done = rows.add_deliveries(connection, "erp", 1, state=DeliveryState.DELIVERED)
        # They died in another order than that of their creation.
        dead = [
            rows.add_deliveries(
                connection,
                "erp",
                1,
                state=DeliveryState.DEAD,
                attempts=10,
                due_at=now - timedelta(seconds=index),
            )[0]
            for index in range(20)
        ]
        dead += rows.add_deliveries(connection, "erp", 980, state=DeliveryState.DEAD, attempts=10)
        rows.add_deliveries(connection, "crm", 3, state=DeliveryState.DEAD)
        assert records.retry_dead(connection, "erp") == 1000
        assert records.count_deliveries(connection).dead == 3
        assert records.retry_dead(connection) == 3
        assert rows.states(connection, done) == ["delivered"]

        probe = rows.take(connection, "erp")
        assert probe is not None
        assert probe.probe
        store.mark(connection, [rows.result_of(probe)])
        rest = rows.take(connection, "erp", limit=2000)
        assert rest is not None
        assert [due.id for due in (*probe.deliveries, *rest.deliveries)] == dead
        assert {due.attempts for due in rest.deliveries} == {0}

    await database.write(work)


async def test_new_deliveries_go_before_retried_ones(database: Database) -> None:
    def work(connection: Connection) -> None:
        rows.add_destination(connection, "erp")
        (dead,) = rows.add_deliveries(connection, "erp", 1, state=DeliveryState.DEAD)
        (fresh,) = rows.add_deliveries(connection, "erp", 1)
        records.retry_dead(connection)
        claimed = rows.take(connection, "erp")
        assert claimed is not None
        assert [due.id for due in claimed.deliveries] == [fresh, dead]

    await database.write(work)


async def test_discarded_delivery_is_not_sent(database: Database) -> None:
    def work(connection: Connection) -> None:
        rows.add_destination(connection, "erp")
        (pending,) = rows.add_deliveries(connection, "erp", 1)
        (dead,) = rows.add_deliveries(connection, "erp", 1, state=DeliveryState.DEAD)
        (done,) = rows.add_deliveries(connection, "erp", 1, state=DeliveryState.DELIVERED)
        claimed = rows.take(connection, "erp")
        assert claimed is not None
        found = [
            records.discard_delivery(connection, delivery_id)
            for delivery_id in (pending, dead, done)
        ]
        assert [delivery.state for delivery in found if delivery] == [
            "discarded",
            "discarded",
            "delivered",
        ]
        assert store.mark(connection, [rows.result_of(claimed)]).kept == frozenset()
        rows.expire_leases(connection)
        assert rows.take(connection, "erp") is None

    await database.write(work)


async def test_counts_leave_out_disabled_and_paused_destinations(database: Database) -> None:
    def work(connection: Connection) -> None:
        now = database_now(connection)
        counts = records.count_deliveries(connection)
        assert (counts.pending, counts.dead, counts.oldest_due_s, counts.paused) == (0, 0, 0.0, 0)

        rows.add_destination(connection, "erp")
        rows.add_deliveries(connection, "erp", 2, created_at=now - timedelta(seconds=40))
        rows.add_deliveries(connection, "erp", 1, due_at=now + timedelta(hours=1))
        rows.add_deliveries(connection, "erp", 4, state=DeliveryState.DEAD)
        rows.add_deliveries(connection, "erp", 5, state=DeliveryState.DELIVERED)
        counts = records.count_deliveries(connection)
        assert (counts.pending, counts.dead) == (3, 4)
        assert 40 <= counts.oldest_due_s < 42

        rows.add_destination(connection, "crm")
        rows.add_deliveries(
            connection,
            "crm",
            1,
            due_at=now - timedelta(seconds=90),
            created_at=now - timedelta(days=3),
        )
        assert 90 <= records.count_deliveries(connection).oldest_due_s < 92

        # Neither a disabled nor a dead receiver makes the router look stuck.
        rows.add_destination(connection, "off", enabled=False)
        rows.add_destination(connection, "down", failures=5, open_until=now + timedelta(minutes=5))
        for name in ("off", "down", "deleted"):
            rows.add_deliveries(connection, name, 1, due_at=now - timedelta(days=1))
        counts = records.count_deliveries(connection)
        assert 90 <= counts.oldest_due_s < 92
        assert (counts.pending, counts.paused) == (7, 1)
        connection.execute(delete(destinations).where(destinations.c.id.in_(["erp", "crm"])))
        assert records.count_deliveries(connection).oldest_due_s == 0.0

    await database.write(work)

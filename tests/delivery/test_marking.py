"""Results reach the database, also when it is away for a while."""

import asyncio
import time
from typing import Any

import pytest
from sqlalchemy import Connection

from inquiry_router.database.session import Database
from inquiry_router.delivery import marking, store
from inquiry_router.delivery.marking import Marker
from inquiry_router.delivery.model import Claim, Standing
from inquiry_router.delivery.schedule import AttemptOutcome
from tests.delivery import rows
from tests.delivery.doubles import Shaky

pytestmark = pytest.mark.anyio


@pytest.fixture
async def claimed(database: Database) -> Claim:
    def work(connection: Connection) -> Claim | None:
        rows.add_destination(connection, "erp")
        rows.add_deliveries(connection, "erp", 6)
        return rows.take(connection, "erp")

    found = await database.write(work)
    assert found is not None
    return found


@pytest.fixture
def shaky(database: Database, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(marking, "MIN_PAUSE_S", 0.001)
    return Shaky(database)


def soon() -> float:
    return time.monotonic() + 10


async def test_results_that_come_during_a_write_share_the_next_one(
    shaky: Any, claimed: Claim
) -> None:
    marker = Marker(shaky)
    results = [rows.result_of(claimed, index) for index in range(6)]
    standings = await asyncio.gather(*[marker.mark(result, soon()) for result in results])
    assert standings == [Standing(0, usable=True)] * 6
    assert shaky.calls == ["mark"]
    states = await shaky.read(
        lambda connection: rows.states(connection, [due.id for due in claimed.deliveries])
    )
    assert set(states) == {"delivered"}


async def test_results_are_stored_after_an_outage(shaky: Any, claimed: Claim) -> None:
    shaky.fail_before["mark"] = 3
    standing = await Marker(shaky).mark(rows.result_of(claimed, 0, AttemptOutcome.RETRY), soon())
    assert standing == Standing(1, usable=True)
    assert shaky.calls == ["mark"] * 4


async def test_result_whose_commit_was_not_confirmed_counts_once(
    shaky: Any, claimed: Claim
) -> None:
    shaky.fail_after["mark"] = 1
    result = rows.result_of(claimed)
    assert await Marker(shaky).mark(result, soon()) is None
    tries = await shaky.read(lambda connection: rows.tries(connection, result.delivery_id))
    assert len(tries) == 1


async def test_result_is_given_up_when_the_lease_is_over(shaky: Any, claimed: Claim) -> None:
    shaky.fail_before["mark"] = 1000
    assert await Marker(shaky).mark(rows.result_of(claimed), time.monotonic() + 0.02) is None


async def test_all_waiting_results_are_stored_after_an_outage(shaky: Any, claimed: Claim) -> None:
    shaky.fail_before["mark"] = 2
    marker = Marker(shaky)
    standings = await asyncio.gather(
        *[marker.mark(rows.result_of(claimed, index), soon()) for index in range(6)]
    )
    assert standings == [Standing(0, usable=True)] * 6


async def test_unexpected_error_reaches_the_waiter(
    shaky: Any, claimed: Claim, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(connection: Connection, results: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(store, "mark", broken)
    with pytest.raises(ZeroDivisionError):
        await Marker(shaky).mark(rows.result_of(claimed), soon())


async def test_cancelled_waiter_does_not_harm_the_others(shaky: Any, claimed: Claim) -> None:
    marker = Marker(shaky)
    gone = marker.mark(rows.result_of(claimed, 0), soon())
    await asyncio.sleep(0)
    gone.cancel()
    assert await marker.mark(rows.result_of(claimed, 1), soon()) == Standing(0, usable=True)


async def test_result_for_a_deleted_destination_stops_its_lane(shaky: Any, claimed: Claim) -> None:
    def work(connection: Connection) -> None:
        connection.exec_driver_sql("DELETE FROM destinations WHERE id = 'erp'")

    await shaky.write(work)
    assert await Marker(shaky).mark(rows.result_of(claimed), soon()) == Standing(0, usable=False)

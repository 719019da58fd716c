"""The traffic of sources: counts and last events, added by any number of processes."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection

from inquiry_router.database.session import Database
from inquiry_router.inquiry.errors import Unavailable
from inquiry_router.sources.traffic import IGNORED, REFUSED, Traffic
from inquiry_router.sources.traffic_store import SourceTraffic, forget_traffic, read_traffic
from tests.conftest import NOW

pytestmark = pytest.mark.anyio

LATER = NOW + timedelta(minutes=1)


class Counted:
    """Remembers what the metrics were told."""

    def __init__(self) -> None:
        self.events: list[tuple[str, str, str | None]] = []

    def __call__(self, source_id: str, result: str, reason: str | None) -> None:
        self.events.append((source_id, result, reason))


async def test_processes_add_their_counts_and_the_latest_moment_stays(database: Database) -> None:
    first, second = (Traffic(database, Counted()) for _ in range(2))
    first.note("shop", "accepted", NOW)
    first.note("shop", "duplicate", LATER)
    first.note("shop", IGNORED, LATER, "the router itself wrote it")
    second.note("shop", "joined", NOW)
    second.note("shop", IGNORED, NOW, "it is empty")
    second.note("desk", REFUSED, NOW, "the token is wrong")
    await first.flush()
    await second.flush()
    stored = await database.read(read_traffic)
    assert stored == {
        "desk": SourceTraffic(refused=1, refused_at=NOW, refused_reason="the token is wrong"),
        "shop": SourceTraffic(
            last_event_at=LATER,
            taken=2,
            taken_at=NOW,
            repeated=1,
            ignored=2,
            ignored_at=LATER,
            ignored_reason="the router itself wrote it",
        ),
    }


async def test_nothing_is_written_twice(database: Database) -> None:
    traffic = Traffic(database, Counted())
    traffic.note("shop", "accepted", NOW)
    await traffic.flush()
    await traffic.flush()
    assert (await database.read(read_traffic))["shop"].taken == 1


async def test_counts_wait_while_the_database_is_away(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    traffic = Traffic(database, Counted())
    traffic.note("shop", IGNORED, NOW, "it is empty")

    async def refuse(_: object) -> None:
        traffic.note("shop", IGNORED, LATER, "it is old")  # it comes while the first is tried
        raise Unavailable

    with monkeypatch.context() as patched:
        patched.setattr(database, "write", refuse)
        with pytest.raises(Unavailable):
            await traffic.flush()
    await traffic.flush()
    shop = (await database.read(read_traffic))["shop"]
    assert (shop.ignored, shop.ignored_at, shop.ignored_reason) == (2, LATER, "it is old")


async def test_metrics_are_told_at_once_with_a_bounded_reason(database: Database) -> None:
    counted = Counted()
    traffic = Traffic(database, counted)
    traffic.note("shop", REFUSED, NOW, "x" * 1000)
    traffic.failed("shop")
    assert counted.events == [("shop", REFUSED, "x" * 200), ("shop", "failed", None)]


async def test_traffic_of_a_removed_source_is_forgotten(database: Database) -> None:
    traffic = Traffic(database, Counted())
    traffic.note("shop", "accepted", NOW)
    await traffic.flush()

    def forget(connection: Connection) -> None:
        forget_traffic(connection, "shop")

    await database.write(forget)
    assert await database.read(read_traffic) == {}

"""Group commit: one transaction per batch, rejected rows, repeated keys."""

import asyncio
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from inquiry_router.database.group_commit import IntakeRows, ReferenceTaken, Stored, intake_keys
from inquiry_router.database.opening import open_database
from inquiry_router.database.postgres import postgres_engine
from inquiry_router.database.session import Database
from inquiry_router.inquiries.tables import inquiries
from inquiry_router.inquiry.errors import Overloaded, Unavailable
from inquiry_router.inquiry.reference import new_reference
from inquiry_router.process.ids import new_id
from tests.conftest import settings_for

pytestmark = pytest.mark.anyio
AT = datetime(2026, 11, 19, 10, 0, tzinfo=UTC)


def item(keys: tuple[str, ...] = (), fingerprint: str = "f", **values: object) -> IntakeRows:
    inquiry_id = new_id()
    row = {
        "id": inquiry_id,
        "reference": new_reference(),
        "status": "routed",
        "channel": "email",
        "language": "pl",
        "received_at": AT,
        "asked_at": AT,
        "created_at": AT,
        "category": "defect",
        "confidence": 0.9,
        "team": "customer_service",
        "priority": "high",
        "search": "tekst",
        **values,
    }
    return IntakeRows(inquiry_id, inquiry_id, fingerprint, ((inquiries, (row,)),), keys)


async def count(database: Database, table) -> int:
    return await database.read(
        lambda c: c.execute(select(func.count()).select_from(table)).scalar_one()
    )


@pytest.mark.parametrize(
    "poison",
    [{"search": None}, {"search": "\ud800"}, {"received_at": datetime(2026, 11, 19)}],
    ids=repr,
)
async def test_poison_row_fails_alone(database: Database, poison: dict[str, object]) -> None:
    items = [item() for _ in range(40)]
    items.insert(17, item(**poison))
    outcomes = await asyncio.gather(*(database.record(i) for i in items), return_exceptions=True)
    assert [type(o).__name__ for o in outcomes].count("Stored") == 40
    assert isinstance(outcomes[17], Unavailable)
    assert await count(database, inquiries) == 40


ODD = (
    "",
    " ",
    "\x1f",
    "\x1e\n\t",
    "NULL",
    "null",
    "{}",
    '{"a",NULL}',
    "\\",
    "\\N",
    "'\"$1,;--",
    "ąłß🤷\u0301\ufffe",
    "a" * 200_000,
)


@pytest.mark.parametrize("together", [True, False])
async def test_values_are_read_back_unchanged(database: Database, together: bool) -> None:
    warsaw = datetime(2026, 10, 25, 2, 30, 0, 7, tzinfo=ZoneInfo("Europe/Warsaw"), fold=1)
    items = [
        item(
            search=odd,
            contact_name=None if number % 2 else odd,
            confidence=0.1 + 0.2 if number % 3 else 1e-12,
            due_at=None if number % 2 else warsaw,
            seen=None if number % 3 else {"owner": odd},
        )
        for number, odd in enumerate(ODD)
    ]
    if together:
        await asyncio.gather(*(database.record(i) for i in items))
    else:
        for one in items:
            await database.record(one)
    stored = await database.read(
        lambda c: {row.id: row._mapping for row in c.execute(select(inquiries))}
    )
    for one in items:
        ((_, (sent,)),) = one.rows
        in_utc = {
            name: value.astimezone(UTC) if isinstance(value, datetime) else value
            for name, value in sent.items()
        }
        assert {name: stored[one.inquiry_id][name] for name in sent} == in_utc


async def test_first_of_equal_keys_wins(database: Database) -> None:
    items = [item(("key:a:1",), f"f{n}") for n in range(10)]
    outcomes = await asyncio.gather(*(database.record(i) for i in items))
    assert sum(outcome.fresh for outcome in outcomes) == 1
    assert len({(outcome.inquiry_id, outcome.fingerprint) for outcome in outcomes}) == 1
    assert [await count(database, t) for t in (inquiries, intake_keys)] == [1, 1]


async def test_repeat_leaves_none_of_its_keys(database: Database) -> None:
    first = await database.record(item(("source:z:1",)))
    second = await database.record(item(("key:a:1", "source:z:1")))
    assert (second.fresh, second.inquiry_id) == (False, first.inquiry_id)
    assert await count(database, intake_keys) == 1
    third = await database.record(item(("key:a:1",)))
    assert third.fresh


async def test_repeat_in_a_batch_does_not_affect_the_others(database: Database) -> None:
    first = await database.record(item(("source:z:1",), "f1"))
    items = [item((f"source:z:{number}",), f"f{number}") for number in range(12)]
    outcomes = await asyncio.gather(*(database.record(i) for i in items))
    assert [number for number, outcome in enumerate(outcomes) if not outcome.fresh] == [1]
    assert outcomes[1] == Stored(first.inquiry_id, first.inquiry_id, "f1", "source:z:1")
    assert [await count(database, t) for t in (inquiries, intake_keys)] == [12, 12]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_closed_connections_are_replaced(database: Database, database_url: str) -> None:
    assert (await database.record(item())).fresh
    others = (
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    engine = postgres_engine(database_url, 1)
    async with engine.begin() as other:
        assert (await other.exec_driver_sql(others)).all()
    await engine.dispose()
    assert (await database.record(item())).fresh


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_intake_recovers_after_a_timeout(database_url: str) -> None:
    database = open_database(settings_for(database_url, answer_timeout_s=0.3))
    await database.start()
    try:
        await database.record(item())
        engine = postgres_engine(database_url, 1)
        async with engine.begin() as other:
            await other.exec_driver_sql("LOCK TABLE inquiries")
            with pytest.raises(Unavailable):
                await database.record(item())
        await engine.dispose()
        assert (await database.record(item())).fresh
        assert await count(database, inquiries) == 2
    finally:
        await database.stop()


async def test_taken_reference_raises(database: Database) -> None:
    await database.record(item(reference="AAAA-AAAA"))
    with pytest.raises(ReferenceTaken):
        await database.record(item(reference="AAAA-AAAA"))
    both = await asyncio.gather(
        database.record(item(reference="CCCC-CCCC")),
        database.record(item(reference="CCCC-CCCC")),
        return_exceptions=True,
    )
    assert sorted(type(o).__name__ for o in both) == ["ReferenceTaken", "Stored"]


async def test_full_queue_raises_at_once_and_nothing_is_lost(database_url: str) -> None:
    database = open_database(settings_for(database_url, queue_size=5))
    await database.start()
    outcomes = await asyncio.gather(
        *(database.record(item()) for _ in range(200)), return_exceptions=True
    )
    stored = sum(not isinstance(outcome, Exception) for outcome in outcomes)
    refused = [outcome for outcome in outcomes if isinstance(outcome, Overloaded)]
    assert stored + len(refused) == 200
    assert refused and refused[0].retry_after == 2
    assert await count(database, inquiries) == stored
    await database.stop()


async def test_shutdown_commits_the_queue(database_url: str) -> None:
    database = open_database(settings_for(database_url))
    await database.start()
    waiting = [asyncio.create_task(database.record(item())) for _ in range(50)]
    await asyncio.sleep(0)
    await database.stop()
    assert all(outcome.fresh for outcome in await asyncio.gather(*waiting))
    again = open_database(settings_for(database_url))
    await again.start()
    assert await count(again, inquiries) == 50
    await again.stop()


async def test_cancelled_client_does_not_affect_others(database: Database) -> None:
    tasks = [asyncio.create_task(database.record(item())) for _ in range(20)]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert sum(not isinstance(outcome, BaseException) for outcome in outcomes) == 10
    assert (await database.record(item())).fresh


async def test_failed_work_is_rolled_back_alone(database: Database) -> None:
    def work(connection):
        connection.execute(inquiries.delete())
        raise LookupError

    await database.record(item())
    outcomes = await asyncio.gather(
        database.write(work), database.record(item()), return_exceptions=True
    )
    assert isinstance(outcomes[0], LookupError)
    assert await count(database, inquiries) == 2

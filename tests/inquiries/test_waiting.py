"""The queue of messages that wait for the classifier: who is next, for how long, and once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, update

from inquiry_router.database.session import Database
from inquiry_router.inquiries import store, waiting
from inquiry_router.inquiries.tables import timeline
from inquiry_router.inquiries.tables import waiting as table
from inquiry_router.inquiries.waiting import LEASE, MAX_FAILURES, WaitingMessage, waiting_rows
from tests.conftest import NOW
from tests.inquiries.said import added, opened

pytestmark = pytest.mark.anyio


async def wait(
    database: Database, message_id: str, minutes: float = 0, *, shown: bool = False
) -> str:
    """Let a message wait since then."""
    since = NOW + timedelta(minutes=minutes)
    _, rows = waiting_rows(message_id, None, since, shown=shown)
    await database.write(lambda c: c.execute(insert(table), rows) and None)
    return message_id


async def claim(database: Database, limit: int = 10) -> list[WaitingMessage]:
    return await database.write(lambda c: waiting.claim_due(c, limit))


async def ids(database: Database, limit: int = 10) -> list[str]:
    found = await claim(database, limit)
    return [one.id for one in sorted(found, key=lambda one: (one.shown, one.since))]


async def run(database: Database, work: Callable[..., Any], *given: Any, **named: Any) -> Any:
    return await database.write(lambda c: work(c, *given, **named))


async def due_in(database: Database, message_id: str) -> timedelta:
    """The time from now until a message is due again, by the clock of the database."""

    def work(connection: Connection) -> timedelta:
        due_at = connection.scalar(select(table.c.due_at).where(table.c.message_id == message_id))
        return due_at - waiting.database_now(connection)

    return await database.read(work)


async def make_due(database: Database) -> None:
    past = update(table).values(due_at=NOW - timedelta(days=3650))
    await database.write(lambda c: c.execute(past) and None)


async def test_hidden_ones_come_first_then_the_oldest(database: Database) -> None:
    seen = await wait(database, (await opened(database)).id, 0, shown=True)
    new = await wait(database, (await opened(database)).id, 2)
    old = await wait(database, (await opened(database)).id, 1)
    assert await ids(database, 1) == [old]
    assert await ids(database, 1) == [new]
    assert await ids(database) == [seen]
    assert await ids(database) == []


async def test_claim_holds_a_message_for_its_lease(database: Database) -> None:
    message = await wait(database, (await opened(database)).id)
    [claimed] = await claim(database)
    assert (claimed.attempts, claimed.since, claimed.shown) == (1, NOW, False)
    assert LEASE - timedelta(seconds=5) < await due_in(database, message) <= LEASE
    assert not await database.read(waiting.is_any_due)
    await make_due(database)
    assert await database.read(waiting.is_any_due)
    assert [one.attempts for one in await claim(database)] == [2]


async def test_attempts_become_rare(database: Database) -> None:
    """A text may kill the process each time, so the claim itself sets the next one."""
    message = await wait(database, (await opened(database)).id)
    pauses = []
    for _ in range(8):
        await make_due(database)
        await claim(database)
        pauses.append(round((await due_in(database, message)).total_seconds() / 30))
    assert pauses == [1, 1, 1, 10, 10, 10, 120, 120]
    await run(database, waiting.retry_soon, message)
    assert await due_in(database, message) > timedelta(minutes=50)


async def test_failure_is_tried_again_soon(database: Database) -> None:
    message = await wait(database, (await opened(database)).id)
    await claim(database)
    await run(database, waiting.retry_soon, message)
    assert await due_in(database, message) <= timedelta(seconds=2)


async def test_released_one_is_due_at_once_and_has_no_attempt(database: Database) -> None:
    message = await wait(database, (await opened(database)).id)
    await claim(database)
    await run(database, waiting.release, message)
    assert [one.attempts for one in await claim(database)] == [1]


async def test_messages_of_an_inquiry_wait_for_each_other(database: Database) -> None:
    first = await opened(database)
    opening = await wait(database, first.id)
    later = await wait(database, await added(database, first, "Adres"), shown=True)
    other = await wait(database, (await opened(database)).id, 5)
    assert await ids(database) == [opening, other]
    assert await ids(database) == []
    assert await run(database, waiting.finish, opening)
    assert await ids(database) == [later]


async def test_message_that_fails_holds_up_no_others_of_its_inquiry(database: Database) -> None:
    first = await opened(database)
    opening = await wait(database, first.id)
    later = await wait(database, await added(database, first, "Adres"), shown=True)
    for _ in range(MAX_FAILURES):
        assert await ids(database) == [opening]
        await make_due(database)
    assert await ids(database) == [opening, later]


async def test_end_of_waiting_is_told_once(database: Database) -> None:
    message = await wait(database, (await opened(database)).id)
    assert [await run(database, waiting.finish, message) for _ in range(2)] == [True, False]


async def test_overdue_ones_are_listed_until_they_are_shown(database: Database) -> None:
    old = await wait(database, (await opened(database)).id, 1)
    await wait(database, (await opened(database)).id, 3)
    before, long_before = NOW + timedelta(minutes=2), NOW - timedelta(days=7)
    given = {"before": before, "long_before": long_before}
    assert await run(database, waiting.is_any_overdue, **given)
    assert await run(database, waiting.list_overdue, before, 10) == [old]
    assert await run(database, waiting.hidden_since, old) == NOW + timedelta(minutes=1)
    await run(database, waiting.set_shown, old)
    assert not await run(database, waiting.is_any_overdue, **given)
    assert await run(database, waiting.list_overdue, before, 10) == []
    assert await run(database, waiting.hidden_since, old) is None
    counts = await database.read(waiting.count_waiting)
    assert (counts.shown, counts.hidden) == (1, 1)


async def test_old_ones_are_forgotten_when_people_see_them(database: Database) -> None:
    await wait(database, (await opened(database)).id, 0, shown=True)
    hidden = await wait(database, (await opened(database)).id, 0)
    before = NOW + timedelta(minutes=1)
    assert await run(database, waiting.is_any_overdue, before=NOW, long_before=before)
    assert await run(database, waiting.forget_old, before) == 1
    assert await ids(database) == [hidden]


@pytest.mark.parametrize(
    ("kind", "actor", "minutes", "touched"),
    [
        ("assigned", "zammad-1", 1, True),
        ("corrected", "admin", 0, True),
        ("answered", "admin", -1, False),
        ("message", "web", 1, False),
        ("called", "line", 1, False),
        ("split", "admin", 1, True),
        ("split", "router", 1, False),
    ],
)
async def test_touched_by_people_since_then(
    database: Database, kind: str, actor: str, minutes: int, touched: bool
) -> None:
    first = await opened(database)
    at = NOW + timedelta(minutes=minutes)
    entry = store.timeline_entry(first.id, at, kind, actor, {})
    await database.write(lambda c: c.execute(insert(timeline), [entry]) and None)
    assert await run(database, waiting.is_touched, first.id, NOW) is touched

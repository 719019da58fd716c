"""Stand-ins made by hand: a database that goes away, and a dispatcher that is small and quick."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from random import Random
from typing import Any, TypeVar

from sqlalchemy import Connection, and_, func, or_, select

from inquiry_router.database.session import Database, database_now
from inquiry_router.delivery import order
from inquiry_router.delivery.dispatcher import Dispatcher
from inquiry_router.delivery.sender import Sender
from inquiry_router.delivery.tables import deliveries, destinations
from inquiry_router.inquiry.errors import Unavailable
from inquiry_router.outside.addresses import Reach

T = TypeVar("T")
LOOPBACK = Reach(loopback=True)
# The work of a call to the database.
Work = Callable[[Connection], Any]


def name_of(work: Work) -> str:
    """Return the name of the function behind a call, also behind a `partial` of it."""
    function = getattr(work, "func", work)
    return str(getattr(function, "__name__", function))


class Shaky:
    """A database with chosen calls that fail: before the work, or after the commit."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.dialect = database.dialect
        self.calls: list[str] = []
        self.fail_before: dict[str, int] = {}
        self.fail_after: dict[str, int] = {}

    async def read(self, work: Callable[[Connection], T]) -> T:
        return await self._call(self._database.read, work)

    async def write(self, work: Callable[[Connection], T]) -> T:
        return await self._call(self._database.write, work)

    async def _call(
        self, method: Callable[[Callable[[Connection], T]], Any], work: Callable[[Connection], T]
    ) -> T:
        name = name_of(work)
        self.calls.append(name)
        if _take(self.fail_before, name):
            raise Unavailable
        outcome: T = await method(work)
        if _take(self.fail_after, name):
            raise Unavailable
        return outcome


def _take(counts: dict[str, int], name: str) -> bool:
    left = counts.get(name, 0)
    counts[name] = left - 1
    return left > 0


def sender_for_tests(**more: Any) -> Sender:
    """A sender that may use loopback, with a short time limit and a fixed jitter."""
    return Sender(**{"time_limit_s": 5.0, "reach": LOOPBACK, "random": Random(1), **more})


@asynccontextmanager
async def delivering(
    database: Any, *, poll_s: float = 0.02, stop_grace_s: float = 6.0, **sender: Any
) -> AsyncIterator[Dispatcher]:
    """A running dispatcher; it is stopped in good order at the end."""
    dispatcher = Dispatcher(
        database, sender_for_tests(**sender), poll_s=poll_s, stop_grace_s=stop_grace_s
    )
    stop = asyncio.Event()
    running = asyncio.create_task(dispatcher.run(stop))
    try:
        yield dispatcher
    finally:
        stop.set()
        await running


async def idle(database: Any, seconds: float = 20) -> None:
    """Wait until nothing is due or leased."""
    async with asyncio.timeout(seconds):
        while await database.read(_busy):
            await asyncio.sleep(0.005)


async def deliver_all(database: Any, **more: Any) -> None:
    """Run a dispatcher until nothing is due."""
    async with delivering(database, **more):
        await idle(database)


def leased(connection: Connection) -> int:
    """Count the deliveries that are leased."""
    query = select(func.count()).where(deliveries.c.lease_owner.is_not(None))
    return connection.execute(query).scalar_one()


def _busy(connection: Connection) -> bool:
    """Report if anything is leased or due, in one statement: between two the answer may change."""
    now = database_now(connection)
    open_until = destinations.c.open_until
    may_be_called = and_(destinations.c.enabled, or_(open_until.is_(None), open_until <= now))
    due = and_(may_be_called, order.may_be_sent(now))
    query = (
        select(func.count())
        .join_from(deliveries, destinations, destinations.c.id == deliveries.c.destination_id)
        .where(order.IS_PENDING, or_(deliveries.c.lease_owner.is_not(None), due))
    )
    return connection.execute(query).scalar_one() > 0

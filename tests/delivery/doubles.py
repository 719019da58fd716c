"""Stand-ins made by hand: a database that goes away, and a dispatcher with everything small and quick."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from random import Random
from typing import Any, TypeVar

from sqlalchemy import Connection

from inquiry_router.database.session import Database
from inquiry_router.delivery.dispatcher import Dispatcher
from inquiry_router.inquiry.errors import Unavailable
from inquiry_router.outside.addresses import LOOPBACK

T = TypeVar("T")
# What the calls of this stage are made of, by the function that does the work.
Work = Callable[[Connection], Any]


def name_of(work: Work) -> str:
    """The name of the function behind a call, also behind a `partial` of it."""
    function = getattr(work, "func", work)
    return str(getattr(function, "__name__", function))


class Shaky:
    """A database of which chosen calls fail: before anything happened, or after the commit when the answer is lost."""

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


@asynccontextmanager
async def dispatcher_on(database: Any, **more: Any) -> AsyncIterator[Dispatcher]:
    """A dispatcher that may use loopback, with a short time limit and no surprises in its jitter."""
    values = {"time_limit_s": 5.0, "reach": LOOPBACK, "random": Random(1), "poll_s": 0.05, **more}
    made = Dispatcher(database, **values)
    try:
        yield made
    finally:
        await made.close()

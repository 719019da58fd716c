"""PostgreSQL: one task commits queued inquiries together. Any number of processes may share it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal, TypeVar

from sqlalchemy import URL, Connection, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from inquiry_router.database.group_commit import (
    MAX_BATCH,
    REJECTED,
    BatchStore,
    IntakeRows,
    Stored,
    store_batch,
    store_singly,
)
from inquiry_router.database.mistakes import VARIABLE, explain_connection
from inquiry_router.database.session import require_current_schema, write_json
from inquiry_router.database.storing import Storing, touch
from inquiry_router.inquiry.errors import Overloaded, ReadUnavailable, Unavailable
from inquiry_router.process.futures import settle
from inquiry_router.process.loop_thread import LoopThread
from inquiry_router.process.secret_box import OPEN_BOX, SecretBox, use_box
from inquiry_router.process.settings import Unreachable, WrongSettings
from inquiry_router.process.steps import step

T = TypeVar("T")
# A burst of 500 webhooks waits too long for two, if the processor is busy too (measured).
FINDERS = 4
# Lists and reports. One report on quality is made at a time, so lists always have the others.
SCANNERS = 3
_CANCEL_S = 1.0
Isolation = Literal["AUTOCOMMIT", "READ COMMITTED", "REPEATABLE READ"]


def postgres_engine(
    url: str,
    pool_size: int,
    timeout_s: float = 5.0,
    connect_s: float | None = None,
    *,
    isolation: Isolation = "READ COMMITTED",
    box: SecretBox = OPEN_BOX,
) -> AsyncEngine:
    """Make an engine that detects dead connections before it uses them.

    `connect_s` limits the time to connect, if that is not `timeout_s` too. With `isolation`
    `AUTOCOMMIT` each statement is a transaction of its own: that spares two round trips. With
    `REPEATABLE READ` all statements of a transaction see the database at one moment.
    """
    # The client cancels first. The server's own limit is for a cancel that does not arrive.
    settings = {
        "jit": "off",
        "statement_timeout": str(round((timeout_s + _CANCEL_S) * 1000)),
    }
    engine = create_async_engine(
        read_address(url),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=timeout_s,
        json_serializer=write_json,
        hide_parameters=True,  # keeps customers' words out of the log
        connect_args={
            "timeout": connect_s or timeout_s,
            "command_timeout": timeout_s,
            "server_settings": settings,
        },
        pool_pre_ping=True,
        isolation_level=isolation,
    )
    use_box(engine.dialect, box)
    return engine


def read_address(url: str) -> URL:
    """Read the address for asyncpg, whose name for `sslmode` is `ssl`."""
    address = make_url(url.replace("postgres://", "postgresql://", 1))
    address = address.set(drivername="postgresql+asyncpg")
    if mode := address.query.get("sslmode"):
        address = address.difference_update_query(["sslmode"]).update_query_dict({"ssl": mode})
    return address


@dataclass(slots=True)
class _IntakeJob:
    item: IntakeRows
    future: asyncio.Future[Stored]


class PostgresDatabase:
    """The shared database. `session.Database` documents the methods."""

    dialect = "postgresql"

    def __init__(
        self,
        url: str,
        queue_size: int,
        timeout_s: float,
        pool_size: int,
        box: SecretBox = OPEN_BOX,
    ) -> None:
        self._timeout_s = timeout_s
        self._engine = postgres_engine(url, pool_size, timeout_s, box=box)
        # Connections that readers cannot take: for intake, and one for checks.
        self._finder = postgres_engine(url, FINDERS, timeout_s, isolation="AUTOCOMMIT", box=box)
        self._writer = postgres_engine(url, 1, timeout_s, box=box)
        self._checker = postgres_engine(url, 1, timeout_s, box=box)
        # In a loop of their own: turning ten thousand rows into objects takes a second.
        self._scanner = postgres_engine(
            url, SCANNERS, timeout_s, isolation="REPEATABLE READ", box=box
        )
        self._scans = LoopThread("postgres-scan")
        self._storing = Storing()
        self._queue_size = queue_size
        self._queued = 0
        self._jobs: asyncio.Queue[_IntakeJob] = asyncio.Queue()
        self._flusher: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Connect once to check the schema, then start the flusher."""
        try:
            async with asyncio.timeout(self._timeout_s), self._engine.connect() as connection:
                await connection.run_sync(require_current_schema)
        except (DBAPIError, OSError, TimeoutError) as error:
            await self._engine.dispose()
            reason = explain_connection(error, self._engine.url) or _reason(error)
            raise Unreachable(f"{VARIABLE}: {reason}") from None
        except WrongSettings:
            await self._engine.dispose()
            raise
        self._scans.start()
        self._flusher = asyncio.create_task(self._flush_batches())

    async def stop(self) -> None:
        """Commit queued inquiries and disconnect."""
        if self._flusher is not None:
            await self._jobs.join()
            self._flusher.cancel()
            await asyncio.wait([self._flusher])
            self._flusher = None
        await self._scans.stop(self._scanner.dispose)
        for engine in (self._engine, self._finder, self._checker, self._writer):
            await engine.dispose()

    @property
    def queued(self) -> int:
        """The number of inquiries that wait for the flusher."""
        return self._queued

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on a pooled connection."""
        async with self._connection(self._engine, ReadUnavailable) as connection:
            return await connection.run_sync(work)

    async def scan(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on a connection and a loop reserved for lists and reports."""
        if not self._scans.is_running:
            raise ReadUnavailable("The database did not answer.")

        async def run() -> T:
            async with self._connection(self._scanner, ReadUnavailable) as connection:
                return await connection.run_sync(work)

        try:
            # The other loop may be too busy to notice the time.
            async with asyncio.timeout(self._timeout_s):
                return await self._scans.run(run)
        except TimeoutError as error:
            raise ReadUnavailable("The database did not answer.") from error

    async def look_up(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on a connection reserved for intake."""
        async with self._connection(self._finder, Unavailable) as connection:
            return await connection.run_sync(work)

    async def check(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on the connection reserved for checks."""
        async with self._connection(self._checker, ReadUnavailable) as connection:
            return await connection.run_sync(work)

    async def try_write(self) -> str | None:
        """Commit an unchanged row, on the connection reserved for checks."""
        return await self._storing.check(lambda: self._write_on(self._checker, touch))

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in its own transaction."""
        return await self._write_on(self._engine, work)

    async def _write_on(self, engine: AsyncEngine, work: Callable[[Connection], T]) -> T:
        async with self._connection(engine, Unavailable) as connection, connection.begin():
            result = await connection.run_sync(work)
        self._storing.succeeded()
        return result

    async def forget_deleted(self) -> bool:
        """Do nothing: VACUUM belongs to PostgreSQL's own schedule (`docs/privacy.md`)."""
        return True

    async def record(self, item: IntakeRows) -> Stored:
        """Store the inquiry with the next flush."""
        if self._queued >= self._queue_size:
            raise Overloaded(retry_after=2)
        job = _IntakeJob(item, asyncio.get_running_loop().create_future())
        self._queued += 1
        self._jobs.put_nowait(job)
        try:
            async with asyncio.timeout(self._timeout_s):
                stored = await job.future
        except TimeoutError as error:
            self._storing.failed(error)
            raise Unavailable("The database did not answer in time.") from error
        except DBAPIError as error:
            self._storing.failed(error)
            raise Unavailable("The database refused to store it.") from error
        self._storing.succeeded()
        return stored

    @asynccontextmanager
    async def _connection(
        self,
        engine: AsyncEngine,
        failure: type[Unavailable],
    ) -> AsyncIterator[AsyncConnection]:
        try:
            async with asyncio.timeout(self._timeout_s), engine.connect() as connection:
                yield connection
        except (OSError, TimeoutError, InterfaceError) as error:
            self._note(error, failure)
            raise failure("The database did not answer.") from error
        except DBAPIError as error:
            self._note(error, failure)
            raise failure("The database refused to do it.") from error

    def _note(self, error: Exception, failure: type[Unavailable]) -> None:
        """Note a failure on the way of inquiries. Slow lists and reports are none."""
        if failure is Unavailable:
            self._storing.failed(error)

    async def _flush_batches(self) -> None:
        while True:
            batch = [await self._jobs.get()]
            while not self._jobs.empty() and len(batch) < MAX_BATCH:
                batch.append(self._jobs.get_nowait())
            await self._flush(batch)
            for _ in batch:
                self._jobs.task_done()

    async def _flush(self, batch: list[_IntakeJob]) -> None:
        self._queued -= len(batch)
        outcomes = await self._commit_together([job.item for job in batch])
        for job, outcome in zip(batch, outcomes, strict=True):
            settle(job.future, outcome)

    async def _commit_together(self, items: list[IntakeRows]) -> Sequence[Stored | Exception]:
        try:
            try:
                outcomes = await self._store(store_batch, items)
            except REJECTED:
                outcomes = await self._store(store_singly, items)
        except Exception as error:  # for all items: nothing was committed
            return [error] * len(items)
        step("intake.committed")
        return outcomes

    async def _store(
        self, store: BatchStore, items: list[IntakeRows]
    ) -> Sequence[Stored | Exception]:
        """Commit all items or none. Raises one of `REJECTED` if a row cannot be stored."""
        try:
            async with asyncio.timeout(self._timeout_s), self._writer.begin() as connection:
                step("intake.in_transaction")
                return await connection.run_sync(store, items)
        except (OSError, TimeoutError, InterfaceError) as error:
            self._storing.failed(error)
            raise Unavailable("The database did not answer.") from error
        except DBAPIError as error:
            if error.connection_invalidated:
                self._storing.failed(error)
                raise Unavailable("The database did not answer.") from error
            raise


def _reason(error: BaseException) -> str:
    return str(getattr(error, "orig", error)) or type(error).__name__

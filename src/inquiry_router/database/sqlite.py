"""SQLite: one thread owns the only writing connection and commits queued jobs together.

WAL with synchronous=FULL, so that a committed inquiry survives a power cut. A lock file keeps a
second process from writing: two writers could meet SQLite's WAL-reset bug, and would block each
other anyway.
"""

import asyncio
import contextlib
import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool, QueuePool

from inquiry_router.database.emptying import LogEmptying
from inquiry_router.database.group_commit import (
    MAX_BATCH,
    REJECTED,
    BatchStore,
    IntakeRows,
    Stored,
    store_batch,
    store_singly,
)
from inquiry_router.database.mistakes import VARIABLE, sqlite_file
from inquiry_router.database.session import require_current_schema, write_json
from inquiry_router.database.storing import FileGone, Storing, touch
from inquiry_router.database.writer_lock import WriterLock
from inquiry_router.inquiry.errors import Overloaded, ReadUnavailable, Unavailable
from inquiry_router.process.futures import settle
from inquiry_router.process.private_files import close_to_others
from inquiry_router.process.secret_box import OPEN_BOX, SecretBox, use_box
from inquiry_router.process.settings import WrongSettings
from inquiry_router.process.steps import step

T = TypeVar("T")
READERS = 4
# Lists and reports. One report on quality is made at a time, so lists always have the others.
SCANNERS = 3
FINDERS = 2
CHECKERS = 1
_CONNECTIONS = READERS + SCANNERS + FINDERS + CHECKERS
# Steps of SQLite's virtual machine between two checks of a reader's time: a few milliseconds. Each
# check needs the interpreter's lock, which the event loop needs too.
STEPS_BETWEEN_CHECKS = 100_000
_SHOULD_STOP = "should_stop"

WRITER_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=ON",
    # A checkpoint every 32 MB instead of every 4: pages that many inquiries touch are copied less
    # often, which saves a sixth of the writer's time (measured).
    "wal_autocheckpoint=8000",
)


def sqlite_engine(path: Path, *, read_only: bool = False, box: SecretBox = OPEN_BOX) -> Engine:
    """Make an engine whose transactions begin IMMEDIATE.

    A deferred transaction that starts to write while another one writes would fail at once.
    """
    engine = create_engine(
        f"sqlite:///{path}",
        poolclass=QueuePool if read_only else NullPool,
        json_serializer=write_json,
        hide_parameters=True,  # keeps customers' words out of the log
        connect_args={"check_same_thread": False, "timeout": 5.0},
        **({"pool_size": _CONNECTIONS, "max_overflow": 0} if read_only else {}),
    )

    use_box(engine.dialect, box)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        for pragma in ("query_only=ON",) if read_only else WRITER_PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        for pragma in ("cache_size=-16000", "temp_store=MEMORY"):
            connection.execute(f"PRAGMA {pragma}")

    if read_only:
        event.listen(engine, "before_cursor_execute", _stop_between_statements)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine


def make_private(path: Path) -> None:
    """Keep the database and its log from other users: older versions did not."""
    for suffix in ("", "-wal", "-shm"):
        close_to_others(path.with_name(path.name + suffix))


@dataclass(slots=True)
class _WriteJob:
    """A job of the writer thread: an inquiry to record, or work to run."""

    task: IntakeRows | Callable[[Connection], Any]
    future: asyncio.Future[Any]


class SqliteDatabase:
    """The embedded database. `session.Database` documents the methods."""

    dialect = "sqlite"

    def __init__(
        self, path: Path, queue_size: int, timeout_s: float, box: SecretBox = OPEN_BOX
    ) -> None:
        self._path, self._box = path, box
        self._timeout_s = timeout_s
        self._queue_size = queue_size
        self._queued = 0
        self._jobs: queue.SimpleQueue[_WriteJob | None] = queue.SimpleQueue()
        self._lock = WriterLock(path)
        self._storing = Storing()
        self._emptying = LogEmptying()
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="sqlite-read")
        self._scanners = ThreadPoolExecutor(SCANNERS, thread_name_prefix="sqlite-scan")
        self._finders = ThreadPoolExecutor(FINDERS, thread_name_prefix="sqlite-find")
        self._checkers = ThreadPoolExecutor(CHECKERS, thread_name_prefix="sqlite-check")
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def start(self) -> None:
        """Open the file and start the writer thread."""
        with sqlite_file(self._path):
            if not self._path.exists():
                raise WrongSettings(
                    f"{VARIABLE}: there is no database at {self._path}; "
                    "run 'inquiry-router migrate'"
                )
            self._lock.acquire()
        try:
            with sqlite_file(self._path):
                self._open()
        except WrongSettings:
            self._lock.release()
            raise
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._write_jobs, name="sqlite-write", daemon=True)
        self._thread.start()

    def _open(self) -> None:
        make_private(self._path)
        self._write_engine = sqlite_engine(self._path, box=self._box)
        self._read_engine = sqlite_engine(self._path, read_only=True, box=self._box)
        self._connection = self._write_engine.connect()
        self._opened = _identity(self._path)
        with self._connection.begin():
            require_current_schema(self._connection)

    async def stop(self) -> None:
        """Commit queued jobs, stop readers and close."""
        if self._thread is None:
            return
        self._stopping.set()
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)
        self._thread = None
        for threads in (self._readers, self._scanners, self._finders, self._checkers):
            await asyncio.to_thread(threads.shutdown)
        self._connection.close()
        self._write_engine.dispose()
        self._read_engine.dispose()
        self._lock.release()

    @property
    def queued(self) -> int:
        """The number of jobs that wait for the writer."""
        return self._queued

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on a reading connection in a reader thread."""
        return await self._read_in(self._readers, work)

    async def scan(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on a reading connection in a thread that is kept for lists and reports."""
        return await self._read_in(self._scanners, work)

    async def look_up(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on a reading connection in a thread that is kept for intake."""
        return await self._read_in(self._finders, work, Unavailable)

    async def check(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on a reading connection in the thread that is kept for checks."""
        return await self._read_in(self._checkers, work)

    async def try_write(self) -> str | None:
        """Commit an unchanged row in the writer thread."""
        return await self._storing.check(lambda: self.write(touch))

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in the writer thread, in a savepoint of the next commit."""
        result: T = await self._submit(work)
        return result

    async def forget_deleted(self) -> bool:
        """Truncate the write-ahead log after the next commit."""
        await self.write(self._emptying.ask)
        return self._emptying.succeeded

    async def record(self, item: IntakeRows) -> Stored:
        """Store with the next commit."""
        if self._queued >= self._queue_size:
            raise Overloaded(retry_after=2)
        stored: Stored = await self._submit(item)
        return stored

    async def _submit(self, task: IntakeRows | Callable[[Connection], Any]) -> Any:
        if self._thread is None or self._loop is None:
            raise Unavailable("The service is stopping.")
        future: asyncio.Future[Any] = self._loop.create_future()
        self._queued += 1
        self._jobs.put(_WriteJob(task, future))
        try:
            async with asyncio.timeout(self._timeout_s):
                result = await future
        except TimeoutError as error:
            self._storing.failed(error)
            raise Unavailable("The database did not answer in time.") from error
        except (DBAPIError, FileGone) as error:
            self._storing.failed(error)
            raise Unavailable("The database refused to store it.") from error
        self._storing.succeeded()
        return result

    async def _read_in(
        self,
        threads: ThreadPoolExecutor,
        work: Callable[[Connection], T],
        failure: type[Unavailable] = ReadUnavailable,
    ) -> T:
        loop = asyncio.get_running_loop()
        timed_out = threading.Event()
        try:
            async with asyncio.timeout(self._timeout_s):
                return await loop.run_in_executor(threads, self._read, work, timed_out)
        except (TimeoutError, DBAPIError) as error:
            raise failure("The database did not answer.") from error
        finally:
            timed_out.set()

    def _read(self, work: Callable[[Connection], T], timed_out: threading.Event) -> T:
        if self._stopping.is_set():
            raise ReadUnavailable("The service is stopping.")

        def should_stop() -> bool:
            return timed_out.is_set() or self._stopping.is_set()

        with self._read_engine.connect() as connection, _interruptible(connection, should_stop):
            return work(connection)

    def _write_jobs(self) -> None:
        stopping = False
        while not stopping:
            batch, stopping = self._next_batch()
            if batch:
                outcomes = self._commit_together(batch)
                self._emptying.run_if_asked(self._connection)
                self._finish(batch, outcomes)

    def _next_batch(self) -> tuple[list[_WriteJob], bool]:
        """Wait for a job and take the rest of the queue. The flag is True if `stop` was called."""
        batch: list[_WriteJob] = []
        while not batch or not self._jobs.empty():
            job = self._jobs.get()
            if job is None:
                return batch, True
            batch.append(job)
            if len(batch) == MAX_BATCH:
                break
        return batch, False

    def _commit_together(self, jobs: list[_WriteJob]) -> list[Any]:
        try:
            try:
                outcomes = self._run(jobs, store_batch)
            except REJECTED:
                outcomes = self._run(jobs, store_singly)
            self._require_file()
        except Exception as error:  # for all jobs: nothing was committed, or not to the file
            return [error] * len(jobs)
        if any(isinstance(job.task, IntakeRows) for job in jobs):
            step("intake.committed")
        return outcomes

    def _require_file(self) -> None:
        """Raise `FileGone` if what was committed would be lost with the open file."""
        if _identity(self._path) != self._opened:
            raise FileGone

    def _run(self, jobs: list[_WriteJob], store: BatchStore) -> list[Any]:
        """Run all jobs in one transaction and commit it."""
        items = [job.task for job in jobs if isinstance(job.task, IntakeRows)]
        with self._connection.begin():
            recorded = iter(store(self._connection, items) if items else ())
            if items:
                step("intake.in_transaction")
            return [
                next(recorded) if isinstance(job.task, IntakeRows) else self._run_alone(job.task)
                for job in jobs
            ]

    def _run_alone(self, work: Callable[[Connection], Any]) -> Any:
        savepoint = self._connection.begin_nested()
        try:
            result = work(self._connection)
        except Exception as error:
            savepoint.rollback()
            return error
        savepoint.commit()
        return result

    def _finish(self, jobs: list[_WriteJob], outcomes: list[Any]) -> None:
        """Resolve the jobs of a batch with one call into the event loop."""
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._resolve, jobs, outcomes)

    def _resolve(self, jobs: list[_WriteJob], outcomes: list[Any]) -> None:
        self._queued -= len(jobs)
        for job, outcome in zip(jobs, outcomes, strict=True):
            settle(job.future, outcome)


def _identity(path: Path) -> tuple[int, int] | None:
    """Return what tells a file from another one of the same name; None if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


@contextlib.contextmanager
def _interruptible(connection: Connection, should_stop: Callable[[], bool]) -> Iterator[None]:
    """Interrupt the connection's statements as soon as `should_stop` returns True.

    `sqlite3.Connection.interrupt` could hit the next reader of the same connection.
    """
    driver: Any = connection.connection.driver_connection
    driver.set_progress_handler(should_stop, STEPS_BETWEEN_CHECKS)
    connection.info[_SHOULD_STOP] = should_stop
    try:
        yield
    finally:
        driver.set_progress_handler(None, 0)
        del connection.info[_SHOULD_STOP]


def _stop_between_statements(connection: Connection, *_: Any) -> None:
    """Refuse the next statement once the time is over.

    A statement of few steps ends before SQLite asks for the first time, and there may be thousands.
    """
    should_stop = connection.info.get(_SHOULD_STOP)
    if should_stop is not None and should_stop():
        raise ReadUnavailable("The database did not answer.")

"""The interface of a database: read, write, record."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar

from pydantic_core import to_json
from sqlalchemy import Connection, text

from inquiry_router.database.group_commit import IntakeRows, Stored
from inquiry_router.database.metadata import SCHEMA
from inquiry_router.process.settings import PREFIX, WrongSettings

T = TypeVar("T")


class Database(Protocol):
    """A database. `work` takes a SQLAlchemy connection and runs inside one transaction.

    Methods raise `Unavailable` if the database cannot be reached or does not answer in time.
    `read`, `scan` and `check` raise its subclass `ReadUnavailable`. The work is also stopped inside
    the database then, and its connection serves the next reader.
    """

    dialect: str

    async def start(self) -> None:
        """Connect. Raises `WrongSettings` if the schema is not the one of this version."""

    async def stop(self) -> None:
        """Finish queued writes, stop readers, then disconnect."""

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` with a connection for reading. For what finds its rows by an index."""

    async def scan(self, work: Callable[[Connection], T]) -> T:
        """Run `work` like `read`, on a few connections of their own and beside the event loop.

        For lists and reports, which look at many rows: they wait for each other, and nothing else
        waits for them. All that `work` reads is of one moment.
        """

    async def look_up(self, work: Callable[[Connection], T]) -> T:
        """Run `work` like `read`, on connections reserved for intake.

        Slow readers cannot delay a sender. Raises `Unavailable`: the sender is to send it again.
        """

    async def check(self, work: Callable[[Connection], T]) -> T:
        """Run `work` like `read`, on a connection reserved for health checks and metrics.

        Slow readers cannot block it.
        """

    async def try_write(self) -> str | None:
        """Store something on the way of inquiries; return why that fails, or None. Never raises.

        Asked more often than once a second, it answers with what the last write came to.
        """

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction of its own and commit it."""

    async def forget_deleted(self) -> bool:
        """Leave no copy of deleted rows in the database's own files, as far as it can be told to.

        Return False if readers are in the way: try again.
        """

    async def record(self, item: IntakeRows) -> Stored:
        """Store an accepted inquiry by group commit, and return after COMMIT.

        Raises `Overloaded` if the queue is full.
        """

    @property
    def queued(self) -> int:
        """The number of inquiries in the queue."""


def write_json(value: Any) -> str:
    """Encode the value of a JSON column; supports more types than the standard library."""
    return to_json(value).decode()


def database_now(connection: Connection) -> datetime:
    """Read the database's own clock, in UTC.

    Leases use it, so that replicas whose clocks differ cannot disagree.
    """
    if connection.dialect.name == "sqlite":
        written = connection.execute(
            text("SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now')")
        ).scalar_one()
        return datetime.fromisoformat(written).replace(tzinfo=UTC)
    now: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    return now


def require_current_schema(connection: Connection) -> None:
    """Raise `WrongSettings` unless the schema is exactly the one of this version.

    Does not import Alembic, which would cost each serving process ten megabytes.
    """
    found = None
    if connection.dialect.has_table(connection, "alembic_version"):
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if found == SCHEMA:
        return
    if found is None or found < SCHEMA:
        cure = "run 'inquiry-router migrate'"
    else:
        cure = (
            "it was made by a newer version of inquiry-router: start that version, or restore a "
            "backup"
        )
    raise WrongSettings(
        f"{PREFIX}DATABASE_URL: the schema is at {found or 'nothing'}, wanted is {SCHEMA}; {cure}"
    )

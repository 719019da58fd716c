"""The reason why nothing can be stored now: in words for operators, logged when it changes."""

import asyncio
import math
from collections.abc import Awaitable, Callable
from typing import Final

import structlog
from sqlalchemy import Connection, text
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from inquiry_router.inquiry.errors import Unavailable

log = structlog.get_logger()

# Anybody may ask for the health of the service, and a trial costs a flush to disk.
TRY_AGAIN_AFTER_S: Final = 1.0
NOT_IN_TIME: Final = "it does not answer in time"
NOT_REACHED: Final = "it cannot be reached"
# Primary result codes of SQLite (sqlite.org/rescode.html).
_SQLITE: Final = {
    5: "another program keeps it locked",
    6: "another program keeps it locked",
    8: "it is read-only",
    10: "its disk fails",
    11: "its file is damaged",
    13: "its disk is full",
    14: "its file cannot be opened",
    26: "its file is damaged",
}
# Codes and classes of PostgreSQL (postgresql.org/docs/current/errcodes-appendix.html).
_POSTGRES: Final = {
    "25006": "it is read-only",
    "28": "it refuses the user or password",
    "3D000": "it does not exist",
    "42501": "the user may not write to it",
    "53100": "its disk is full",
    "53300": "it has no connection free",
    "57P": "it is stopping or starting",
}


class FileGone(Exception):
    """The file of the database was deleted, moved or replaced while it was open."""


class Storing:
    """Knows whether the last attempt to store something succeeded."""

    def __init__(self) -> None:
        self._problem: str | None = None
        self._tried_at = -math.inf
        self._trying = asyncio.Lock()

    def succeeded(self) -> None:
        """Note that something was stored."""
        if self._problem is not None:
            log.info("database.stores_again")
        self._problem = None

    def failed(self, error: BaseException) -> None:
        """Note that something could not be stored. A row that is refused says nothing."""
        if isinstance(error, IntegrityError | DataError):
            return
        problem = problem_of(error)
        if problem != self._problem:
            log.error("database.cannot_store", reason=problem)
        self._problem = problem

    async def check(self, write: Callable[[], Awaitable[None]]) -> str | None:
        """Try a write, unless one was tried a moment ago. Return the problem; None if it stores."""
        clock = asyncio.get_running_loop().time
        async with self._trying:
            if clock() - self._tried_at >= TRY_AGAIN_AFTER_S:
                try:
                    await write()
                except Unavailable as error:
                    self._problem = self._problem or error.detail
                self._tried_at = clock()
            return self._problem


def touch(connection: Connection) -> None:
    """Write without a change: the database flushes it to disk like every commit."""
    connection.execute(text("UPDATE alembic_version SET version_num = version_num"))


def problem_of(error: BaseException) -> str:
    """Say in words why a database does not store."""
    if isinstance(error, FileGone):
        return (
            "its file was deleted, moved or replaced; stop the service, put the file or a backup "
            "in place, and start it again"
        )
    if isinstance(error, TimeoutError):
        return NOT_IN_TIME
    if not isinstance(error, DBAPIError):
        return NOT_REACHED
    result = getattr(error.orig, "sqlite_errorcode", None)
    if result is not None:
        return _SQLITE.get(result & 0xFF, f"SQLite refuses with code {result}")
    state = str(getattr(error.orig, "sqlstate", None) or "")
    named = (_POSTGRES[state[:length]] for length in (5, 3, 2) if state[:length] in _POSTGRES)
    fallback = f"PostgreSQL refuses with SQLSTATE {state}" if state else NOT_REACHED
    return next(named, fallback)

"""Leave no copy of deleted rows in SQLite's write-ahead log.

`secure_delete` overwrites deleted rows in the file itself. The log beside it holds older copies of
pages, until it is truncated.
"""

import contextlib
import sqlite3
from typing import Any, Final

from sqlalchemy import Connection

# Readers may hold the log; the writer waits for them so long.
_WAIT_MS: Final = 300


class LogEmptying:
    """A request to the writing thread to truncate the log after its next commit."""

    def __init__(self) -> None:
        self._asked = False
        self._emptied = False

    def ask(self, _: Connection) -> None:
        """Ask for it, as a job of the writing thread."""
        self._asked = True

    def run_if_asked(self, connection: Connection) -> None:
        """Truncate the log if it was asked for. No transaction may be open."""
        if not self._asked:
            return
        self._asked = self._emptied = False
        driver: Any = connection.connection.driver_connection
        with contextlib.suppress(sqlite3.Error):  # it must not end the writing thread
            (waited,) = driver.execute("PRAGMA busy_timeout").fetchone()
            driver.execute(f"PRAGMA busy_timeout={_WAIT_MS}")
            busy, *_ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            driver.execute(f"PRAGMA busy_timeout={waited}")
            self._emptied = not busy

    @property
    def succeeded(self) -> bool:
        """True if the log was truncated when it was last asked for."""
        return self._emptied

"""The lock file that keeps a second process from writing to one SQLite file."""

import fcntl
import os
from pathlib import Path

from inquiry_router.database.mistakes import VARIABLE
from inquiry_router.process.private_files import make_folder
from inquiry_router.process.settings import WrongSettings


class WriterLock:
    """The lock `PATH.lock`, held as long as this process may write.

    The operating system releases it if the process dies.
    """

    def __init__(self, path: Path) -> None:
        self._path = path.with_name(path.name + ".lock")
        self._file: int | None = None

    def acquire(self) -> None:
        """Take the lock. Raises `WrongSettings` if another process holds it."""
        make_folder(self._path.parent)
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self.release()
            raise WrongSettings(
                f"{VARIABLE}: another inquiry-router process writes to this SQLite file; "
                "stop it, use the HTTP API of the running service, or move to PostgreSQL, which "
                "takes any number of processes"
            ) from None

    def release(self) -> None:
        """Release the lock."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

"""Copy a SQLite database while a process writes to it, and put a copy in its place."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from inquiry_router.database.writer_lock import WriterLock
from inquiry_router.process.private_files import close_to_others, make_file
from inquiry_router.process.settings import PREFIX, WrongSettings
from inquiry_router.upkeep.copying import CopiedDatabase


class SqliteCopy:
    """Copies the file by SQLite's own backup interface, which includes the write-ahead log."""

    kind = "sqlite"

    def __init__(self, path: Path) -> None:
        self._path = path

    def save(self, target: Path) -> CopiedDatabase:
        """Copy everything that is committed at this moment. The service goes on writing."""
        if not self._path.is_file():
            raise WrongSettings(f"{PREFIX}DATABASE_URL: there is no database at {self._path}")
        make_file(target)
        with (
            _sentences(self._path),
            closing(_open_to_read(self._path)) as source,
            closing(sqlite3.connect(target)) as copy,
        ):
            source.backup(copy)
            # One file, without a log beside it.
            copy.execute("PRAGMA journal_mode=DELETE")
        return _check(target)

    def load(self, copy: Path, now: datetime, *, replace: bool) -> str | None:
        """Put the copy in place; the present file gets another name."""
        _check(copy)
        lock = WriterLock(self._path)
        lock.acquire()
        try:
            if not self._path.exists():
                self._put(copy)
                return None
            if not replace:
                raise WrongSettings(
                    f"{PREFIX}DATABASE_URL: there is a database at {self._path}. With --replace it "
                    "is put aside, under another name, and the backup takes its place"
                )
            aside = self._path.with_name(f"{self._path.name}.before-{now:%Y%m%d-%H%M%S}")
            self._keep(aside)
            self._put(copy)
            return str(aside)
        finally:
            lock.release()

    def _keep(self, aside: Path) -> None:
        """Give the present file a second name, with everything that its log holds."""
        with _sentences(self._path), closing(sqlite3.connect(self._path)) as present:
            present.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        os.link(self._path, aside)
        close_to_others(aside)

    def _put(self, copy: Path) -> None:
        """Put the copy at the file's name in one step: a crash leaves the one or the other."""
        # A log beside the new file would be taken for its own.
        for suffix in ("-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
        _sync(copy)
        copy.replace(self._path)
        _sync(self._path.parent)


def _open_to_read(path: Path) -> sqlite3.Connection:
    """Open a database that another process may be writing to: this one never writes."""
    return sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=30)


def _check(path: Path) -> CopiedDatabase:
    """Check that the file is a whole database of ours, and tell what it holds."""
    with _sentences(path), closing(_open_to_read(path)) as database:
        (found,) = database.execute("PRAGMA integrity_check(1)").fetchone()
        if found != "ok":
            raise WrongSettings(f"{path}: the copy of the database is damaged: {found}")
        (schema,) = database.execute("SELECT version_num FROM alembic_version").fetchone()
        (inquiries,) = database.execute("SELECT count(*) FROM inquiries").fetchone()
    return CopiedDatabase(schema, inquiries)


@contextmanager
def _sentences(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise WrongSettings(f"{path} cannot be read as our database: {error}") from None


def _sync(path: Path) -> None:
    """Wait until the file or folder is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

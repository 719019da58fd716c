"""The folder of mailboxes that wait to be read. Nobody but the service's user can read it."""

import fcntl
import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Final

from inquiry_router.inquiry.errors import Unavailable

# Inquiries need room on the same disk.
RESERVE: Final = 1024 * 1024 * 1024
# An upload takes at most an hour. What is older, and nobody's, was left by a process that died.
LEFT_AFTER: Final = timedelta(hours=2)
_WHOLE: Final = ".mbox"
_PART: Final = ".part"


class MailboxFolder:
    """A folder of mailboxes by the id of their reading, for any number of processes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, reading_id: str) -> Path:
        """The file of a mailbox."""
        return self._folder / f"{reading_id}{_WHOLE}"

    @contextmanager
    def receive(self, reading_id: str) -> Iterator[BinaryIO]:
        """Write a mailbox; it is there whole at the end, or not at all."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = self.path(reading_id).with_suffix(_PART)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        try:
            with os.fdopen(os.open(unfinished, flags, 0o600), "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(self.path(reading_id))
        finally:
            unfinished.unlink(missing_ok=True)

    def write(self, file: BinaryIO, content: bytes) -> None:
        """Write a part of a mailbox. Raises `Unavailable` before the disk is full."""
        if shutil.disk_usage(self._folder).free < RESERVE + len(content):
            raise Unavailable(
                "The disk has no room for this mailbox.",
                hint="Make room where INQUIRY_ROUTER_PHONE_DIR is, or use the command: "
                "inquiry-router baseline FILE --url ...",
            )
        file.write(content)

    @contextmanager
    def taken(self, reading_id: str) -> Iterator[bool]:
        """Take a mailbox. False if it is not here, or another process has it."""
        try:
            file = self.path(reading_id).open("rb")
        except OSError:
            yield False
            return
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                yield False
            else:
                # The one that had it may have removed it meanwhile.
                yield self.path(reading_id).exists()

    def remove(self, reading_id: str) -> None:
        """Remove a mailbox and what was noted beside it."""
        for path in self._folder.glob(f"*{reading_id}*"):
            path.unlink(missing_ok=True)

    def remove_left(self, waiting: Collection[str], now: datetime) -> int:
        """Remove what nobody will read any more. Returns the number of files."""
        gone = 0
        for path in self._folder.glob("*"):
            is_wanted = any(one in path.name for one in waiting)
            if not is_wanted and _is_older(path, now - LEFT_AFTER):
                path.unlink(missing_ok=True)
                gone += 1
        return gone


def _is_older(path: Path, moment: datetime) -> bool:
    try:
        return path.stat().st_mtime < moment.timestamp()
    except OSError:
        return False

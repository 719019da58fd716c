"""Recorded messages that a platform sends instead of keeping them, in a folder."""

import asyncio
import os
import re
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import structlog

log = structlog.get_logger()

NAME: Final = re.compile(r"\d{8}-[\w-]{32}\.wav")
# A file takes seconds to write. One that is older than this was left by a process that died.
LEFT_AFTER: Final = timedelta(hours=1)


class Recordings:
    """A folder of recorded messages. Nobody can guess the name of one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def add(self, sound: bytes, now: datetime) -> str | None:
        """Store a message for good; return its name, or None if the disk refuses it."""
        name = f"{now:%Y%m%d}-{secrets.token_urlsafe(24)}.wav"
        try:
            await asyncio.to_thread(self._write, name, sound)
        except OSError as error:
            log.error("calls.recording_lost", error=type(error).__name__)
            return None
        return name

    async def find(self, name: str) -> bytes | None:
        """Return a message by its name; None if there is none."""
        if NAME.fullmatch(name) is None:
            return None
        try:
            return await asyncio.to_thread((self._folder / name).read_bytes)
        except OSError:
            return None

    def _write(self, name: str, sound: bytes) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = (self._folder / name).with_suffix(".part")
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with os.fdopen(os.open(unfinished, flags, 0o600), "wb") as file:
            file.write(sound)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(self._folder / name)

    def delete_before(self, moment: datetime, now: datetime) -> int:
        """Delete messages of earlier days and what a crash left unfinished; return their number."""
        gone = 0
        for path in self._list_files():
            left = path.suffix == ".part" and _age(path, now) > LEFT_AFTER
            if left or path.name[:8] < f"{moment:%Y%m%d}":
                path.unlink(missing_ok=True)
                gone += 1
        return gone

    def count_before(self, moment: datetime) -> int:
        """Count the messages of earlier days."""
        return sum(path.name[:8] < f"{moment:%Y%m%d}" for path in self._list_files())

    def count(self, names: Iterable[str]) -> int:
        """Count the messages that are here, of those with these names."""
        return sum((self._folder / name).exists() for name in names if NAME.fullmatch(name))

    def delete(self, names: Iterable[str]) -> int:
        """Delete messages by name; return the number of those that were there."""
        gone = 0
        for name in names:
            path = self._folder / name
            if NAME.fullmatch(name) is not None and path.exists():
                path.unlink(missing_ok=True)
                gone += 1
        return gone

    def _list_files(self) -> list[Path]:
        return list(self._folder.glob("????????-*"))


def _age(path: Path, now: datetime) -> timedelta:
    try:
        return now - datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError:
        return timedelta()

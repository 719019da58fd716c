"""Recorded messages that a platform sends instead of keeping them, in a folder."""

import asyncio
import os
import re
import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import structlog

log = structlog.get_logger()

# Messages are kept as long as calls are.
KEPT: Final = timedelta(days=30)
_NAME: Final = re.compile(r"\d{8}-[\w-]{32}\.wav")


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
        await asyncio.to_thread(self._delete_before, now - KEPT)
        return name

    async def find(self, name: str) -> bytes | None:
        """Return a message by its name; None if there is none."""
        if _NAME.fullmatch(name) is None:
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

    def _delete_before(self, moment: datetime) -> None:
        """Delete messages of earlier days, and what a crash left unfinished then."""
        for path in self._folder.glob("????????-*"):
            if path.name[:8] < f"{moment:%Y%m%d}":
                path.unlink(missing_ok=True)

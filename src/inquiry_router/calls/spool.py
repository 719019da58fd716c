"""Calls that could not be stored wait in files, one for each call, until they can be."""

import asyncio
import contextlib
import hashlib
import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import structlog

from inquiry_router.calls.model import Call, call_json, read_call

log = structlog.get_logger()


class Spool:
    """A folder of calls, which any number of processes may share."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, call: Call) -> None:
        """Write a call to disk, in place of an earlier state of it.

        A folder that cannot be written is only logged, because the caller is helped all the same.
        """
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = self._path(call)
            unfinished = path.with_suffix(f".{os.getpid()}")
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
            with os.fdopen(os.open(unfinished, flags, 0o600), "w", encoding="utf-8") as file:
                json.dump(call_json(call), file)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
        except OSError as error:
            log.error("calls.not_noted", line=call.line, error=type(error).__name__)

    def list_calls(self) -> list[Call]:
        """List the calls, the oldest first. An unreadable file is logged and stays."""
        calls = []
        for path in sorted(self._folder.glob("*.json")):
            call = _read_file(path)
            if call is None:
                log.error("calls.unreadable_note", file=path.name)
            else:
                calls.append(call)
        return sorted(calls, key=lambda call: call.started_at)

    def remove(self, call: Call) -> None:
        """Remove a call that was stored, unless a later state of it was added meanwhile."""
        path = self._path(call)
        with contextlib.suppress(OSError):
            if _read_file(path) == call:
                path.unlink(missing_ok=True)

    def _path(self, call: Call) -> Path:
        again = f"\n{call.use}" if call.use > 1 else ""
        key = f"{call.line}\n{call.call_id}{again}"
        return self._folder / f"{hashlib.sha256(key.encode('utf-8', 'replace')).hexdigest()}.json"


class SpoolWriter:
    """Adds calls to a spool in a thread, because a disk may be slow and a caller is waiting.

    There is one thread, so that the states of a call are written in their order.
    """

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="calls-note")
        self._writing: set[asyncio.Future[None]] = set()

    def add(self, call: Call) -> None:
        """Add a call without waiting for the disk."""
        writing = asyncio.get_running_loop().run_in_executor(self._thread, self._spool.add, call)
        self._writing.add(writing)
        writing.add_done_callback(self._writing.discard)

    def close(self) -> None:
        """Wait until everything is written."""
        self._thread.shutdown()


def _read_file(path: Path) -> Call | None:
    try:
        return read_call(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError):
        return None

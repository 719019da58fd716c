"""Calls that could not be stored wait in files, one for each call, until they can be."""

import asyncio
import contextlib
import hashlib
import json
import os
import re
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import structlog

from inquiry_router.calls.model import Call, call_json, read_call

log = structlog.get_logger()

# A file takes milliseconds to write. One that is older than this was left by a process that died.
LEFT_AFTER_S: Final = 60.0
_UNFINISHED: Final = re.compile(r"([0-9a-f]{64})\.\d+")


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

    def take_in_leftovers(self, now_s: float) -> int:
        """Take in what a killed process had begun to write; return the number of files that went.

        A whole call is one more file of the spool, unless a later state of it is there. The rest of
        a broken one is removed: nobody can read it.
        """
        gone = 0
        for path in self._files():
            found = _UNFINISHED.fullmatch(path.name)
            with contextlib.suppress(OSError):
                if found is None or now_s - path.stat().st_mtime < LEFT_AFTER_S:
                    continue
                whole = path.with_name(f"{found[1]}.json")
                if _progress(_read_file(path)) > _progress(_read_file(whole)):
                    path.replace(whole)
                else:
                    path.unlink()
                gone += 1
        return gone

    def find_texts(self, speaks_of: Callable[[str], bool]) -> dict[str, str]:
        """Return the files, also unreadable ones, whose text satisfies a condition, by name."""
        texts = {}
        for path in self._files():
            with contextlib.suppress(OSError):
                if speaks_of(text := _plain_text(path)):
                    texts[path.name] = text
        return texts

    def remove_files(self, names: Iterable[str]) -> int:
        """Remove files by name; return the number of those that were there."""
        wanted, gone = set(names), 0
        for path in self._files():
            if path.name in wanted:
                path.unlink(missing_ok=True)
                gone += 1
        return gone

    def _files(self) -> list[Path]:
        """List the files of calls, finished or not."""
        return [
            path
            for path in sorted(self._folder.glob("*"))
            if path.suffix == ".json" or _UNFINISHED.fullmatch(path.name)
        ]

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

    def add(self, call: Call) -> asyncio.Future[None]:
        """Add a call without waiting for the disk. The future ends when it is on it."""
        writing = asyncio.get_running_loop().run_in_executor(self._thread, self._spool.add, call)
        self._writing.add(writing)
        writing.add_done_callback(self._writing.discard)
        return writing

    def close(self) -> None:
        """Wait until everything is written."""
        self._thread.shutdown()


def _progress(call: Call | None) -> int:
    if call is None:
        return -1
    return call.state.step if call.state is not None else 0


def _plain_text(path: Path) -> str:
    """The content of a file without the escapes of JSON, as far as it can be read."""
    text = path.read_text("utf-8", "replace")
    try:
        return json.dumps(json.loads(text), ensure_ascii=False)
    except ValueError:
        return text


def _read_file(path: Path) -> Call | None:
    try:
        return read_call(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError):
        return None

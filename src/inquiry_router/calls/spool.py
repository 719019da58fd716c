"""Calls that could not be stored, kept as files until they can be: one file a call, written to disk before it is answered."""

import contextlib
import hashlib
import json
import os
from pathlib import Path

import structlog

from inquiry_router.calls.model import Call, call_json, call_of

log = structlog.get_logger()


class Spool:
    """A folder of calls. Any number of processes may share it: a later note of a call replaces the earlier one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def note(self, call: Call) -> None:
        """Keep the call. A folder that cannot be written to is logged: the caller is helped all the same."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = self._path(call)
            unfinished = path.with_suffix(f".{os.getpid()}")
            with os.fdopen(
                os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
                "w",
                encoding="utf-8",
            ) as file:
                json.dump(call_json(call), file)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
        except OSError as error:
            log.error("calls.not_noted", line=call.line, error=type(error).__name__)

    def waiting(self) -> list[Call]:
        """The calls that are kept, the oldest first. A file that cannot be read is left where it is, and logged."""
        calls = []
        for path in sorted(self._folder.glob("*.json")):
            try:
                call = call_of(json.loads(path.read_text("utf-8")))
            except (OSError, ValueError):
                call = None
            if call is None:
                log.error("calls.unreadable_note", file=path.name)
            else:
                calls.append(call)
        return sorted(calls, key=lambda call: call.started_at)

    def done(self, call: Call) -> None:
        """The call is stored as it was read. One that has been noted anew since then stays."""
        path = self._path(call)
        with contextlib.suppress(OSError, ValueError):
            if call_of(json.loads(path.read_text("utf-8"))) == call:
                path.unlink(missing_ok=True)

    def _path(self, call: Call) -> Path:
        name = hashlib.sha256(f"{call.line}\n{call.call_id}".encode("utf-8", "replace")).hexdigest()
        return self._folder / f"{name}.json"

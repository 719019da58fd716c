"""Logging: one line an event, and never a customer's words. Only listed fields get through."""

import contextlib
import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from contextvars import ContextVar
from pathlib import Path
from typing import Any, Final, TextIO, cast

import structlog

from inquiry_router.process.settings import Settings

# The fields of a log line. Every other one is dropped, so that no text, name or key is logged by
# mistake.
ALLOWED: Final = frozenset(
    {
        "address",
        "alarms",
        "attempt",
        "attempts",
        "count",
        "cure",
        "database",
        "delivery",
        "delivery_id",
        "destination",
        "destination_id",
        "due_at",
        "error",
        "event",
        "exception",
        "failures",
        "file",
        "found",
        "host",
        "inquiry",
        "inquiry_id",
        "kind",
        "lessons",
        "level",
        "limit_s",
        "line",
        "method",
        "ms",
        "number",
        "open_until",
        "outcome",
        "port",
        "reason",
        "request_id",
        "reservation",
        "revision",
        "route",
        "rules",
        "seconds",
        "source_id",
        "state",
        "status",
        "status_code",
        "steps",
        "timestamp",
        "uid",
        "variable",
        "version",
        "warning",
        "workers",
    }
)
_MASKED: Final = (
    (re.compile(r"irk_[a-z0-9-]+_[A-Za-z0-9_-]{8,}"), "irk_***"),
    (re.compile(r"whsec_[A-Za-z0-9+/=]{8,}"), "whsec_***"),
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"), "***@***"),
    (re.compile(r"\+?\d[\d \-]{8,}\d(?![\w.])"), "***"),
)
_FREE_TEXT: Final = ("error", "reason", "event")


log = structlog.get_logger()
request_id: ContextVar[str | None] = ContextVar("request_id", default=None)


def configure(settings: Settings) -> None:
    """Set up logging for this process: JSON lines, or text on a terminal."""
    text = settings.log_format == "text" or (settings.log_format == "auto" and sys.stderr.isatty())
    renderer: Any = (
        structlog.dev.ConsoleRenderer()
        if text
        else structlog.processors.JSONRenderer(ensure_ascii=False, sort_keys=False)
    )
    structlog.configure(
        processors=[
            _with_request_id,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            frames_only,
            only_allowed,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            getattr(logging, settings.log_level.upper())
        ),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", _Lenient(sys.stderr))),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers = [
        *(handler for handler in root.handlers if not isinstance(handler, _LibraryHandler)),
        _LibraryHandler(),
    ]


class _Lenient:
    """A stream that drops lines it cannot write: a full disk must not fail the work it reports."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        """Write the text if there is room."""
        with contextlib.suppress(OSError):
            self._stream.write(text)

    def flush(self) -> None:
        """Flush if there is room."""
        with contextlib.suppress(OSError):
            self._stream.flush()


class _LibraryHandler(logging.Handler):
    """Log warnings of libraries in our form: the library, the first line of its message, the place.

    Arguments of the message and its later lines are left out: they may quote somebody's words.
    """

    def __init__(self) -> None:
        super().__init__(logging.WARNING)

    def emit(self, record: logging.LogRecord) -> None:
        """Log one record."""
        tell = log.error if record.levelno >= logging.ERROR else log.warning
        said = str(record.msg).strip().partition("\n")[0]
        tell(
            "library",
            kind=record.name,
            reason=said,
            exc_info=record.exc_info and record.exc_info[1],
        )


def _with_request_id(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if (current := request_id.get()) is not None:
        event["request_id"] = current
    return event


def frames_only(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Log an exception as its type and place. The message may quote a customer."""
    error = event.pop("exc_info", None)
    if isinstance(error, BaseException):
        frames = traceback.extract_tb(error.__traceback__)[-8:]
        event["exception"] = type(error).__name__ + "".join(
            f" < {Path(frame.filename).name}:{frame.lineno} {frame.name}"
            for frame in reversed(frames)
        )
    return event


def only_allowed(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop every field that is not listed, and mask addresses, numbers and keys in the others."""
    for name in [name for name in event if name not in ALLOWED]:
        del event[name]
    for name in _FREE_TEXT:
        if isinstance(event.get(name), str):
            for pattern, mask in _MASKED:
                event[name] = pattern.sub(mask, event[name])
            event[name] = " ".join(event[name].split())
    return event

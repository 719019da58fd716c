"""The protocol of connections: bounds for clients that send no whole request, or never stop.

uvicorn's quick parser bounds neither the bytes of a header nor the time it takes, its slow one only
the bytes. Both refuse health checks, too, when there are too many connections.
"""

import asyncio
import resource
from asyncio.events import TimerHandle
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from http import HTTPStatus
from operator import itemgetter
from typing import Any, Final, cast

import structlog
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from inquiry_router.api.web.problems import respond
from inquiry_router.inquiry.errors import HeaderTooLarge, Overloaded, RouterError, TooSlow
from inquiry_router.process.ids import new_id

log = structlog.get_logger()

MAX_HEADER_BYTES: Final = 64 * 1024
HEADER_TIMEOUT_S: Final = 10.0
# After an early answer, such as 413, the client may read it while it still sends.
LINGER_S: Final = 5.0
MAX_CONNECTIONS: Final = 2000
# Beyond the limit only health checks are answered, and that many connections are kept for them.
KEPT_FOR_HEALTH: Final = 20
# For the database, deliveries and whatever else is open.
_OTHER_FILES: Final = 200
_HEALTH: Final = b"/health/"
# Under an attack there are thousands of events a second, and one line tells it.
TOLD_EVERY_S: Final = 10.0


@cache
def max_connections() -> int:
    """Return how many connections are served: what the limit of open files leaves room for.

    The soft limit is raised to the hard one, as far as needed.
    """
    wanted = MAX_CONNECTIONS + KEPT_FOR_HEALTH + _OTHER_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        wanted = soft
    return max(1, min(MAX_CONNECTIONS, wanted - KEPT_FOR_HEALTH - _OTHER_FILES))


class Refusals:
    """Counts by reason what was done to clients, and logs it: at once, then now and then."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._timer: TimerHandle | None = None

    def add(self, reason: str) -> None:
        """Count one more."""
        self._counts[reason] += 1
        if self._timer is None:
            self._tell()

    def _tell(self) -> None:
        """Log all counts. Wait then, unless there are none."""
        self._timer = None
        for reason, count in self._counts.items():
            log.warning("server.clients_refused", reason=reason, count=count)
        if self._counts:
            self._counts.clear()
            self._timer = asyncio.get_running_loop().call_later(TOLD_EVERY_S, self._tell)


# Of this process, which has one server.
refusals: Final = Refusals()


class GuardedProtocol(HttpToolsProtocol):
    """HTTP/1.1 with bounds: a header of 64 kB within 10 s, a limit of connections."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # Bytes since the last part of a request that was passed on.
        self._unfinished_bytes = 0
        self._has_begun = False
        # The time since which nothing is under way on this connection.
        self.silent_since: float | None = None
        self._timer: TimerHandle | None = None

    # asyncio names the base class of the transport; uvicorn narrows it, and so does this.
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Serve a connection. If there are too many, the one that was silent longest has to go."""
        super().connection_made(transport)
        self.silent_since = self.loop.time()
        self._start_timer(HEADER_TIMEOUT_S, self._on_late_header)
        if len(self.connections) > max_connections():
            self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse bytes, unless too many of them are no part of a body."""
        self._unfinished_bytes += len(data)
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._unfinished_bytes > MAX_HEADER_BYTES:
            self._refuse(HeaderTooLarge(), "a header is too large")
        elif self._has_begun and self._timer is None:
            self._start_timer(HEADER_TIMEOUT_S, self._on_late_header)

    def on_message_begin(self) -> None:
        """Begin a request."""
        self._unfinished_bytes, self._has_begun = 0, True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Answer a request, by the app or with the reason why the app is not asked."""
        self._unfinished_bytes, self._has_begun, self.silent_since = 0, False, None
        self._stop_timer()
        # The parser may have got the whole header at once.
        fields = sum(len(name) + len(value) for name, value in self.headers)
        if len(self.url) + fields > MAX_HEADER_BYTES:
            self.url, self.app = b"/", _answer_with(HeaderTooLarge())
            refusals.add("a header is too large")
        elif self._is_beyond_limit() and not self.url.startswith(_HEALTH):
            self.app = _answer_with(Overloaded("Too many connections are open.", retry_after=2))
            refusals.add("too many connections are open")
        else:
            self.app = self.config.loaded_app
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Pass a part of a body on."""
        self._unfinished_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """End a request."""
        self._unfinished_bytes = 0
        self._stop_timer()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Wait for the next request; not for the rest of one that is answered already."""
        super().on_response_complete()
        if self.transport.is_closing():
            return
        if self.cycle.more_body:
            self._start_timer(LINGER_S, self.transport.close)
        elif self.cycle.response_complete:
            self.silent_since = self.loop.time()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is not HTTP."""
        error = RouterError("This is not HTTP/1.1.", hint="Send HTTP/1.1; HTTPS ends at a proxy.")
        self._refuse(error, "a request is not HTTP")

    def _is_beyond_limit(self) -> bool:
        return len(self.connections) > max_connections()

    def _make_room(self) -> None:
        others = cast("Iterable[GuardedProtocol]", self.connections - {self})
        silent = [(one.silent_since, one) for one in others if one.silent_since is not None]
        if silent:
            refusals.add("too many connections are open and silent")
            min(silent, key=itemgetter(0))[1].drop()
        elif len(self.connections) > max_connections() + KEPT_FOR_HEALTH:
            refusals.add("too many connections are open")
            self.drop()

    def drop(self) -> None:
        """Close the connection at once."""
        self.connections.discard(self)
        self.transport.abort()

    def _on_late_header(self) -> None:
        self._timer = None
        if self.transport.is_closing():
            return
        if self._has_begun:
            self._refuse(TooSlow("The header did not arrive in time."), "a header takes too long")
        else:
            refusals.add("a connection is silent")
            self.transport.close()

    def _refuse(self, error: RouterError, reason: str) -> None:
        """Answer without the app, and close the connection."""
        refusals.add(reason)
        if self.transport.is_closing():
            return
        if self.cycle is None or self.cycle.response_complete:
            self.transport.write(_raw_answer(error))
        self.transport.close()

    def _start_timer(self, seconds: float, action: Callable[[], None]) -> None:
        self._stop_timer()
        self._timer = self.loop.call_later(seconds, action)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _answer_with(error: RouterError) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        answer = respond(error, new_id())
        answer.headers["connection"] = "close"
        await answer(scope, receive, send)

    return app


def _raw_answer(error: RouterError) -> bytes:
    """An answer as it is sent, for a request that cannot be answered by an app."""
    answer = respond(error, new_id())
    answer.headers["connection"] = "close"
    lines = [f"HTTP/1.1 {answer.status_code} {HTTPStatus(answer.status_code).phrase}".encode()]
    lines += [name + b": " + value for name, value in answer.raw_headers]
    return b"\r\n".join([*lines, b"", bytes(answer.body)])

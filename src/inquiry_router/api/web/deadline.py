"""One deadline over a whole request: whatever a handler does, its client gets an answer.

Each part of the way has a limit of its own; this is for their sum, and for those that have none.
A cancelled handler takes its reads with it: the database interrupts their statements.
"""

import asyncio
from collections.abc import Callable
from typing import Final

import structlog
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from inquiry_router.api.web.problems import respond
from inquiry_router.inquiry.errors import OutOfTime, ReadOutOfTime

log = structlog.get_logger()

MAX_ANSWERING_S: Final = 30.0
# Learning and imports: a person waits for them, and they read and fit a lot.
MAX_LONG_WORK_S: Final = 600.0
_EXTENSION: Final = "deadline"
_READING: Final = frozenset({"GET", "HEAD"})


class RequestDeadline:
    """End requests that take too long, counted from the last part of the body that was read.

    Bodies have limits of their own. While an answer is sent, each part of it has the same time.
    """

    def __init__(self, app: ASGIApp, limit_s: float = MAX_ANSWERING_S) -> None:
        self._app = app
        self._limit_s = limit_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        loop, is_answered = asyncio.get_running_loop(), False

        async def receive_in_time() -> Message:
            limit.reschedule(None)
            message = await receive()
            limit.reschedule(loop.time() + self._limit_s)
            return message

        async def send_in_time(message: Message) -> None:
            nonlocal is_answered
            is_answered = True
            limit.reschedule(loop.time() + self._limit_s)
            await send(message)

        def extend(seconds: float) -> None:
            limit.reschedule(loop.time() + seconds)

        scope[_EXTENSION] = extend
        try:
            async with asyncio.timeout(self._limit_s) as limit:
                await self._app(scope, receive_in_time, send_in_time)
        except TimeoutError:
            if not limit.expired():
                raise
            log.error("request.out_of_time", route=getattr(scope.get("route"), "path", "unknown"))
            if not is_answered:
                error = ReadOutOfTime() if scope["method"] in _READING else OutOfTime()
                await respond(error, scope.get("request_id", "none"))(scope, receive, send)


def allow_long_work(request: Request) -> None:
    """Give this request the time of learning or of an import."""
    extend: Callable[[float], None] | None = request.scope.get(_EXTENSION)
    if extend is not None:
        extend(MAX_LONG_WORK_S)

"""The one middleware: request id, path prefix, security headers, one log line, one measurement.

It is pure ASGI because Starlette's BaseHTTPMiddleware triples the CPU of a request (measured).
"""

import re
import time
from collections.abc import MutableMapping
from typing import Any

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from inquiry_router.api.web.limiting import HEADERS
from inquiry_router.process import logs
from inquiry_router.process.ids import new_id
from inquiry_router.process.metrics import Metrics

log = structlog.get_logger()
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_NO_STORE = (b"cache-control", b"no-store")
_CLOSED_CSP = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")


class Surroundings:
    """Give each request an id and each answer its headers; log and measure both.

    The id is the client's `X-Request-ID` if that is well-formed. `prefix` is the path of the
    public address.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics, prefix: str = "") -> None:
        self._app = app
        self._metrics = metrics
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = time.perf_counter()
        request_id = _request_id(scope)
        scope["request_id"] = request_id
        if self._prefix:
            _add_prefix(scope, self._prefix)
        status = 500

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _add_headers(message, request_id)
                message["headers"] += scope.get(HEADERS, [])
            await send(message)

        logs.request_id.set(request_id)
        try:
            await self._app(scope, receive, send_with_headers)
        finally:
            self._record(scope, status, time.perf_counter() - begun)

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "unknown")
        known = scope["method"] in _METHODS and route != "unknown"
        method = scope["method"] if known else "other"
        self._metrics.answered(method, route, status, seconds)
        log.info("request", method=method, route=route, status=status, ms=round(seconds * 1000, 1))


def _add_prefix(scope: Scope, prefix: str) -> None:
    """Make the paths of a request and of the app begin with the prefix.

    Some proxies send it and others cut it off; a health check without a proxy does not know it.
    """
    scope["root_path"] = prefix
    if scope["path"] == prefix:
        scope["path"] = f"{prefix}/"
    if not scope["path"].startswith(f"{prefix}/"):
        scope["path"] = prefix + scope["path"]
        if "raw_path" in scope:
            scope["raw_path"] = prefix.encode("ascii") + scope["raw_path"]


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _REQUEST_ID.fullmatch(value):
            return str(value.decode("ascii"))
    return new_id()


def _add_headers(message: MutableMapping[str, Any], request_id: str) -> None:
    headers = message.setdefault("headers", [])
    names = {name for name, _ in headers}
    headers += _HEADERS
    headers.append((b"x-request-id", request_id.encode("ascii")))
    headers += [pair for pair in (_NO_STORE, _CLOSED_CSP) if pair[0] not in names]

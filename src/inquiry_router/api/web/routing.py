"""Routes of doors: each names its scope and reads its query and body strictly.

The key is checked before the body is read.
"""

import asyncio
import re
from collections import Counter
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Collection,
    Coroutine,
    MutableMapping,
)
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel
from pydantic_core import to_json
from starlette.routing import Match

from inquiry_router.access.actor import Actor
from inquiry_router.access.roles import Scope
from inquiry_router.api.web import access
from inquiry_router.api.web.auditing import AUDITED_FIELD, carry_out, is_act, make_act
from inquiry_router.api.web.limiting import count_request, read_within_budget
from inquiry_router.api.web.problems import documented, invalid
from inquiry_router.api.web.sight import keep_in_sight
from inquiry_router.api.web.strict_json import read_json
from inquiry_router.inquiry.errors import (
    BadJson,
    BodyTooLarge,
    Invalid,
    PreconditionRequired,
    TooSlow,
    UnsupportedMediaType,
)
from inquiry_router.process.clock import utc_now

if TYPE_CHECKING:
    from inquiry_router.house import House

SCOPE_FIELD = "x-required-scope"
MAX_BODY_BYTES = 256 * 1024
BODY_TIMEOUT_S = 10.0
Handler = Callable[[], Awaitable[Response]]
_WITH_BODY = {"POST", "PUT", "PATCH"}


class _StrictRequest(Request):
    """A request with a body that was read strictly before FastAPI asks for it."""

    read: tuple[bytes, Any] = (b"", None)

    async def body(self) -> bytes:
        """Return the bytes that were read."""
        return self.read[0]

    async def json(self) -> Any:
        """Return the value in the bytes."""
        return self.read[1]


class DoorRoute(APIRoute):
    """A route that accepts only actors with its scope, and only its own parameters."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Put the checks in front of the handler."""
        handler = super().get_route_handler()
        extra = self.openapi_extra or {}
        scope = Scope(extra[SCOPE_FIELD])
        audited = AUDITED_FIELD in extra or any(is_act(one, scope) for one in self.methods or ())
        parameters = [name for field in self.dependant.query_params for name in _names(field)]
        takes_body = self.body_field is not None
        reads_body = takes_body or "requestBody" in extra or "GET" in (self.methods or ())

        async def guarded(request: Request) -> Response:
            rooms = house(request)
            configuration = rooms.configuration.current
            actor = await access.require(request, scope, configuration, rooms, utc_now())
            request.scope["actor"] = actor
            count_request(request, actor, rooms.limits)
            await keep_in_sight(request, actor, rooms.database)
            if request.scope["query_string"]:
                _refuse_unknown(request, parameters)
            if takes_body:
                strict = _StrictRequest(request.scope, request.receive)
                strict.read = await _read_body(request)
                request = strict
            elif not reads_body:
                await _refuse_body(request, parameters)
            handle: Handler = partial(handler, request)
            if request.method == "GET":
                handle = partial(read_within_budget, actor, rooms.limits, handle)
            if not audited:
                return await handle()
            changes = scope is Scope.ADMIN
            act = make_act(request, actor.id, self.name, utc_now(), changes_settings=changes)
            return await carry_out(rooms, act, handle)

        return guarded


def _names(parameter: Any) -> Collection[str]:
    """The names of a parameter of the query: its own, or those of the fields of a model."""
    kind = parameter.field_info.annotation
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return kind.model_fields
    return (parameter.alias,)


def _refuse_unknown(request: Request, known: Collection[str]) -> None:
    """Refuse a parameter of the query that is unknown or repeated. Raises `Invalid`.

    A filter with a typing mistake would otherwise let everything through.
    """
    given = Counter(name for name, _ in request.query_params.multi_items())
    wrong = {name: "This parameter is unknown" for name in given if name not in known}
    wrong |= {name: "This parameter is expected once" for name in known if given[name] > 1}
    if wrong:
        errors = [{"loc": ("query", name), "msg": message} for name, message in wrong.items()]
        takes = ", ".join(known) if known else "none"
        raise invalid(errors, hint=f"Parameters that this address takes after '?': {takes}.")


async def _refuse_body(request: Request, known: Collection[str]) -> None:
    """Refuse a body that nobody would read: what it asks for would silently not be done."""
    if (await limited_body(request)).strip() in (b"", b"{}", b"null"):
        return
    takes = f"It takes these after '?': {', '.join(known)}." if known else "Leave it out."
    raise Invalid("This operation takes no body.", hint=takes)


async def _read_body(request: Request) -> tuple[bytes, Any]:
    encoding = request.headers.get("content-encoding", "identity")
    if encoding != "identity":
        raise UnsupportedMediaType(f"A body with Content-Encoding '{encoding[:30]}' is not read.")
    body = await limited_body(request)
    if not body:
        return b"", None
    _require_json(request.headers.get("content-type", ""))
    return body, read_json(body)


def _require_json(content_type: str) -> None:
    kind = content_type.partition(";")[0].strip().lower()
    if not kind:
        raise UnsupportedMediaType("There is no Content-Type.")
    if kind != "application/json" and not re.fullmatch(r"application/.*\+json", kind):
        raise UnsupportedMediaType(f"The Content-Type is '{kind[:60]}'.")


async def limited_body(
    request: Request, limit: int = MAX_BODY_BYTES, seconds: float = BODY_TIMEOUT_S
) -> bytes:
    """Read the body, up to a limit of bytes and of time.

    Raises `BodyTooLarge`, `TooSlow`, and `BadJson` when the client disconnects.
    """
    try:
        async with asyncio.timeout(seconds):
            return b"".join([part async for part in body_parts(request, limit)])
    except TimeoutError:
        raise TooSlow() from None


async def body_parts(request: Request, limit: int) -> AsyncIterator[bytes]:
    """Read the body part by part, as it comes. Raises `BodyTooLarge` and `BadJson`."""
    declared = request.headers.get("content-length", "0")
    if declared.isdecimal() and int(declared[:18]) > limit:
        raise BodyTooLarge()
    size = 0
    while True:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            # Nobody reads the answer, but the log should not say that the fault is ours.
            raise BadJson("The body ended before it was whole.")
        part = message.get("body", b"")
        size += len(part)
        if size > limit:
            raise BodyTooLarge()
        yield part
        if not message.get("more_body", False):
            return


class QuickRouter(APIRouter):
    """Routes that are passed over for a path that begins like none of them.

    There are three hundred routes: to try each takes half a millisecond of a request (measured).
    """

    @cached_property
    def _beginnings(self) -> tuple[str, ...]:
        """The paths up to their first parameter."""
        return tuple({getattr(route, "path", "").partition("{")[0] for route in self.routes})

    def matches(self, scope: MutableMapping[str, Any]) -> tuple[Match, MutableMapping[str, Any]]:
        """Say whether a route matches the path and the method."""
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        return super().matches(scope) if path.startswith(self._beginnings) else (Match.NONE, {})


class Door(QuickRouter):
    """The routes of one door, under `/v1`."""

    def __init__(self, tag: str) -> None:
        super().__init__(prefix="/v1", tags=[tag], route_class=DoorRoute)

    def operation(
        self,
        method: str,
        path: str,
        *,
        scope: Scope,
        problems: tuple[int, ...] = (),
        **options: Any,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Register an operation. The docs show its docstring.

        `problems` are the statuses that it may answer besides the usual ones.
        """
        usual: tuple[int, ...] = (401, 403, 422, 429, 500, 503)
        if method in _WITH_BODY:
            usual = (400, 408, 413, 415, *usual)
        extra = options.pop("openapi_extra", {})
        responses = documented(*sorted({*usual, *problems}), reads=method == "GET")

        def register(function: Callable[..., Any]) -> Callable[..., Any]:
            self.add_api_route(
                path,
                function,
                methods=[method],
                operation_id=function.__name__,
                responses={**responses, **options.pop("responses", {})},
                openapi_extra={
                    "security": [{"key": []}],
                    SCOPE_FIELD: scope.value,
                    **extra,
                },
                **options,
            )
            return function

        return register


def house(request: Request) -> "House":
    """Return the parts of the running service."""
    rooms: House = request.app.state.house
    return rooms


def key_of(request: Request) -> Actor:
    """Return who calls."""
    actor: Actor = request.scope["actor"]
    return actor


def answer(data: Any, status: int = 200, **headers: str) -> Response:
    """Answer with JSON. Write header names with underscores: `idempotent_replayed="true"`."""
    body = to_json(data)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(body, status, named, "application/json")


def outside_address(request: Request, path: str) -> str:
    """Return the public URL of a path of this service."""
    return (house(request).settings.public_url or str(request.base_url).rstrip("/")) + path


def path_here(request: Request, path: str) -> str:
    """Return a path of this service as the client must write it."""
    return f"{request.scope['root_path']}{path}"


def outside_url(request: Request) -> str:
    """Return the public URL that a request was sent to, with its query. Vendors sign it."""
    raw_path = request.scope.get("raw_path", request.scope["path"].encode())
    path = raw_path.decode("latin-1").partition("?")[0].removeprefix(request.scope["root_path"])
    query = request.scope["query_string"].decode("latin-1")
    return outside_address(request, path) + (f"?{query}" if query else "")


def etag(version: int) -> str:
    """Write a version as an entity tag."""
    return f'"{version}"'


def required_version(if_match: str | None, present: int | None = None) -> int:
    """Read the version that the client has seen; `*` stands for the present one, where given.

    Raises `PreconditionRequired` when there is none, and `Invalid` when it is not readable.
    """
    if if_match is None:
        raise PreconditionRequired()
    if present is not None and if_match.strip() == "*":
        return present
    written = if_match.strip().removeprefix("W/").strip('"')
    if not (written.isascii() and written.isdigit()) or len(written) > 9:
        raise Invalid(
            "If-Match holds no ETag of this service.",
            hint='Send the ETag as you read it, such as "3".',
        )
    return int(written)

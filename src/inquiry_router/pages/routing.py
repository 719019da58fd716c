"""Routes of pages: each names its scope, as an operation does, and answers in HTML.

The person is recognised by the cookie of their session. A form is read, and refused unless it came
from a page of ours, before the handler runs.
"""

from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any
from urllib.parse import parse_qs, quote

import structlog
from fastapi import HTTPException, Request, Response
from fastapi.routing import APIRoute
from starlette.responses import RedirectResponse

from inquiry_router.access.roles import Scope
from inquiry_router.api.web import access
from inquiry_router.api.web.auditing import AUDITED_FIELD, carry_out, is_act, make_act
from inquiry_router.api.web.limiting import count_request, read_within_budget
from inquiry_router.api.web.routing import (
    SCOPE_FIELD,
    QuickRouter,
    house,
    limited_body,
    path_here,
)
from inquiry_router.api.web.sight import keep_in_sight
from inquiry_router.inquiry.errors import Forbidden, Internal, RouterError, Unauthorised
from inquiry_router.intake.cleaning import clean_line
from inquiry_router.pages import kit
from inquiry_router.pages.session import FORM_FIELD, is_form_ours
from inquiry_router.process.clock import utc_now

log = structlog.get_logger()

SIGN_IN_PATH = "/in"
_MAX_FIELDS = 500
_FORM = "form"


class FormFromElsewhere(Forbidden):
    """The form was not sent from a page that this browser got from us, or long ago."""

    code = "form_from_elsewhere"


class SentForm:
    """The fields of a form."""

    def __init__(self, body: bytes) -> None:
        try:
            read = parse_qs(
                body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_MAX_FIELDS
            )
        except ValueError:  # too many fields
            read = {}
        self._fields = read

    def line(self, name: str, limit: int = 2000) -> str:
        """One line of a field, cleaned; blank if it is missing."""
        return clean_line(self.raw(name)[:limit]) or ""

    def raw(self, name: str) -> str:
        """A field as it was sent; blank if it is missing."""
        return self._fields.get(name, [""])[0]

    def all(self, name: str) -> list[str]:
        """Every value of a field."""
        return self._fields.get(name, [])


class PageRoute(APIRoute):
    """A route that accepts only people with its scope, and only forms of ours."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Put the checks in front of the handler."""
        handler = super().get_route_handler()
        extra = self.openapi_extra or {}
        scope = Scope(extra[SCOPE_FIELD])
        audited = AUDITED_FIELD in extra or any(is_act(one, scope) for one in self.methods or ())

        async def guarded(request: Request) -> Response:
            try:
                return await _answer(request, scope, partial(handler, request), self.name, audited)
            except Unauthorised:
                return _ask_to_sign_in(request)
            except RouterError as error:
                return kit.render_error(request, error)
            except HTTPException:
                raise
            except Exception as error:
                log.error("request.failed", error=type(error).__name__, exc_info=error)
                return kit.render_error(request, Internal())

        return guarded


async def _answer(
    request: Request,
    scope: Scope,
    handle: Callable[[], Awaitable[Response]],
    operation: str,
    audited: bool,
) -> Response:
    """Check a request, and let its handler answer it."""
    rooms, now = house(request), utc_now()
    actor = await access.require_on_page(request, scope, rooms.configuration.current, rooms, now)
    request.scope["actor"] = actor
    count_request(request, actor, rooms.limits)
    await keep_in_sight(request, actor, rooms.database)
    if request.method == "POST":
        await read_form(request)
    elif request.method == "GET":
        handle = partial(read_within_budget, actor, rooms.limits, handle)
    if not audited:
        return await handle()
    changes = scope is Scope.ADMIN
    act = make_act(request, actor.id, operation, now, changes_settings=changes)
    return await carry_out(rooms, act, handle)


async def read_form(request: Request) -> SentForm:
    """Read the form of a request. Raises `FormFromElsewhere`."""
    form = SentForm(await limited_body(request))
    if not is_form_ours(request, form.raw(FORM_FIELD)):
        raise FormFromElsewhere
    request.scope[_FORM] = form
    return form


def form_of(request: Request) -> SentForm:
    """Return the form that was read."""
    form: SentForm = request.scope[_FORM]
    return form


def go_to(request: Request, path: str, said: str | None = None) -> Response:
    """Lead to a page after a form was done. `said` is the text that the page shows first."""
    there, hash_sign, part = path_here(request, path).partition("#")
    if said is not None:
        there += f"{'&' if '?' in there else '?'}said={said}"
    return RedirectResponse(there + hash_sign + part, 303)


def _ask_to_sign_in(request: Request) -> Response:
    """Lead to the form for signing in, and from there back to the page that was asked for.

    A browser that comes from another site, such as a helpdesk, keeps the cookie back. Then the page
    asks again by itself.
    """
    if request.method != "GET":
        return RedirectResponse(path_here(request, SIGN_IN_PATH), 303)
    if request.headers.get("sec-fetch-site") in ("cross-site", "same-site"):
        return kit.render_again(request)
    asked = request.url.path.removeprefix(request.scope["root_path"])
    asked += f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(path_here(request, f"{SIGN_IN_PATH}?next={quote(asked, safe='')}"), 303)


class PageDoor(QuickRouter):
    """The routes of some pages."""

    def __init__(self) -> None:
        super().__init__(include_in_schema=False, route_class=PageRoute)

    def page(
        self, method: str, path: str, *, scope: Scope, audited: bool = False
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Register a page. With `audited` looking at it is an act, which the audit records."""
        extra: dict[str, Any] = {SCOPE_FIELD: scope.value}
        if audited:
            extra[AUDITED_FIELD] = True

        def register(function: Callable[..., Any]) -> Callable[..., Any]:
            self.add_api_route(path, function, methods=[method], openapi_extra=extra)
            return function

        return register

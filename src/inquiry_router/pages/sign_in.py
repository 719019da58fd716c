"""Signing in: a link that hands a person's key over once, or the key itself; and signing out.

Looking at the page of a link changes nothing, so mail scanners that follow links do no harm.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection
from starlette.responses import RedirectResponse

from inquiry_router.access.roles import Scope
from inquiry_router.api.web import access
from inquiry_router.api.web.access import refuse_flood
from inquiry_router.api.web.auditing import carry_out, make_act
from inquiry_router.api.web.routing import house, path_here
from inquiry_router.configuration.api_key_store import change_api_key
from inquiry_router.configuration.api_keys import (
    ApiKey,
    find_key,
    find_key_of_link,
    format_key,
    new_secret,
)
from inquiry_router.inquiry.errors import Conflict, RouterError, TooManyRequests
from inquiry_router.pages.kit import language_of, render, render_error
from inquiry_router.pages.navigation import menu_of
from inquiry_router.pages.routing import (
    SIGN_IN_PATH,
    FormFromElsewhere,
    PageDoor,
    form_of,
    read_form,
)
from inquiry_router.pages.session import forget_key, keep_key
from inquiry_router.pages.texts import texts_of
from inquiry_router.process.clock import utc_now

door = APIRouter(include_in_schema=False)
leaving = PageDoor()

_DOCS: Final = "/docs"
_MAX_NEXT_CHARS: Final = 2000


@door.get("/")
async def home(request: Request) -> Response:
    """Lead people to their first page, or to signing in, and programs to the docs page."""
    if "text/html" not in request.headers.get("accept", ""):
        return RedirectResponse(path_here(request, _DOCS))
    rooms = house(request)
    try:
        actor = await access.require_on_page(
            request, Scope.SELF, rooms.configuration.current, rooms, utc_now()
        )
    except RouterError:
        return RedirectResponse(path_here(request, SIGN_IN_PATH), 303)
    menu = menu_of(actor)
    return RedirectResponse(path_here(request, menu[0].path if menu else _DOCS), 303)


@door.get(SIGN_IN_PATH)
async def ask_for_key(request: Request) -> Response:
    """Show the form for a key."""
    return render(request, "key.html", next=_next(request.query_params.get("next")), wrong=False)


@door.post(SIGN_IN_PATH)
async def sign_in_by_key(request: Request) -> Response:
    """Put a key into a cookie of the browser, and lead to the page that was asked for."""
    now, rooms = utc_now(), house(request)
    try:
        form = await read_form(request)
    except FormFromElsewhere:
        # The page may have been open for long, or the browser keeps no cookies.
        return render(request, "key.html", 403, next=None, wrong=False, stale=True)
    except RouterError as error:
        return render_error(request, error)
    written, there = form.raw("key").strip(), _next(form.raw("next"))
    key = find_key(rooms.configuration.current.api_keys, written, now)
    if key is None:
        try:
            refuse_flood(request, rooms.wrong_keys)
        except TooManyRequests as error:
            return render_error(request, error)
        return render(request, "key.html", 401, next=there, wrong=True)
    rooms.key_uses.note(key.id, now)
    response = RedirectResponse(path_here(request, there or "/"), 303)
    keep_key(request, response, key, written, now, stays=form.raw("stay") == "yes")
    return response


@leaving.page("POST", "/out", scope=Scope.SELF)
async def sign_out(request: Request) -> Response:
    """Take the key away from the browser."""
    form_of(request)
    response = RedirectResponse(path_here(request, SIGN_IN_PATH), 303)
    forget_key(request, response)
    return response


@door.get("/in/{token}")
async def ask_to_sign_in(request: Request, token: str) -> Response:
    """Show whose link it is, and a button."""
    key = _find(request, token, utc_now())
    if key is None:
        return _refuse(request)
    return render(request, "sign_in.html", name=key.name, note=None)


@door.post("/in/{token}")
async def sign_in(request: Request, token: str) -> Response:
    """Give the key a new secret, and the browser a cookie with it.

    No other site can sign somebody in as another person.
    """
    now = utc_now()
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return render_error(request, FormFromElsewhere())
    key = _find(request, token, now)
    if key is None:
        return _refuse(request)
    act = make_act(request, key.id, "sign_in", now, changes_settings=True)
    act = replace(act, names={"key_id": key.id})

    async def hand_over() -> Response:
        return await _hand_over(request, key, token, now)

    try:
        return await carry_out(house(request), act, hand_over)
    except Conflict:  # somebody else was faster
        return _refuse(request)


async def _hand_over(request: Request, key: ApiKey, token: str, now: datetime) -> Response:
    secret = new_secret()

    def use_up(present: ApiKey) -> ApiKey:
        if find_key_of_link({present.id: present}, token, now) is None:
            raise Conflict
        turned = present.rotated(secret, now, timedelta(0))
        return replace(turned, link_sha256=None, link_until=None)

    def work(connection: Connection) -> ApiKey:
        return change_api_key(connection, key.id, use_up, now)

    await house(request).configuration.change(work)
    done = texts_of("sign_in", language_of(request))("done", name=key.name)
    response = render(request, "sign_in.html", name=None, note=done, goes_on=True)
    keep_key(request, response, key, format_key(key.id, secret), now, stays=True)
    return response


def _find(request: Request, token: str, now: datetime) -> ApiKey | None:
    return find_key_of_link(house(request).configuration.current.api_keys, token, now)


def _refuse(request: Request) -> Response:
    refuse_flood(request, house(request).wrong_keys)
    wrong = texts_of("sign_in", language_of(request))["wrong"]
    return render(request, "sign_in.html", 404, name=None, note=wrong)


def _next(written: str | None) -> str | None:
    """The page to go on to: only a path of this service, whatever the address says."""
    if not written or len(written) > _MAX_NEXT_CHARS or not written.isprintable():
        return None
    is_ours = written.startswith("/") and not written.startswith(("//", "/\\"))
    return written if is_ours and "\\" not in written else None

"""Access control: the actor of a request, their rights, and a limit for wrong keys."""

import time
from datetime import datetime
from typing import TYPE_CHECKING, Final

from starlette.requests import Request

from inquiry_router.access.actor import Actor
from inquiry_router.access.roles import Scope
from inquiry_router.configuration.api_keys import find_key
from inquiry_router.configuration.model import Configuration
from inquiry_router.inquiry.errors import TooManyRequests, Unauthorised
from inquiry_router.people.tokens import looks_like_token
from inquiry_router.process.wrong_keys import WrongKeys

# A person's key, as `pages/session.py` sets it.
COOKIE: Final = "inquiry_router_key"

if TYPE_CHECKING:
    from inquiry_router.house import House


async def require(
    request: Request,
    scope: Scope,
    configuration: Configuration,
    house: "House",
    now: datetime,
) -> Actor:
    """Return the actor of a request, if they have the scope and a valid key, or a person's token.

    Raises `Unauthorised`, `Forbidden`, or `TooManyRequests` after 20 wrong keys in a minute.
    """
    header = request.headers.get("authorization", "")
    token = _read_token(request, header)
    return await _require(request, token, scope, configuration, house, now)


async def require_on_page(
    request: Request,
    scope: Scope,
    configuration: Configuration,
    house: "House",
    now: datetime,
) -> Actor:
    """Return the actor of a request for a page, as `require` does.

    A page counts the cookie also where the browser does not say who asks, which it does over HTTPS
    only: looking changes nothing, and each form proves by its token that it is ours.
    """
    header = request.headers.get("authorization", "")
    token = _read_token(request, header)
    if token is None and not header:
        asked_by = request.headers.get("sec-fetch-site")
        if asked_by is None or request.method == "GET":
            token = request.cookies.get(COOKIE)
    return await _require(request, token, scope, configuration, house, now)


async def _require(
    request: Request,
    token: str | None,
    scope: Scope,
    configuration: Configuration,
    house: "House",
    now: datetime,
) -> Actor:
    if house.people is not None and token is not None and looks_like_token(token):
        return await _require_person(request, token, scope, house, now)
    key = find_key(configuration.api_keys, token, now) if token is not None else None
    if key is None:
        header = request.headers.get("authorization")
        if header or token is not None:
            refuse_flood(request, house.wrong_keys)
        raise Unauthorised(
            "The key is wrong, revoked or expired." if header else "The request carries no API key."
        )
    house.key_uses.note(key.id, now)
    key.actor.require(scope)
    return key.actor


async def _require_person(
    request: Request, token: str, scope: Scope, house: "House", now: datetime
) -> Actor:
    assert house.people is not None
    try:
        person = await house.people.person_of(token, now)
    except Unauthorised:
        refuse_flood(request, house.wrong_keys)
        raise
    person.require(scope)
    return person


def _read_token(request: Request, header: str) -> str | None:
    """The key in the header, else that in the cookie of a person who has signed in.

    A cookie counts only for what the browser says our own pages ask for: no other site can make a
    person do something.
    """
    if header:
        kind, _, token = header.partition(" ")
        return token.strip() if kind.lower() == "bearer" else None
    asked_by = request.headers.get("sec-fetch-site")
    if asked_by == "same-origin" or (asked_by == "none" and request.method == "GET"):
        return request.cookies.get(COOKIE)
    return None


def refuse_flood(request: Request, wrong_keys: WrongKeys) -> None:
    """Count a wrong key or a wrong proof. Raises `TooManyRequests` after 20 in a minute."""
    address = request.client.host if request.client else "unknown"
    wait = wrong_keys.count(address, time.monotonic())
    if wait is not None:
        raise TooManyRequests(retry_after=wait)

"""Access control: the actor of a request, their rights, and a limit for wrong keys."""

import time
from datetime import datetime
from typing import TYPE_CHECKING

from starlette.requests import Request

from inquiry_router.access.actor import Actor
from inquiry_router.access.roles import Scope
from inquiry_router.configuration.api_keys import find_key
from inquiry_router.configuration.model import Configuration
from inquiry_router.inquiry.errors import TooManyRequests, Unauthorised
from inquiry_router.process.wrong_keys import WrongKeys

if TYPE_CHECKING:
    from inquiry_router.house import House


def require(
    request: Request,
    scope: Scope,
    configuration: Configuration,
    house: "House",
    now: datetime,
) -> Actor:
    """Return the actor of a request, if they have a valid key and the scope.

    Raises `Unauthorised`, `Forbidden`, or `TooManyRequests` after 20 wrong keys in a minute.
    """
    header = request.headers.get("authorization", "")
    kind, _, token = header.partition(" ")
    is_bearer = kind.lower() == "bearer"
    key = find_key(configuration.api_keys, token.strip(), now) if is_bearer else None
    if key is None:
        if header:
            refuse_flood(request, house.wrong_keys)
        raise Unauthorised(
            "The key is wrong, revoked or expired." if header else "The request carries no API key."
        )
    house.key_uses.note(key.id, now)
    key.actor.require(scope)
    return key.actor


def refuse_flood(request: Request, wrong_keys: WrongKeys) -> None:
    """Count a wrong key or a wrong proof. Raises `TooManyRequests` after 20 in a minute."""
    address = request.client.host if request.client else "unknown"
    wait = wrong_keys.count(address, time.monotonic())
    if wait is not None:
        raise TooManyRequests(retry_after=wait)

"""Limits of requests and of reading time, and their headers."""

import time
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from inquiry_router.access.actor import Actor
from inquiry_router.access.limits import Allowance, RateLimits
from inquiry_router.inquiry.errors import (
    EventLimitReached,
    ReadingLimitReached,
    RequestLimitReached,
)

# The middleware adds these headers to the answer, whatever it is.
HEADERS = "rate_limit_headers"


def count_request(request: Request, actor: Actor, limits: RateLimits) -> None:
    """Count a request of an actor. Raises `RequestLimitReached`."""
    allowance = limits.count_request(actor.id, actor.requests_a_minute, time.monotonic())
    if not _note(request, allowance):
        assert allowance is not None
        raise RequestLimitReached(
            f"'{actor.id}' may send {allowance.limit:.0f} requests a minute.",
            retry_after=allowance.retry_after,
        )


def count_event(request: Request, source_id: str, limits: RateLimits) -> None:
    """Count a request of a source that was proven. Raises `EventLimitReached`.

    Requests without proof are counted by address, so they take nothing from the source.
    """
    allowance = limits.count_event(source_id, time.monotonic())
    if not _note(request, allowance):
        assert allowance is not None
        raise EventLimitReached(
            f"The source '{source_id}' may send {allowance.limit:.0f} requests a minute.",
            retry_after=allowance.retry_after,
        )


async def read_within_budget(
    actor: Actor, limits: RateLimits, handler: Callable[[], Awaitable[Response]]
) -> Response:
    """Run the handler of a reading request, and take its time from the actor's budget.

    Raises `ReadingLimitReached` if nothing is left.
    """
    begun = time.monotonic()
    allowance = limits.may_read(actor.id, begun)
    if allowance is not None and allowance.wait_s is not None:
        raise ReadingLimitReached(
            f"'{actor.id}' may read for {allowance.limit:.0f} seconds a minute.",
            retry_after=allowance.retry_after,
        )
    try:
        return await handler()
    finally:
        now = time.monotonic()
        limits.spend_reading(actor.id, now - begun, now)


def _note(request: Request, allowance: Allowance | None) -> bool:
    """Keep the headers for the answer. Returns False if the limit is reached."""
    if allowance is None:
        return True
    request.scope[HEADERS] = allowance.headers
    return allowance.wait_s is None

"""The door for deliveries: list them, read one, send again, give up."""

import json
from datetime import datetime
from typing import Annotated, Any

from fastapi import Path, Query, Request, Response
from pydantic import BaseModel, Field

from inquiry_router.access.roles import Scope
from inquiry_router.api.web.routing import Door, answer, house
from inquiry_router.delivery import records
from inquiry_router.delivery.model import Attempt, Delivery, DeliveryState
from inquiry_router.delivery.tables import AT_ONCE
from inquiry_router.inquiry.errors import Conflict, NotFound
from inquiry_router.inquiry.rendering import format_time
from inquiry_router.process.ids import is_id
from inquiry_router.routing.fields import Slug

door = Door("Deliveries")


class DeliveryOut(BaseModel):
    """The delivery of one event to one destination."""

    id: str = Field(
        description="Its id. The receiver sees it as `webhook-id`, the same on every attempt."
    )
    inquiry_id: str | None = Field(
        description="The inquiry; null for a message to people that is about none."
    )
    destination_id: str = Field(description="The destination.", examples=["erp"])
    event: str = Field(description="The event.", examples=["inquiry.routed"])
    state: DeliveryState = Field(
        description="pending, delivered, skipped (there was nothing to do at the destination; "
        "`last_error` says why), dead (no attempts left), discarded (by a person) or superseded "
        "(by a newer decision, before it was sent).",
        examples=["delivered"],
    )
    attempts: int = Field(description="Attempts since it last became pending.", examples=[1])
    created_at: datetime = Field(
        description="When it was recorded.", examples=["2026-11-20T08:30:00.000Z"]
    )
    due_at: datetime | None = Field(
        description="When the next attempt is due; null: at once.", examples=[None]
    )
    last_error: str | None = Field(
        description="The last error, or the reason of `skipped` and `superseded`.",
        examples=["status 503"],
    )
    finished_at: datetime | None = Field(
        description="When it left the state pending.", examples=["2026-11-20T08:30:01.000Z"]
    )


class AttemptOut(BaseModel):
    """One attempt."""

    number: int = Field(description="Counted from 1, over all retries.", examples=[1])
    at: datetime = Field(description="Time of the attempt.", examples=["2026-11-20T08:30:01.000Z"])
    duration_ms: int = Field(description="How long it took, in milliseconds.", examples=[41])
    outcome: str = Field(description="delivered, skipped, retry or dead.", examples=["delivered"])
    status_code: int | None = Field(
        description="The receiver's HTTP status, if it answered.", examples=[204]
    )
    error: str | None = Field(description="The error or reason, in short.", examples=[None])


class DeliveryWithAttempts(DeliveryOut):
    """A delivery with its payload and all attempts."""

    payload: dict[str, Any] = Field(description="The body that is sent.")
    tries: list[AttemptOut] = Field(description="Every attempt, the first one first.")


class DeliveryPage(BaseModel):
    """One page, the newest first."""

    items: list[DeliveryOut]
    next_cursor: str | None = Field(
        description="Send it as `cursor` for the next page; null at the end.", examples=[None]
    )


class Retried(BaseModel):
    """Number of deliveries that are sent again."""

    retried: int = Field(description="How many dead deliveries became pending.", examples=[12])


DeliveryId = Annotated[
    str,
    Path(
        max_length=64,
        description="The delivery's id, or `latest` for the newest one.",
        openapi_examples={"latest": {"value": "latest"}},
    ),
]


@door.operation(
    "GET",
    "/deliveries",
    scope=Scope.READ,
    response_model=DeliveryPage,
    problems=(422,),
    summary="List deliveries",
)
async def list_deliveries(
    request: Request,
    state: Annotated[DeliveryState | None, Query(description="Only this state.")] = None,
    destination_id: Annotated[Slug | None, Query(description="Only this destination.")] = None,
    inquiry_id: Annotated[
        str | None, Query(pattern=r"^[0-9a-f-]{36}$", description="Only this inquiry, by its id.")
    ] = None,
    cursor: Annotated[
        str | None,
        Query(pattern=r"^[0-9a-f-]{36}$", description="`next_cursor` of the page before."),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=200, description="How many on a page.")] = 50,
) -> Response:
    """List deliveries, the newest first. Those with `state=dead` were given up and wait for you."""

    def work(connection: Any) -> list[Delivery]:
        return list(
            records.list_deliveries(
                connection,
                states=(state,) if state else (),
                destination_id=destination_id,
                inquiry_id=inquiry_id,
                before=cursor,
                limit=limit + 1,
            )
        )

    found = await house(request).database.scan(work)
    items = [_delivery(delivery) for delivery in found[:limit]]
    return answer({"items": items, "next_cursor": items[-1]["id"] if len(found) > limit else None})


@door.operation(
    "GET",
    "/deliveries/{delivery_id}",
    scope=Scope.READ,
    response_model=DeliveryWithAttempts,
    problems=(404,),
    summary="Look at a delivery and its attempts",
)
async def read_delivery(request: Request, delivery_id: DeliveryId) -> Response:
    """Read the payload of a delivery and the result of every attempt."""
    record = await house(request).database.read(
        lambda c: records.get_delivery(c, _resolve(c, delivery_id))
    )
    if record is None:
        raise _missing()
    tries = [_attempt(attempt) for attempt in record.attempts]
    return answer(
        {**_delivery(record.delivery), "payload": json.loads(record.payload), "tries": tries}
    )


@door.operation(
    "POST",
    "/deliveries/dead/retry",
    scope=Scope.ADMIN,
    response_model=Retried,
    problems=(422,),
    summary="Send all dead deliveries again",
)
async def retry_dead_deliveries(
    request: Request,
    destination_id: Annotated[Slug | None, Query(description="Only of this destination.")] = None,
) -> Response:
    """Send everything that was given up, in its old order. Use it after a long outage.

    Decisions that newer ones replaced become `superseded` and are not counted.
    """
    rooms = house(request)
    retried = await rooms.database.write(lambda c: records.retry_dead(c, destination_id))
    rooms.wake()
    return answer({"retried": retried})


@door.operation(
    "POST",
    "/deliveries/{delivery_id}/retry",
    scope=Scope.ADMIN,
    response_model=DeliveryOut,
    problems=(404, 409),
    summary="Send a delivery again",
)
async def retry_delivery(request: Request, delivery_id: DeliveryId) -> Response:
    """Send a delivery again now, whatever its state, under the same `webhook-id`.

    If that fails, the whole schedule of retries begins again. A decision that would undo a newer
    one is not sent: its state is `superseded` then.
    """
    rooms = house(request)
    delivery = await rooms.database.write(
        lambda c: records.retry_delivery(c, _resolve(c, delivery_id))
    )
    if delivery is None:
        raise _missing()
    if delivery.state is DeliveryState.DELIVERED:
        raise Conflict(
            "It was delivered, and cannot be sent again: there is a newer decision, or its "
            "destination was deleted.",
            hint="Send the newest decision of the inquiry again.",
        )
    rooms.wake()
    return answer(_delivery(delivery))


@door.operation(
    "POST",
    "/deliveries/{delivery_id}/discard",
    scope=Scope.ADMIN,
    response_model=DeliveryOut,
    problems=(404, 409),
    summary="Give a delivery up",
)
async def discard_delivery(request: Request, delivery_id: DeliveryId) -> Response:
    """Stop sending a delivery, unless a person retries it later.

    One that has arrived cannot be discarded.
    """
    delivery = await house(request).database.write(
        lambda c: records.discard_delivery(c, _resolve(c, delivery_id))
    )
    if delivery is None:
        raise _missing()
    if delivery.state is DeliveryState.DELIVERED:
        raise Conflict("It was delivered already.", hint="There is nothing to give up.")
    return answer(_delivery(delivery))


def _resolve(connection: Any, delivery_id: str) -> str:
    if delivery_id != "latest":
        return delivery_id if is_id(delivery_id) else ""
    newest = records.list_deliveries(connection, limit=1)
    return newest[0].id if newest else ""


def _missing() -> NotFound:
    return NotFound("There is no such delivery.", hint="GET /v1/deliveries lists them.")


def _delivery(delivery: Delivery) -> dict[str, Any]:
    return {
        "id": delivery.id,
        "inquiry_id": delivery.inquiry_id,
        "destination_id": delivery.destination_id,
        "event": delivery.event,
        "state": delivery.state,
        "attempts": delivery.attempts,
        "created_at": format_time(delivery.created_at),
        "due_at": None if delivery.due_at == AT_ONCE else format_time(delivery.due_at),
        "last_error": delivery.last_error,
        "finished_at": format_time(delivery.finished_at),
    }


def _attempt(attempt: Attempt) -> dict[str, Any]:
    return {
        "number": attempt.number,
        "at": format_time(attempt.at),
        "duration_ms": attempt.duration_ms,
        "outcome": attempt.outcome,
        "status_code": attempt.status_code,
        "error": attempt.error,
    }

"""The page of deliveries that were given up, with retry."""

from typing import Final

from fastapi import Request, Response
from sqlalchemy import Connection

from inquiry_router.access.roles import Scope
from inquiry_router.api.web.routing import house
from inquiry_router.delivery import records
from inquiry_router.delivery.model import Delivery, DeliveryState
from inquiry_router.inquiry.errors import NotFound
from inquiry_router.pages.kit import render
from inquiry_router.pages.routing import PageDoor, form_of, go_to
from inquiry_router.process.ids import is_id

door = PageDoor()

PATH: Final = "/deliveries"
_ON_A_PAGE: Final = 50


@door.page("GET", PATH, scope=Scope.READ)
async def show_deliveries(request: Request) -> Response:
    """Show what was given up, and what waits for another attempt after a failure."""
    before = request.query_params.get("before")

    def work(connection: Connection) -> tuple[list[Delivery], list[Delivery]]:
        dead = records.list_deliveries(
            connection,
            states=(DeliveryState.DEAD,),
            before=before if before is not None and is_id(before) else None,
            limit=_ON_A_PAGE + 1,
        )
        waiting = records.list_deliveries(
            connection,
            states=(DeliveryState.PENDING,),
            limit=_ON_A_PAGE,
        )
        return list(dead), [one for one in waiting if one.attempts]

    dead, failing = await house(request).database.scan(work)
    destinations = sorted({one.destination_id for one in dead[:_ON_A_PAGE]})
    return render(
        request,
        "deliveries.html",
        dead=dead[:_ON_A_PAGE],
        failing=failing,
        destinations=destinations,
        next=dead[_ON_A_PAGE - 1].id if len(dead) > _ON_A_PAGE else None,
    )


@door.page("POST", f"{PATH}/retry", scope=Scope.ADMIN)
async def retry_all(request: Request) -> Response:
    """Send everything again that was given up, of one destination or of all."""
    rooms, destination = house(request), form_of(request).line("destination", 64) or None
    await rooms.database.write(lambda c: records.retry_dead(c, destination))
    rooms.wake()
    return go_to(request, PATH, "retried")


@door.page("POST", f"{PATH}/{{delivery_id}}/retry", scope=Scope.ADMIN)
async def retry_one(request: Request, delivery_id: str) -> Response:
    """Send one delivery again."""
    rooms = house(request)
    found = await rooms.database.write(
        lambda c: records.retry_delivery(c, delivery_id) if is_id(delivery_id) else None
    )
    if found is None:
        raise NotFound
    rooms.wake()
    arrived = found.state is DeliveryState.DELIVERED
    return go_to(request, PATH, "arrived_before" if arrived else "retried")


@door.page("POST", f"{PATH}/{{delivery_id}}/discard", scope=Scope.ADMIN)
async def discard_one(request: Request, delivery_id: str) -> Response:
    """Give a delivery up for good."""
    found = await house(request).database.write(
        lambda c: records.discard_delivery(c, delivery_id) if is_id(delivery_id) else None
    )
    if found is None:
        raise NotFound
    return go_to(request, PATH, "discarded")

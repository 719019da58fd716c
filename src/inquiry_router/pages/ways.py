"""The pages of doors: sources and destinations with a light, set-up steps, a test event."""

from dataclasses import asdict
from typing import Any, Final

from fastapi import Request, Response
from sqlalchemy import Connection

from inquiry_router.access.roles import Scope
from inquiry_router.api.doors.destinations import find_destination, shown_destination
from inquiry_router.api.doors.setup import read_service_facts
from inquiry_router.api.doors.source_states import read_states
from inquiry_router.api.doors.sources import find_source, setup_of
from inquiry_router.api.web.routing import house
from inquiry_router.delivery.model import Delivery, DeliveryState
from inquiry_router.delivery.records import list_deliveries
from inquiry_router.pages.kit import names_for, render
from inquiry_router.pages.lights import light_of_destination, light_of_source
from inquiry_router.pages.routing import PageDoor
from inquiry_router.process.clock import utc_now
from inquiry_router.process.ids import new_id
from inquiry_router.upkeep.checklist import list_steps
from inquiry_router.upkeep.findings import find_problems
from inquiry_router.upkeep.texts import say_in

door = PageDoor()

PATH: Final = "/doors"
# So many dead deliveries are counted; more are as bad.
_COUNTED: Final = 100


@door.page("GET", PATH, scope=Scope.READ)
async def show_doors(request: Request) -> Response:
    """Show every source and destination, what is left to set up, and what is wrong now."""
    return await _show(request)


@door.page("GET", f"{PATH}/sources/{{source_id}}", scope=Scope.ADMIN)
async def show_source_steps(request: Request, source_id: str) -> Response:
    """Show the steps at the vendor, and what of them is seen to work."""
    source = find_source(request, source_id)
    states = await read_states(request)
    shown = states.show(source)
    setup = setup_of(request, source)
    names = names_for(request)
    steps = setup["setup"].get(names.language)
    light, why = light_of_source(shown, names.now)
    return render(
        request,
        "source.html",
        source=shown,
        light=light,
        why=why,
        url_of_source=setup["url"],
        steps=steps or setup["setup"]["en"],
        steps_language=names.language if steps else "en",
        seen=await _seen(request, shown),
    )


@door.page("POST", f"{PATH}/destinations/{{destination_id}}/test", scope=Scope.ADMIN)
async def send_test(request: Request, destination_id: str) -> Response:
    """Send a destination a test event; of a helpdesk only the credentials are tried."""
    rooms, found = house(request), find_destination(request, destination_id)
    sent = await rooms.checker.test(found.kind, found.settings, new_id(), utc_now())
    if sent is not None:
        tested = {"id": found.id, "sent": True, **asdict(sent)}
        return await _show(request, tested={**tested, "id": found.id})
    checked = await rooms.checker.check(found.kind, found.settings)
    groups = [group.name for group in checked.groups]
    tested = {"id": found.id, "sent": False, "problem": checked.problem, "groups": groups}
    return await _show(request, tested=tested)


async def _show(request: Request, tested: dict[str, Any] | None = None) -> Response:
    rooms, names = house(request), names_for(request)
    await rooms.configuration.load()  # a dispatcher of another process counts failures
    configuration = rooms.configuration.current
    states = await read_states(request)
    facts = await read_service_facts(request)
    sources = [states.show(source) for source in configuration.sources]
    found = await _deliveries_of(request, [one.id for one in configuration.destinations])
    return render(
        request,
        "doors.html",
        sources=[(one, *light_of_source(one, names.now)) for one in sources],
        destinations=[
            (shown, *light_of_destination(shown, dead, last), dead, last)
            for shown, (dead, last) in (
                (shown_destination(one), found[one.id]) for one in configuration.destinations
            )
        ],
        steps=[(step, say_in(names.language, "steps", step.id)) for step in list_steps(facts)],
        problems=[
            (one, say_in(names.language, "findings", one.id, one.values))
            for one in find_problems(facts)
        ],
        tested=tested,
    )


async def _deliveries_of(request: Request, destinations: list[str]) -> dict[str, tuple[int, Any]]:
    """Return how many deliveries of each destination are dead, and when the last one arrived."""

    def look(connection: Connection, destination: str) -> tuple[int, Any]:
        def find(state: DeliveryState, limit: int) -> tuple[Delivery, ...]:
            return list_deliveries(
                connection, states=(state,), destination_id=destination, limit=limit
            )

        arrived = find(DeliveryState.DELIVERED, 1)
        last = arrived[0].finished_at if arrived else None
        return len(find(DeliveryState.DEAD, _COUNTED)), last

    return await house(request).database.scan(
        lambda connection: {one: look(connection, one) for one in destinations}
    )


async def _seen(request: Request, source: dict[str, Any]) -> list[tuple[str, bool]]:
    """Name the parts of the set-up that can be seen to work, and tell if each was seen."""
    desks = house(request).configuration.current.destinations_of(source["id"])
    found = await _deliveries_of(request, desks)
    taken = bool(source["traffic"]["taken"] or (source["mailbox"] or {}).get("taken"))
    seen = [
        ("seen_event", taken or source["traffic"]["last_event_at"] is not None),
        ("seen_inquiry", taken),
    ]
    if desks:
        seen.append(("seen_back", any(last is not None for _, last in found.values())))
    return seen

"""The door for operators who ask if the law holds: nobody is in limbo."""

from fastapi import Request, Response
from sqlalchemy import Connection

from inquiry_router.access.roles import Scope
from inquiry_router.api.schemas.promises import InvariantsOut, invariants_json
from inquiry_router.api.web.routing import Door, answer, house
from inquiry_router.process.clock import utc_now
from inquiry_router.promises.keeping import unheard_sources
from inquiry_router.promises.staffing import Staffing
from inquiry_router.promises.violations import Lawfulness, read_lawfulness

door = Door("System")


@door.operation(
    "GET",
    "/system/invariants",
    scope=Scope.READ,
    response_model=InvariantsOut,
    summary="Is anybody in limbo?",
)
async def read_invariants(request: Request) -> Response:
    """List every open inquiry that breaks the law.

    The law: every open inquiry has at any moment an owner with working time left before it is due,
    a queue with such a member, or a raised alarm. A team with nobody entered counts as staffed in
    its hours. The watchdog raises the alarms, so a violation lasts seconds, or no process watches
    (`INQUIRY_ROUTER_REMIND`).
    """
    rooms, now = house(request), utc_now()
    configuration = rooms.configuration.current
    staffing = Staffing(configuration.teams, rooms.staff.roster)
    unheard = unheard_sources(configuration)

    def work(connection: Connection) -> Lawfulness:
        return read_lawfulness(connection, staffing, unheard, now)

    return answer(invariants_json(await rooms.database.scan(work)))

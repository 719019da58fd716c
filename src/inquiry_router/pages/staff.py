"""The page of our people: who is here, who has how much, who is away when, and who stands in."""

from typing import Final

from fastapi import Request, Response
from sqlalchemy import Connection

from inquiry_router.access.roles import Scope
from inquiry_router.api.doors.staff import switch_presence
from inquiry_router.api.web.routing import house, key_of
from inquiry_router.assignment.model import Load
from inquiry_router.assignment.store import read_work
from inquiry_router.inquiry.errors import Forbidden, NotFound
from inquiry_router.pages.kit import render
from inquiry_router.pages.routing import PageDoor, form_of, go_to
from inquiry_router.pages.staff_view import may_switch, rows_for
from inquiry_router.process.clock import utc_now
from inquiry_router.staff.model import Roster
from inquiry_router.staff.sight import is_seen
from inquiry_router.staff.store import load_roster

door = PageDoor()

PATH: Final = "/staff"


@door.page("GET", PATH, scope=Scope.INQUIRIES)
async def show_staff(request: Request) -> Response:
    """Show our people, as far as the reader sees them."""
    now = utc_now()

    def work(connection: Connection) -> tuple[Roster, dict[str, Load]]:
        return load_roster(connection), read_work(connection, now)[0]

    roster, loads = await house(request).database.scan(work)
    teams = house(request).configuration.current.teams
    rows = rows_for(key_of(request), roster, loads, teams, now)
    return render(request, "staff.html", rows=rows, calls=any(one.load.calls for one in rows))


@door.page("POST", f"{PATH}/{{member_id}}/presence", scope=Scope.WORK)
async def switch_on_page(request: Request, member_id: str) -> Response:
    """Say that a member is here or away."""
    rooms, actor, now = house(request), key_of(request), utc_now()
    roster = await rooms.database.read(load_roster)
    member = roster.member(member_id)
    if member is None or not is_seen(actor, member):
        raise NotFound("There is nobody of that name or id among the staff.")
    if not may_switch(actor, member):
        raise Forbidden(
            f"'{actor.id}' may switch only themself.",
            hint="A manager may switch everybody. An admin binds a key to a person: 'owner' of "
            "PUT /v1/api-keys/{id}.",
        )
    away = form_of(request).line("state") == "away"
    await switch_presence(rooms, member.id, now, away=away)
    return go_to(request, f"{PATH}#member-{member.id}", "gone" if away else "back")

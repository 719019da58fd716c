"""The door for staff: create, read, change, remove people; say who is here and who is away."""

from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Final

from fastapi import Path, Request, Response
from sqlalchemy import Connection

from inquiry_router.access.roles import Scope
from inquiry_router.accounts import store as accounts
from inquiry_router.api.schemas.staff import (
    ChangedMember,
    MemberIn,
    MemberList,
    MemberWhole,
    NewMember,
    PresenceIn,
    PresenceLink,
    member_json,
)
from inquiry_router.api.web.documents import WITH_ETAG, IfMatch, IfMatchOrAny, refuse_read_only
from inquiry_router.api.web.routing import (
    Door,
    answer,
    etag,
    house,
    key_of,
    path_here,
    required_version,
)
from inquiry_router.assignment import store as assignments
from inquiry_router.configuration.api_key_store import has_key, rename_owner
from inquiry_router.configuration.store import rename_salesperson
from inquiry_router.house import House
from inquiry_router.inquiry.errors import Conflict, Forbidden, Invalid, PreconditionFailed
from inquiry_router.inquiry.rendering import format_time
from inquiry_router.introductions import store as introductions
from inquiry_router.process.clock import utc_now
from inquiry_router.referrals import naming as referrals
from inquiry_router.relief import naming as relief
from inquiry_router.staff import store
from inquiry_router.staff.checks import gaps_in
from inquiry_router.staff.leaving import keep_name
from inquiry_router.staff.model import Roster
from inquiry_router.staff.sight import is_seen, seen_teams
from inquiry_router.staff.store import StoredMember

door = Door("Staff")

MemberId = Annotated[
    str,
    Path(
        min_length=1,
        max_length=254,
        description="The member's id, name or e-mail address.",
        openapi_examples={"first": {"value": "celina@firma.example"}},
    ),
]
PRESENCE_LINK_FOR: Final = timedelta(days=365)
# Rooms in which the names of our people stand.
_NAMING: Final = (accounts, referrals, relief, introductions)
_READ_ONLY: Final = ("id", "away", "away_since", "away_until", "created_at", "changed_at")


@door.operation(
    "GET",
    "/staff",
    scope=Scope.INQUIRIES,
    response_model=MemberList,
    summary="List our people",
)
async def list_staff(request: Request) -> Response:
    """List our people with their absences, and the days on which a team has nobody.

    Keys that are bound to teams or a person see the people of these teams, and that person.
    """
    actor, now = key_of(request), utc_now()
    found = await house(request).database.read(store.list_members)
    roster = Roster(tuple(one.member for one in found))
    teams = house(request).configuration.current.rulebook.teams.teams
    return answer(
        {
            "items": [member_json(one, roster, now) for one in found if is_seen(actor, one.member)],
            "warnings": gaps_in(roster, seen_teams(actor, teams), now.date()),
        }
    )


@door.operation(
    "POST",
    "/staff",
    scope=Scope.STAFF,
    status_code=201,
    response_model=MemberWhole,
    problems=(409,),
    summary="Enter somebody",
)
async def add_staff(request: Request, member: NewMember) -> Response:
    """Enter one of our people. 409: the name or address is taken, or substitutes form a circle.

    The name of somebody who left is taken as long as accounts, referrals or rewards bear it.
    """
    data, now = member.value, utc_now()
    _require_teams(request, member)

    def work(connection: Connection) -> StoredMember:
        added = store.add_member(connection, data, now, comes_back=member.comes_back)
        return store.find_member(connection, added)

    made = await house(request).staff.change(work)
    location = path_here(request, f"/v1/staff/{made.member.id}")
    body = member_json(made, house(request).staff.roster, now)
    return answer(body, 201, location=location, ETag=etag(made.version))


@door.operation(
    "GET",
    "/staff/{member_id}",
    scope=Scope.INQUIRIES,
    response_model=MemberWhole,
    responses=WITH_ETAG,
    problems=(404,),
    summary="Look at somebody",
)
async def read_staff(request: Request, member_id: MemberId) -> Response:
    """Read one member. Keys that are bound see the people of their teams, and their person."""
    actor = key_of(request)

    def work(connection: Connection) -> tuple[StoredMember, Roster]:
        return store.find_member(connection, member_id), store.load_roster(connection)

    found, roster = await house(request).database.read(work)
    if not is_seen(actor, found.member):
        raise Forbidden(
            f"'{actor.id}' is bound to teams or a person, and this is somebody else.",
            hint="GET /v1/staff lists those whom you see. An admin changes the key: PUT "
            f"/v1/api-keys/{actor.id}.",
        )
    return answer(member_json(found, roster, utc_now()), ETag=etag(found.version))


@door.operation(
    "PUT",
    "/staff/{member_id}",
    scope=Scope.STAFF,
    response_model=MemberWhole,
    responses=WITH_ETAG,
    problems=(404, 409, 412, 428),
    summary="Change somebody",
)
async def change_staff(
    request: Request, member_id: MemberId, member: ChangedMember, if_match: IfMatch = None
) -> Response:
    """Replace everything of a member. Read it first, edit the answer and send it back.

    A new name is written wherever they are named: roles of accounts, keys, credit and rewards.
    """
    expected, data, now = required_version(if_match), member.value, utc_now()
    actor = key_of(request).id
    _require_teams(request, member)

    def work(connection: Connection) -> StoredMember:
        before = store.find_member(connection, member_id)
        if before.version != expected:
            raise PreconditionFailed()
        shown = member_json(before, store.load_roster(connection), now)
        refuse_read_only(member, shown, *_READ_ONLY)
        store.replace_member(connection, before.member.id, data, expected, now)
        if data.name != before.member.name:
            _write_name(connection, before.member.name, data.name)
            rename_salesperson(connection, before.member.name, data.name, actor, now)
        return store.find_member(connection, before.member.id)

    changed = await house(request).staff.change(work)
    body = member_json(changed, house(request).staff.roster, now)
    return answer(body, ETag=etag(changed.version))


@door.operation(
    "DELETE",
    "/staff/{member_id}",
    scope=Scope.STAFF,
    status_code=204,
    problems=(404, 409, 412, 428),
    summary="Remove somebody",
)
async def remove_staff(
    request: Request, member_id: MemberId, if_match: IfMatchOrAny = None
) -> Response:
    """Remove a member. 409 while they are somebody's substitute.

    Roles of accounts, credit and rewards stay; nobody else can be entered under the name then.
    """
    now = utc_now()

    def work(connection: Connection) -> None:
        found = store.find_member(connection, member_id)
        expected = required_version(if_match, found.version)
        store.remove_member(connection, found.member.id, expected)
        if _is_named(connection, found.member.name):
            keep_name(connection, found.member, now)

    await house(request).staff.change(work)
    return Response(status_code=204)


def _write_name(connection: Connection, before: str, after: str) -> None:
    for room in _NAMING:
        room.rename_person(connection, before, after)
    rename_owner(connection, before, after)


def _is_named(connection: Connection, name: str) -> bool:
    return any(room.is_named(connection, name) for room in _NAMING) or has_key(connection, name)


@door.operation(
    "PUT",
    "/staff/{member_id}/presence",
    scope=Scope.STAFF,
    response_model=MemberWhole,
    problems=(404,),
    summary="Say that somebody is here or away",
)
async def set_presence(request: Request, member_id: MemberId, presence: PresenceIn) -> Response:
    """Say that a member is away from now on, or here again."""
    rooms, now = house(request), utc_now()
    away = presence.state == "away"
    changed = await switch_presence(rooms, member_id, now, away=away, until=presence.until)
    return answer(member_json(changed, rooms.staff.roster, now))


async def switch_presence(
    rooms: House, member: str, now: datetime, *, away: bool, until: datetime | None = None
) -> StoredMember:
    """Let a member be away from now on, or here again. Raises `NotFound`."""

    def work(connection: Connection) -> StoredMember:
        found = store.find_member(connection, member)
        if away:  # first, as whoever passes an offer on locks it first
            assignments.hurry(connection, found.member.id, now)
        store.set_presence(connection, found.member.id, now if away else None, until, now)
        return store.find_member(connection, found.member.id)

    changed = await rooms.staff.change(work)
    rooms.handing_out.wake()
    return changed


@door.operation(
    "POST",
    "/staff/{member_id}/presence-link",
    scope=Scope.STAFF,
    response_model=PresenceLink,
    problems=(404, 409),
    summary="Make a link for here and away",
)
async def make_presence_link(request: Request, member_id: MemberId) -> Response:
    """Make a link by which somebody says that they are here or away. It is valid for a year."""
    rooms = house(request)
    found = await rooms.database.read(partial(store.find_member, named=member_id))
    ends_at = utc_now() + PRESENCE_LINK_FOR
    url = await rooms.staff_links.presence(found.member.id, ends_at)
    if url is None:
        raise Conflict(
            "Links need the address of this service.",
            hint="Set INQUIRY_ROUTER_PUBLIC_URL and start again.",
        )
    return answer({"url": url, "expires_at": format_time(ends_at)})


def _require_teams(request: Request, member: MemberIn) -> None:
    """Refuse teams that do not exist. Raises `Invalid`."""
    known = house(request).configuration.current.rulebook.teams.by_id
    unknown = [team for team in member.teams if team not in known]
    if unknown:
        message = f"there is no team '{unknown[0]}'; these are: {', '.join(known)}"
        raise Invalid(
            f"teams: {message}.",
            hint="Take one of these, or add the team first: PUT /v1/teams.",
            errors=[{"field": "teams", "message": message}],
        )

"""The door for destinations, which are told of decisions."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

from fastapi import Path, Request, Response

from inquiry_router.access.roles import Scope
from inquiry_router.api.schemas.destinations import (
    ChangedDestinationIn,
    CheckOut,
    DestinationIn,
    DestinationList,
    DestinationOut,
    NewDestinationIn,
    TestedOut,
)
from inquiry_router.api.schemas.provider_settings import checked_settings
from inquiry_router.api.web.documents import (
    WITH_ETAG,
    IfMatchOrAny,
    refuse_read_only,
)
from inquiry_router.api.web.routing import Door, answer, etag, house, required_version
from inquiry_router.configuration import store
from inquiry_router.configuration.destination_names import (
    find_double_replies,
    find_new_unknown_names,
    find_warnings,
)
from inquiry_router.configuration.model import Destination
from inquiry_router.delivery.checking import NOT_TRIED
from inquiry_router.inquiry.errors import Invalid, NotFound
from inquiry_router.inquiry.rendering import format_time
from inquiry_router.process.clock import utc_now
from inquiry_router.process.ids import new_id
from inquiry_router.providers import PROVIDERS, ProviderSettings
from inquiry_router.routing.fields import Slug

door = Door("Destinations")

DestinationId = Annotated[
    Slug, Path(description="The destination's id.", openapi_examples={"erp": {"value": "erp"}})
]


@door.operation(
    "GET",
    "/destinations",
    scope=Scope.READ,
    response_model=DestinationList,
    summary="See the destinations",
)
async def list_destinations(request: Request) -> Response:
    """List the destinations with their present state."""
    rooms = house(request)
    # A dispatcher, perhaps of another process, counts failures in the database.
    await rooms.configuration.load()
    items = [
        shown_destination(destination) for destination in rooms.configuration.current.destinations
    ]
    return answer({"items": items})


@door.operation(
    "POST",
    "/destinations",
    scope=Scope.ADMIN,
    status_code=201,
    response_model=DestinationOut,
    problems=(409,),
    summary="Add a destination",
)
async def add_destination(request: Request, entry: NewDestinationIn) -> Response:
    """Deliver everything that is routed from now on there too.

    For a webhook without a secret one is made, and shown only this once. The address must be
    public and https: private, loopback and metadata addresses are refused, now and at each
    connection.
    """
    settings = _settings(request, entry.kind, entry.settings, {})
    made = _destination(entry.id, entry, settings, version=1, created_at=utc_now())
    _refuse_unknown_names(request, None, made)
    await house(request).configuration.change(
        lambda connection: store.add_destination(connection, made)
    )
    return answer({**shown_destination(made), "settings": made.settings}, 201, ETag=etag(1))


@door.operation(
    "GET",
    "/destinations/{destination_id}",
    scope=Scope.READ,
    response_model=DestinationOut,
    responses=WITH_ETAG,
    problems=(404, 422),
    summary="See a destination",
)
async def read_destination(request: Request, destination_id: DestinationId) -> Response:
    """Show one destination; send its ETag back in If-Match to change it."""
    rooms = house(request)
    await rooms.configuration.load()
    found = find_destination(request, destination_id)
    return answer(shown_destination(found), ETag=etag(found.version))


@door.operation(
    "PUT",
    "/destinations/{destination_id}",
    scope=Scope.ADMIN,
    response_model=DestinationOut,
    responses=WITH_ETAG,
    problems=(404, 412, 428),
    summary="Change a destination",
)
async def replace_destination(
    request: Request,
    destination_id: DestinationId,
    entry: ChangedDestinationIn,
    if_match: IfMatchOrAny = None,
) -> Response:
    """Replace a destination. A secret that is left out or masked stays.

    Enabling it again also resets its failures. The answer to GET may be sent back, edited.
    """
    present = find_destination(request, destination_id)
    expected = required_version(if_match, present.version)
    refuse_read_only(entry, shown_destination(present), "id", "version", "created_at")
    if entry.kind != present.kind:
        raise Invalid(
            f"'{destination_id}' is of kind {present.kind}.",
            hint="Add another destination for another kind.",
        )
    settings = _settings(request, entry.kind, entry.settings, present.settings)
    changed = _destination(
        destination_id, entry, settings, version=expected, created_at=present.created_at
    )
    _refuse_unknown_names(request, present, changed)
    await house(request).configuration.change(
        lambda connection: store.replace_destination(connection, changed, expected)
    )
    changed = replace(changed, version=expected + 1)
    return answer(shown_destination(changed), ETag=etag(changed.version))


@door.operation(
    "POST",
    "/destinations/{destination_id}/check",
    scope=Scope.ADMIN,
    response_model=CheckOut,
    problems=(404, 422),
    summary="Try a destination's credentials",
)
async def check_destination(request: Request, destination_id: DestinationId) -> Response:
    """List the helpdesk's groups without changing anything there.

    Map our teams to them in `groups` of the settings. Nothing can be asked of a webhook without
    sending it an event: its check says so, and `POST /v1/destinations/{id}/test` sends one.
    """
    rooms = house(request)
    found = find_destination(request, destination_id)
    configuration = rooms.configuration.current
    checked = await rooms.checker.check(found.kind, found.settings)
    groups = found.settings.get("groups", {})
    known = {group.id for group in checked.groups}
    teams = configuration.teams.by_id if checked.groups else ()
    return answer(
        {
            "ok": checked.problem is None if checked.tried else None,
            "problem": checked.problem,
            "warnings": [
                *([] if checked.tried else [NOT_TRIED]),
                *find_warnings(found, configuration.teams, configuration.source_ids),
                *find_double_replies(found, configuration.telling),
            ],
            "groups": [{"id": group.id, "name": group.name} for group in checked.groups],
            "unmapped": [team for team in teams if team not in groups],
            "unknown": sorted({group for group in groups.values() if group not in known})
            if checked.groups
            else [],
        }
    )


@door.operation(
    "POST",
    "/destinations/{destination_id}/test",
    scope=Scope.ADMIN,
    response_model=TestedOut,
    problems=(404, 422),
    summary="Send a destination a test event",
)
async def test_destination(request: Request, destination_id: DestinationId) -> Response:
    """Send a signed event of the type `destination.test` now, once, and say what came back.

    It is about no inquiry and is not among the deliveries. A helpdesk gets none:
    `POST /v1/destinations/{id}/check` tries its credentials.
    """
    rooms = house(request)
    found = find_destination(request, destination_id)
    result = await rooms.checker.test(found.kind, found.settings, new_id(), utc_now())
    if result is None:
        raise Invalid(
            f"'{destination_id}' is a helpdesk: a test event would be a ticket there.",
            hint="POST /v1/destinations/{id}/check tries its credentials and changes nothing.",
        )
    return answer(
        {
            "ok": result.problem is None,
            "status": result.status,
            "problem": result.problem,
            "id": result.id,
        }
    )


@door.operation(
    "DELETE",
    "/destinations/{destination_id}",
    scope=Scope.ADMIN,
    status_code=204,
    problems=(404, 409, 412, 422, 428),
    response_class=Response,
    summary="Remove a destination",
)
async def remove_destination(
    request: Request, destination_id: DestinationId, if_match: IfMatchOrAny = None
) -> Response:
    """This requires that no delivery is waiting: retry or discard those first."""
    expected = required_version(if_match, find_destination(request, destination_id).version)
    await house(request).configuration.change(
        lambda connection: store.remove_destination(connection, destination_id, expected)
    )
    return Response(status_code=204)


def find_destination(request: Request, destination_id: str) -> Destination:
    """Return a destination. Raises `NotFound`."""
    for destination in house(request).configuration.current.destinations:
        if destination.id == destination_id:
            return destination
    raise NotFound(
        f"There is no destination '{destination_id[:64]}'.", hint="GET /v1/destinations lists them."
    )


def _refuse_unknown_names(request: Request, before: Destination | None, after: Destination) -> None:
    """Refuse names of teams and sources that nobody has, unless it has them already."""
    configuration = house(request).configuration.current
    teams, sources = configuration.teams, configuration.source_ids
    if problems := find_new_unknown_names(before, after, teams, sources):
        errors = [
            {"field": field, "message": message}
            for field, _, message in (one.partition(": ") for one in problems)
        ]
        raise Invalid("; ".join(problems), errors=errors)


def _settings(
    request: Request, kind: str, sent: dict[str, Any], stored: dict[str, Any]
) -> ProviderSettings:
    provider = PROVIDERS.get(kind)
    if provider is None:
        raise Invalid(f"There is no kind '{kind}'.", hint=f"It is one of {', '.join(PROVIDERS)}.")
    return checked_settings(request, provider.settings_model, sent, stored)


def _is_secret(kind: str, name: str) -> bool:
    return name in PROVIDERS[kind].settings_model.secret_names()


def _destination(
    destination_id: str,
    entry: DestinationIn,
    settings: ProviderSettings,
    version: int,
    created_at: datetime,
) -> Destination:
    return Destination(
        id=destination_id,
        name=entry.name,
        kind=entry.kind,
        settings=settings.stored(),
        events=tuple(entry.events),
        teams=tuple(entry.teams),
        enabled=entry.enabled,
        version=version,
        created_at=created_at,
    )


def shown_destination(destination: Destination) -> dict[str, Any]:
    """Show a destination; secrets are masked."""
    masked = {
        name: "**********" if _is_secret(destination.kind, name) else value
        for name, value in destination.settings.items()
    }
    return {
        "id": destination.id,
        "name": destination.name,
        "kind": destination.kind,
        "settings": masked,
        "events": list(destination.events),
        "teams": list(destination.teams),
        "enabled": destination.enabled,
        "disabled_reason": destination.disabled_reason,
        "failures": destination.failures,
        "version": destination.version,
        "created_at": format_time(destination.created_at),
    }

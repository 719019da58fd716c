"""The door for destinations, which are told of decisions."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

from fastapi import Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from inquiry_router.api.schemas.provider_settings import checked_settings
from inquiry_router.api.web.documents import WITH_ETAG, IfMatch
from inquiry_router.api.web.routing import Door, answer, etag, house, required_version
from inquiry_router.configuration import store
from inquiry_router.configuration.api_keys import Scope
from inquiry_router.configuration.model import Destination
from inquiry_router.inquiry.errors import Invalid, NotFound
from inquiry_router.inquiry.model import Event
from inquiry_router.inquiry.rendering import format_time
from inquiry_router.process.clock import utc_now
from inquiry_router.providers import PROVIDERS, ProviderSettings
from inquiry_router.routing.fields import Document, Slug

door = Door("Destinations")

_EXAMPLE: dict[str, Any] = {
    "id": "erp",
    "name": "The ERP's inbox",
    "kind": "webhook",
    "settings": {"url": "https://hooks.example.com/inquiries"},
    "events": ["inquiry.routed", "inquiry.corrected"],
    "teams": [],
    "enabled": True,
}


class DestinationIn(Document):
    """The settings of a destination."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{name: value for name, value in _EXAMPLE.items() if name != "id"}]
        },
    )

    name: Annotated[str, StringConstraints(min_length=1, max_length=200)] = Field(
        description="Its name for people.", examples=["The ERP's inbox"]
    )
    kind: Slug = Field(
        description="webhook: a signed HTTP POST. console: one line on the service's own output. "
        "Or a helpdesk: GET /v1/providers lists them with their settings.",
        examples=["webhook"],
    )
    settings: dict[str, Any] = Field(
        default_factory=dict,
        description="The settings of this kind. webhook: `url`, and `secret` (made when left out; "
        "one that is masked or left out on a change stays as it is).",
        examples=[{"url": "https://hooks.example.com/inquiries"}],
    )
    events: list[Event] = Field(
        default_factory=list,
        max_length=10,
        description="Only these events; empty means all.",
        examples=[["inquiry.routed"]],
    )
    teams: list[Slug] = Field(
        default_factory=list,
        max_length=100,
        description="Only inquiries of these teams; empty means all.",
        examples=[["sales"]],
    )
    enabled: bool = Field(
        True, strict=True, description="True to deliver new inquiries there.", examples=[True]
    )


class NewDestinationIn(DestinationIn):
    """A destination to be added."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    id: Slug = Field(description="Its id in URLs.", examples=["erp"])


class DestinationOut(BaseModel):
    """A destination; secrets are masked."""

    id: str = Field(description="Its id.", examples=["erp"])
    name: str = Field(description="Its name for people.", examples=["The ERP's inbox"])
    kind: str = Field(description="Its kind.", examples=["webhook"])
    settings: dict[str, Any] = Field(
        description="The settings of its kind. A secret is shown only in the answer that made it, "
        "and masked from then on.",
        examples=[{"url": "https://hooks.example.com/inquiries", "secret": "**********"}],
    )
    events: list[str] = Field(
        description="Only these events; empty means all.", examples=[["inquiry.routed"]]
    )
    teams: list[str] = Field(description="Only these teams; empty means all.", examples=[[]])
    enabled: bool = Field(description="True to deliver new inquiries there.", examples=[True])
    disabled_reason: str | None = Field(
        description="The reason if the router switched it off.", examples=[None]
    )
    failures: int = Field(description="Failed attempts in a row.", examples=[0])
    version: int = Field(description="Increases with every change.", examples=[1])
    created_at: datetime = Field(
        description="The time of its creation.", examples=["2026-11-20T08:30:00.000Z"]
    )


class GroupOut(BaseModel):
    """A group of a helpdesk."""

    id: str = Field(description="Its id for `groups` in the settings.", examples=["360001"])
    name: str = Field(description="Its name in the helpdesk.", examples=["Sprzedaż"])


class CheckOut(BaseModel):
    """The result of trying the credentials."""

    ok: bool = Field(description="True if the credentials work.", examples=[True])
    problem: str | None = Field(
        description="The reason if they do not, and advice.", examples=[None]
    )
    groups: list[GroupOut] = Field(description="The helpdesk's groups.", examples=[[]])
    unmapped: list[str] = Field(
        description="Our teams without a group: their tickets stay where they are.", examples=[[]]
    )
    unknown: list[str] = Field(
        description="Groups in the settings that the helpdesk does not have.", examples=[[]]
    )


class DestinationList(BaseModel):
    """All destinations."""

    items: list[DestinationOut]


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
    items = [_shown(destination) for destination in rooms.configuration.current.destinations]
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
    await house(request).configuration.change(
        lambda connection: store.add_destination(connection, made)
    )
    return answer({**_shown(made), "settings": made.settings}, 201, ETag=etag(1))


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
    found = _find(request, destination_id)
    return answer(_shown(found), ETag=etag(found.version))


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
    request: Request, destination_id: DestinationId, entry: DestinationIn, if_match: IfMatch = None
) -> Response:
    """Replace a destination. A secret that is left out or masked stays.

    Enabling it again also resets its failures.
    """
    expected = required_version(if_match)
    present = _find(request, destination_id)
    if entry.kind != present.kind:
        raise Invalid(
            f"'{destination_id}' is of kind {present.kind}.",
            hint="Add another destination for another kind.",
        )
    settings = _settings(request, entry.kind, entry.settings, present.settings)
    changed = _destination(
        destination_id, entry, settings, version=expected, created_at=present.created_at
    )
    await house(request).configuration.change(
        lambda connection: store.replace_destination(connection, changed, expected)
    )
    changed = replace(changed, version=expected + 1)
    return answer(_shown(changed), ETag=etag(changed.version))


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

    Map our teams to them in `groups` of the settings.
    """
    rooms = house(request)
    found = _find(request, destination_id)
    checked = await rooms.checker.check(found.kind, found.settings)
    groups = found.settings.get("groups", {})
    known = {group.id for group in checked.groups}
    unmapped = (
        [team.id for team in rooms.configuration.current.teams.teams if team.id not in groups]
        if checked.groups
        else []
    )
    return answer(
        {
            "ok": checked.problem is None,
            "problem": checked.problem,
            "groups": [{"id": group.id, "name": group.name} for group in checked.groups],
            "unmapped": unmapped,
            "unknown": sorted({group for group in groups.values() if group not in known})
            if checked.groups
            else [],
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
    request: Request, destination_id: DestinationId, if_match: IfMatch = None
) -> Response:
    """This requires that no delivery is waiting: retry or discard those first."""
    expected = required_version(if_match)
    await house(request).configuration.change(
        lambda connection: store.remove_destination(connection, destination_id, expected)
    )
    return Response(status_code=204)


def _find(request: Request, destination_id: str) -> Destination:
    for destination in house(request).configuration.current.destinations:
        if destination.id == destination_id:
            return destination
    raise NotFound(
        f"There is no destination '{destination_id[:64]}'.", hint="GET /v1/destinations lists them."
    )


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


def _shown(destination: Destination) -> dict[str, Any]:
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

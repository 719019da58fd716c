"""The door for sources: the vendors that may send inquiries, and the setup at each."""

import secrets
from dataclasses import replace
from typing import Annotated, Any, Final

from fastapi import Path, Query, Request, Response
from sqlalchemy import Connection

from inquiry_router.access.roles import Scope
from inquiry_router.api.doors.source_states import MASK, read_states, show_source
from inquiry_router.api.schemas.provider_settings import checked_settings
from inquiry_router.api.schemas.sources import (
    ChangedSource,
    NewSource,
    NewSourceOut,
    ReconciledOut,
    Retried,
    ShadowReportOut,
    SourceEntry,
    SourceList,
    SourceOut,
    SourceSetup,
)
from inquiry_router.api.web.deadline import allow_long_work
from inquiry_router.api.web.documents import WITH_ETAG, IfMatchOrAny, refuse_read_only
from inquiry_router.api.web.routing import (
    Door,
    answer,
    etag,
    house,
    outside_address,
    required_version,
)
from inquiry_router.configuration import store
from inquiry_router.configuration.model import Source
from inquiry_router.inquiry.errors import Conflict, Invalid, NotFound
from inquiry_router.process.clock import utc_now
from inquiry_router.reports.shadow import Comparison
from inquiry_router.routing.fields import Slug
from inquiry_router.sources import mailbox_store, traffic_store
from inquiry_router.sources import store as event_store
from inquiry_router.sources.kinds import SOURCES

door = Door("Sources")

_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_CANNOT_BE_ASKED = (
    "The helpdesk cannot be asked: the source's kind must be one that reconciles "
    "(GET /v1/providers), with api_url and api_token in the source's settings."
)
_NO_PUBLIC_URL: Final = {
    "pl": "Uwaga: zmienna INQUIRY_ROUTER_PUBLIC_URL nie jest ustawiona, więc poniższy adres jest "
    "tylko tym, pod którym pytasz teraz. Jeśli dostawca go nie widzi, ustaw zmienną, uruchom "
    "usługę ponownie i przeczytaj te kroki jeszcze raz.",
    "en": "Warning: INQUIRY_ROUTER_PUBLIC_URL is not set, so the address below is only the one "
    "that you are using now. If the vendor cannot reach it, set the variable, restart the service "
    "and read these steps again.",
}
_NOT_COMPARABLE = (
    "No destination moves the tickets of this source, so their groups are unknown. Add one of "
    "the helpdesk's kind with this source's id in its settings' `source` and the `groups` of your "
    "teams; while the source is in shadow nothing is moved."
)


SourceId = Annotated[
    Slug, Path(description="The source's id.", openapi_examples={"website": {"value": "website"}})
]


@door.operation(
    "POST",
    "/sources",
    scope=Scope.ADMIN,
    status_code=201,
    response_model=NewSourceOut,
    problems=(409,),
    summary="Add a source",
)
async def add_source(request: Request, entry: NewSource) -> Response:
    """Answer with the URL for the vendor, and with the setup steps in Polish and English.

    If the vendor shows its secret only after the URL was entered, add the source first and PUT the
    secret then.
    """
    source = Source(
        id=entry.id or _new_id(entry.kind),
        name=entry.name,
        kind=_require_kind(entry.kind),
        settings=_settings(request, entry, {}),
        token=secrets.token_urlsafe(32),
        shadow=entry.shadow,
        version=1,
        created_at=utc_now(),
        secret=entry.secret,
    )
    await house(request).configuration.change(
        lambda connection: store.add_source(connection, source)
    )
    return answer({**show_source(source, {}), **setup_of(request, source)}, 201, ETag=etag(1))


@door.operation(
    "GET", "/sources", scope=Scope.READ, response_model=SourceList, summary="See the sources"
)
async def list_sources(request: Request) -> Response:
    """List every way in, beside this API itself."""
    states = await read_states(request)
    sources = house(request).configuration.current.sources
    return answer({"items": [states.show(source) for source in sources]})


@door.operation(
    "GET",
    "/sources/{source_id}",
    scope=Scope.READ,
    response_model=SourceOut,
    responses=WITH_ETAG,
    problems=(404, 422),
    summary="See a source",
)
async def read_source(request: Request, source_id: SourceId) -> Response:
    """Show one source; send its ETag back in If-Match to change it."""
    source = find_source(request, source_id)
    states = await read_states(request)
    return answer(states.show(source), ETag=etag(source.version))


@door.operation(
    "GET",
    "/sources/{source_id}/setup",
    scope=Scope.ADMIN,
    response_model=SourceSetup,
    problems=(404, 422),
    summary="See the steps at the vendor",
)
async def read_source_setup(request: Request, source_id: SourceId) -> Response:
    """Show the URL, with a token if the vendor does not sign, and the steps in both languages."""
    return answer(setup_of(request, find_source(request, source_id)))


@door.operation(
    "PUT",
    "/sources/{source_id}",
    scope=Scope.ADMIN,
    response_model=SourceOut,
    responses=WITH_ETAG,
    problems=(404, 412, 428),
    summary="Change a source",
)
async def replace_source(
    request: Request, source_id: SourceId, entry: ChangedSource, if_match: IfMatchOrAny = None
) -> Response:
    """Replace a source; the URL stays. The answer to GET may be sent back, edited.

    With another secret the present one stays valid too, until `end_rotation` is sent.
    """
    present = find_source(request, source_id)
    expected = required_version(if_match, present.version)
    refuse_read_only(entry, show_source(present, {}), "id", "signed", "version", "created_at")
    if entry.kind != present.kind:
        raise Invalid(
            f"'{source_id}' is of the kind '{present.kind}'.",
            hint="Add another source for another kind.",
        )
    secret, previous = _rotate(present, entry)
    changed = replace(
        present,
        name=entry.name,
        settings=_settings(request, entry, present.settings),
        shadow=entry.shadow,
        secret=secret,
        previous_secret=previous,
    )
    token = "refresh_token"  # noqa: S105 - the name of a setting

    def work(connection: Connection) -> None:
        store.replace_source(connection, changed, expected)
        if changed.settings.get(token) != present.settings.get(token):
            mailbox_store.forget_token(connection, source_id)

    await house(request).configuration.change(work)
    changed = replace(changed, version=expected + 1)
    states = await read_states(request)
    return answer(states.show(changed), ETag=etag(changed.version))


@door.operation(
    "POST",
    "/sources/{source_id}/retry",
    scope=Scope.ADMIN,
    response_model=Retried,
    problems=(404, 422),
    summary="Fetch dead events again",
)
async def retry_source(request: Request, source_id: SourceId) -> Response:
    """Fetch every dead event of this source again, after api_url or api_token was corrected."""
    source = find_source(request, source_id)
    rooms = house(request)
    count = await rooms.database.write(
        lambda connection: event_store.retry_dead(connection, source.id)
    )
    rooms.fetcher.wake()
    return answer({"retried": count})


@door.operation(
    "POST",
    "/sources/{source_id}/reconciliation",
    scope=Scope.ADMIN,
    response_model=ReconciledOut,
    problems=(404, 422),
    summary="Find tickets whose webhook never came",
)
async def reconcile_source(request: Request, source_id: SourceId) -> Response:
    """Ask the helpdesk for its recent tickets, and receive the missing ones.

    The service does so by itself every hour.
    """
    allow_long_work(request)
    source = find_source(request, source_id)
    reconciler = house(request).fetcher.reconciler
    if source not in reconciler.list_sources():
        return answer({"looked_at": 0, "taken_in": 0, "problem": _CANNOT_BE_ASKED})
    found = await reconciler.reconcile(source)
    return answer(
        {"looked_at": found.looked_at, "taken_in": found.taken_in, "problem": found.problem}
    )


@door.operation(
    "GET",
    "/sources/{source_id}/shadow-report",
    scope=Scope.READ,
    response_model=ShadowReportOut,
    problems=(404, 409, 422),
    summary="Compare with what people did",
)
async def read_shadow_report(
    request: Request,
    source_id: SourceId,
    limit: Annotated[int, Query(ge=1, le=200, description="How many of the newest tickets.")] = 50,
) -> Response:
    """Compare the present places of the newest tickets with the router's decisions.

    This asks the destination of the helpdesk's kind that has this source's id in its settings, and
    changes nothing there. Without such a destination only corrections are compared.
    """
    allow_long_work(request)
    source = find_source(request, source_id)
    rooms = house(request)
    report = await rooms.reports.shadow(
        source, rooms.configuration.current, limit, rooms.fetcher.client
    )
    return answer(
        {
            "problem": None if report.has_helpdesk else _NOT_COMPARABLE,
            "looked_at": report.looked_at,
            "compared": len(report.compared),
            "same": report.same,
            "elsewhere": report.elsewhere,
            "unreachable": report.unreachable,
            "teams": [
                {"router": ours, "people": theirs, "count": count}
                for (ours, theirs), count in report.teams.most_common()
            ],
            "different": [
                _different(one) for one in report.compared if one.present != one.inquiry.team
            ],
        }
    )


@door.operation(
    "DELETE",
    "/sources/{source_id}",
    scope=Scope.ADMIN,
    status_code=204,
    problems=(404, 409, 412, 422, 428),
    response_class=Response,
    summary="Remove a source",
)
async def remove_source(
    request: Request, source_id: SourceId, if_match: IfMatchOrAny = None
) -> Response:
    """Its URL answers 404 from now on. Its inquiries stay, and the helpdesk is not changed.

    A destination that moves its tickets is changed or removed first.
    """
    expected = required_version(if_match, find_source(request, source_id).version)
    named_by = house(request).configuration.current.destinations_of(source_id)
    if named_by:
        raise Conflict(
            f"The destination '{named_by[0]}' moves the tickets of '{source_id}'.",
            hint="Remove the destination first, or give it another `source`.",
        )

    def work(connection: Connection) -> None:
        event_store.require_nothing_pending(connection, source_id)
        store.remove_source(connection, source_id, expected)
        mailbox_store.forget(connection, source_id)
        traffic_store.forget_traffic(connection, source_id)

    await house(request).configuration.change(work)
    return Response(status_code=204)


def _different(one: Comparison) -> dict[str, Any]:
    inquiry = one.inquiry
    return {
        "inquiry_id": inquiry.inquiry_id,
        "reference": inquiry.reference,
        "ticket": inquiry.ticket,
        "said": inquiry.excerpt,
        "router": inquiry.team,
        "people": one.present,
    }


def find_source(request: Request, source_id: str) -> Source:
    """Return a source. Raises `NotFound`."""
    source = house(request).configuration.current.source(source_id)
    if source is None:
        raise NotFound(
            f"There is no source '{source_id[:64]}'.", hint="GET /v1/sources lists them."
        )
    return source


def _new_id(kind: str) -> str:
    return f"{kind}-" + "".join(secrets.choice(_LETTERS) for _ in range(4))


def _require_kind(kind: str) -> str:
    if kind not in SOURCES:
        raise Invalid(
            f"There is no kind '{kind}'.", hint=f"It is one of {', '.join(sorted(SOURCES))}."
        )
    return kind


def _settings(request: Request, entry: SourceEntry, stored: dict[str, Any]) -> dict[str, Any]:
    model = SOURCES[_require_kind(entry.kind)].settings_model
    return checked_settings(request, model, entry.settings, stored).stored()


def _rotate(present: Source, entry: SourceEntry) -> tuple[str | None, str | None]:
    """The present and the previous secret after a change."""
    if entry.secret in (None, MASK, present.secret):
        return present.secret, None if entry.end_rotation else present.previous_secret
    return entry.secret, None if entry.end_rotation else present.secret


def setup_of(request: Request, source: Source) -> dict[str, Any]:
    """Show the URL of a source, its token if it needs one, and the steps at the vendor."""
    kind = SOURCES[source.kind]
    if not kind.path:
        return {"id": source.id, "url": None, "token": None, "setup": kind.setup("").model_dump()}
    needs_token = kind.signs == "never" or (kind.signs == "optional" and source.secret is None)
    url = outside_address(request, f"/v1/{kind.path}/{source.id}") + (
        f"?token={source.token}" if needs_token else ""
    )
    steps = kind.setup(url).model_dump()
    if house(request).settings.public_url is None:
        steps = {language: [_NO_PUBLIC_URL[language], *said] for language, said in steps.items()}
    return {
        "id": source.id,
        "url": url,
        "token": source.token if needs_token else None,
        "setup": steps,
    }

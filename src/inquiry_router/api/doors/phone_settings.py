"""Phone settings: numbers, languages, texts; and the data action for Genesys Cloud."""

from typing import Any

from fastapi import Request, Response

from inquiry_router.access.roles import Scope
from inquiry_router.api.doors.phone import LINES, LineId
from inquiry_router.api.web.documents import (
    WITH_ETAG,
    IfMatchOrAny,
    document_answer,
    put_document,
)
from inquiry_router.api.web.problems import MAX_FIELDS, listed
from inquiry_router.api.web.routing import (
    Door,
    answer,
    etag,
    house,
    outside_address,
)
from inquiry_router.configuration.documents import PHONE
from inquiry_router.inquiry.errors import Invalid, NotFound
from inquiry_router.phone.platforms.genesys import data_action
from inquiry_router.phone.settings import PhoneSettings

door = Door("Phone")


@door.operation(
    "GET",
    "/phone/settings",
    scope=Scope.READ,
    response_model=PhoneSettings,
    responses=WITH_ETAG,
    summary="See the phone settings",
)
async def read_phone_settings(request: Request) -> Response:
    """Show the numbers of each team, the languages and the texts."""
    configuration = house(request).configuration.current
    return document_answer(configuration.documents, PHONE)


@door.operation(
    "PUT",
    "/phone/settings",
    scope=Scope.ADMIN,
    response_model=PhoneSettings,
    responses=WITH_ETAG,
    problems=(412, 428),
    summary="Change the phone settings",
)
async def replace_phone_settings(
    request: Request, settings: PhoneSettings, if_match: IfMatchOrAny = None
) -> Response:
    """Replace all phone settings; the next step of every call uses them.

    Numbers of sales are refused where callers must not reach sales.
    """
    version = await put_document(request, PHONE, settings, if_match, refuse=_refuse)
    return answer(settings.model_dump(mode="json"), ETag=etag(version))


@door.operation(
    "GET",
    "/phone/lines/{source_id}/data-action",
    scope=Scope.ADMIN,
    response_model=dict[str, Any],
    problems=(404, 422),
    summary="Get the data action for Genesys Cloud",
)
async def read_data_action(request: Request, source_id: LineId) -> Response:
    """Get contract, request and translation map, for import into Genesys Cloud.

    The token goes into its credential.
    """
    source = house(request).configuration.current.source(source_id)
    if source is None or source.kind != "genesys":
        raise NotFound(
            "There is no such source of Genesys Cloud.",
            hint="POST /v1/sources of the kind genesys makes one.",
        )
    return answer(
        data_action(outside_address(request, f"/v1/{LINES}/{source.id}"), "X-Router-Token", "token")
    )


def _refuse(problems: list[str]) -> None:
    if problems:
        fields = [{"field": one.partition(":")[0], "message": one} for one in problems[:MAX_FIELDS]]
        raise Invalid(listed(problems, separator="; "), errors=fields)

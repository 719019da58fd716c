"""The door for the cost model's inputs, and for the word that monitoring was announced."""

from fastapi import Request, Response

from inquiry_router.access.roles import Scope
from inquiry_router.api.web.documents import WITH_ETAG, IfMatchOrAny, document_answer, put_document
from inquiry_router.api.web.routing import Door, answer, etag, house
from inquiry_router.configuration.documents import MONITORING, RELIEF
from inquiry_router.relief.inputs import CostInputs, MonitoringNotice

door = Door("Relief")


@door.operation(
    "GET",
    "/relief/inputs",
    scope=Scope.READ,
    response_model=CostInputs,
    responses=WITH_ETAG,
    summary="See the assumptions of the cost model",
)
async def read_cost_inputs(request: Request) -> Response:
    """Show each input with its range and source. `docs/relief.md` has the formulas."""
    return document_answer(house(request).configuration.current.documents, RELIEF)


@door.operation(
    "PUT",
    "/relief/inputs",
    scope=Scope.ADMIN,
    response_model=CostInputs,
    responses=WITH_ETAG,
    problems=(412, 428),
    summary="Change the assumptions of the cost model",
)
async def replace_cost_inputs(
    request: Request, inputs: CostInputs, if_match: IfMatchOrAny = None
) -> Response:
    """Replace the inputs; what is left out is the default. Every version is kept."""
    version = await put_document(request, RELIEF, inputs, if_match, refuse=lambda problems: None)
    return answer(inputs.model_dump(mode="json"), ETag=etag(version))


@door.operation(
    "GET",
    "/relief/monitoring",
    scope=Scope.READ,
    response_model=MonitoringNotice,
    responses=WITH_ETAG,
    summary="See if the monitoring was announced",
)
async def read_monitoring_notice(request: Request) -> Response:
    """Show the admin's word that employees were told of the monitoring."""
    return document_answer(house(request).configuration.current.documents, MONITORING)


@door.operation(
    "PUT",
    "/relief/monitoring",
    scope=Scope.ADMIN,
    response_model=MonitoringNotice,
    responses=WITH_ETAG,
    problems=(412, 428),
    summary="Say that the monitoring was announced",
)
async def replace_monitoring_notice(
    request: Request, notice: MonitoringNotice, if_match: IfMatchOrAny = None
) -> Response:
    """Give your word that employees were told. Until then nothing is shown about one person.

    `docs/privacy.md` says what Polish law asks for (art. 22(2) and 22(3) Kodeks pracy).
    """
    version = await put_document(
        request, MONITORING, notice, if_match, refuse=lambda problems: None
    )
    return answer(notice.model_dump(mode="json"), ETag=etag(version))

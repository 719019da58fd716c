"""The doors for operators: health, metrics, and the list of all errors."""

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from inquiry_router import __version__
from inquiry_router.access.roles import Scope
from inquiry_router.api.web.problems import documented
from inquiry_router.api.web.routing import SCOPE_FIELD, DoorRoute, answer, house
from inquiry_router.database.sqlite_version import sqlite_warning
from inquiry_router.delivery import records as deliveries
from inquiry_router.inquiry.errors import CATALOGUE, Unavailable
from inquiry_router.process.metrics import CONTENT_TYPE

if TYPE_CHECKING:
    from inquiry_router.house import House

# Health is open to everyone: load balancers have no key. Nothing here is about a customer.
door = APIRouter(tags=["System"])
metrics_door = APIRouter(tags=["System"], route_class=DoorRoute)
OUTBOX_MAX_AGE_S = 15 * 60
NO_MODEL = "no model: inquiries wait, and after a minute people see them in triage"


class Live(BaseModel):
    """The process runs."""

    status: str = Field(description="Always ok.", examples=["ok"])
    version: str = Field(description="The version of the service.", examples=[__version__])


class Ready(BaseModel):
    """The state of each part of the service."""

    status: str = Field(
        description="ready if it takes inquiries in, else unready with status 503.",
        examples=["ready"],
    )
    takes_in: bool = Field(description="A trial write was stored a moment ago.", examples=[True])
    delivers: bool = Field(
        description="Nothing that is due has waited for long. False does not make it unready.",
        examples=[True],
    )
    checks: dict[str, str] = Field(
        description="Each part: ok, or what is wrong with it.",
        examples=[{"database": "ok", "classifier": "ok", "outbox": "ok"}],
    )


class ErrorEntry(BaseModel):
    """An error that may be answered."""

    code: str = Field(description="Stable; programs may rely on it.", examples=["key_reused"])
    status: int = Field(description="The HTTP status.", examples=[422])
    title: str = Field(
        description="What it means.", examples=["This key came before with another body"]
    )
    hint: str = Field(
        description="What to do.", examples=["Use a new Idempotency-Key for a new inquiry."]
    )


class ErrorList(BaseModel):
    """All errors."""

    items: list[ErrorEntry]


@door.get("/health/live", response_model=Live, operation_id="live", summary="Does the process run?")
async def live() -> Response:
    """Report that the process runs. It never touches the database; use it for restarts."""
    return answer({"status": "ok", "version": __version__})


@door.get(
    "/health/ready",
    response_model=Ready,
    operation_id="ready",
    responses={503: {"model": Ready, "description": "It cannot take inquiries in"}},
    summary="Can it take inquiries in?",
)
async def ready(request: Request) -> Response:
    """Try to store something, and look at the classifier and the outbox. Use it to route traffic.

    It is ready as long as it takes inquiries in. Without a classifier they are stored, and after a
    minute people see them in triage, flagged. If deliveries wait, `delivers` is false.
    """
    rooms = house(request)
    problem = await rooms.database.try_write()
    late = await _late_deliveries(rooms)
    checks = {
        "database": f"nothing can be stored: {problem}" if problem else "ok",
        "classifier": "ok" if rooms.classifier.ready else NO_MODEL,
        "outbox": late or "ok",
    }
    if dead := rooms.configuration.current.documents.dead_rules:
        checks["policy"] = f"{len(dead)} rules can never apply; the log says which, and why"
    if rooms.database.dialect == "sqlite" and (warning := sqlite_warning()):
        checks["sqlite"] = warning
    takes_in = problem is None
    status = "ready" if takes_in else "unready"
    told = {"status": status, "takes_in": takes_in, "delivers": late is None, "checks": checks}
    return answer(told, 200 if takes_in else 503)


async def _late_deliveries(rooms: "House") -> str | None:
    """Say in words that deliveries wait for too long; None if they do not."""
    try:
        counts = await rooms.database.check(deliveries.count_deliveries)
    except Unavailable as error:
        return error.detail
    if counts.oldest_due_s <= OUTBOX_MAX_AGE_S:
        return None
    waits = f"the oldest due delivery waits for {counts.oldest_due_s:.0f} s"
    return waits if rooms.settings.dispatch else f"{waits}; does an 'inquiry-router work' run?"


@metrics_door.get(
    "/metrics",
    operation_id="metrics",
    summary="Figures for Prometheus",
    response_class=Response,
    responses={
        200: {
            "content": {"text/plain": {"schema": {"type": "string"}}},
            "description": "Prometheus' text format",
        },
        **documented(401, 403, 422, 429, 500, 503, reads=True),
    },
    openapi_extra={"security": [{"key": []}], SCOPE_FIELD: Scope.METRICS.value},
)
async def metrics(request: Request) -> Response:
    """Return the metrics: inquiries, sources, latency, queue depth, outbox age, dead letters.

    Any serving process answers for all of them. `INQUIRY_ROUTER_METRICS_ADDRESS` gives them without
    a key at an address of their own, those of `inquiry-router work` too.
    """
    return Response(await house(request).render_metrics(), media_type=CONTENT_TYPE)


# Some balancers and watchdogs ask without wanting the body. The server drops it.
for _path, _answered in (("/health/live", live), ("/health/ready", ready)):
    door.add_api_route(_path, _answered, methods=["HEAD"], include_in_schema=False)
metrics_door.add_api_route(
    "/metrics",
    metrics,
    methods=["HEAD"],
    include_in_schema=False,
    openapi_extra={SCOPE_FIELD: Scope.METRICS.value},
)


@door.get(
    "/v1/errors",
    response_model=ErrorList,
    operation_id="list_errors",
    summary="Every error and what to do about it",
)
async def list_errors() -> Response:
    """List the stable codes of `application/problem+json` answers."""
    items: list[dict[str, Any]] = [
        {"code": error.code, "status": error.status, "title": error.title, "hint": error.hint}
        for error in CATALOGUE
    ]
    return answer({"items": items})

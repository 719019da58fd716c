"""The door for webhooks of vendors: `/v1/hooks/{source_id}`, with or without a final slash.

There is no API key: each request carries its vendor's proof. The answer is sent after COMMIT. If
the request cannot be stored, it is answered with the status after which this vendor sends it again.
"""

from datetime import datetime
from functools import partial
from itertools import chain
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Path, Request, Response
from starlette.requests import ClientDisconnect

from inquiry_router.api.schemas.inquiry_answers import HookOut
from inquiry_router.api.web.access import refuse_flood
from inquiry_router.api.web.bodies.forms import BadForm
from inquiry_router.api.web.bodies.reading import read_body
from inquiry_router.api.web.bodies.slimming import TooLarge
from inquiry_router.api.web.limiting import count_event
from inquiry_router.api.web.problems import documented, respond
from inquiry_router.api.web.routing import BODY_TIMEOUT_S, answer, house, outside_url
from inquiry_router.configuration.model import Source
from inquiry_router.inquiry.errors import (
    BodyTooLarge,
    EventLimitReached,
    MethodNotAllowed,
    NotFound,
    NotProven,
    RouterError,
    TooSlow,
    Unavailable,
    UnreadableEvent,
)
from inquiry_router.process.clock import utc_now
from inquiry_router.providers import SourceKind
from inquiry_router.providers.kit.source import Handshake, IncomingRequest, Secrets
from inquiry_router.sources.kinds import SOURCES
from inquiry_router.sources.service import summarize
from inquiry_router.sources.traffic import REFUSED

log = structlog.get_logger()
door = APIRouter(prefix="/v1", tags=["Sources"])

SourceId = Annotated[
    str,
    Path(
        max_length=64,
        description="The source's id.",
        openapi_examples={"website": {"value": "website"}},
    ),
]


@door.post(
    "/hooks/{source_id}",
    operation_id="take_in_webhook",
    response_model=HookOut,
    responses=documented(400, 401, 403, 404, 408, 413, 422, 429, 503),
    summary="Take in a vendor's webhook",
    openapi_extra={
        "security": [],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {},
                    "example": {"text": "Pompa nie pompuje.", "id": "48213"},
                },
                "message/rfc822": {
                    "schema": {"type": "string"},
                    "example": "From: anna@hydro-bud.example\r\nSubject: Pompa\r\n\r\nStoi.\r\n",
                },
            },
        },
    },
)
async def take_in_webhook(request: Request, source_id: SourceId) -> Response:
    """Take in a request of the source's vendor, proven by its signature or the source's token.

    `accepted`: stored, decided and on its way; or stored, and decided as soon as the classifier has
    time. `stored`: kept, and fetched from the vendor in a moment. `duplicate`: it came before.
    `ignored`: not an inquiry, with the reason. Anything but a 2xx means that nothing was kept.
    """
    return await _serve(request, source_id)


async def _serve(request: Request, source_id: str) -> Response:
    source, kind = _known(request, source_id)
    if source is None or kind is None:
        raise NotFound(
            "There is no such source.",
            hint="GET /v1/sources lists them; GET /v1/sources/{id}/setup has the URL.",
        )
    traffic, now = house(request).traffic, utc_now()
    try:
        return await _take_in(request, source, kind, now)
    except Unavailable as error:
        traffic.failed(source.id)
        return _ask_again(request, kind, error)
    except EventLimitReached as error:
        return _ask_again(request, kind, error, error.retry_after)
    except (BodyTooLarge, TooSlow) as error:
        traffic.note(source.id, REFUSED, now, error.title)
        raise
    except RouterError:
        raise
    except Exception as error:
        log.error("source.failed", source_id=source.id, error=type(error).__name__, exc_info=error)
        return _ask_again(request, kind, Unavailable())


async def _greet(request: Request, source_id: str) -> Response:
    """Answer vendors that test the address with GET or OPTIONS."""
    source, kind = _known(request, source_id)
    greeting = None
    if source is not None and kind is not None:
        secrets = Secrets(source.token, source.signing_secrets)
        greeting = kind.greet(secrets, _incoming(request, b""))
    if greeting is None:
        raise MethodNotAllowed(allow="POST")
    return _handshake(greeting)


def _known(request: Request, source_id: str) -> tuple[Source | None, SourceKind[Any] | None]:
    source = house(request).configuration.current.source(source_id)
    kind = SOURCES.get(source.kind) if source is not None else None
    return (source, kind) if kind is not None and kind.path == "hooks" else (None, None)


async def _take_in(
    request: Request, source: Source, kind: SourceKind[Any], now: datetime
) -> Response:
    incoming = await _read(request, source, kind)
    rooms = house(request)
    admit = partial(count_event, request, source.id, rooms.limits)
    try:
        taken = await rooms.sources.receive_request(source, incoming, now, admit)
    except NotProven:
        refuse_flood(request, rooms.wrong_keys)
        raise
    if isinstance(taken, Handshake):
        return _handshake(taken)
    whole = summarize(taken)
    return answer(
        {
            "status": whole.status,
            "reference": whole.reference,
            "reason": whole.reason,
            "events": len(taken),
        }
    )


async def _read(request: Request, source: Source, kind: SourceKind[Any]) -> IncomingRequest:
    content_type, head = request.headers.get("content-type", ""), _incoming(request, b"")
    seals = {secret: kind.seals(secret, head) for secret in source.signing_secrets}
    limit = kind.body_limit(Secrets(source.token, source.signing_secrets))
    try:
        body = await read_body(
            request.stream(),
            content_type,
            limit,
            BODY_TIMEOUT_S,
            chain.from_iterable(seals.values()),
            kind.mail_in,
            house(request).documents.shelf,
        )
    except TooLarge as error:
        raise BodyTooLarge(str(error)) from None
    except BadForm as error:
        raise UnreadableEvent(str(error)) from None
    except TimeoutError:
        raise TooSlow() from None
    except ClientDisconnect:
        # Nobody reads the answer, but the log should not say that the fault is ours.
        raise UnreadableEvent("The body ends before it is whole.") from None
    return _incoming(
        request,
        body.content,
        form=body.form,
        attachments=body.attachments,
        seals=seals,
        mail=body.mail,
        documents=body.documents,
    )


def _incoming(request: Request, body: bytes, **more: Any) -> IncomingRequest:
    return IncomingRequest(
        request.method, outside_url(request), dict(request.headers), body, **more
    )


def _handshake(greeting: Handshake) -> Response:
    return Response(greeting.body, greeting.status, dict(greeting.headers), greeting.content_type)


def _ask_again(
    request: Request, kind: SourceKind[Any], error: RouterError, wait_s: int | None = None
) -> Response:
    error.retry_after = wait_s or kind.retry_after_s
    response = respond(error, str(request.scope.get("request_id", "none")))
    response.status_code = kind.retry_status
    return response


# Vendors' settings pages may add or remove the slash, and a redirect would lose the body.
door.add_api_route("/hooks/{source_id}/", _serve, methods=["POST"], include_in_schema=False)
for _path in ("/hooks/{source_id}", "/hooks/{source_id}/"):
    door.add_api_route(_path, _greet, methods=["GET", "OPTIONS"], include_in_schema=False)

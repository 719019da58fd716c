"""Calls: from every phone platform, and from any other client in JSON.

Every call gets a document that the platform can execute; only requests without valid authentication
are refused.
"""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any, Final

import structlog
from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field
from starlette.requests import ClientDisconnect

from inquiry_router.access.roles import Scope
from inquiry_router.api.web import access
from inquiry_router.api.web.problems import documented
from inquiry_router.api.web.routing import (
    SCOPE_FIELD,
    house,
    limited_body,
    outside_address,
    outside_url,
)
from inquiry_router.calls.model import Call
from inquiry_router.calls.situations import Line
from inquiry_router.configuration.model import Source
from inquiry_router.inquiry.errors import BadJson, BodyTooLarge, CallNotProven, NotFound, TooSlow
from inquiry_router.phone.platforms import PLATFORMS
from inquiry_router.phone.platforms.generic import plain_answer
from inquiry_router.phone.platforms.multipart import is_multipart
from inquiry_router.phone.platforms.platform import (
    ConfirmingPlatform,
    PhoneDocument,
    PhoneRequest,
    confirmation_of,
    json_document,
    read_request,
)
from inquiry_router.phone.platforms.taskrouter import Reservation, instruct, read_reservation
from inquiry_router.phone.sources import PhoneKind, PhoneSourceSettings, TwilioSourceSettings
from inquiry_router.process.clock import utc_now
from inquiry_router.providers.kit.signatures import NotGenuine
from inquiry_router.providers.kit.source import IncomingRequest, Secrets
from inquiry_router.sources.kinds import SOURCES
from inquiry_router.sources.traffic import REFUSED

log = structlog.get_logger()
lines = APIRouter(prefix="/v1", tags=["Phone"])

# The path of lines, below `/v1/`.
LINES: Final = "phone/lines"
_RECORDINGS: Final = "phone/recordings"
# Ten minutes of 16-bit sound at 16 kHz, the most that the settings allow.
MAX_RECORDING_BYTES: Final = 20 * 1024 * 1024
RECORDING_TIMEOUT_S: Final = 20
LineId = Annotated[
    str,
    Path(
        max_length=64,
        description="The source's id.",
        openapi_examples={"line": {"value": "line-1"}},
    ),
]
_GENERIC = PLATFORMS["generic"]
_DECIDE_EXAMPLE = {
    "call_id": "call-0001",
    "from": "+48601234567",
    "to": "+48221234500",
    "speech": "Pompa cieknie od wczoraj.",
}


class PhoneAnswer(BaseModel):
    """The next action for a caller."""

    action: str = Field(
        description="ask, transfer, voicemail, callback, link or goodbye.", examples=["transfer"]
    )
    say: str = Field(
        description="The text to speak first; may be empty.",
        examples=["Już łączymy. Zgłosi się obsługa klienta."],
    )
    language: str = Field(
        description="The language of the text, and of the answer.", examples=["pl"]
    )
    team: str | None = Field(
        description="The caller's team; null while nothing is decided.",
        examples=["sales"],
    )
    queue: str | None = Field(
        description="The team's queue in a contact centre.", examples=["Sprzedaż"]
    )
    number: str | None = Field(description="The number to dial, E.164.", examples=["+48221234567"])
    sip: str | None = Field(
        description="The SIP address to dial instead of a number.",
        examples=["sip:bok@pbx.example.com"],
    )
    timeout_s: int = Field(
        description="The time to listen, to ring or to record, in seconds.", examples=[20]
    )
    keys: int = Field(description="The maximal number of keys of an answer.", examples=[1])
    step: str | None = Field(
        description="Send it back with the next request; null if the call ends here.",
        examples=["2"],
    )
    category: str | None = Field(description="Its subject.", examples=["defect"])
    confidence: float | None = Field(description="Its confidence, 0 to 1.", examples=[0.97])
    reference: str | None = Field(description="The inquiry's reference.", examples=["K7MA-4XEH"])
    callback_at: str | None = Field(
        description="The time of the callback, UTC.", examples=["2026-11-20T08:30:00.000Z"]
    )
    link: str | None = Field(
        description="The text message to send.", examples=["Katalog: https://www.example.com/k"]
    )
    send_to: str | None = Field(description="The number to send it to.", examples=["+48601234567"])


@lines.post(
    "/phone/decide",
    operation_id="decide_call",
    response_model=PhoneAnswer,
    responses=documented(401, 403, 408, 413, 429, 500, 503),
    summary="Ask what to do with a caller",
    openapi_extra={
        "security": [{"key": []}],
        SCOPE_FIELD: Scope.PHONE.value,
        "requestBody": {
            "content": {"application/json": {"schema": {}, "example": _DECIDE_EXAMPLE}}
        },
    },
)
async def decide_call(
    request: Request,
    format: Annotated[  # noqa: A002 - the name is part of the address
        str | None, Query(description="plain: `key=value&...` instead of JSON.", examples=["json"])
    ] = None,
) -> Response:
    """Decide what to do with a caller, for any phone platform.

    Send the caller's words or keys, execute the answer, and send its `step` with the next request.

    Fields: `call_id`, `from`, `to`, and if known `digits`, `speech`, `speech_confidence` (0 to 1),
    `language`, `step`, `dial_status` (answered, completed, busy, no-answer, failed),
    `dial_seconds` (the length of the connection), `recording_url`, `recording_seconds`, `ended`.
    None is required, and no value is an error: there is always an answer within three seconds.
    With `Accept: text/plain` the answer is `key=value&...`.
    """
    rooms = house(request)
    known = rooms.configuration.for_calls
    actor = await access.require(request, Scope.PHONE, known, rooms, utc_now())
    heard = _GENERIC.read(await _read(request))
    move = await rooms.calls.answer(Line(f"api-{actor.id}", _GENERIC.abilities), heard, utc_now())
    if format == "plain" or request.headers.get("accept", "").startswith("text/plain"):
        return _sent(plain_answer(move))
    return _sent(_GENERIC.answer(move, heard, ""))


@dataclass(frozen=True, slots=True)
class _Authenticated:
    """An authenticated request of a phone platform."""

    source: Source
    settings: PhoneSourceSettings
    request: PhoneRequest
    signs: bool
    now: datetime


async def _authenticate(request: Request, source_id: str) -> _Authenticated:
    """Authenticate a request. Raises `NotFound` if there is no such line, and `CallNotProven`."""
    rooms = house(request)
    source = rooms.configuration.for_calls.source(source_id)
    kind = SOURCES.get(source.kind) if source is not None else None
    if source is None or not isinstance(kind, PhoneKind):
        raise NotFound(
            "There is no such phone line.",
            hint="GET /v1/sources lists them; GET /v1/sources/{id}/setup has the URL.",
        )
    now = utc_now()
    # Recordings are large: nothing of one is read before its token is checked.
    is_recording = kind.signs == "never" and is_multipart(request.headers.get("content-type", ""))
    body = b"" if is_recording else await _body(request)
    incoming = IncomingRequest(request.method, outside_url(request), dict(request.headers), body)
    settings = kind.settings_model.from_stored(source.settings, reach=rooms.reach)
    try:
        kind.authenticate(settings, Secrets(source.token, source.signing_secrets), incoming, now)
    except NotGenuine as error:
        log.warning("phone.not_genuine", source_id=source.id, reason=str(error))
        rooms.traffic.note(source.id, REFUSED, now, str(error))
        raise CallNotProven() from None
    rooms.traffic.note(source.id, "call", now)
    body = await _recording(request) if is_recording else body
    asked = read_request(_query(request), request.headers.get("content-type", ""), body)
    return _Authenticated(source, settings, asked, kind.signs != "never", now)


async def _serve(request: Request, source_id: LineId) -> Response:
    """Answer the phone platform of a source.

    It authenticates by its signature or by the source's token.
    """
    asked = await _authenticate(request, source_id)
    platform = PLATFORMS[asked.source.kind]
    address = _address(request, asked.source, signs=asked.signs)
    confirm = confirmation_of(asked.request)
    if confirm is not None and isinstance(platform, ConfirmingPlatform):
        return _sent(platform.confirm(confirm, asked.request, address))
    heard = platform.read(asked.request)
    if heard.news_only:
        return Response(status_code=204)
    if asked.request.file:
        name = await house(request).recordings.add(asked.request.file, asked.now)
        url = outside_address(request, f"/v1/{_RECORDINGS}/{name}") if name is not None else None
        heard = replace(heard, recording_url=url)
    abilities = replace(platform.abilities, workflow=asked.settings.workflow)
    move = await house(request).calls.answer(Line(asked.source.id, abilities), heard, asked.now)
    return _sent(platform.answer(move, heard, address))


async def _play(request: Request, name: str) -> Response:
    """Answer a recorded message. Its name is its key: nobody can guess it."""
    sound = await house(request).recordings.find(name)
    if sound is None:
        raise NotFound(
            "There is no such recording.", hint="Recordings are kept for 30 days after the call."
        )
    headers = {"content-type": "audio/wav", "cache-control": "private, no-store"}
    return Response(sound, headers=headers)


async def _assign(request: Request, source_id: LineId) -> Response:
    """Answer Twilio's TaskRouter, which has found a worker for a caller. Signed like calls."""
    asked = await _authenticate(request, source_id)
    if not isinstance(asked.settings, TwilioSourceSettings):
        raise NotFound(
            "There is no TaskRouter at this line.",
            hint="Only sources of Twilio have assignment callbacks.",
        )
    rooms = house(request)
    configuration = rooms.configuration.for_calls
    reservation = read_reservation(asked.request)
    if reservation.call_id is not None:
        call = await rooms.calls.find_call(asked.source.id, reservation.call_id)
        reservation = _completed(reservation, call)
    activity = asked.settings.post_work_activity_sid
    told = instruct(reservation, configuration.teams, configuration.phone, activity)
    log.info(
        "phone.assignment",
        source_id=asked.source.id,
        reservation=reservation.id,
        outcome=told.body["instruction"],
        reason=told.reason,
    )
    return _sent(json_document(told.body))


def _completed(reservation: Reservation, call: Call | None) -> Reservation:
    """Add the call's team, category and number if the task does not have them."""
    if call is None:
        return reservation
    state = call.state
    return replace(
        reservation,
        team=reservation.team or (state.team if state is not None else None),
        category=reservation.category or (state.category if state is not None else None),
        called=reservation.called or call.called,
    )


for _path in ("/phone/lines/{source_id}", "/phone/lines/{source_id}/"):
    lines.add_api_route(_path, _serve, methods=["GET", "POST"], include_in_schema=False)
for _path in ("/phone/lines/{source_id}/assignment", "/phone/lines/{source_id}/assignment/"):
    lines.add_api_route(_path, _assign, methods=["POST"], include_in_schema=False)
lines.add_api_route(f"/{_RECORDINGS}/{{name}}", _play, methods=["GET"], include_in_schema=False)


async def _read(request: Request) -> Any:
    return read_request(
        _query(request), request.headers.get("content-type", ""), await _body(request)
    )


async def _body(request: Request) -> bytes:
    """Read the body; an empty one if it is too long or too slow, because a caller is waiting."""
    try:
        return await limited_body(request)
    except (BadJson, BodyTooLarge, TooSlow):
        return b""


async def _recording(request: Request) -> bytes:
    """Read a form with a recorded message; an empty one if it is too long or too slow."""
    body = bytearray()
    try:
        async with asyncio.timeout(RECORDING_TIMEOUT_S):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MAX_RECORDING_BYTES:
                    return b""
    except (TimeoutError, ClientDisconnect):
        return b""
    return bytes(body)


def _query(request: Request) -> str:
    query: bytes = request.scope["query_string"]
    return query.decode("latin-1")


def _sent(document: PhoneDocument) -> Response:
    return Response(document.body, headers={"content-type": document.content_type})


def _address(request: Request, source: Source, *, signs: bool) -> str:
    """Build the URL for the next request, with the token if it came in the URL."""
    address = outside_address(request, f"/v1/{LINES}/{source.id}")
    return (
        address
        if signs or "token" not in request.query_params
        else f"{address}?token={source.token}"
    )

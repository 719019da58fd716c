"""The door for bypasses: said by people, tapped, sent by SMS, and read from a PBX log."""

import asyncio
import tempfile
from pathlib import Path as FilePath
from typing import Annotated, Final

from fastapi import Query, Request, Response
from pydantic import ValidationError

from inquiry_router.access.roles import Role, Scope
from inquiry_router.accounts.model import person_key
from inquiry_router.api.doors.inquiries import IdempotencyKey, require_key
from inquiry_router.api.schemas.bypasses import (
    BypassIn,
    BypassOut,
    CallLogOut,
    LoggedCallsIn,
    ShortMessageIn,
    ShortMessageOut,
    TapLinkOut,
)
from inquiry_router.api.web.deadline import allow_long_work
from inquiry_router.api.web.problems import invalid
from inquiry_router.api.web.routing import (
    Door,
    answer,
    house,
    key_of,
    limited_body,
    outside_address,
)
from inquiry_router.api.web.sight import require_sight
from inquiry_router.api.web.strict_json import read_json
from inquiry_router.configuration.documents import MONITORING, RELIEF
from inquiry_router.corrections.links import TAP
from inquiry_router.inquiry.errors import Conflict, Forbidden, Invalid
from inquiry_router.inquiry.rendering import format_time
from inquiry_router.process.clock import utc_now
from inquiry_router.relief import recording
from inquiry_router.relief.baseline_files import WARSAW, FileOptions, refused
from inquiry_router.relief.baselines import find_accounts
from inquiry_router.relief.call_reading import BadFile, ReadCalls, read_calls
from inquiry_router.relief.counting import drop_repeats
from inquiry_router.relief.lines import Lines, read_salespeople
from inquiry_router.relief.text_stream import opened_text
from inquiry_router.text.phone_number import to_e164

door = Door("Relief")

MAX_LOG_BYTES: Final = 16 * 1024 * 1024
# Stands for the inquiry in the token of a salesperson's own link.
TAP_ID: Final = "00000000-0000-0000-0000-00000000b1a5"
_CALLS: Final = {
    "calls": [
        {
            "at": "2026-11-19T09:14:05+01:00",
            "from": "601 000 101",
            "to": "601 000 204",
            "seconds": 185,
        }
    ]
}
_LOG: Final = (
    "calldate;caller;dst;disposition;billsec;duration\r\n"
    "2026-11-19 09:14:05;+48601000101;204;ANSWERED;185;197\r\n"
)


def _is_announced(request: Request) -> bool:
    return house(request).configuration.current.documents[MONITORING].announced


@door.operation(
    "POST",
    "/bypasses",
    scope=Scope.WORK,
    status_code=201,
    response_model=BypassOut,
    problems=(404, 409),
    summary="Say that a matter was service",
)
async def add_bypass(
    request: Request, said: BypassIn, idempotency_key: IdempotencyKey = None
) -> Response:
    """Record a service matter that reached a salesperson. Salespeople speak for themselves only.

    409 until the monitoring was announced. An `Idempotency-Key` makes a repeat harmless.
    """
    recording.require_announced(announced=_is_announced(request))
    now, key = utc_now(), require_key(idempotency_key)
    at = said.at or now
    recording.require_recent(at, now)
    number = to_e164(said.number) if said.number else None
    if said.number and number is None:
        raise Invalid("The number is no phone number.", hint="Such as 601 000 101.")
    actor = key_of(request)
    if said.inquiry is not None:
        await require_sight(actor, said.inquiry, house(request).database)
    made, repeated = await recording.record_said(
        house(request).database,
        recording.SaidBypass(
            _person(request, said.person),
            at,
            said.channel,
            "api",
            said.category,
            said.intent,
            said.minutes,
            said.inquiry,
            number,
            said.department,
            f"api:{actor.id}:{key}"[:80] if key else None,
        ),
        now,
    )
    headers = {"idempotent_replayed": "true"} if repeated else {}
    return answer({"id": made}, 201, **headers)


def _person(request: Request, named: str | None) -> str:
    """The salesperson a bypass is of. Raises `Forbidden`."""
    actor = key_of(request)
    own = actor.owner or actor.name
    if Role.SALESPERSON in actor.roles and not {Role.ADMIN, Role.MANAGER} & set(actor.roles):
        if named is not None and person_key(named) != person_key(own):
            raise Forbidden(
                "Salespeople speak for themselves only.",
                hint="An admin names the owner of the key: PUT /v1/api-keys/{id}.",
            )
        return own
    return " ".join((named or own).split())


@door.operation(
    "POST",
    "/bypasses/sms",
    scope=Scope.PHONE,
    response_model=ShortMessageOut,
    summary="Take the short message of a salesperson",
)
async def take_short_message(request: Request, message: ShortMessageIn) -> Response:
    """Record 'that was service' by SMS: your gateway passes on what salespeople answer."""
    rooms, now = house(request), utc_now()
    member = recording.salesperson_by_number(rooms.staff.roster, to_e164(message.sender))
    if member is None:
        return answer({"recorded": False, "why": "No salesperson has this number."})
    if not recording.is_service_word(message.text):
        return answer({"recorded": False, "why": "The text is neither 'S' nor 'serwis'."})
    if not _is_announced(request):
        return answer({"recorded": False, "why": recording.NOT_ANNOUNCED})
    key = f"sms:{message.id}" if message.id else None
    said = recording.SaidBypass(member.name, now, "phone", "one_tap", key=key)
    await recording.record_said(rooms.database, said, now)
    return answer({"recorded": True, "why": "Thank you."})


@door.operation(
    "POST",
    "/bypasses/links",
    scope=Scope.WORK,
    status_code=201,
    response_model=TapLinkOut,
    problems=(409,),
    summary="Make a salesperson's own link",
)
async def make_tap_link(
    request: Request,
    person: Annotated[
        str | None, Query(max_length=100, description="The salesperson; yourself if left out.")
    ] = None,
) -> Response:
    """Make a link for the home screen: one tap after a call says 'that was service'."""
    recording.require_announced(announced=_is_announced(request))
    rooms, now = house(request), utc_now()
    name = _person(request, person)
    token = await rooms.correction_links.new_token(TAP_ID, now, name, purpose=TAP)
    ends_at = rooms.correction_links.ends_at(now)
    url = outside_address(request, f"/s/{token}")
    return answer({"url": url, "ends_at": format_time(ends_at)}, 201)


@door.operation(
    "POST",
    "/call-logs",
    scope=Scope.PHONE,
    response_model=CallLogOut,
    problems=(409,),
    summary="Feed the log of the telephone system",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": {"type": "object"}, "example": _CALLS},
                "text/csv": {"schema": {"type": "string"}, "example": _LOG},
            },
        }
    },
)
async def feed_call_log(
    request: Request,
    salespeople: Annotated[
        str | None,
        Query(
            max_length=4_000,
            description="`Jan Nowak=204; Ewa Lis=205`: lines that the staff list does not have.",
            examples=["Jan Nowak=204"],
        ),
    ] = None,
    timezone: Annotated[str, Query(max_length=64, description="Of the times.")] = WARSAW,
) -> Response:
    """Send the log, or calls as JSON, as often as you like: a call counts once. 16 MB at most.

    Calls of salespeople only are kept, without words; numbers for 90 days. 409 until the monitoring
    was announced. Of a broken file nothing is stored.
    """
    allow_long_work(request)
    recording.require_announced(announced=_is_announced(request))
    rooms = house(request)
    content = await _log_of(request)
    lines = _lines(request, salespeople)
    read = await asyncio.to_thread(_read_log, content, FileOptions(lines, zone=timezone))
    calls = drop_repeats(read.calls)
    inputs = rooms.configuration.current.documents[RELIEF]
    accounts = await find_accounts(rooms.database, "calls")
    found = await asyncio.to_thread(recording.calls_as_bypasses, calls, inputs, accounts)
    added = await recording.record_calls(rooms.database, found, utc_now())
    return answer(
        {
            "calls": len(calls),
            "added": added,
            "program": read.layout.program,
            "left_out": dict(read.left_out),
        }
    )


async def _log_of(request: Request) -> bytes:
    """The log that was sent: a file, or calls as JSON."""
    content = await limited_body(request, MAX_LOG_BYTES, 120.0)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        return content
    try:
        return LoggedCallsIn.model_validate(read_json(content)).as_log
    except ValidationError as error:
        raise invalid([{**one, "loc": ("body", *one["loc"])} for one in error.errors()]) from None


def _lines(request: Request, given: str | None) -> Lines:
    people = recording.salespeople_lines(house(request).staff.roster)
    try:
        people |= read_salespeople(filter(str.strip, (given or "").split(";")))
    except ValueError as error:
        raise Invalid(f"{error}.") from None
    if not people:
        raise Conflict(
            "No salesperson has a number yet.",
            hint="Enter the staff (POST /v1/staff), or name them: ?salespeople=Jan Nowak=204",
        )
    return Lines(people)


def _read_log(content: bytes, options: FileOptions) -> ReadCalls:
    with tempfile.TemporaryDirectory() as folder:
        path = FilePath(folder) / "log.csv"
        path.write_bytes(content)
        try:
            with opened_text(path, options.encoding) as text:
                return read_calls(text, options.lines, options.columns, options.zone)
        except BadFile as bad:
            raise refused(bad) from None
        except (ValueError, KeyError) as error:
            raise Invalid(f"The log cannot be read: {error}.") from None

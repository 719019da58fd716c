"""The door for inquiries: take in, try out, read, correct."""

import re
from functools import partial
from typing import Annotated, Any

from fastapi import Header, Path, Query, Request, Response
from sqlalchemy import Connection

from inquiry_router.access.roles import Scope
from inquiry_router.api.doors.inquiry_parts import look_at, messages_after, timeline_before
from inquiry_router.api.schemas.inquiry_answers import InquiryOut
from inquiry_router.api.schemas.inquiry_requests import CorrectionIn, InquiryIn
from inquiry_router.api.schemas.inquiry_story import (
    InquiryWithTimeline,
    MessagePage,
    TimelinePage,
)
from inquiry_router.api.web.cursors import format_cursor, parse_cursor
from inquiry_router.api.web.routing import Door, answer, house, key_of, path_here
from inquiry_router.api.web.sight import find_their_account
from inquiry_router.api.web.speaking import ReadersLanguage, tell
from inquiry_router.corrections.service import Correction
from inquiry_router.database.session import Database
from inquiry_router.house import House
from inquiry_router.inquiries import store
from inquiry_router.inquiry.errors import BadHeader, Invalid
from inquiry_router.inquiry.model import Receipt
from inquiry_router.inquiry.rendering import (
    answer_json,
)
from inquiry_router.intake.cleaning import clean_line
from inquiry_router.intake.recognition import sending_of
from inquiry_router.process.clock import utc_now
from inquiry_router.process.steps import step
from inquiry_router.promises.keeping import clock_json, present_clocks

door = Door("Inquiries")
trial = Door("Start here")

REPLAYED = "It came before: the stored answer, with `Idempotent-Replayed: true`"
LATER = "Stored; the classifier did not answer in time, and decides when its turn comes"
_KEY = re.compile(r"[\x20-\x7e]{1,255}")

InquiryId = Annotated[
    str,
    Path(
        max_length=64,
        description="The inquiry's id, its reference in any spelling, or `latest` for the newest.",
        examples=["latest"],
        openapi_examples={"latest": {"value": "latest"}},
    ),
]


PageSize = Annotated[int, Query(ge=1, le=200, description="The most items of a page.")]
MessageCursor = Annotated[
    str | None,
    Query(max_length=36, description="`next_cursor` of the page before, or `more_messages`."),
]
TimelineCursor = Annotated[
    str | None,
    Query(max_length=200, description="`next_cursor` of the page before, or `earlier_timeline`."),
]
IdempotencyKey = Annotated[
    str | None,
    Header(
        description="1 to 255 printable characters. The same key and body are stored once.",
        examples=["web-7431"],
    ),
]


def require_key(idempotency_key: str | None) -> str | None:
    """Return an Idempotency-Key that can be used. Raises `BadHeader`."""
    if idempotency_key is not None and not _KEY.fullmatch(idempotency_key):
        raise BadHeader("The Idempotency-Key is empty, too long or not printable ASCII.")
    return idempotency_key


@door.operation(
    "POST",
    "/inquiries",
    scope=Scope.INTAKE,
    status_code=201,
    response_model=InquiryOut,
    summary="Take in an inquiry",
    responses={
        200: {"model": InquiryOut, "description": REPLAYED},
        202: {"model": InquiryOut, "description": LATER},
    },
)
async def take_in_inquiry(
    request: Request,
    inquiry: InquiryIn,
    idempotency_key: IdempotencyKey = None,
    lang: ReadersLanguage = None,
) -> Response:
    """Understand, route and store an inquiry, and answer with the decision.

    The answer comes after COMMIT: a 2xx is a promise that the inquiry is kept and will be
    delivered. Send it again after any other outcome; with an `Idempotency-Key` or a `source` it is
    never stored twice. A key may name only the sources that it is made for.

    202 says that the classifier did not answer in time: the inquiry is stored with the status
    `new`, and decided when its turn comes, mostly within seconds.
    """
    draft, actor = inquiry.draft(), key_of(request)
    if draft.origin is not None:
        actor.require_source(draft.origin.system)
    sending = sending_of(draft, actor.id, require_key(idempotency_key))
    receipt = await house(request).journey.receive(draft, sending, utc_now())
    step("intake.answering")
    if receipt.replayed:
        return tell(request, answer_json(receipt), idempotent_replayed="true")
    return created(request, receipt)


def created(request: Request, receipt: Receipt) -> Response:
    """The answer to a message that was stored now; 202 if it waits for the classifier."""
    waits = receipt.joined.waits if receipt.joined is not None else receipt.waits
    location = path_here(request, f"/v1/inquiries/{receipt.id}")
    return tell(request, answer_json(receipt), 202 if waits else 201, location=location)


@trial.operation(
    "POST", "/classify", scope=Scope.TRY, response_model=InquiryOut, summary="Try an inquiry out"
)
async def try_inquiry(
    request: Request, inquiry: InquiryIn, lang: ReadersLanguage = None
) -> Response:
    """Answer as `POST /v1/inquiries` would, by the same code, and store nothing.

    `decision.assignee` is the person who would get it now; nobody's turn is taken. Id and reference
    are made up. Who is bound gets the answer without accounts that are not theirs. 503
    `not_classified`: the classifier did not answer in time.
    """
    rooms = house(request)
    find = partial(
        find_their_account,
        actor=key_of(request),
        finder=rooms.accounts,
        database=rooms.database,
    )
    receipt = await rooms.journey.preview(inquiry.draft(), utc_now(), find)
    return tell(request, answer_json(receipt))


@door.operation(
    "GET",
    "/inquiries/{inquiry_id}",
    scope=Scope.INQUIRIES,
    response_model=InquiryWithTimeline,
    problems=(404,),
    summary="Look at an inquiry and its timeline",
)
async def read_inquiry(
    request: Request, inquiry_id: InquiryId, lang: ReadersLanguage = None
) -> Response:
    """Read one inquiry: everything that was said, the decision in force, links, and the timeline.

    The reference of a merged inquiry shows the one that it is part of.
    """
    return tell(request, await look_with_promises(house(request), inquiry_id))


async def look_with_promises(rooms: House, inquiry_id: str) -> dict[str, Any]:
    """Read one inquiry with everything, and with its promises as they are now."""
    whole = await look_at_inquiry(rooms.database, inquiry_id)
    present = partial(
        present_clocks, inquiry_id=whole["id"], configuration=rooms.configuration.current
    )
    whole["promises"] = [clock_json(one) for one in await rooms.database.read(present)]
    return whole


async def look_at_inquiry(database: Database, inquiry_id: str) -> dict[str, Any]:
    """Read one inquiry with everything that belongs to it. Raises `NotFound`."""
    return await database.read(lambda connection: look_at(connection, inquiry_id))


@door.operation(
    "GET",
    "/inquiries/{inquiry_id}/messages",
    scope=Scope.INQUIRIES,
    response_model=MessagePage,
    problems=(404,),
    summary="List what was said",
)
async def list_inquiry_messages(
    request: Request, inquiry_id: InquiryId, limit: PageSize = 100, cursor: MessageCursor = None
) -> Response:
    """List the messages of an inquiry, the oldest first, page by page.

    `GET /v1/inquiries/{id}` shows the first 200 and says in `more_messages` where to go on.
    """

    def work(connection: Connection) -> dict[str, Any]:
        row = store.find_inquiry(connection, inquiry_id)
        items, after = messages_after(connection, row.id, cursor, limit)
        return {"items": items, "next_cursor": after}

    return answer(await house(request).database.scan(work))


@door.operation(
    "GET",
    "/inquiries/{inquiry_id}/timeline",
    scope=Scope.INQUIRIES,
    response_model=TimelinePage,
    problems=(404,),
    summary="List what happened",
)
async def list_timeline_entries(
    request: Request,
    inquiry_id: InquiryId,
    limit: PageSize = 100,
    cursor: TimelineCursor = None,
    lang: ReadersLanguage = None,
) -> Response:
    """List the newest entries of the timeline, then earlier ones; each page the oldest first.

    `GET /v1/inquiries/{id}` shows the newest 500 and says in `earlier_timeline` where to go on.
    """
    before = parse_cursor(cursor)

    def work(connection: Connection) -> dict[str, Any]:
        row = store.find_inquiry(connection, inquiry_id)
        part = timeline_before(connection, row.id, before, limit)
        return {"items": part.entries, "next_cursor": format_cursor(part.earlier)}

    return tell(request, await house(request).database.scan(work))


@door.operation(
    "POST",
    "/inquiries/{inquiry_id}/correction",
    scope=Scope.WORK,
    response_model=InquiryOut,
    problems=(404,),
    summary="Say what was right",
)
async def correct_inquiry(
    request: Request,
    inquiry_id: InquiryId,
    correction: CorrectionIn,
    lang: ReadersLanguage = None,
) -> Response:
    """Store what was right, and decide again: team, priority, due time.

    The new decision is delivered as `inquiry.corrected`. The router learns from corrections.
    """
    categories = house(request).configuration.current.category_ids
    if correction.category is not None and correction.category not in categories:
        raise Invalid(
            f"There is no category '{correction.category}'.",
            hint=f"It is one of {', '.join(categories)}.",
        )
    said = Correction(
        who=clean_line(correction.who) or "?",
        category=correction.category,
        intent=correction.intent,
        team=correction.team,
        why=clean_line(correction.why),
    )
    receipt = await house(request).corrections.correct(
        inquiry_id, said, key_of(request).id, utc_now()
    )
    return tell(request, answer_json(receipt))

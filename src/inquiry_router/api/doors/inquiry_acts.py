"""The door for what happens to an inquiry later: messages, answers, resolution, reopening."""

from fastapi import Request, Response

from inquiry_router.access.roles import Scope
from inquiry_router.api.doors.inquiries import (
    LATER,
    REPLAYED,
    IdempotencyKey,
    InquiryId,
    created,
    require_key,
)
from inquiry_router.api.schemas.inquiry_answers import InquiryOut
from inquiry_router.api.schemas.inquiry_requests import ActIn, MessageIn, ResolutionIn
from inquiry_router.api.web.routing import Door, house, key_of
from inquiry_router.api.web.speaking import ReadersLanguage, tell
from inquiry_router.inquiry.rendering import answer_json
from inquiry_router.intake.cleaning import clean_line
from inquiry_router.intake.recognition import sending_of
from inquiry_router.matters.status import Act
from inquiry_router.process.clock import utc_now

door = Door("Inquiries")


@door.operation(
    "POST",
    "/inquiries/{inquiry_id}/messages",
    scope=Scope.ARRANGE,
    status_code=201,
    response_model=InquiryOut,
    responses={
        200: {"model": InquiryOut, "description": REPLAYED},
        202: {"model": InquiryOut, "description": LATER},
    },
    problems=(404,),
    summary="Add what the customer said later",
)
async def add_message(
    request: Request,
    inquiry_id: InquiryId,
    message: MessageIn,
    idempotency_key: IdempotencyKey = None,
    lang: ReadersLanguage = None,
) -> Response:
    """Add a later message of the customer to its inquiry, and decide again.

    It may raise the priority or reopen the inquiry; it never moves one that was decided. One that
    is surely another matter becomes a linked inquiry: the answer is that one then. 202 says that
    the classifier did not answer in time: the message is part of its inquiry, and what depends on
    its classification follows.
    """
    rooms, now, key = house(request), utc_now(), key_of(request).id
    sending = sending_of(message.draft(), key, require_key(idempotency_key))
    receipt = await rooms.journey.receive(message.draft(), sending, now, matter=inquiry_id)
    if receipt.replayed:
        return tell(request, answer_json(receipt), idempotent_replayed="true")
    return created(request, receipt)


@door.operation(
    "POST",
    "/inquiries/{inquiry_id}/answer",
    scope=Scope.WORK,
    response_model=InquiryOut,
    problems=(404, 409),
    summary="Say that a person answered the customer",
)
async def answer_inquiry(request: Request, inquiry_id: InquiryId, act: ActIn) -> Response:
    """Record that a person answered: the inquiry waits for the customer now."""
    return await _record(request, Act.ANSWERED, inquiry_id, act)


@door.operation(
    "POST",
    "/inquiries/{inquiry_id}/resolution",
    scope=Scope.WORK,
    response_model=InquiryOut,
    problems=(404,),
    summary="Say that it is done",
)
async def resolve_inquiry(
    request: Request, inquiry_id: InquiryId, resolution: ResolutionIn
) -> Response:
    """Mark the inquiry as resolved and tell the destinations (`inquiry.resolved`).

    A second time changes nothing.
    """
    return await _record(request, Act.RESOLVED, inquiry_id, resolution)


@door.operation(
    "POST",
    "/inquiries/{inquiry_id}/reopening",
    scope=Scope.WORK,
    response_model=InquiryOut,
    problems=(404,),
    summary="Say that it is not done",
)
async def reopen_inquiry(request: Request, inquiry_id: InquiryId, act: ActIn) -> Response:
    """Reopen a resolved inquiry, to the same team, with a new due time.

    The destinations are told (`inquiry.reopened`). One that is open stays as it is.
    """
    return await _record(request, Act.REOPENED, inquiry_id, act)


async def _record(request: Request, act: Act, inquiry_id: str, said: ActIn) -> Response:
    who, note = clean_line(said.who) or "?", clean_line(said.note)
    acts, actor = house(request).acts, key_of(request).id
    receipt = await acts.record(act, inquiry_id, who, note, actor, utc_now())
    return tell(request, answer_json(receipt))

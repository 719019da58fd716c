"""The salesperson's own door: hand a matter over, say "not mine", see introductions."""

from typing import Annotated

from fastapi import Query, Request, Response

from inquiry_router.access.actor import Actor
from inquiry_router.access.roles import ALWAYS_BOUND, Scope
from inquiry_router.api.doors.inquiries import (
    LATER,
    REPLAYED,
    IdempotencyKey,
    InquiryId,
    created,
    require_key,
)
from inquiry_router.api.schemas.inquiry_answers import InquiryOut
from inquiry_router.api.schemas.introductions import (
    HandoverIn,
    IntroductionPage,
    NotMineIn,
)
from inquiry_router.api.web.routing import Door, answer, house, key_of
from inquiry_router.api.web.speaking import ReadersLanguage, tell
from inquiry_router.inquiry.model import Contact
from inquiry_router.inquiry.rendering import answer_json
from inquiry_router.intake.recognition import sending_of
from inquiry_router.introductions.handing import draft_of
from inquiry_router.introductions.store import list_introductions as list_stored
from inquiry_router.process.clock import utc_now

door = Door("Telling people")


@door.operation(
    "POST",
    "/handovers",
    scope=Scope.WORK,
    status_code=201,
    response_model=InquiryOut,
    responses={
        200: {"model": InquiryOut, "description": REPLAYED},
        202: {"model": InquiryOut, "description": LATER},
    },
    summary="Hand a customer's matter over, as a salesperson",
)
async def hand_over(
    request: Request,
    entry: HandoverIn,
    idempotency_key: IdempotencyKey = None,
    lang: ReadersLanguage = None,
) -> Response:
    """Take the matter in as an inquiry of the customer.

    The salesperson gets an answer with the reference, the customer an introduction if that is
    switched on, and a service matter counts as a bypass.
    """
    rooms, actor = house(request), key_of(request)
    who = rooms.handovers.find_salesperson(_named(actor, entry.who))
    customer = entry.contact.contact() if entry.contact is not None else Contact()
    draft = draft_of(entry.text, entry.subject, customer, who)
    sending = sending_of(draft, actor.id, require_key(idempotency_key))
    receipt = await rooms.journey.receive(draft, sending, utc_now())
    if receipt.replayed:
        return tell(request, answer_json(receipt), idempotent_replayed="true")
    return created(request, receipt)


@door.operation(
    "POST",
    "/inquiries/{inquiry_id}/not-mine",
    scope=Scope.WORK,
    response_model=InquiryOut,
    problems=(404,),
    summary="Say, as a salesperson, that an inquiry is not yours",
)
async def refuse_inquiry(
    request: Request, inquiry_id: InquiryId, entry: NotMineIn, lang: ReadersLanguage = None
) -> Response:
    """Give it to the people who sort out what is unclear, unless it is with service already.

    A service matter counts as a bypass, once.
    """
    rooms, actor = house(request), key_of(request)
    who = rooms.handovers.find_salesperson(_named(actor, entry.who))
    receipt = await rooms.handovers.not_mine(inquiry_id, who, actor.id, utc_now())
    return tell(request, answer_json(receipt))


@door.operation(
    "GET",
    "/introductions",
    scope=Scope.READ,
    response_model=IntroductionPage,
    summary="See which customers were introduced to the team",
)
async def list_introductions(
    request: Request,
    person: Annotated[
        str | None, Query(max_length=128, description="Only those in this salesperson's name.")
    ] = None,
    cursor: Annotated[
        str | None, Query(max_length=64, description="`next_cursor` of the page before.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=200, description="Entries a page.")] = 50,
) -> Response:
    """List introductions, the newest first."""
    found = await house(request).database.read(
        lambda connection: list_stored(connection, person=person, before=cursor, limit=limit)
    )
    following = found[-1]["id"] if len(found) == limit else None
    return answer({"items": found, "next_cursor": following})


def _named(actor: Actor, named: str | None) -> str | None:
    """The salesperson: the one to whom the key is bound, else the one that is named.

    Salespeople speak for themselves only.
    """
    own = actor.name if ALWAYS_BOUND.issuperset(actor.roles) else None
    return actor.owner or own or named

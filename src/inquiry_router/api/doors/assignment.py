"""The door for who has an inquiry: give it to somebody, take it, pass it on."""

from fastapi import Request, Response

from inquiry_router.access.actor import Actor
from inquiry_router.access.roles import Scope
from inquiry_router.accounts.model import person_key
from inquiry_router.api.doors.inquiries import InquiryId
from inquiry_router.api.schemas.inquiry_answers import InquiryOut
from inquiry_router.api.schemas.staff import AssigneeIn, PassingOnIn
from inquiry_router.api.web.routing import Door, house, key_of
from inquiry_router.api.web.speaking import ReadersLanguage, tell
from inquiry_router.inquiry.errors import Forbidden, Invalid
from inquiry_router.inquiry.rendering import answer_json

door = Door("Inquiries")


@door.operation(
    "POST",
    "/inquiries/{inquiry_id}/assignee",
    scope=Scope.WORK,
    response_model=InquiryOut,
    problems=(404,),
    summary="Give it to somebody, or take it",
)
async def assign_inquiry(
    request: Request, inquiry_id: InquiryId, given: AssigneeIn, lang: ReadersLanguage = None
) -> Response:
    """Let a member of staff have the inquiry. Taking one that was offered accepts the offer."""
    actor = key_of(request)
    member = _member(actor, given.member)
    receipt = await house(request).handing_out.give(inquiry_id, member, actor.id)
    return tell(request, answer_json(receipt))


@door.operation(
    "POST",
    "/inquiries/{inquiry_id}/passing-on",
    scope=Scope.WORK,
    response_model=InquiryOut,
    problems=(404, 409),
    summary="Pass it on to the next",
)
async def pass_inquiry_on(
    request: Request, inquiry_id: InquiryId, passed: PassingOnIn, lang: ReadersLanguage = None
) -> Response:
    """Pass an inquiry that you have, or are asked to take, on to the next who may have it.

    Nobody is asked twice. If nobody is left, the whole team has it, and an alarm is raised.
    """
    actor = key_of(request)
    member = _member(actor, passed.member)
    receipt = await house(request).handing_out.pass_on(inquiry_id, member, passed.why, actor.id)
    return tell(request, answer_json(receipt))


def _member(actor: Actor, named: str | None) -> str:
    """The member that is meant. Who is bound to a person acts for that one only."""
    if actor.owner is None:
        if named is None:
            raise Invalid(
                "'member' is missing: this key is bound to nobody.",
                hint="Name the member of staff, or use a key with an 'owner'.",
            )
        return named
    if named is not None and person_key(named) != person_key(actor.owner):
        raise Forbidden(f"'{actor.id}' acts for {actor.owner} only.", hint="Leave 'member' out.")
    return actor.owner

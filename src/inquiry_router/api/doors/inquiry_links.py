"""The door for what belongs together: merge, split and link inquiries, and undo it."""

from typing import Annotated

from fastapi import Path, Query, Request, Response
from pydantic import ConfigDict, Field, StringConstraints

from inquiry_router.access.roles import Scope
from inquiry_router.api.doors.inquiries import InquiryId
from inquiry_router.api.schemas.inquiry_answers import InquiryOut
from inquiry_router.api.schemas.inquiry_requests import PersonIn
from inquiry_router.api.web.routing import Door, house, key_of
from inquiry_router.api.web.sight import require_sight
from inquiry_router.api.web.speaking import tell
from inquiry_router.inquiry.model import Receipt
from inquiry_router.inquiry.rendering import answer_json
from inquiry_router.intake.cleaning import clean_line
from inquiry_router.process.clock import utc_now

door = Door("Inquiries")

Reference = Annotated[str, StringConstraints(min_length=1, max_length=64)]
OtherId = Annotated[
    str,
    Path(
        max_length=64,
        description="The other inquiry's id or reference.",
        openapi_examples={"reference": {"value": "K7MA-4XEH"}},
    ),
]
ByWhom = Annotated[
    str, Query(min_length=1, max_length=200, description="The person.", examples=["Celina"])
]


class MergeIn(PersonIn):
    """The inquiry that this one is part of."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"into": "K7MA-4XEH", "who": "Celina"}]},
    )

    into: Reference = Field(
        description="The id or reference of the inquiry that stays.", examples=["K7MA-4XEH"]
    )


class SplitIn(PersonIn):
    """A message that is another matter."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"message": "0198c0de-9a51-7c1e-8d2c-3f6a5e1b7d20", "who": "Celina"}]
        },
    )

    message: Reference = Field(
        description="The id of the message, as GET /v1/inquiries/{id} shows it.",
        examples=["0198c0de-9a51-7c1e-8d2c-3f6a5e1b7d20"],
    )


class LinkIn(PersonIn):
    """Another inquiry that has to do with this one."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"to": "K7MA-4XEH", "who": "Celina"}]},
    )

    to: Reference = Field(
        description="The id or reference of the other inquiry.", examples=["K7MA-4XEH"]
    )
    why: Annotated[str, StringConstraints(max_length=2000)] | None = Field(
        None, description="The reason.", examples=["The same pump."]
    )


@door.operation(
    "POST",
    "/inquiries/{inquiry_id}/merge",
    scope=Scope.ARRANGE,
    response_model=InquiryOut,
    problems=(404, 409),
    summary="Make it part of another inquiry",
)
async def merge_inquiry(request: Request, inquiry_id: InquiryId, merge: MergeIn) -> Response:
    """Move all its messages to another inquiry of the same customer, and answer with that one.

    Its reference leads there from now on. Both tickets are told.
    """
    by_hand, who = house(request).by_hand, clean_line(merge.who) or "?"
    await require_sight(key_of(request), merge.into, house(request).database)
    return _shown(
        request, await by_hand.merge(inquiry_id, merge.into, who, key_of(request).id, utc_now())
    )


@door.operation(
    "DELETE",
    "/inquiries/{inquiry_id}/merge",
    scope=Scope.ARRANGE,
    response_model=InquiryOut,
    problems=(404, 409, 422),
    summary="Undo a merge",
)
async def undo_merge(request: Request, inquiry_id: InquiryId, who: ByWhom) -> Response:
    """Give a merged inquiry its messages back, and answer with it."""
    by_hand = house(request).by_hand
    return _shown(request, await by_hand.undo_merge(inquiry_id, who, key_of(request).id, utc_now()))


@door.operation(
    "POST",
    "/inquiries/{inquiry_id}/split",
    scope=Scope.ARRANGE,
    response_model=InquiryOut,
    problems=(404, 409),
    summary="Make a message an inquiry of its own",
)
async def split_inquiry(request: Request, inquiry_id: InquiryId, split: SplitIn) -> Response:
    """Make a later message a linked inquiry, decide it, and answer with it.

    Merging it back undoes it.
    """
    by_hand, who = house(request).by_hand, clean_line(split.who) or "?"
    return _shown(
        request, await by_hand.split(inquiry_id, split.message, who, key_of(request).id, utc_now())
    )


@door.operation(
    "POST",
    "/inquiries/{inquiry_id}/links",
    scope=Scope.ARRANGE,
    response_model=InquiryOut,
    problems=(404, 409),
    summary="Link it to another inquiry",
)
async def link_inquiry(request: Request, inquiry_id: InquiryId, link: LinkIn) -> Response:
    """Link two inquiries that have to do with each other but stay two."""
    by_hand, who = house(request).by_hand, clean_line(link.who) or "?"
    why, actor = clean_line(link.why), key_of(request).id
    await require_sight(key_of(request), link.to, house(request).database)
    return _shown(request, await by_hand.link(inquiry_id, link.to, who, why, actor, utc_now()))


@door.operation(
    "DELETE",
    "/inquiries/{inquiry_id}/links/{other_id}",
    scope=Scope.ARRANGE,
    response_model=InquiryOut,
    problems=(404, 409, 422),
    summary="Remove a link",
)
async def unlink_inquiry(
    request: Request, inquiry_id: InquiryId, other_id: OtherId, who: ByWhom
) -> Response:
    """Remove the link between two inquiries."""
    by_hand = house(request).by_hand
    return _shown(
        request, await by_hand.unlink(inquiry_id, other_id, who, key_of(request).id, utc_now())
    )


def _shown(request: Request, receipt: Receipt) -> Response:
    return tell(request, answer_json(receipt))

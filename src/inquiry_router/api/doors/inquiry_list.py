"""The door for the list of inquiries: filters and pages."""

import base64
import binascii
import re
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Query, Request, Response
from sqlalchemy import Row

from inquiry_router.api.schemas.fields import CategoryId, Moment
from inquiry_router.api.schemas.inquiry_answers import InquiryPage
from inquiry_router.api.web.routing import Door, answer, house
from inquiry_router.configuration.api_keys import Scope
from inquiry_router.inquiries import listing
from inquiry_router.inquiry.errors import Invalid
from inquiry_router.inquiry.model import Channel, Status
from inquiry_router.inquiry.rendering import format_time, read_time
from inquiry_router.intake.cleaning import clean_line

door = Door("Inquiries")

_MAX_LISTED_CHARS = 280


@door.operation(
    "GET",
    "/inquiries",
    scope=(Scope.READ, Scope.AGENT),
    response_model=InquiryPage,
    problems=(422,),
    summary="List inquiries",
)
async def list_inquiries(
    request: Request,
    category: Annotated[CategoryId | None, Query(description="Only this category.")] = None,
    team: Annotated[CategoryId | None, Query(description="Only this team.")] = None,
    status: Annotated[
        Status | None, Query(description="Only routed or only resolved ones.")
    ] = None,
    channel: Annotated[Channel | None, Query(description="Only this channel.")] = None,
    since: Annotated[
        Moment | None, Query(description="Received at or after this moment, with time zone.")
    ] = None,
    until: Annotated[
        Moment | None, Query(description="Received before this moment, with time zone.")
    ] = None,
    q: Annotated[
        str | None,
        Query(
            min_length=2,
            max_length=200,
            description="Words in subject, text, contact or reference; case and diacritics do not "
            "matter. One page searches 20,000 inquiries, so it may be short or empty although "
            "there are more: follow `next_cursor`.",
        ),
    ] = None,
    cursor: Annotated[
        str | None, Query(max_length=200, description="`next_cursor` of the page before.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=200, description="How many on a page.")] = 50,
) -> Response:
    """List inquiries, the newest first. There is no total; follow `next_cursor` to the end."""
    filters = listing.Filters(category, team, status, channel, since, until, clean_line(q))
    after = _parse_cursor(cursor)
    page = await house(request).database.read(
        lambda connection: listing.list_inquiries(connection, filters, after, limit)
    )
    return answer(
        {"items": [_item(row) for row in page.rows], "next_cursor": _format_cursor(page.next)}
    )


def _item(row: Row[Any]) -> dict[str, Any]:
    return {
        "id": row.id,
        "reference": row.reference,
        "status": row.status,
        "channel": row.channel,
        "subject": row.subject,
        "text": row.text[:_MAX_LISTED_CHARS],
        "contact": {
            "name": row.contact_name,
            "email": row.contact_email,
            "phone": row.contact_phone,
            "company": row.contact_company,
        },
        "received_at": format_time(row.received_at),
        "category": row.category,
        "confidence": row.confidence,
        "language": row.language,
        "team": row.team,
        "priority": row.priority,
        "due_at": format_time(row.due_at),
    }


def _format_cursor(position: tuple[datetime, str] | None) -> str | None:
    if position is None:
        return None
    moment, inquiry_id = position
    written = f"{moment.astimezone(UTC).isoformat()} {inquiry_id}"
    return base64.urlsafe_b64encode(written.encode()).decode()


def _parse_cursor(cursor: str | None) -> tuple[datetime, str] | None:
    if cursor is None:
        return None
    try:
        written = base64.b64decode(cursor.encode(), altchars=b"-_", validate=True).decode("ascii")
        moment, inquiry_id = written.split(" ")
        position = read_time(moment)
        if (
            position is None
            or position.tzinfo is None
            or not re.fullmatch(r"[0-9a-f-]{36}", inquiry_id)
        ):
            raise ValueError
    except (ValueError, binascii.Error, OverflowError):
        raise Invalid(
            "The cursor was not made by this service.", hint="Send next_cursor as it was answered."
        ) from None
    return position, inquiry_id

"""The door for the list of inquiries: filters, pages and counts."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import Query, Request, Response
from sqlalchemy import Connection, Row

from inquiry_router.access.actor import Actor
from inquiry_router.access.roles import Scope
from inquiry_router.accounts.store import ids_with_merged
from inquiry_router.api.schemas.inquiry_list import (
    FilterParameters,
    InquiryCounts,
    InquiryPage,
    ListParameters,
)
from inquiry_router.api.web.cursors import format_cursor, parse_cursor
from inquiry_router.api.web.routing import Door, answer, house, key_of
from inquiry_router.api.web.sight import only_theirs
from inquiry_router.house import House
from inquiry_router.inquiries import listing
from inquiry_router.inquiries.listing import Counts, Filters, Page
from inquiry_router.inquiry.errors import Invalid
from inquiry_router.inquiry.model import Channel, Contact, Draft
from inquiry_router.inquiry.rendering import format_time
from inquiry_router.intake.cleaning import clean_email, clean_line, is_visible
from inquiry_router.matters.signs import signs_of
from inquiry_router.process.clock import utc_now
from inquiry_router.staff.store import find_member
from inquiry_router.text.folding import fold_words
from inquiry_router.text.phone_number import to_e164

door = Door("Inquiries")

_MAX_LISTED_CHARS = 280
# Fewer digits may be part of a company's name.
_MIN_DIGITS_OF_NUMBER: Final = 7


@door.operation(
    "GET",
    "/inquiries",
    scope=Scope.INQUIRIES,
    response_model=InquiryPage,
    problems=(404,),
    summary="List inquiries",
)
async def list_inquiries(request: Request, asked: Annotated[ListParameters, Query()]) -> Response:
    """List inquiries, the newest first. There is no total; follow `next_cursor` to the end.

    An inquiry that was merged into another one is not listed.
    """
    return answer(await find_inquiries(house(request), asked, key_of(request), utc_now()))


@door.operation(
    "GET",
    "/inquiries/counts",
    scope=Scope.INQUIRIES,
    response_model=InquiryCounts,
    problems=(404,),
    summary="Count inquiries by status",
)
async def count_inquiries(
    request: Request, asked: Annotated[FilterParameters, Query()]
) -> Response:
    """Count the inquiries of each status, with the filters of the list."""
    (counts,) = await count_each(house(request), [asked], key_of(request), utc_now())
    return answer(counts)


async def find_inquiries(
    rooms: House, asked: ListParameters, actor: Actor, now: datetime
) -> dict[str, Any]:
    """Find one page of the inquiries that an actor sees."""
    filters, after = _filters(asked, actor, now), parse_cursor(asked.cursor)

    def work(connection: Connection) -> Page:
        narrowed = _narrowed(connection, filters, asked)
        return listing.list_inquiries(connection, narrowed, after, asked.limit)

    page = await rooms.database.scan(work)
    return {"items": [item_of(row) for row in page.rows], "next_cursor": format_cursor(page.next)}


async def count_each(
    rooms: House, asked: Sequence[FilterParameters], actor: Actor, now: datetime
) -> list[dict[str, Any]]:
    """Count what each of some filters lets through of the inquiries that an actor sees."""
    filters = [_filters(one, actor, now) for one in asked]

    def work(connection: Connection) -> list[Counts]:
        return [
            listing.count_inquiries(connection, _narrowed(connection, narrow, one))
            for narrow, one in zip(filters, asked, strict=True)
        ]

    return [
        {
            "total": sum(counts.by_status.values()),
            "by_status": counts.by_status,
            "since": format_time(counts.since),
        }
        for counts in await rooms.database.scan(work)
    ]


def _narrowed(connection: Connection, filters: Filters, asked: FilterParameters) -> Filters:
    """Add the ids of what is asked for by name: accounts, with those merged into them, and people.

    Raises `NotFound`.
    """
    if asked.assignee is not None:
        member = find_member(connection, asked.assignee).member
        filters = replace(filters, assignee_id=member.id)
    if asked.account is None:
        return filters
    return replace(filters, accounts=ids_with_merged(connection, asked.account))


def _filters(asked: FilterParameters, actor: Actor, now: datetime) -> Filters:
    sign, names = read_contact(asked.contact) if asked.contact is not None else (None, None)
    return Filters(
        category=asked.category,
        intent=asked.intent,
        team=asked.team,
        status=asked.status,
        channel=asked.channel,
        priority=asked.priority,
        source=asked.source,
        unsure=asked.unsure,
        open=asked.open,
        overdue=now if asked.overdue is True else None,
        not_overdue=now if asked.overdue is False else None,
        since=asked.since,
        until=asked.until,
        sign=sign,
        names=names,
        q=_read_words(asked.q),
        only=only_theirs(actor),
    )


def _read_words(written: str | None) -> str | None:
    """Read the words of a search. Raises `Invalid` if there are none: it would find everything."""
    if written is not None and not is_visible(written):
        raise Invalid("'q' holds no word.", hint="Give words, or leave 'q' out to list everything.")
    return clean_line(written)


def read_contact(written: str) -> tuple[str | None, str | None]:
    """Read a contact as a sign, for an address or number, or as words of a name or company.

    Raises `Invalid` if it is none of these.
    """
    line = clean_line(written) or ""
    email, phone = None, None
    if "@" in line[1:]:
        email = clean_email(line)
    elif sum(map(str.isdecimal, line)) >= _MIN_DIGITS_OF_NUMBER:
        # A "+" that was not escaped in the address arrives as a space.
        phone = to_e164(line) or to_e164(f"+{line}")
    signs = signs_of(Draft(Channel.API, "", contact=Contact(email=email, phone=phone)), ())
    if signs:
        return signs[0], None
    if not fold_words(line).strip():
        raise Invalid(
            "The contact holds no word.",
            hint="Give an e-mail address, a phone number, or words of the name or company.",
        )
    return None, line


def item_of(row: Row[Any]) -> dict[str, Any]:
    """Show a row of `WHOLE` as an entry of a list."""
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
            **{name: value for name, value in (row.author or {}).items() if name == "extension"},
        },
        "source": {"system": row.source_system, "id": row.source_id, "url": row.source_url}
        if row.source_system
        else None,
        "received_at": format_time(row.received_at),
        "category": row.category,
        "confidence": row.confidence,
        "intent": row.intent,
        "unsure": row.unsure,
        "language": row.language,
        "team": row.team,
        "assignee": row.assignee,
        "assignee_id": row.assignee_id,
        "priority": row.priority,
        "due_at": format_time(row.due_at),
    }

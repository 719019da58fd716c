"""The door for links: by one a person corrects an inquiry, by another they sign in."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from inquiry_router.access.roles import Scope
from inquiry_router.api.doors.api_keys import KeyId
from inquiry_router.api.doors.inquiries import InquiryId
from inquiry_router.api.web.routing import Door, answer, house, outside_address
from inquiry_router.configuration.api_key_store import change_api_key
from inquiry_router.configuration.api_keys import digest, format_key, new_secret
from inquiry_router.corrections.tokens import MAX_READER_BYTES
from inquiry_router.inquiries import store
from inquiry_router.inquiry.errors import Invalid
from inquiry_router.inquiry.rendering import format_time
from inquiry_router.intake.cleaning import clean_line
from inquiry_router.process.clock import utc_now
from inquiry_router.routing.fields import Document

inquiry_door = Door("Inquiries")
key_door = Door("API keys")


class CorrectionLinkIn(Document):
    """The reader of a link."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"reader": "Celina"}]}
    )

    reader: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = Field(
        None,
        description="The person it is for: what they correct is theirs, and they cannot give "
        "another name. Null for anybody who has the link.",
        examples=["Celina"],
    )


class SignInLinkIn(Document):
    """The life of a link."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{}]})

    hours: Annotated[float, Field(gt=0, le=24 * 14)] = Field(
        72, description="Hours for which it can be opened.", examples=[72]
    )


class LinkOut(BaseModel):
    """A link. It is not kept and cannot be shown again."""

    url: str = Field(
        description="Give it to this person only.",
        examples=["https://router.example.com/in/irk_..."],
    )
    expires_at: datetime = Field(
        description="Until then it can be opened.", examples=["2026-11-23T08:30:00.000Z"]
    )


@inquiry_door.operation(
    "POST",
    "/inquiries/{inquiry_id}/correction-links",
    scope=Scope.WORK,
    status_code=201,
    response_model=LinkOut,
    problems=(404,),
    summary="Make a link to correct it",
)
async def make_correction_link(
    request: Request, inquiry_id: InquiryId, link: CorrectionLinkIn
) -> Response:
    """Make a link by which somebody corrects this inquiry without a login, a few times at most."""
    rooms, now = house(request), utc_now()
    reader = clean_line(link.reader)
    if reader is not None and len(reader.encode()) > MAX_READER_BYTES:
        raise Invalid(f"The name of the reader has more than {MAX_READER_BYTES} bytes.")
    row = await rooms.database.read(lambda connection: store.find_inquiry(connection, inquiry_id))
    token = await rooms.correction_links.new_token(row.id, now, reader)
    ends_at = rooms.correction_links.ends_at(now)
    url = outside_address(request, f"/c/{token}")
    return answer({"url": url, "expires_at": format_time(ends_at)}, 201)


@key_door.operation(
    "POST",
    "/api-keys/{key_id}/sign-in-link",
    scope=Scope.ADMIN,
    status_code=201,
    response_model=LinkOut,
    problems=(404, 409),
    summary="Make a link by which a person signs in",
)
async def make_sign_in_link(request: Request, key_id: KeyId, link: SignInLinkIn) -> Response:
    """Make a link that hands a person's key over to their browser, once.

    The page asks before it does so, because mail scanners open links. Opening it gives the key a
    new secret, so it signs the person out everywhere else. Another link replaces this one.
    """
    secret, now = new_secret(), utc_now()
    until = now + timedelta(hours=link.hours)
    await house(request).configuration.change(
        lambda connection: change_api_key(
            connection,
            key_id,
            lambda key: replace(key, link_sha256=digest(secret), link_until=until),
            now,
        )
    )
    url = outside_address(request, f"/in/{format_key(key_id, secret)}")
    return answer({"url": url, "expires_at": format_time(until)}, 201)

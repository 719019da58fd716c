"""Parameters and answers of the list of inquiries."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from inquiry_router.api.schemas.fields import CategoryId
from inquiry_router.api.schemas.inquiry_answers import ContactOut, SourceOut
from inquiry_router.inquiry.model import Channel, Priority, Status
from inquiry_router.routing.fields import Moment

Searched = Annotated[str, StringConstraints(min_length=2, max_length=200)]


class FilterParameters(BaseModel):
    """The filters of a list of inquiries, as parameters of the query."""

    status: Status | None = Field(None, description="Only this status.")
    unsure: bool | None = Field(
        None,
        description="true: only those that the router was too uncertain to act on. false: only the "
        "others.",
    )
    open: bool | None = Field(
        None, description="true: only those that are not resolved. false: only the others."
    )
    overdue: bool | None = Field(
        None,
        description="true: only open ones whose promise has run out. false: only the others.",
    )
    priority: Priority | None = Field(None, description="Only this priority.")
    category: CategoryId | None = Field(None, description="Only this category.")
    intent: CategoryId | None = Field(None, description="Only this intent.")
    team: CategoryId | None = Field(None, description="Only this team.")
    assignee: Searched | None = Field(
        None,
        description="Only those that this member of staff has, or is asked to take: a name, an id "
        "or an e-mail address.",
    )
    channel: Channel | None = Field(None, description="Only those that came this way.")
    source: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = Field(
        None,
        description="Only from this source: its id, or the `source.system` that a client named.",
    )
    contact: Searched | None = Field(
        None,
        description="Only of this customer: an e-mail address, a phone number in any spelling, or "
        "words of the name or company. Words are searched as those of `q` are.",
    )
    account: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = Field(
        None,
        description="Only those that are surely of this account: its id or external id.",
    )
    since: Moment | None = Field(
        None, description="Received at or after this moment, with time zone."
    )
    until: Moment | None = Field(None, description="Received before this moment, with time zone.")
    q: Searched | None = Field(
        None,
        description="Words in subject, text, contact or reference, all of them, in any order; "
        'what stands in quotes (`"numer 3"`) is looked for as it is. Case and diacritics do not '
        "matter. One page searches 20,000 inquiries, so it may be short or empty although there "
        "are more: follow `next_cursor`.",
    )


class ListParameters(FilterParameters):
    """The filters of a list, and the page."""

    cursor: Annotated[str, StringConstraints(max_length=200)] | None = Field(
        None, description="`next_cursor` of the page before."
    )
    limit: int = Field(50, ge=1, le=200, description="How many on a page.")


class InquiryItem(BaseModel):
    """An inquiry in a list."""

    id: str = Field(description="Id.", examples=["0198c0de-7b1e-7cc3-98c4-dc0c0c07398f"])
    reference: str = Field(description="Reference.", examples=["K7MA-4XEH"])
    status: Status = Field(description="Its state.", examples=["routed"])
    channel: Channel = Field(description="How it came.", examples=["email"])
    subject: str | None = Field(description="The subject line.", examples=["Pompa znowu stoi"])
    text: str = Field(description="The first 280 characters.", examples=["Pompa nie pompuje."])
    contact: ContactOut
    source: SourceOut | None
    received_at: datetime = Field(
        description="When it was sent, UTC.", examples=["2026-11-20T08:30:00.000Z"]
    )
    category: str = Field(description="Category.", examples=["defect"])
    confidence: float = Field(description="Probability, 0 to 1.", examples=[0.94])
    intent: str | None = Field(
        description="The finer word inside the category; null if unsure.",
        examples=["broken_or_faulty"],
    )
    unsure: bool = Field(
        description="The router was too uncertain to act; people should look.", examples=[False]
    )
    language: str = Field(description="Language.", examples=["pl"])
    team: str = Field(description="Team.", examples=["customer_service"])
    assignee: str | None = Field(
        description="The person who has it, or is asked to take it.", examples=["Celina Maj"]
    )
    assignee_id: str | None = Field(
        description="Their id in the staff.",
        examples=["0198c0de-7b1e-7cc3-98c4-dc0c0c07398f"],
    )
    priority: Priority = Field(description="Priority.", examples=["high"])
    due_at: datetime | None = Field(
        description="When the promise runs out.", examples=["2026-11-23T11:00:00.000Z"]
    )


class InquiryPage(BaseModel):
    """One page, the newest first."""

    items: list[InquiryItem]
    next_cursor: str | None = Field(
        description="Send it as `cursor` for the next page; null at the end.", examples=[None]
    )


class InquiryCounts(BaseModel):
    """The number of inquiries of each status."""

    total: int = Field(description="All that were counted.", examples=[7431])
    by_status: dict[Status, int] = Field(
        description="The number of each status, also where it is 0.",
        examples=[
            {
                "new": 2,
                "routed": 31,
                "waiting_for_customer": 12,
                "waiting_for_us": 6,
                "resolved": 7380,
            }
        ],
    )
    since: datetime | None = Field(
        description="Older ones were not counted: a search by words looks through the newest "
        "20,000. null if all were counted.",
        examples=[None],
    )

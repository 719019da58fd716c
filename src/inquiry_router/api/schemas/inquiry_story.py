"""Answers about one inquiry with everything that belongs to it, and pages of it."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from inquiry_router.api.schemas.inquiry_answers import (
    ContactOut,
    CutOut,
    InquiryOut,
    ProvenanceOut,
    SourceOut,
)
from inquiry_router.api.schemas.promises import PromiseOut
from inquiry_router.inquiry.model import Channel, Status


class TimelineEntry(BaseModel):
    """Something that happened."""

    at: datetime = Field(description="When, UTC.", examples=["2026-11-20T08:30:00.000Z"])
    kind: str = Field(
        description="routed, waiting (for the classifier, before the first routed), message, "
        "classified (a message, later), answered, awaited, resolved, reopened, moved, assigned, "
        "corrected, linked, unlinked, merged, unmerged, split, files_unread, promise_reminded, "
        "escalated, alarmed, events of calls, or delivery_attempt.",
        examples=["routed"],
    )
    actor: str = Field(
        description="The API key, or for attempts the destination.", examples=["helpdesk"]
    )
    details: dict[str, Any] = Field(
        description="The details; a routed entry holds the whole decision, a message entry the "
        "text and the effect."
    )


class MessageOut(BaseModel):
    """One time that the customer spoke about the matter."""

    id: str = Field(description="Id.", examples=["0198c0de-7b1e-7cc3-98c4-dc0c0c07398f"])
    received_at: datetime = Field(
        description="When it was sent, UTC.", examples=["2026-11-20T08:30:00.000Z"]
    )
    channel: Channel = Field(description="How it came.", examples=["email"])
    subject: str | None = Field(description="The subject line.", examples=["Pompa znowu stoi"])
    text: str = Field(description="What was said.", examples=["Pompa nie pompuje."])
    contact: ContactOut
    source: SourceOut | None
    passage: ProvenanceOut | None = Field(description="Delivery facts; null for a plain one.")
    category: str = Field(description="Its category, understood alone.", examples=["defect"])
    confidence: float = Field(description="Probability of the category.", examples=[0.94])
    intent: str | None = Field(
        description="Its intent, understood alone; null if unsure.", examples=["broken_or_faulty"]
    )
    cut: list[CutOut] = Field(
        description="Pieces that the classifier did not read: quotes, signatures, legal footers."
    )


class LinkOut(BaseModel):
    """Another inquiry that has to do with this one."""

    inquiry: str = Field(description="Its id.", examples=["0198c0de-7b1e-7cc3-98c4-dc0c0c07398f"])
    reference: str = Field(description="Its reference.", examples=["3WYA-EE71"])
    kind: str = Field(
        description="perhaps (perhaps the same matter), split (one message held two), continues "
        "(the earlier one was resolved long ago) or by_hand.",
        examples=["perhaps"],
    )
    why: str = Field(
        description="The reason, in words.",
        examples=["the same company and order number 4500111"],
    )
    at: datetime = Field(description="Since when, UTC.", examples=["2026-11-20T08:30:00.000Z"])
    status: Status = Field(description="Its status.", examples=["routed"])
    team: str = Field(description="The team that has it.", examples=["sales"])


class InquiryWhole(InquiryOut):
    """An inquiry with the customer's words."""

    channel: Channel = Field(description="How it came.", examples=["email"])
    subject: str | None = Field(description="The subject line.", examples=["Pompa znowu stoi"])
    text: str = Field(description="What the customer said.", examples=["Pompa nie pompuje."])
    contact: ContactOut
    source: SourceOut | None
    passage: ProvenanceOut | None = Field(description="Delivery facts; null for a plain inquiry.")


class InquiryWithTimeline(InquiryWhole):
    """An inquiry with all that happened to it."""

    cut: list[CutOut] = Field(
        description="Pieces of the opening that the classifier did not read: quotes, signatures, "
        "legal footers."
    )
    messages: list[MessageOut] = Field(
        description="Everything that the customer said, the opening first: at most 200 messages."
    )
    more_messages: str | None = Field(
        description="There are more messages: the cursor for GET /v1/inquiries/{id}/messages.",
        examples=[None],
    )
    promises: list[PromiseOut] = Field(
        description="The promises to the customer, and the deadlines of laws, the oldest first."
    )
    links: list[LinkOut] = Field(description="Inquiries that have to do with this one.")
    timeline: list[TimelineEntry] = Field(
        description="What happened, the oldest first: the newest 500 entries."
    )
    earlier_timeline: str | None = Field(
        description="There are earlier entries: the cursor for GET /v1/inquiries/{id}/timeline.",
        examples=[None],
    )


class MessagePage(BaseModel):
    """A page of messages."""

    items: list[MessageOut] = Field(description="The messages, the oldest first.")
    next_cursor: str | None = Field(
        description="Send it as `cursor` for the next page; null on the last.", examples=[None]
    )


class TimelinePage(BaseModel):
    """A page of a timeline."""

    items: list[TimelineEntry] = Field(description="The entries, the oldest first.")
    next_cursor: str | None = Field(
        description="Send it as `cursor` for earlier ones; null on the last.", examples=[None]
    )

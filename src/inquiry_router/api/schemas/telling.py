"""Bodies and answers about telling people."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from inquiry_router.routing.fields import Document, Slug
from inquiry_router.telling.settings import Clock, CustomerText, KindName, TextLanguage

_FACTS: dict[str, Any] = {"customer": "ACME", "category": "defect", "due_at": "2026-11-30T11:00Z"}


class NoticePreviewIn(Document):
    """A notice that is not sent."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"examples": [{"kind": "reminder", "language": "pl", "facts": _FACTS}]},
    )

    kind: KindName = Field(description="Its kind.", examples=["reminder"])
    language: TextLanguage = Field("pl", description="The reader's language.", examples=["pl"])
    facts: dict[str, Any] = Field(
        default_factory=dict,
        max_length=50,
        description="What it says. A line of the text is left out if one of its facts is missing.",
        examples=[_FACTS],
    )
    inquiry: str | None = Field(
        None,
        max_length=64,
        description="An inquiry whose facts are filled in: its id, reference, or `latest`.",
        examples=["latest"],
    )


class CustomerPreviewIn(Document):
    """A text for a customer that is not sent."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, json_schema_extra={"examples": [{"inquiry": "latest"}]}
    )

    inquiry: str = Field(
        "latest",
        max_length=64,
        description="The inquiry: its id, reference, or `latest`.",
        examples=["latest"],
    )
    language: TextLanguage | None = Field(
        None, description="Another language than that of the customer.", examples=[None]
    )
    text: CustomerText | None = Field(
        None, description="A text to be tried; null: the one that would be sent.", examples=[None]
    )


class CustomerPreviewOut(BaseModel):
    """A text as the customer would read it."""

    subject: str = Field(description="The subject.", examples=["Re: Pompa [K7MA-4XEH]"])
    text: str = Field(description="The text.", examples=["Dziękujemy za wiadomość."])
    sender_name: str | None = Field(
        description="The sender's name; null for that of the channel.", examples=[None]
    )
    told: bool = Field(
        description="True if the customer is told; false where the settings or the inquiry say "
        "that they are not.",
        examples=[True],
    )


class NoticePreviewOut(BaseModel):
    """A notice as its receiver would read it."""

    kinds: list[str] = Field(
        description="All kinds that have a text.", examples=[["offer", "reminder"]]
    )
    subject: str = Field(description="The subject.", examples=["Termin pon. 30.11, 12:00: ACME"])
    text: str = Field(description="The text.", examples=["Klient: ACME"])


class PreferenceIn(Document):
    """The wishes of one person. Null, or left out: as the company set it."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [{"channels": ["mail"], "quiet_from": "18:00", "quiet_to": "08:00"}]
        },
    )

    channels: list[Slug] | None = Field(
        None, max_length=10, description="Channels by preference.", examples=[["mail"]]
    )
    language: TextLanguage | None = Field(None, description="Their language.", examples=["pl"])
    quiet_from: Clock | None = Field(
        None, description="Begin of their quiet hours, local time.", examples=["18:00"]
    )
    quiet_to: Clock | None = Field(None, description="End of them.", examples=["08:00"])
    digest: bool | None = Field(
        None,
        strict=True,
        description="True to get everything that is not urgent in one message a day.",
        examples=[False],
    )


class PreferenceOut(PreferenceIn):
    """The preference of one person."""

    member_id: str = Field(description="The person.", examples=["jan"])


class WayOut(BaseModel):
    """One way of a notice to one address."""

    channel: str = Field(description="The destination.", examples=["mail"])
    address: str = Field(
        description="The address; empty for a room.", examples=["jan@acme.example.com"]
    )
    language: str = Field(description="The language of the text.", examples=["pl"])
    due_at: datetime = Field(
        description="Not before this time.", examples=["2026-11-20T08:30:00.000Z"]
    )
    state: str = Field(description="waiting, sent or failed.", examples=["sent"])
    delivery_id: str | None = Field(
        description="Its delivery: `GET /v1/deliveries/{id}` has the attempts.", examples=[None]
    )


class NoticeOut(BaseModel):
    """A notice and what became of it."""

    id: str = Field(description="Its id.")
    kind: str = Field(description="Its kind.", examples=["reminder"])
    key: str = Field(description="It is told once for each key.", examples=["reminder:0198"])
    member_id: str | None = Field(
        description="The receiver, if it is one of our people.", examples=["jan"]
    )
    group: str | None = Field(description="The receivers, if it is a group.", examples=["alarms"])
    inquiry_id: str | None = Field(description="The inquiry that it is about.")
    state: str = Field(
        description="waiting, planned, nobody (nobody can be told; `reason` has the cure), "
        "or failed (the log has the cause).",
        examples=["planned"],
    )
    reason: str | None = Field(description="The reason, for `nobody`.", examples=[None])
    created_at: datetime = Field(
        description="When it was queued.", examples=["2026-11-20T08:30:00.000Z"]
    )
    ways: list[WayOut] = Field(description="Its ways to people.")


class NoticePage(BaseModel):
    """One page, the newest first."""

    items: list[NoticeOut]
    next_cursor: str | None = Field(
        description="Send it as `cursor` for the next page; null at the end.", examples=[None]
    )

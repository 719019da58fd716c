"""Bodies and answers of the salesperson's own door."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from inquiry_router.api.schemas.inquiry_requests import ContactIn
from inquiry_router.routing.fields import Document

_EXAMPLE: dict[str, Any] = {
    "who": "Jan Nowak",
    "subject": "Fwd: pompa",
    "text": "Dzwonił klient, pompa kupiona w marcu cieknie, prosi o serwis.",
    "contact": {"name": "Anna Lis", "email": "anna@klient.example"},
}
Who = Annotated[str, StringConstraints(min_length=1, max_length=254)]


class HandoverIn(Document):
    """Something that a customer asked a salesperson for, and that others do."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    text: Annotated[str, StringConstraints(min_length=1, max_length=100_000)] = Field(
        description="What the customer wants, in the salesperson's words or as a forwarded mail.",
        examples=[_EXAMPLE["text"]],
    )
    subject: Annotated[str, StringConstraints(max_length=1000)] | None = Field(
        None, description="The subject of the mail.", examples=["Fwd: pompa"]
    )
    contact: ContactIn | None = Field(
        None, description="The customer; else the writer of the forwarded mail."
    )
    who: Who | None = Field(
        None,
        description="The salesperson: id, name or e-mail address. Not needed with a key that is "
        "bound to them.",
        examples=["Jan Nowak"],
    )


class NotMineIn(Document):
    """A salesperson's word that an inquiry is none of theirs."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"who": "Jan Nowak"}]}
    )

    who: Who | None = Field(
        None,
        description="The salesperson: id, name or e-mail address. Not needed with a key that is "
        "bound to them.",
        examples=["Jan Nowak"],
    )


class IntroductionOut(BaseModel):
    """A customer who was told, in a salesperson's name, who is there for them next time."""

    id: str = Field(description="Its id.")
    at: datetime = Field(description="When.", examples=["2026-11-20T08:30:00.000Z"])
    inquiry_id: str = Field(description="The inquiry that was passed on.")
    account_id: str | None = Field(description="The account.", examples=[None])
    customer: str = Field(description="The customer's address.", examples=["anna@klient.example"])
    person: str = Field(description="The salesperson.", examples=["Jan Nowak"])
    names: str = Field(description="The people who were named.", examples=["Ewa Lis, Adam Nowak"])
    delivery_id: str = Field(
        description="Its delivery.", examples=["01a20095-62d4-71a4-be89-b4f4ece244ce"]
    )


class IntroductionPage(BaseModel):
    """One page, the newest first."""

    items: list[IntroductionOut]
    next_cursor: str | None = Field(
        description="Send it as `cursor` for the next page; null at the end.", examples=[None]
    )

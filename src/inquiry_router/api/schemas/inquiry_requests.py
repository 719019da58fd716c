"""Bodies that clients send about inquiries. Each field has a description and an example."""

from dataclasses import replace
from typing import Annotated, Any, Self

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from inquiry_router.api.schemas.fields import CategoryId, Line, StrictBody
from inquiry_router.inquiry.model import (
    NO_THREAD,
    Attachment,
    Channel,
    Contact,
    Draft,
    Origin,
    Provenance,
)
from inquiry_router.intake.cleaning import is_visible
from inquiry_router.intake.mail.threads import thread_of
from inquiry_router.routing.fields import Moment

EXAMPLE_INQUIRY: dict[str, Any] = {
    "channel": "email",
    "subject": "Pompa znowu stoi",
    "text": "Dzień dobry, pompa CX-40, którą kupiliśmy w marcu, od wczoraj nie pompuje i cieknie "
    "spod uszczelki. Proszę o pilny serwis.",
    "contact": {
        "name": "Anna Kowalska",
        "email": "anna@hydro-bud.example",
        "phone": "601 234 567",
        "company": "Hydro-Bud",
    },
    "source": {
        "system": "zammad",
        "id": "48213",
        "url": "https://helpdesk.example.com/#ticket/zoom/48213",
    },
}


class ContactIn(StrictBody):
    """The customer; every field is optional."""

    name: Line | None = Field(None, description="The person's name.", examples=["Anna Kowalska"])
    email: Line | None = Field(
        None,
        description="E-mail address; stored in lower case.",
        examples=["anna@hydro-bud.example"],
    )
    phone: Line | None = Field(
        None,
        description="Phone number in any form; stored as E.164, read as Polish without a country. "
        "An extension is kept apart; of two numbers the first counts.",
        examples=["601 234 567"],
    )
    company: Line | None = Field(None, description="The company's name.", examples=["Hydro-Bud"])

    def contact(self) -> Contact:
        """Return the customer as the journey takes them."""
        return Contact(self.name, self.email, self.phone, self.company)


class SourceIn(StrictBody):
    """The inquiry's place in the system that it came from."""

    system: Annotated[str, StringConstraints(min_length=1, max_length=100)] = Field(
        description="The name of that system.", examples=["zammad"]
    )
    id: Annotated[str, StringConstraints(min_length=1, max_length=400)] = Field(
        description="Its id there. The same system and id are never taken in twice.",
        examples=["48213"],
    )
    url: Annotated[str, StringConstraints(max_length=2000)] | None = Field(
        None,
        description="Where people can look at it.",
        examples=["https://helpdesk.example.com/#ticket/zoom/48213"],
    )


class MailIn(StrictBody):
    """The place of a mail in a thread: later mails find their inquiry by it."""

    id: Annotated[str, StringConstraints(min_length=1, max_length=998)] = Field(
        description="Its Message-ID.", examples=["<20261120.7431@hydro-bud.example>"]
    )
    replies_to: list[Annotated[str, StringConstraints(min_length=1, max_length=998)]] = Field(
        default_factory=list,
        max_length=100,
        description="The Message-IDs in its headers In-Reply-To and References, the last first.",
        examples=[["<20261119.12@acme.example>"]],
    )


class AttachmentIn(StrictBody):
    """A file that came along: its name tells what it is. The content is not sent."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=255)] = Field(
        description="The name of the file.", examples=["protokół reklamacyjny.pdf"]
    )
    type: Annotated[str, StringConstraints(min_length=1, max_length=255)] = Field(
        "application/octet-stream", description="Its media type.", examples=["application/pdf"]
    )
    size: Annotated[int, Field(ge=0, le=10**15, strict=True)] = Field(
        0, description="Its size in bytes; 0 if it is not known.", examples=[48213]
    )

    def attachment(self) -> Attachment:
        """Return the file as the journey takes it."""
        return Attachment(self.name, self.type, self.size)


class MessageIn(StrictBody):
    """A later message of the customer. Subject, text and attachments must not all be empty."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"channel": "chat", "text": "A kiedy przyjedzie serwis?"}]},
    )

    channel: Channel = Field(
        description="How the customer reached the company.", examples=["email"]
    )
    text: str = Field(
        "",
        description="What the customer said, whole; any length up to the body limit.",
        examples=[EXAMPLE_INQUIRY["text"]],
    )
    subject: str | None = Field(
        None, description="The subject line, where there is one.", examples=["Pompa znowu stoi"]
    )
    language: Annotated[str, StringConstraints(max_length=35)] | None = Field(
        None,
        description="The language, where the sender knows it (ISO 639-1); detected otherwise.",
        examples=["pl"],
    )
    contact: ContactIn | None = Field(None, description="The customer, or who speaks for them.")
    written_to: list[Annotated[str, StringConstraints(max_length=1000)]] = Field(
        default_factory=list,
        max_length=50,
        description="The e-mail addresses that it was written to, for rules about mailboxes.",
        examples=[["serwis@acme.example"]],
    )
    called: Line | None = Field(
        None,
        description="The number that the customer called, for rules about it.",
        examples=["22 123 45 00"],
    )
    received_at: Moment | None = Field(
        None,
        description="When the customer sent it, with time zone. Left out or to come: now.",
        examples=["2026-11-20T09:30:00+01:00"],
    )
    attachments: list[AttachmentIn] = Field(
        default_factory=list,
        max_length=100,
        description="The files that came along. Their names help to decide.",
        examples=[[{"name": "zdjęcie pompy.jpg", "type": "image/jpeg", "size": 482130}]],
    )

    @model_validator(mode="after")
    def _has_words(self) -> Self:
        if not (is_visible(f"{self.text}{self.subject or ''}") or self.attachments):
            raise ValueError(
                "subject, text and attachments are all empty: at least one must say something"
            )
        return self

    def draft(self) -> Draft:
        """Return the message as the journey takes it."""
        return Draft(
            channel=self.channel,
            text=self.text,
            subject=self.subject,
            language=self.language,
            contact=self.contact.contact() if self.contact else Contact(),
            received_at=self.received_at,
            provenance=self._provenance(),
        )

    def _provenance(self) -> Provenance:
        files = tuple(file.attachment() for file in self.attachments)
        return Provenance(attachments=files, written_to=tuple(self.written_to), called=self.called)


class InquiryIn(MessageIn):
    """An inquiry as a customer sent it. Subject, text and attachments must not all be empty."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE_INQUIRY]})

    source: SourceIn | None = Field(
        None, description="The inquiry in the system that it came from."
    )
    mail: MailIn | None = Field(None, description="For a mail: its place in a thread.")

    def draft(self) -> Draft:
        """Return the inquiry as the journey takes it."""
        source, mail = self.source, self.mail
        return replace(
            super().draft(),
            origin=Origin(source.system, source.id, source.url) if source else None,
            thread=thread_of(mail.id, mail.replies_to) if mail else NO_THREAD,
        )


class PersonIn(StrictBody):
    """The person who does something with an inquiry."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"who": "Celina"}]})

    who: Annotated[str, StringConstraints(min_length=1, max_length=200)] = Field(
        description="The person who does it.", examples=["Celina"]
    )


class CorrectionIn(PersonIn):
    """The right category, the right team, or both."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "category": "order_support",
                    "intent": "invoice_or_payment",
                    "who": "Celina",
                    "why": "The pump works, the invoice is wrong.",
                }
            ]
        },
    )

    category: CategoryId | None = Field(
        None, description="The right category.", examples=["order_support"]
    )
    intent: CategoryId | None = Field(
        None,
        description="The right intent, one of this category. It may always be left out.",
        examples=["invoice_or_payment"],
    )
    team: CategoryId | None = Field(
        None,
        description="The right team. Left out, the policy decides again by the category.",
        examples=["customer_service"],
    )
    why: Annotated[str, StringConstraints(max_length=2000)] | None = Field(
        None,
        description="The reason, in the person's words.",
        examples=["The pump works, the invoice is wrong."],
    )

    @model_validator(mode="after")
    def _says_something(self) -> "CorrectionIn":
        if self.category is None and self.team is None:
            raise ValueError("category and team are both missing: say at least one")
        return self


class ActIn(PersonIn):
    """A person, and a note on what they did with an inquiry."""

    note: Annotated[str, StringConstraints(max_length=2000)] | None = Field(
        None, description="What was done.", examples=["Seal replaced on site."]
    )


class ResolutionIn(ActIn):
    """The note that an inquiry is done."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"who": "Celina", "note": "Seal replaced on site."}]},
    )

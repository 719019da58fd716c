"""What goes over the wire about inquiries. Requests are strict; every field says what it means and shows an example."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from inquiry_router.inquiry.model import (
    Channel,
    Contact,
    Draft,
    EntityKind,
    Flag,
    Origin,
    Priority,
    Status,
)


def _written(value: Any) -> Any:
    if isinstance(value, str):
        return value
    raise ValueError("is written as text in RFC 3339, such as 2026-11-21T19:16:18+01:00")


def _sane(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("needs a time zone, such as Z or +01:00")
    if not 1990 <= moment.year <= 2100:
        raise ValueError("lies outside the years 1990 to 2100")
    return moment.astimezone(UTC)


Moment = Annotated[datetime, BeforeValidator(_written), AfterValidator(_sane)]
Line = Annotated[str, StringConstraints(max_length=1000)]
CategoryId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,62}$")]

EXAMPLE_INQUIRY: dict[str, Any] = {
    "channel": "email",
    "subject": "Pompa znowu stoi",
    "text": "Dzień dobry, pompa CX-40, którą kupiliśmy w marcu, od wczoraj nie pompuje i cieknie spod uszczelki. "
    "Proszę o pilny serwis.",
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


class Request(BaseModel):
    """What clients send: an unknown field is a mistake, and they are told."""

    model_config = ConfigDict(extra="forbid")


class ContactIn(Request):
    """Who writes; everything optional."""

    name: Line | None = Field(None, description="The person's name.", examples=["Anna Kowalska"])
    email: Line | None = Field(
        None,
        description="E-mail address; stored in lower case.",
        examples=["anna@hydro-bud.example"],
    )
    phone: Line | None = Field(
        None,
        description="Phone number in any form; stored as E.164, read as Polish without a country.",
        examples=["601 234 567"],
    )
    company: Line | None = Field(None, description="The company's name.", examples=["Hydro-Bud"])


class SourceIn(Request):
    """Where the inquiry stands in the system it came from."""

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


class InquiryIn(Request):
    """An inquiry as a customer sent it. At least one of `subject` and `text` must say something."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE_INQUIRY]})

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
    contact: ContactIn | None = Field(None, description="Who writes.")
    source: SourceIn | None = Field(None, description="Where it stands in the system it came from.")
    received_at: Moment | None = Field(
        None,
        description="When the customer sent it, with time zone; now, when left out.",
        examples=["2026-11-20T09:30:00+01:00"],
    )

    @model_validator(mode="after")
    def _says_something(self) -> "InquiryIn":
        if not (self.text.strip() or (self.subject or "").strip()):
            raise ValueError("subject and text are both empty: at least one must say something")
        return self

    def draft(self) -> Draft:
        """The inquiry as the journey takes it."""
        contact = self.contact
        return Draft(
            channel=self.channel,
            text=self.text,
            subject=self.subject,
            language=self.language,
            contact=Contact(contact.name, contact.email, contact.phone, contact.company)
            if contact
            else Contact(),
            origin=Origin(self.source.system, self.source.id, self.source.url)
            if self.source
            else None,
            received_at=self.received_at,
        )


class RankedOut(BaseModel):
    """A category with its probability."""

    category: str = Field(description="The category.", examples=["defect"])
    confidence: float = Field(description="Calibrated probability, 0 to 1.", examples=[0.94])


class EvidenceOut(BaseModel):
    """What spoke for the category."""

    text: str = Field(description="A word or phrase of the customer.", examples=["nie pompuje"])
    weight: float = Field(
        description="How much it spoke for the category; the largest comes first.", examples=[1.8]
    )


class ClassificationOut(BaseModel):
    """What the inquiry is about."""

    category: str = Field(description="The most likely category.", examples=["defect"])
    confidence: float = Field(description="Its calibrated probability, 0 to 1.", examples=[0.94])
    secondary: str | None = Field(
        description="A second matter in the same message, where there is one.", examples=[None]
    )
    ranking: list[RankedOut] = Field(description="Every category, the most likely first.")
    language: str = Field(description="The language, ISO 639-1.", examples=["pl"])
    method: str = Field(
        description="model, person (after a correction), automatic (mail that no person wrote), or unavailable.",
        examples=["model"],
    )
    model: str = Field(description="Name and version of the model.", examples=["e5-linear-4"])
    evidence: list[EvidenceOut] = Field(description="The words that decided, the strongest first.")
    unsure: bool = Field(
        description="The model's threshold or margin was not reached.", examples=[False]
    )


class NeighbourOut(BaseModel):
    """An example like the inquiry."""

    text: str = Field(description="How it begins.", examples=["Pompa CX-20 nie rusza po zimie."])
    category: str = Field(description="Its category.", examples=["defect"])
    similarity: float = Field(
        description="Cosine of the two vectors; 1 for the same.", examples=[0.91]
    )
    origin: str = Field(
        description="corpus, or learnt from a correction at the company.", examples=["corpus"]
    )


class ExplanationOut(BaseModel):
    """Why an inquiry was understood so."""

    classification: ClassificationOut
    nearest: list[NeighbourOut] = Field(
        description="The three examples most like it, the nearest first."
    )


class DecisionOut(BaseModel):
    """Who has it, how much it hurries, by when, and why."""

    team: str = Field(description="The team that owns it.", examples=["customer_service"])
    assignee: str | None = Field(description="The person, where one is named.", examples=[None])
    priority: Priority = Field(description="How much it hurries.", examples=["high"])
    due_at: datetime | None = Field(
        description="When the promise to the customer runs out.",
        examples=["2026-11-23T11:00:00.000Z"],
    )
    rule: str = Field(
        description="The rule of the policy that decided; `default` when none applied.",
        examples=["defects"],
    )
    policy_version: int = Field(description="The version of the policy.", examples=[1])
    reasons: list[str] = Field(
        description="Why, step by step.", examples=[["rule 'defects' applies: category is defect"]]
    )
    flags: list[Flag | Literal["law"]] = Field(
        description="Why people should look: unsure, unclassified, unread, sales_guard. `law` is "
        "the deprecated name of `sales_guard`; for one release both are sent.",
        examples=[[]],
    )


class AcknowledgementOut(BaseModel):
    """What may be told to the customer."""

    language: str = Field(description="The language of the text: pl, en or de.", examples=["pl"])
    text: str = Field(
        description="The text.",
        examples=["Dziękujemy za wiadomość. Zajmuje się nią zespół: obsługa klienta."],
    )


class EntityOut(BaseModel):
    """Something that the inquiry states."""

    kind: EntityKind = Field(description="What it is.", examples=["order_number"])
    text: str = Field(description="As the customer wrote it.", examples=["zam. 4500187"])
    value: str | None = Field(
        description="In one spelling for all; null where it is not certain.", examples=["4500187"]
    )
    field: str = Field(description="subject or text.", examples=["text"])
    begin: int = Field(description="Its first character there.", examples=[17])
    end: int = Field(description="The character after its last one.", examples=[29])


class InquiryOut(BaseModel):
    """The answer to the sender."""

    id: str = Field(
        description="The inquiry's id, a UUIDv7.", examples=["0198c0de-7b1e-7cc3-98c4-dc0c0c07398f"]
    )
    reference: str = Field(
        description="What the customer can read out on the phone.", examples=["K7MA-4XEH"]
    )
    status: Status = Field(description="routed or resolved.", examples=["routed"])
    received_at: datetime = Field(
        description="When the customer sent it, UTC.", examples=["2026-11-20T08:30:00.000Z"]
    )
    classification: ClassificationOut
    decision: DecisionOut
    acknowledgement: AcknowledgementOut | None = Field(
        description="What may be told to the customer; null for automatic mail, which must not be answered."
    )
    entities: list[EntityOut] = Field(
        description="Numbers, people, dates, hurry and danger that the inquiry states."
    )


class ContactOut(BaseModel):
    """Who wrote."""

    name: str | None = Field(description="Name.", examples=["Anna Kowalska"])
    email: str | None = Field(
        description="E-mail address, lower case.", examples=["anna@hydro-bud.example"]
    )
    phone: str | None = Field(
        description="Phone number, E.164 where it could be read.", examples=["+48601234567"]
    )
    company: str | None = Field(description="Company.", examples=["Hydro-Bud"])


class SourceOut(BaseModel):
    """Where it came from."""

    system: str = Field(description="The system.", examples=["zammad"])
    id: str = Field(description="Its id there.", examples=["48213"])
    url: str | None = Field(description="Where people can look at it.", examples=[None])


class AttachmentOut(BaseModel):
    """A file that came along. Its content is not kept."""

    name: str = Field(description="What it is called.", examples=["zdjecie.jpg"])
    type: str = Field(description="Its media type.", examples=["image/jpeg"])
    size: int = Field(description="Its size in bytes.", examples=[48213])


class PassageOut(BaseModel):
    """How it came, where that is not plain."""

    automatic: str | None = Field(
        description="auto_reply, bounce or list where no person wrote it: then it is never answered.",
        examples=[None],
    )
    forwarded_by: ContactOut | None = Field(
        description="The colleague who passed it on; the contact is the customer."
    )
    attachments: list[AttachmentOut] = Field(description="What came along.")
    hops: int = Field(description="How many routers it has been through.", examples=[0])
    shadow: bool = Field(
        description="Decided and recorded only; nothing was handed over.", examples=[False]
    )
    unread: bool = Field(
        description="Kept as it came because it could not be read.", examples=[False]
    )


class CutOut(BaseModel):
    """A piece of the text that is not what the customer asks now."""

    kind: str = Field(
        description="quote, signature, footer or forward_header.", examples=["footer"]
    )
    text: str = Field(
        description="As it stands in the text.",
        examples=["Administratorem Państwa danych jest ..."],
    )


class HookOut(BaseModel):
    """What became of a vendor's request."""

    status: str = Field(
        description="accepted, stored, duplicate or ignored.", examples=["accepted"]
    )
    reference: str | None = Field(
        description="The inquiry's reference, where it became one.", examples=["K7MA-4XEH"]
    )
    reason: str | None = Field(description="Why it was ignored.", examples=[None])
    events: int = Field(description="How many events the request held.", examples=[1])


class TimelineEntry(BaseModel):
    """Something that happened."""

    at: datetime = Field(description="When, UTC.", examples=["2026-11-20T08:30:00.000Z"])
    kind: str = Field(
        description="routed, corrected, resolved or delivery_attempt.", examples=["routed"]
    )
    actor: str = Field(
        description="The API key, or for attempts the destination.", examples=["helpdesk"]
    )
    details: dict[str, Any] = Field(
        description="What exactly; a routed entry holds the decision whole."
    )


class InquiryWhole(InquiryOut):
    """An inquiry with what the customer said."""

    channel: Channel = Field(description="How it came.", examples=["email"])
    subject: str | None = Field(description="The subject line.", examples=["Pompa znowu stoi"])
    text: str = Field(description="What the customer said.", examples=["Pompa nie pompuje."])
    contact: ContactOut
    source: SourceOut | None
    passage: PassageOut | None = Field(description="How it came, where that is not plain.")


class InquiryWithTimeline(InquiryWhole):
    """An inquiry with all that happened to it."""

    cut: list[CutOut] = Field(
        description="What of the text the classifier did not read: quotes, signatures, legal footers."
    )

    timeline: list[TimelineEntry] = Field(description="What happened, the oldest first.")


class InquiryItem(BaseModel):
    """An inquiry in a list."""

    id: str = Field(description="Id.", examples=["0198c0de-7b1e-7cc3-98c4-dc0c0c07398f"])
    reference: str = Field(description="Reference.", examples=["K7MA-4XEH"])
    status: Status = Field(description="routed or resolved.", examples=["routed"])
    channel: Channel = Field(description="How it came.", examples=["email"])
    subject: str | None = Field(description="The subject line.", examples=["Pompa znowu stoi"])
    text: str = Field(description="The first 280 characters.", examples=["Pompa nie pompuje."])
    contact: ContactOut
    received_at: datetime = Field(
        description="When it was sent, UTC.", examples=["2026-11-20T08:30:00.000Z"]
    )
    category: str = Field(description="Category.", examples=["defect"])
    confidence: float = Field(description="Probability, 0 to 1.", examples=[0.94])
    language: str = Field(description="Language.", examples=["pl"])
    team: str = Field(description="Team.", examples=["customer_service"])
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


class CorrectionIn(Request):
    """What was right. At least one of category and team."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "category": "order_support",
                    "who": "Celina",
                    "why": "The pump works, the invoice is wrong.",
                }
            ]
        },
    )

    who: Annotated[str, StringConstraints(min_length=1, max_length=200)] = Field(
        description="The person who says so.", examples=["Celina"]
    )
    category: CategoryId | None = Field(
        None, description="The right category.", examples=["order_support"]
    )
    team: CategoryId | None = Field(
        None,
        description="The right team; left out, the policy decides anew by the category.",
        examples=["customer_service"],
    )
    why: Annotated[str, StringConstraints(max_length=2000)] | None = Field(
        None,
        description="Why, in a person's words.",
        examples=["The pump works, the invoice is wrong."],
    )

    @model_validator(mode="after")
    def _says_something(self) -> "CorrectionIn":
        if self.category is None and self.team is None:
            raise ValueError("category and team are both missing: say at least one")
        return self


class ResolutionIn(Request):
    """That an inquiry is done."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"who": "Celina", "note": "Seal replaced on site."}]},
    )

    who: Annotated[str, StringConstraints(min_length=1, max_length=200)] = Field(
        description="The person who did it.", examples=["Celina"]
    )
    note: Annotated[str, StringConstraints(max_length=2000)] | None = Field(
        None, description="What was done.", examples=["Seal replaced on site."]
    )

"""The values that travel from door to desk. Frozen, with no behaviour beyond what they can say of themselves."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Literal


class Channel(StrEnum):
    """How the customer reached the company."""

    EMAIL = "email"
    PHONE = "phone"
    CHAT = "chat"
    FORM = "form"
    NOTE = "note"
    API = "api"


class Priority(StrEnum):
    """How much an inquiry hurries, from the least to the most."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class Status(StrEnum):
    """Where an inquiry stands: routed -> resolved; a correction makes a resolved one routed again."""

    ROUTED = "routed"
    RESOLVED = "resolved"


class Flag(StrEnum):
    """Why a decision deserves a second look by people."""

    UNSURE = "unsure"  # the classifier did not trust itself
    UNCLASSIFIED = "unclassified"  # the classifier could not answer at all
    UNREAD = "unread"  # the text could not be read; it is kept as it came
    SALES_GUARD = "sales_guard"  # the policy wanted sales; the sales guard sent it to triage


class Event(StrEnum):
    """What destinations are told about."""

    ROUTED = "inquiry.routed"
    CORRECTED = "inquiry.corrected"
    RESOLVED = "inquiry.resolved"
    CALL = "inquiry.call"  # somebody rang about it, or is to be rung back


class EntityKind(StrEnum):
    """What kind of fact a piece of text states."""

    ORDER_NUMBER = "order_number"
    INVOICE_NUMBER = "invoice_number"
    COMPLAINT_NUMBER = "complaint_number"
    PRODUCT_CODE = "product_code"
    TAX_ID = "tax_id"
    PHONE = "phone"
    EMAIL = "email"
    QUANTITY = "quantity"
    DATE = "date"
    URGENCY = "urgency"
    DANGER = "danger"
    PERSON_RECOMMENDED = "person_recommended"
    PERSON_RECOMMENDING = "person_recommending"


Field = Literal["subject", "text"]


@dataclass(frozen=True, slots=True)
class Contact:
    """Who writes. `phone` is E.164 where it could be read, else as given; `email` is lower case."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    company: str | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the inquiry stands in the system it came from: `id` is that system's own identifier."""

    system: str
    id: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came along: what it is called, its media type and its size in bytes. Its content is not kept."""

    name: str
    type: str
    size: int


Automatic = Literal["auto_reply", "bounce", "list"]


@dataclass(frozen=True, slots=True)
class Provenance:
    """How an inquiry came to us, where that is not plain.

    `automatic`: no person wrote it now, so it is never answered. `forwarded_by`: the colleague who passed it on. `hops`: how many
    routers it has been through. `shadow`: it is decided and recorded, and nothing is handed over. `unread`: it could not be
    read, so it is kept as it came, and people read it.
    """

    automatic: Automatic | None = None
    forwarded_by: Contact | None = None
    attachments: tuple[Attachment, ...] = ()
    hops: int = 0
    shadow: bool = False
    unread: bool = False


PLAIN: Final = Provenance()


@dataclass(frozen=True, slots=True)
class Draft:
    """An inquiry as a door read it: nothing cleaned, nothing decided."""

    channel: Channel
    text: str
    subject: str | None = None
    language: str | None = None
    contact: Contact = Contact()
    origin: Origin | None = None
    received_at: datetime | None = None
    provenance: Provenance = PLAIN


@dataclass(frozen=True, slots=True)
class Sending:
    """One sending of an inquiry.

    `sender` is the id of the API key or source. A sending with one of the same `keys` is a repeat,
    if its `fingerprint` is the same too. Without a fingerprint the first one stands whatever comes
    later: a helpdesk may send a ticket again with a changed tag, and that is no mistake.
    """

    sender: str
    keys: tuple[str, ...]
    fingerprint: str | None = None


@dataclass(frozen=True, slots=True)
class Ranked:
    """A category with its calibrated probability, 0 to 1."""

    category: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """A word or phrase of the customer with its share of the decision; the larger the more it spoke for it."""

    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class Entity:
    """A fact that an inquiry states.

    `text` is as the customer wrote it: the characters from `begin` up to `end` of `field`. `value` is the same in one spelling
    for all (E.164, ISO 8601, lower case, ...), or None where the text does not say enough to be sure of it.
    """

    kind: EntityKind
    text: str
    value: str | None
    begin: int
    end: int
    field: Field = "text"


@dataclass(frozen=True, slots=True)
class Classification:
    """What an inquiry is about.

    `confidence` is the calibrated probability of `category`, 0 to 1. `ranking` holds every category, best first.
    `unsure` says that the model's own threshold or margin was not reached. `method` is `model`, `person`, `unavailable`,
    `automatic` for mail that no person wrote, or `unread`.
    """

    category: str
    confidence: float
    language: str
    method: str
    model: str
    secondary: str | None = None
    ranking: tuple[Ranked, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class PhoneDecision:
    """What was settled with a caller while he was on the line: what it is about, and who was rung for it."""

    classification: Classification
    team: str


@dataclass(frozen=True, slots=True)
class Decision:
    """Who has it, how urgent it is, by when, and why. `due_at` is in UTC; None when the rule promises nothing."""

    team: str
    priority: Priority
    rule: str
    policy_version: int
    reasons: tuple[str, ...]
    due_at: datetime | None = None
    assignee: str | None = None
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """What may be said back to the customer, in his language."""

    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Understanding:
    """What the router makes of a draft before anything is stored: the live path and every dry run share it."""

    draft: Draft
    classification: Classification
    entities: tuple[Entity, ...]
    decision: Decision


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to a sender. `replayed` says that the same inquiry had come before and nothing new was made.

    There is no `acknowledgement` for automatic mail, which is never answered.
    """

    id: str
    reference: str
    status: Status
    received_at: datetime
    classification: Classification
    decision: Decision
    acknowledgement: Acknowledgement | None
    entities: tuple[Entity, ...] = ()
    replayed: bool = False

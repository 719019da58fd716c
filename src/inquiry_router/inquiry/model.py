"""The values that an inquiry is made of. Immutable and without behaviour."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Literal

from inquiry_router.inquiry.account import NOBODY, Recognised
from inquiry_router.inquiry.referral import FoundReferral, ToldParties
from inquiry_router.inquiry.signals import Signals


class Channel(StrEnum):
    """The medium of an inquiry."""

    EMAIL = "email"
    PHONE = "phone"
    CHAT = "chat"
    FORM = "form"
    NOTE = "note"
    API = "api"


class Priority(StrEnum):
    """The urgency of an inquiry, from low to high."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class Status(StrEnum):
    """The state of an inquiry.

    new -> routed -> waiting_for_customer <-> waiting_for_us -> resolved. A message of the customer,
    or a person, reopens a resolved one.
    """

    NEW = "new"  # not decided yet: it says nothing yet, or it waits for the classifier
    ROUTED = "routed"  # with a team, not answered yet
    WAITING_FOR_CUSTOMER = "waiting_for_customer"  # a person has answered
    WAITING_FOR_US = "waiting_for_us"  # the customer has written again
    RESOLVED = "resolved"


class Flag(StrEnum):
    """A remark on a decision that people should look at."""

    UNSURE = "unsure"  # the confidence is too low to act on
    UNCLASSIFIED = "unclassified"  # the classifier did not answer
    UNREAD = "unread"  # the text could not be parsed; people read it as received
    UNDECIDED = "undecided"  # it says nothing yet; the next message decides it
    SHORTENED = "shortened"  # only the beginning of a very long text was kept
    MAYBE_SALE = "maybe_sale"  # something may be to be sold, though it is with triage
    SALES_GUARD = "sales_guard"  # the policy wanted sales; the sales guard sent it to triage


# The flags of a decision that is too uncertain to act on.
UNSURE_FLAGS: Final = frozenset({Flag.UNSURE, Flag.UNCLASSIFIED, Flag.UNREAD, Flag.UNDECIDED})


class Event(StrEnum):
    """An event that destinations receive."""

    ROUTED = "inquiry.routed"
    CORRECTED = "inquiry.corrected"
    RESOLVED = "inquiry.resolved"
    CALL = "inquiry.call"  # a call about it, or a callback
    MESSAGE = "inquiry.message"  # the customer said more
    LINKED = "inquiry.linked"  # it has to do with another inquiry
    REOPENED = "inquiry.reopened"
    ASSIGNED = "inquiry.assigned"  # a person has it now
    MERGED = "inquiry.merged"
    UNLINKED = "inquiry.unlinked"  # the link was removed
    UNMERGED = "inquiry.unmerged"  # it is an inquiry of its own again
    ACKNOWLEDGED = "inquiry.acknowledged"  # the customer gets a public reply of the helpdesk
    NOTICE = "notice"  # a message to one of our people, or to a customer


class EntityKind(StrEnum):
    """The kind of a fact in a text."""

    ORDER_NUMBER = "order_number"
    INVOICE_NUMBER = "invoice_number"
    COMPLAINT_NUMBER = "complaint_number"
    SERIAL_NUMBER = "serial_number"
    PRODUCT_CODE = "product_code"
    TAX_ID = "tax_id"
    PHONE = "phone"
    EMAIL = "email"
    QUANTITY = "quantity"
    DATE = "date"
    URGENCY = "urgency"
    DANGER = "danger"
    REPETITION = "repetition"  # they ask for the same thing again: "third time I write"
    THREAT = "threat"  # a lawyer, a court, an authority, a bad review
    PERSON_RECOMMENDED = "person_recommended"
    PERSON_RECOMMENDING = "person_recommending"


# The values of the entity `danger`.
DANGERS: Final = (
    "fire",
    "smoke",
    "gas",
    "carbon_monoxide",
    "electric_shock",
    "flooding",
    "injury",
    "trapped",
)
# The dangers in which people are told to ring 112: all but flooding.
THREATENING_LIFE: Final = frozenset(DANGERS) - {"flooding"}

Field = Literal["subject", "text", "attachment"]


@dataclass(frozen=True, slots=True)
class Contact:
    """The customer. `phone` is E.164 if it could be read; `email` is lower case.

    `extension` is dialled behind the phone number.
    """

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    company: str | None = None
    extension: str | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """The place of an inquiry in the system it came from. `id` is that system's own identifier."""

    system: str
    id: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """An attached file: its name, media type and size in bytes. The content is not kept.

    `text` is that of a document, if it is to be stored.
    """

    name: str
    type: str
    size: int
    text: str | None = None


Automatic = Literal["auto_reply", "bounce", "receipt"]


@dataclass(frozen=True, slots=True)
class Provenance:
    """Delivery facts of an inquiry.

    `automatic`: the kind of automatic mail, which is never answered; None for mail from a person.
    `forwarded_by`: the colleague who forwarded it. `hops`: the number of routers it has passed.
    `shadow`: it is decided and recorded, but not handed over. `unread`: its text could not be
    parsed, so it is kept as received and people read it. `written_to`: the addresses a mail was
    sent to, in lower case. `called`: the number a caller rang, as E.164 if it could be read.
    `no_reply`: it is never acknowledged, because a program or a mailing list sent it for a person.
    `shortened`: only the beginning of a very long text was kept. `files_unread`: it was stored
    before the text of its files was read; if that came later, a message has it.
    """

    automatic: Automatic | None = None
    forwarded_by: Contact | None = None
    attachments: tuple[Attachment, ...] = ()
    hops: int = 0
    shadow: bool = False
    unread: bool = False
    written_to: tuple[str, ...] = ()
    called: str | None = None
    no_reply: bool = False
    shortened: bool = False
    files_unread: bool = False


PLAIN: Final = Provenance()


@dataclass(frozen=True, slots=True)
class MailThread:
    """The place of a mail in a thread: its Message-ID and the ones it replies to, bare."""

    mail_id: str | None = None
    replies_to: tuple[str, ...] = ()


NO_THREAD: Final = MailThread()


@dataclass(frozen=True, slots=True)
class Draft:
    """A message as a source read it, before cleaning and deciding.

    `enclosed` is the text of attached documents. It is read, but not stored with the message.
    `account` is that of the customer, as far as it was recognised.
    """

    channel: Channel
    text: str
    subject: str | None = None
    language: str | None = None
    contact: Contact = Contact()
    origin: Origin | None = None
    received_at: datetime | None = None
    provenance: Provenance = PLAIN
    thread: MailThread = NO_THREAD
    enclosed: str = field(default="", repr=False)
    account: Recognised = field(default=NOBODY, repr=False)


@dataclass(frozen=True, slots=True)
class Sending:
    """One sending of a message.

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
    """A word or phrase of the customer, with its weight in the classification."""

    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class Entity:
    """A fact in an inquiry.

    `text` is quoted from `field`, from `begin` up to `end`; `attachment` is the text of attached
    documents. `value` is its normal form (E.164, ISO
    8601, lower case, ...), or None if the text is ambiguous.
    """

    kind: EntityKind
    text: str
    value: str | None
    begin: int
    end: int
    field: Field = "text"


# Methods of classifications that no model and no person made.
UNAVAILABLE: Final = "unavailable"
UNREAD: Final = "unread"


@dataclass(frozen=True, slots=True)
class Classification:
    """The subject of an inquiry.

    `confidence` is the calibrated probability of `category`, 0 to 1. `ranking` holds every
    category, best first. `unsure`: the model's own threshold or margin was not reached. `method` is
    `model`, `person`, `unavailable`, `automatic` (for automatic mail) or `unread`.

    `intent` belongs to `category`; None if unsure. `intent_confidence` is its probability, never
    more than that of the category. `rival_evidence` spoke for the second in the ranking.
    `maybe_sale`: something may be to be sold, though the category is none of sales.
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
    intent: str | None = None
    intent_confidence: float | None = None
    rival_evidence: tuple[Evidence, ...] = ()
    maybe_sale: bool = False
    # Not stored: signals, log-odds that the words go on with something, and who recommends whom.
    signals: Signals = field(default=Signals(), compare=False)
    goes_on: float | None = field(default=None, compare=False)
    told: ToldParties | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class PhoneDecision:
    """The result of a call: the subject, and the team that was dialled."""

    classification: Classification
    team: str


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision on an inquiry: team, priority, due time and reasons.

    `due_at` is in UTC; None if the rule promises nothing. `promised_minutes` is the promise of a
    row of the promises, in working minutes, where one stands above the rule's own. `assignee` is
    the name of the person who has it; `assignee_id` that of the member of staff, and
    `assignee_user` their login in the helpdesk. `is_offer`: they have not taken it yet.
    """

    team: str
    priority: Priority
    rule: str
    policy_version: int
    reasons: tuple[str, ...]
    due_at: datetime | None = None
    assignee: str | None = None
    flags: tuple[Flag, ...] = ()
    promised_minutes: int | None = None
    assignee_id: str | None = None
    assignee_user: str | None = None
    is_offer: bool = False


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """The confirmation for the customer, in their language."""

    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Understanding:
    """The result of classifying and deciding a draft, before anything is stored.

    `news` is a later message without what was said before; None if all of it is new. `referral` is
    the recommendation in it, if there is one.
    """

    draft: Draft
    classification: Classification
    entities: tuple[Entity, ...]
    decision: Decision
    news: Draft | None = None
    referral: FoundReferral | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Joined:
    """A later message and its part in the inquiry.

    `sign` is the sign by which it was recognised, in words; `certainty` is from 0 to 1. `change`
    is its effect (see `matters.again`), with the reasons in words. `waits`: it was not classified
    yet, and may change more when its turn comes.
    """

    message: str
    sign: str
    certainty: float
    change: str
    reasons: tuple[str, ...] = ()
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to a sender.

    `acknowledgement` is None for automatic mail, which is never answered, and for a later message.
    `joined` is set for a later message, `replayed` for a repeat, which stores nothing.
    """

    id: str
    reference: str
    status: Status
    received_at: datetime
    classification: Classification
    decision: Decision
    acknowledgement: Acknowledgement | None
    entities: tuple[Entity, ...] = ()
    joined: Joined | None = None
    replayed: bool = False
    account: Recognised = field(default=NOBODY, repr=False)

    @property
    def waits(self) -> bool:
        """True for an opening that waits for the classifier: nobody sees it yet."""
        return self.status is Status.NEW and Flag.UNCLASSIFIED in self.decision.flags

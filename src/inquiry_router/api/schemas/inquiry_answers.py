"""Answers about inquiries. Each field has a description and an example."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from inquiry_router.api.schemas.account_answers import RecognisedOut
from inquiry_router.inquiry.model import EntityKind, Flag, Priority, Status


class RankedOut(BaseModel):
    """A category with its probability."""

    category: str = Field(description="The category.", examples=["defect"])
    confidence: float = Field(description="Calibrated probability, 0 to 1.", examples=[0.94])


class EvidenceOut(BaseModel):
    """A word or phrase that spoke for the category."""

    text: str = Field(description="A word or phrase of the customer.", examples=["nie pompuje"])
    weight: float = Field(
        description="How much it spoke for the category; the largest comes first.", examples=[1.8]
    )


class ClassificationOut(BaseModel):
    """The category of an inquiry, with confidence and evidence."""

    category: str = Field(description="The most likely category.", examples=["defect"])
    confidence: float = Field(description="Its calibrated probability, 0 to 1.", examples=[0.94])
    intent: str | None = Field(
        description="What exactly the sender wants, inside the category; GET /v1/intents lists "
        "them. null if unsure.",
        examples=["broken_or_faulty"],
    )
    intent_confidence: float | None = Field(
        description="The probability of the intent, never more than that of the category.",
        examples=[0.81],
    )
    secondary: str | None = Field(
        description="A second matter in the same message, where there is one.", examples=[None]
    )
    ranking: list[RankedOut] = Field(description="Every category, the most likely first.")
    language: str = Field(description="The language, ISO 639-1.", examples=["pl"])
    method: str = Field(
        description="model, person (after a correction), automatic (mail that no person wrote), "
        "or unavailable.",
        examples=["model"],
    )
    model: str = Field(description="Name and version of the model.", examples=["e5-linear-4"])
    evidence: list[EvidenceOut] = Field(description="The words that decided, the strongest first.")
    rival_evidence: list[EvidenceOut] = Field(
        description="The words that spoke for the second of the ranking, the strongest first."
    )
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


class LooksLikeOut(BaseModel):
    """The intent in words."""

    intent: str = Field(description="The intent.", examples=["offer_acceptance"])
    names: dict[str, str] = Field(
        description="Its name by language, as after 'looks like'.",
        examples=[{"en": "the acceptance of an offer", "pl": "przyjęcie oferty"}],
    )
    confidence: float = Field(description="Its probability, 0 to 1.", examples=[0.81])


class RivalOut(BaseModel):
    """The category that came second, and the words that spoke for it."""

    category: str = Field(description="The category.", examples=["order_support"])
    confidence: float = Field(description="Calibrated probability, 0 to 1.", examples=[0.04])
    evidence: list[EvidenceOut] = Field(description="Its words, the strongest first.")


class TriedRuleOut(BaseModel):
    """A rule that was tried."""

    rule: str = Field(description="Its id.", examples=["danger"])
    applied: bool = Field(description="True for the rule that decided.", examples=[False])
    failed: list[str] = Field(
        description="Each condition for which it did not apply, with the value in this inquiry.",
        examples=[["category is defect, but here: new_purchase"]],
    )


class ExplanationOut(BaseModel):
    """The reasons for a classification, for and against."""

    classification: ClassificationOut
    looks_like: LooksLikeOut | None = Field(
        description="The intent in words; null if none is named."
    )
    rival: RivalOut | None = Field(
        description="The strongest rival of the category; null if a person or a rule for automatic "
        "mail decided."
    )
    nearest: list[NeighbourOut] = Field(
        description="The three examples most like it, the nearest first."
    )
    policy_version: int = Field(
        description="The version of the policy whose rules were tried.", examples=[1]
    )
    rules: list[TriedRuleOut] = Field(
        description="The rules in the order in which they were tried, up to the one that applied; "
        "without one the default decided."
    )
    what_if: list[str] = Field(
        description="Single changes that would lead to another team, priority or rule.",
        examples=[["from confidence 0.80 it would be: team sales, priority high, rule 'buy'"]],
    )


class DecisionOut(BaseModel):
    """Team, priority, due time and reasons."""

    team: str = Field(description="The team that owns it.", examples=["customer_service"])
    assignee: str | None = Field(
        description="The person who has it, or is asked to take it; null: the whole team.",
        examples=["Celina Maj"],
    )
    assignee_id: str | None = Field(
        description="Their id in the staff; null for somebody of the helpdesk only.",
        examples=["0198c0de-7b1e-7cc3-98c4-dc0c0c07398f"],
    )
    priority: Priority = Field(description="How urgent it is.", examples=["high"])
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
        description="Why, step by step, in the language of `lang` or Accept-Language (pl, en, de).",
        examples=[["rule 'defects' applies: category is defect"]],
    )
    flags: list[Flag | Literal["law"]] = Field(
        description="Why people should look: unsure, undecided, unclassified, unread, shortened, "
        "maybe_sale, sales_guard. `law` is the deprecated name of `sales_guard`; for one release "
        "both are sent.",
        examples=[[]],
    )


class AcknowledgementOut(BaseModel):
    """A text that may be sent to the customer."""

    language: str = Field(description="The language of the text: pl, en or de.", examples=["pl"])
    text: str = Field(
        description="The text.",
        examples=[
            "Dziękujemy za wiadomość. Państwa sprawę przekazaliśmy do zespołu „Obsługa klienta”."
        ],
    )


class EntityOut(BaseModel):
    """A fact that the inquiry states."""

    kind: EntityKind = Field(description="What it is.", examples=["order_number"])
    text: str = Field(description="As the customer wrote it.", examples=["zam. 4500187"])
    value: str | None = Field(
        description="In one spelling for all; null if it is not certain. Of danger its kind: fire, "
        "smoke, gas, carbon_monoxide, electric_shock, flooding, injury or trapped.",
        examples=["4500187"],
    )
    field: str = Field(description="subject, text or attachment.", examples=["text"])
    begin: int = Field(description="Its first character there.", examples=[17])
    end: int = Field(description="The character after its last one.", examples=[29])


class JoinedOut(BaseModel):
    """A later message of an inquiry, and its effect."""

    message: str = Field(
        description="The id of the message.", examples=["0198c0de-9a51-7c1e-8d2c-3f6a5e1b7d20"]
    )
    sign: str = Field(
        description="The sign by which it was recognised as part of the inquiry.",
        examples=["the same ticket"],
    )
    certainty: float = Field(description="How sure that is, 0 to 1.", examples=[1.0])
    change: str = Field(
        description="kept, raised (the priority), decided (only now), reopened, or split (it "
        "became a linked inquiry of its own: this one).",
        examples=["kept"],
    )
    reasons: list[str] = Field(
        description="Why, in words.", examples=[["it stays with customer_service"]]
    )
    waits: bool = Field(
        description="The classifier has not answered yet. It may change more when it does.",
        examples=[False],
    )


class InquiryOut(RecognisedOut):
    """The answer to the sender."""

    id: str = Field(
        description="The inquiry's id, a UUIDv7.", examples=["0198c0de-7b1e-7cc3-98c4-dc0c0c07398f"]
    )
    reference: str = Field(
        description="A short code that the customer can read out on the phone.",
        examples=["K7MA-4XEH"],
    )
    status: Status = Field(
        description="new (not decided yet: it says nothing yet, or waits for the classifier), "
        "routed, waiting_for_customer, waiting_for_us or resolved.",
        examples=["routed"],
    )
    received_at: datetime = Field(
        description="When the customer sent it, UTC.", examples=["2026-11-20T08:30:00.000Z"]
    )
    classification: ClassificationOut
    decision: DecisionOut
    acknowledgement: AcknowledgementOut | None = Field(
        description="A text that may be sent to the customer; null for automatic mail, which must "
        "not be answered."
    )
    entities: list[EntityOut] = Field(
        description="Numbers, people, dates, urgency, danger, repeated requests and threats in the "
        "words of the customer."
    )
    joined: JoinedOut | None = Field(
        None,
        description="Set if the message is a later one of this inquiry; null for a new inquiry.",
        examples=[None],
    )


class ContactOut(BaseModel):
    """The customer."""

    name: str | None = Field(description="Name.", examples=["Anna Kowalska"])
    email: str | None = Field(
        description="E-mail address, lower case.", examples=["anna@hydro-bud.example"]
    )
    phone: str | None = Field(
        description="Phone number, E.164 where it could be read.", examples=["+48601234567"]
    )
    company: str | None = Field(description="Company.", examples=["Hydro-Bud"])
    extension: str | None = Field(
        None, description="The extension behind the phone number; absent if none.", examples=["12"]
    )


class SourceOut(BaseModel):
    """The inquiry in the system that it came from."""

    system: str = Field(description="The system.", examples=["zammad"])
    id: str = Field(description="Its id there.", examples=["48213"])
    url: str | None = Field(description="The page for people.", examples=[None])


class AttachmentOut(BaseModel):
    """A file that came along. Its content is not kept; the text of a document if you say so."""

    name: str = Field(description="File name.", examples=["zdjecie.jpg"])
    type: str = Field(description="Its media type.", examples=["image/jpeg"])
    size: int = Field(description="Its size in bytes.", examples=[48213])
    text: str | None = Field(None, description="If it is to be kept.", examples=[None])


class ProvenanceOut(BaseModel):
    """Delivery facts: automatic, forwarded by, attachments, hops, shadow, unread."""

    automatic: str | None = Field(
        description="auto_reply, bounce or receipt if no person wrote it. It is never answered.",
        examples=[None],
    )
    forwarded_by: ContactOut | None = Field(
        description="The colleague who forwarded it; the contact is the customer."
    )
    attachments: list[AttachmentOut] = Field(description="Files that came along.")
    hops: int = Field(
        description="How often it has passed through a router; ends forwarding loops.", examples=[0]
    )
    shadow: bool = Field(
        description="Decided and recorded only; nobody was told.", examples=[False]
    )
    unread: bool = Field(
        description="Kept as it came because it could not be read.", examples=[False]
    )
    written_to: list[str] = Field(
        default_factory=list,
        description="The addresses it was written to, as far as the source says.",
        examples=[["serwis@acme.example"]],
    )
    called: str | None = Field(
        None, description="The number that was called, on the phone.", examples=["+48221234500"]
    )
    no_reply: bool = Field(
        False,
        description="Never acknowledged, because a program or a mailing list sent it for a person.",
        examples=[False],
    )
    shortened: bool = Field(
        False,
        description="Only the beginning of the text was kept: 1 MB of it.",
        examples=[False],
    )
    files_unread: bool = Field(
        False,
        description="Stored before the text of its PDF and DOCX files was read. If it was read "
        "later, a message has it; if not, an entry `files_unread` of the timeline says why.",
        examples=[False],
    )


class CutOut(BaseModel):
    """A piece of the text that is not part of the customer's question."""

    kind: str = Field(
        description="quote, signature, footer, forward_header or form_field.", examples=["footer"]
    )
    text: str = Field(
        description="As it stands in the text.",
        examples=["Administratorem Państwa danych jest ..."],
    )


class HookOut(BaseModel):
    """The result of a vendor's request."""

    status: str = Field(
        description="accepted, joined (a later message of an inquiry), stored, duplicate or "
        "ignored.",
        examples=["accepted"],
    )
    reference: str | None = Field(
        description="The inquiry's reference, where it became one or belongs to one.",
        examples=["K7MA-4XEH"],
    )
    reason: str | None = Field(description="Why it was ignored.", examples=[None])
    events: int = Field(description="How many events the request held.", examples=[1])

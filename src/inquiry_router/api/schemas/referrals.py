"""The bodies and answers about referrals."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from inquiry_router.api.schemas.accounts import Email, Phone, TaxId
from inquiry_router.api.schemas.fields import StrictBody
from inquiry_router.inquiry.referral import (
    CreditShare,
    FoundReferral,
    Quoted,
    ReferralParty,
    Speaker,
    party_json,
)
from inquiry_router.inquiry.rendering import format_time
from inquiry_router.intake.cleaning import clean_line
from inquiry_router.referrals.model import Consent, FlagRecord, ReferralEntry, StoredReferral
from inquiry_router.referrals.stages import (
    ReferralState,
    is_contact_allowed,
    is_overdue_to_inform,
    is_to_be_reminded,
    next_states,
)

_ID = "0198c0de-7b1e-7cc3-98c4-dc0c0c07398f"
_TIME = "2026-11-20T08:30:00.000Z"


def _clean(value: Any) -> Any:
    return clean_line(value) if isinstance(value, str) else value


Name = Annotated[str, BeforeValidator(_clean), StringConstraints(min_length=1, max_length=200)]
Person = Annotated[str, BeforeValidator(_clean), StringConstraints(min_length=1, max_length=128)]
Reason = Annotated[str, BeforeValidator(_clean), StringConstraints(min_length=1, max_length=500)]


class PartyIn(StrictBody):
    """The recommender or the prospect."""

    name: Name | None = Field(None, description="The person's name.", examples=["Dawid Kos"])
    company: Name | None = Field(None, description="Their company.", examples=["Stolarnia Kos"])
    phone: Phone | None = Field(None, description="Their number.", examples=["+48602333444"])
    email: Email | None = Field(None, description="Their address.", examples=["d@kos.example"])
    tax_id: TaxId | None = Field(
        None, description="NIP of the company, checked.", examples=["5260001246"]
    )
    account_id: Annotated[str, StringConstraints(max_length=36)] | None = Field(
        None, description="The account, if it is known.", examples=[None]
    )

    @property
    def value(self) -> ReferralParty:
        """The party, every fact as surely as a person says it."""
        facts: dict[str, Any] = {
            field: Quoted(written, written, 1.0)
            for field in ("name", "company", "phone", "email")
            if (written := getattr(self, field)) is not None
        }
        sign = "a person named it" if self.account_id is not None else None
        return ReferralParty(
            **facts, tax_id=self.tax_id, account_id=self.account_id, account_sign=sign
        )


class CreditIn(StrictBody):
    """A share of the credit."""

    person: Person = Field(description="One of our people.", examples=["Bartek Wilk"])
    percent: Annotated[float, Field(gt=0, le=100, allow_inf_nan=False)] = Field(
        100, description="Their share; all of them come to 100.", examples=[100]
    )

    @property
    def value(self) -> CreditShare:
        """The share in hundredths of a percent."""
        return CreditShare(self.person, round(self.percent * 100), "a person said so")


class ReferralIn(StrictBody):
    """A referral that a person enters."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "recommender": {"name": "Anna Kowalska", "company": "Hydro-Bud"},
                    "prospect": {"name": "Dawid Kos", "phone": "602 333 444"},
                    "brought_by": [{"person": "Bartek Wilk"}],
                    "consent": "told_recommender",
                    "consent_note": "Anna asked him on 12 November",
                }
            ]
        },
    )

    recommender: PartyIn = Field(description="The one who recommends us.")
    prospect: PartyIn = Field(description="The one who may buy.")
    brought_by: list[CreditIn] = Field(
        [],
        max_length=10,
        description="Those who brought it; else the recommender's salesperson. Fixed at intake.",
        examples=[[{"person": "Bartek Wilk"}]],
    )
    need: Reason | None = Field(None, description="The need, in words.", examples=["Dwie pompy"])
    language: Annotated[str, StringConstraints(pattern=r"^(pl|en|de)$")] = Field(
        "pl", description="The recommender's language: pl, en or de.", examples=["pl"]
    )
    consent: Consent | None = Field(
        None,
        description="Why the prospect may be contacted. Without it no contact is allowed.",
        examples=["told_recommender"],
    )
    consent_note: Reason | None = Field(
        None, description="Who said it, when and how.", examples=["pan Bąk, 12.11"]
    )

    @property
    def value(self) -> FoundReferral:
        """The referral as a value."""
        return FoundReferral(
            self.recommender.value,
            self.prospect.value,
            Speaker.COLLEAGUE,
            self.language,
            False,
            ("a person entered it",),
            self.need,
            tuple(one.value for one in self.brought_by),
        )


class ReferralOutcomeIn(StrictBody):
    """A step of a referral, as somebody outside says it."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"state": "contacted"}]}
    )

    state: Literal["contacted", "qualified", "won", "lost", "unreliable", "withdrawn"] = Field(
        description="The state that it takes.", examples=["won"]
    )
    reason: Reason | None = Field(
        None, description="Needed for lost, unreliable and withdrawn.", examples=["no budget"]
    )
    handled_by: Person | None = Field(
        None, description="Our person who handles it.", examples=["Ewa Lis"]
    )
    amount_minor: Annotated[int, Field(strict=True, ge=0, le=10**12)] | None = Field(
        None, description="For won: the amount in minor units.", examples=[1250000]
    )
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] | None = Field(
        None, description="Its currency; else that of the rules.", examples=["PLN"]
    )


class ConsentIn(StrictBody):
    """The source of the right to contact a prospect."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"consent": "spoken", "note": "rang us on 12 November"}]},
    )

    consent: Consent = Field(description="The source.", examples=["spoken"])
    note: Reason | None = Field(
        None, description="Who said it, when and how.", examples=["pan Kos, 12.11, phone"]
    )


class PartiesIn(StrictBody):
    """The parties as a person knows them; what is left out stays."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"prospect": {"name": "Dawid Kos", "phone": "602 333 444"}}]
        },
    )

    recommender: PartyIn | None = Field(None, description="Who recommends us.")
    prospect: PartyIn | None = Field(None, description="Who may buy.")


class HandlerIn(StrictBody):
    """Our person who gets a referral."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"person": "Ewa Lis"}]}
    )

    person: Person = Field(description="One of our people.", examples=["Ewa Lis"])


class NoteIn(StrictBody):
    """A note of a person."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"note": "told by mail on 20 November"}]}
    )

    note: Reason | None = Field(None, description="A note.", examples=["by mail"])


class QuotedOut(BaseModel):
    """A fact with its words."""

    value: str = Field(description="The fact.", examples=["Bąk"])
    words: str = Field(description="The words it came from.", examples=["Bąka"])
    certainty: float = Field(description="0 to 1.", examples=[0.9])


class PartyAccountOut(BaseModel):
    """The account of a party."""

    id: str = Field(description="Its id.", examples=[_ID])
    name: str | None = Field(description="Its name.", examples=["Tartak Bąk"])
    sign: str | None = Field(description="The sign by which it was found.", examples=["the number"])


class PartyOut(BaseModel):
    """The recommender or the prospect."""

    name: QuotedOut | None = Field(description="The person's name.")
    company: QuotedOut | None = Field(description="Their company.")
    phone: QuotedOut | None = Field(description="Their number.")
    email: QuotedOut | None = Field(description="Their address.")
    tax_id: str | None = Field(description="The NIP.", examples=["5260001246"])
    account: PartyAccountOut | None = Field(description="The account, if there is one.")


class CreditOut(BaseModel):
    """A share of the credit."""

    person: str = Field(description="One of our people.", examples=["Bartek Wilk"])
    percent: float = Field(description="Their share.", examples=[100])
    why: str = Field(description="The reason.", examples=["is the recommender's salesperson"])


class ReferralFlagOut(BaseModel):
    """A doubt about a referral."""

    kind: str = Field(description="Its kind.", examples=["already_customer"])
    reason: str = Field(description="The reason.", examples=["the prospect is a customer"])
    at: datetime = Field(description="When it was found.", examples=[_TIME])
    verdict: str | None = Field(description="fine, refused, or nobody decided.", examples=[None])
    decided_by: str | None = Field(description="Who decided.", examples=[None])
    why: str | None = Field(description="The reason of the verdict.", examples=[None])
    appeal: str | None = Field(description="The words of an appeal.", examples=[None])


class ReferralEntryOut(BaseModel):
    """An entry of the timeline."""

    at: datetime = Field(description="When.", examples=[_TIME])
    kind: str = Field(description="What happened.", examples=["contacted"])
    actor: str = Field(description="Who did it.", examples=["bartek"])
    details: dict[str, Any] = Field(description="More about it.", examples=[{}])


class ReferralOut(BaseModel):
    """A referral."""

    id: str = Field(description="Its id.", examples=[_ID])
    inquiry_id: str | None = Field(description="The inquiry that it came with.", examples=[_ID])
    state: ReferralState = Field(description="Its state.", examples=["received"])
    next_states: list[ReferralState] = Field(
        description="The states that it may go to.", examples=[["contacted", "lost"]]
    )
    candidate: bool = Field(
        description="Recognised, but unsure: counts after POST .../confirmation.", examples=[False]
    )
    origin: str = Field(description="message, api, form or link.", examples=["message"])
    speaker: Speaker = Field(description="Who of them wrote.", examples=["prospect"])
    language: str = Field(description="The language.", examples=["pl"])
    recommender: PartyOut = Field(description="Who recommends us.")
    prospect: PartyOut = Field(description="Who may buy.")
    need: str | None = Field(description="The need, in their words.", examples=["Dwie pompy"])
    reasons: list[str] = Field(description="Why it is a referral.", examples=[["the words"]])
    consent: Consent | None = Field(description="Why they may be contacted.", examples=[None])
    consent_at: datetime | None = Field(description="Since when.", examples=[None])
    consent_note: str | None = Field(description="The note on it.", examples=[None])
    contact_allowed: bool = Field(
        description="True if somebody may ring or write to the prospect now.", examples=[True]
    )
    informed_at: datetime | None = Field(
        description="When the prospect was told where we have their data from.", examples=[None]
    )
    inform: Literal["done", "later", "now", "blocked"] = Field(
        description="The clock of GDPR art. 14: now from day 20, blocked from day 30.",
        examples=["later"],
    )
    objected_at: datetime | None = Field(description="When they objected.", examples=[None])
    handled_by: str | None = Field(description="Our person who handles it.", examples=["Ewa Lis"])
    amount_minor: int | None = Field(description="The amount that was won.", examples=[None])
    currency: str | None = Field(description="Its currency.", examples=[None])
    credit: list[CreditOut] = Field(description="Whose referral it is.")
    flags: list[ReferralFlagOut] = Field(description="Doubts; nothing is paid before they end.")
    received_at: datetime = Field(description="When it came.", examples=[_TIME])
    changed_at: datetime = Field(description="When it changed last.", examples=[_TIME])
    expires_at: datetime = Field(description="When its protection ends.", examples=[_TIME])


class ReferralWhole(ReferralOut):
    """A referral with its timeline."""

    timeline: list[ReferralEntryOut] = Field(description="What happened, the oldest first.")


class ReferralPage(BaseModel):
    """Referrals, the newest first."""

    items: list[ReferralOut] = Field(description="The referrals of this page.")
    next_cursor: str | None = Field(
        description="Send it as `cursor` for the next page; null at the end.", examples=[None]
    )


def referral_json(stored: StoredReferral, now: datetime) -> dict[str, Any]:
    """Render a referral for answers."""
    standing = stored.standing
    times = ("consent_at", "informed_at", "objected_at", "received_at", "changed_at", "expires_at")
    return {
        "id": stored.id,
        "inquiry_id": stored.inquiry_id,
        "state": stored.state,
        "next_states": list(next_states(standing)) if not stored.candidate else [],
        "candidate": stored.candidate,
        "origin": stored.origin,
        "speaker": stored.speaker,
        "language": stored.language,
        "recommender": party_json(stored.recommender),
        "prospect": party_json(stored.prospect),
        "need": stored.need,
        "reasons": list(stored.reasons),
        "consent": stored.consent,
        "consent_note": stored.consent_note,
        "contact_allowed": is_contact_allowed(standing, now),
        "inform": _inform(stored, now),
        "handled_by": stored.handled_by,
        "amount_minor": stored.amount_minor,
        "currency": stored.currency,
        "credit": [
            {"person": one.person, "percent": one.share / 100, "why": one.why}
            for one in stored.credits
        ],
        "flags": [_flag_json(one) for one in stored.flags],
        **{
            name: format_time(value) if (value := getattr(stored, name)) is not None else None
            for name in times
        },
    }


def _inform(stored: StoredReferral, now: datetime) -> str:
    if stored.informed_at is not None:
        return "done"
    if is_overdue_to_inform(stored.standing, now):
        return "blocked"
    return "now" if is_to_be_reminded(stored.standing, now) else "later"


def _flag_json(flag: FlagRecord) -> dict[str, Any]:
    return {
        "kind": flag.kind,
        "reason": flag.reason,
        "at": format_time(flag.at),
        "verdict": flag.verdict,
        "decided_by": flag.decided_by,
        "why": flag.why,
        "appeal": flag.appeal,
    }


def entry_json(entry: ReferralEntry) -> dict[str, Any]:
    """Render an entry of the timeline."""
    return {
        "at": format_time(entry.at),
        "kind": entry.kind,
        "actor": entry.actor,
        "details": entry.details,
    }

"""A referral as it was recognised in a message: both parties, each fact with its words."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class Quoted:
    """A fact with the words that it came from, and a certainty from 0 to 1."""

    value: str
    words: str
    certainty: float


@dataclass(frozen=True, slots=True)
class ReferralParty:
    """The recommender or the prospect. `account_sign` says by which sign the account was found."""

    name: Quoted | None = None
    company: Quoted | None = None
    phone: Quoted | None = None
    email: Quoted | None = None
    tax_id: str | None = None
    account_id: str | None = None
    account_name: str | None = None
    account_sign: str | None = None

    @property
    def is_empty(self) -> bool:
        """True if nothing is known of them."""
        return not any((self.name, self.company, self.phone, self.email, self.account_id))

    def plain(self, field: str) -> str | None:
        """The value of a fact, or None."""
        found: Quoted | None = getattr(self, field)
        return found.value if found is not None else None


class Speaker(StrEnum):
    """The part of the writer of a message in the referral."""

    PROSPECT = "prospect"
    RECOMMENDER = "recommender"
    COLLEAGUE = "colleague"


@dataclass(frozen=True, slots=True)
class ToldName:
    """Words of a text that name a party, and how often such a finding is right, from 0 to 1."""

    words: str
    certainty: float


@dataclass(frozen=True, slots=True)
class ToldParties:
    """The parties of a referral, as the model reads them in a text.

    `certainty` is that of the writer's part, `nobody` the probability that nobody is recommended.
    Names from the certainty `sure_from` on are right 97 times of 100.
    """

    speaker: Speaker
    certainty: float
    nobody: float = 0.0
    sure_from: float = 0.9
    recommender: ToldName | None = None
    recommender_company: ToldName | None = None
    prospect: ToldName | None = None
    prospect_company: ToldName | None = None

    @property
    def known_by(self) -> dict[str, ToldName]:
        """The name by which each party is known: that of the person, else of the company."""
        both = {
            "recommender": self.recommender or self.recommender_company,
            "prospect": self.prospect or self.prospect_company,
        }
        return {party: name for party, name in both.items() if name is not None}


@dataclass(frozen=True, slots=True)
class CreditShare:
    """A share of the credit, in hundredths of a percent, of one of our people."""

    person: str
    share: int
    why: str


@dataclass(frozen=True, slots=True)
class KnownReferral:
    """An open referral of somebody who writes or rings.

    `salespeople` are our people to whom the prospect should come: the handling one first, then
    those with the credit.
    """

    id: str
    recommender: str
    salespeople: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReferralFlag:
    """A reason for a person to look at a referral before anything is paid."""

    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class FoundReferral:
    """A referral in a message. A `candidate` counts only after a person has confirmed it."""

    recommender: ReferralParty
    prospect: ReferralParty
    speaker: Speaker
    language: str
    candidate: bool
    reasons: tuple[str, ...] = ()
    need: str | None = None
    credits: tuple[CreditShare, ...] = ()
    flags: tuple[ReferralFlag, ...] = ()
    expires_at: datetime | None = None


def party_json(party: ReferralParty) -> dict[str, Any]:
    """Render a party, each fact with its words and certainty."""
    facts = {
        field: {"value": one.value, "words": one.words, "certainty": round(one.certainty, 2)}
        if (one := getattr(party, field)) is not None
        else None
        for field in ("name", "company", "phone", "email")
    }
    account = None
    if party.account_id is not None:
        account = {
            "id": party.account_id,
            "name": party.account_name,
            "sign": party.account_sign,
        }
    return {**facts, "tax_id": party.tax_id, "account": account}


def read_party(data: dict[str, Any]) -> ReferralParty:
    """Read back the result of `party_json`."""
    facts = {
        field: Quoted(**found) if (found := data.get(field)) is not None else None
        for field in ("name", "company", "phone", "email")
    }
    account = data.get("account") or {}
    return ReferralParty(
        **facts,
        tax_id=data.get("tax_id"),
        account_id=account.get("id"),
        account_name=account.get("name"),
        account_sign=account.get("sign"),
    )

"""The values of stored referrals. Pure."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from inquiry_router.inquiry.reasons import keep_id, say_stored
from inquiry_router.inquiry.referral import CreditShare, ReferralParty, Speaker
from inquiry_router.referrals.stages import ReferralStanding, ReferralState


class Consent(StrEnum):
    """The source of the right to contact a prospect."""

    OWN_INQUIRY = "own_inquiry"  # they wrote or rang themselves
    TOLD_RECOMMENDER = "told_recommender"  # the recommender says that they agreed
    WRITTEN = "written"
    SPOKEN = "spoken"


@dataclass(frozen=True, slots=True)
class FlagRecord:
    """A doubt about a referral, and the verdict of a person."""

    kind: str
    reason: str
    at: datetime
    verdict: str | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    why: str | None = None
    appeal: str | None = None
    facts: dict[str, Any] | None = None

    def say(self, language: str) -> str:
        """Say the reason in a language; one of an older version is English."""
        return say_stored([self.reason], [self.facts], language, keep_id)[0]


@dataclass(frozen=True, slots=True)
class StoredReferral:
    """A referral as it is stored."""

    id: str
    inquiry_id: str | None
    state: ReferralState
    candidate: bool
    origin: str
    speaker: Speaker
    language: str
    recommender: ReferralParty
    prospect: ReferralParty
    need: str | None
    reasons: tuple[str, ...]
    received_at: datetime
    changed_at: datetime
    expires_at: datetime
    version: int
    consent: Consent | None = None
    consent_at: datetime | None = None
    consent_note: str | None = None
    informed_at: datetime | None = None
    objected_at: datetime | None = None
    handled_by: str | None = None
    given_at: datetime | None = None
    warned_at: datetime | None = None
    amount_minor: int | None = None
    currency: str | None = None
    won_at: datetime | None = None
    credits: tuple[CreditShare, ...] = ()
    flags: tuple[FlagRecord, ...] = ()

    @property
    def standing(self) -> ReferralStanding:
        """The part that decides which steps it may take."""
        return ReferralStanding(
            self.state,
            self.candidate,
            self.received_at,
            self.expires_at,
            self.consent,
            self.informed_at,
            self.objected_at,
        )

    @property
    def open_flags(self) -> tuple[FlagRecord, ...]:
        """Doubts that nobody has decided, or that were found right: nothing is paid."""
        return tuple(one for one in self.flags if one.verdict != "fine")


@dataclass(frozen=True, slots=True)
class ReferralEntry:
    """One entry of a referral's timeline."""

    at: datetime
    kind: str
    actor: str
    details: dict[str, Any] = field(default_factory=dict)

"""The rows that a new referral leaves in the database."""

from datetime import datetime
from typing import Any

from inquiry_router.accounts.model import person_key
from inquiry_router.database.group_commit import TableRows
from inquiry_router.inquiry.reasons import reason_facts
from inquiry_router.inquiry.referral import FoundReferral, Speaker, party_json
from inquiry_router.process.ids import new_id
from inquiry_router.referrals.model import Consent
from inquiry_router.referrals.signs import signs_of
from inquiry_router.referrals.stages import ReferralState
from inquiry_router.referrals.tables import (
    referral_credits,
    referral_flags,
    referral_signs,
    referral_timeline,
    referrals,
)


def new_rows(
    found: FoundReferral,
    inquiry_id: str | None,
    origin: str,
    actor: str,
    now: datetime,
    referral_id: str | None = None,
    consent: Consent | None = None,
) -> list[TableRows]:
    """Build the rows of a new referral, in the order in which they are stored.

    A prospect who wrote themselves wants to be contacted, and knows where we have their data from.
    """
    assert found.expires_at is not None
    one = referral_id or new_id()
    if consent is None and found.speaker is Speaker.PROSPECT and inquiry_id is not None:
        consent = Consent.OWN_INQUIRY
    state = ReferralState.RECEIVED
    entries = [_entry(one, now, "received", actor, {"inquiry": inquiry_id, "origin": origin})]
    if consent is not None and not found.candidate:
        state = ReferralState.CONSENT_KNOWN
        entries.append(_entry(one, now, state.value, actor, {"consent": consent.value}))
    values = _values(one, found, inquiry_id, origin, state, consent, now)
    return [
        (referrals, [values]),
        (
            referral_signs,
            [{"sign": sign, "referral_id": one} for sign in signs_of(found.prospect)],
        ),
        (referral_credits, _credit_rows(one, found)),
        (
            referral_flags,
            [
                {
                    "id": new_id(),
                    "referral_id": one,
                    "kind": flag.kind,
                    "reason": str(flag.reason),
                    "facts": reason_facts([flag.reason])[0],
                    "at": now,
                }
                for flag in found.flags
            ],
        ),
        (referral_timeline, entries),
    ]


def _values(
    referral_id: str,
    found: FoundReferral,
    inquiry_id: str | None,
    origin: str,
    state: ReferralState,
    consent: Consent | None,
    now: datetime,
) -> dict[str, Any]:
    own = consent is Consent.OWN_INQUIRY
    return {
        "id": referral_id,
        "inquiry_id": inquiry_id,
        "state": state.value,
        "candidate": found.candidate,
        "origin": origin,
        "speaker": found.speaker.value,
        "language": found.language,
        "recommender": party_json(found.recommender),
        "prospect": party_json(found.prospect),
        "recommender_account_id": found.recommender.account_id,
        "prospect_account_id": found.prospect.account_id,
        "need": found.need,
        "reasons": list(found.reasons),
        "consent": consent.value if consent is not None else None,
        "consent_at": now if consent is not None else None,
        "informed_at": now if own else None,
        "received_at": now,
        "changed_at": now,
        "expires_at": found.expires_at,
        "version": 1,
    }


def _credit_rows(referral_id: str, found: FoundReferral) -> list[dict[str, Any]]:
    return [
        {
            "referral_id": referral_id,
            "person_key": person_key(one.person),
            "person": one.person,
            "share": one.share,
            "why": one.why,
        }
        for one in found.credits
    ]


def _entry(
    referral_id: str, at: datetime, kind: str, actor: str, details: dict[str, Any]
) -> dict[str, Any]:
    return {
        "id": new_id(),
        "referral_id": referral_id,
        "at": at,
        "kind": kind,
        "actor": actor,
        "details": details,
    }

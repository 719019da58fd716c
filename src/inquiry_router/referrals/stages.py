"""The states of a referral and the steps between them. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from inquiry_router.inquiry.errors import Conflict, Invalid


class ReferralState(StrEnum):
    """The state of a referral.

    received -> consent_known -> contacted -> qualified -> won | lost | unreliable; from any open
    state also withdrawn or expired. A deal that is undone takes a won one to lost.
    """

    RECEIVED = "received"
    CONSENT_KNOWN = "consent_known"
    CONTACTED = "contacted"
    QUALIFIED = "qualified"
    WON = "won"
    LOST = "lost"
    UNRELIABLE = "unreliable"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


_S: Final = ReferralState
OPEN: Final = (_S.RECEIVED, _S.CONSENT_KNOWN, _S.CONTACTED, _S.QUALIFIED)
_ENDS: Final = frozenset({_S.LOST, _S.UNRELIABLE, _S.WITHDRAWN, _S.EXPIRED})
_NEXT: Final[dict[ReferralState, frozenset[ReferralState]]] = {
    _S.RECEIVED: _ENDS | {_S.CONSENT_KNOWN},
    _S.CONSENT_KNOWN: _ENDS | {_S.CONTACTED, _S.QUALIFIED, _S.WON},
    _S.CONTACTED: _ENDS | {_S.QUALIFIED, _S.WON},
    _S.QUALIFIED: _ENDS | {_S.WON},
    # The deal was undone.
    _S.WON: frozenset({_S.LOST}),
    # They came back; only a person says so.
    _S.LOST: frozenset({_S.CONTACTED, _S.QUALIFIED, _S.WON}),
    _S.UNRELIABLE: frozenset({_S.CONTACTED, _S.QUALIFIED}),
    _S.WITHDRAWN: frozenset(),
    _S.EXPIRED: frozenset(),
}
# These need a word on the reason: somebody else will ask for it.
_WITH_REASON: Final = frozenset({_S.LOST, _S.UNRELIABLE, _S.WITHDRAWN})
_WITH_CONTACT: Final = frozenset({_S.CONTACTED, _S.QUALIFIED, _S.WON})
# Nobody takes these steps: a consent that is recorded and the time do.
_BY_ITSELF: Final = frozenset({_S.CONSENT_KNOWN, _S.EXPIRED})
INFORM_REMINDER: Final = timedelta(days=20)
INFORM_BY: Final = timedelta(days=30)


class ContactBlocked(Conflict):
    """The prospect may not be contacted. `hint` names the law and the cure."""

    hint = "Record the consent first: POST /v1/referrals/{id}/consent."


@dataclass(frozen=True, slots=True)
class ReferralStanding:
    """Everything about a referral that decides which steps it may take."""

    state: ReferralState
    candidate: bool
    received_at: datetime
    expires_at: datetime
    consent: str | None = None
    informed_at: datetime | None = None
    objected_at: datetime | None = None


def next_states(standing: ReferralStanding) -> tuple[ReferralState, ...]:
    """List the states that a referral may go to, in their order."""
    allowed = _NEXT[standing.state]
    return tuple(one for one in ReferralState if one in allowed)


def check_step(
    standing: ReferralStanding, to: ReferralState, reason: str | None, now: datetime
) -> bool:
    """True if the step changes something, False if the referral is there already.

    Raises `Conflict` with the states that are possible, `ContactBlocked` if the law forbids the
    step, and `Invalid` if a reason is missing.
    """
    if standing.candidate and to is not _S.WITHDRAWN:
        raise Conflict(
            "This referral is a candidate: nobody has said yet that it is one.",
            hint="Confirm it first: POST /v1/referrals/{id}/confirmation. Or withdraw it.",
        )
    if to is standing.state:
        return False
    if to not in _NEXT[standing.state]:
        if standing.state is _S.RECEIVED and to in _WITH_CONTACT:
            _require_contact_allowed(standing, now)
        steps = (one for one in next_states(standing) if one not in _BY_ITSELF)
        possible = ", ".join(steps) or "no other state"
        raise Conflict(
            f"A referral that is '{standing.state}' cannot become '{to}'.",
            hint=f"It may become: {possible}.",
        )
    if to in _WITH_REASON and not reason:
        raise Invalid(f"'{to}' needs a reason.", hint="Add 'reason', in a few words.")
    if to in _WITH_CONTACT:
        _require_contact_allowed(standing, now)
    return True


def _require_contact_allowed(standing: ReferralStanding, now: datetime) -> None:
    if standing.objected_at is not None:
        raise ContactBlocked(
            "The prospect has objected: that is final.",
            hint="Close the referral as withdrawn. Only their own new inquiry begins again.",
        )
    if standing.consent is None:
        raise ContactBlocked("Nobody has recorded that the prospect wants to be contacted.")
    if is_overdue_to_inform(standing, now):
        raise ContactBlocked(
            "The prospect was not told within 30 days where we have their data from.",
            hint="Tell them now, and record it: POST /v1/referrals/{id}/information.",
        )


def is_contact_allowed(standing: ReferralStanding, now: datetime) -> bool:
    """True if somebody may ring or write to the prospect now."""
    if standing.candidate or standing.state not in OPEN:
        return False
    try:
        _require_contact_allowed(standing, now)
    except ContactBlocked:
        return False
    return True


def is_overdue_to_inform(standing: ReferralStanding, now: datetime) -> bool:
    """True if the month of GDPR art. 14 is over and the prospect was not told."""
    return standing.informed_at is None and now >= standing.received_at + INFORM_BY


def is_to_be_reminded(standing: ReferralStanding, now: datetime) -> bool:
    """True from the day on which people are reminded that the prospect must be told."""
    return (
        standing.informed_at is None
        and standing.state in OPEN
        and now >= standing.received_at + INFORM_REMINDER
    )


def has_expired(standing: ReferralStanding, now: datetime) -> bool:
    """True if the protection of an open referral is over."""
    return standing.state in OPEN and now >= standing.expires_at

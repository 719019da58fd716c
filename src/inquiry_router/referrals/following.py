"""Everything that follows from a step: rewards, and who is told."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from inquiry_router.accounts.model import person_key
from inquiry_router.configuration.referral_rules import ReferralRules
from inquiry_router.inquiry.reason_texts import TEXTS
from inquiry_router.inquiry.reasons import Reason, keep_id, say
from inquiry_router.inquiry.referral import ReferralParty
from inquiry_router.referrals import reward_store
from inquiry_router.referrals.acting import ReferralStep
from inquiry_router.referrals.model import StoredReferral
from inquiry_router.referrals.stages import ReferralState
from inquiry_router.staff.model import Roster
from inquiry_router.telling.model import MANAGERS, Notice, Receiver
from inquiry_router.telling.store import add_notice

STEP: str = "referral_step"


def follow_step(
    connection: Connection,
    before: StoredReferral,
    after: StoredReferral,
    step: ReferralStep,
    rules: ReferralRules,
    roster: Roster,
) -> None:
    """Book the rewards that a step earns or undoes, and tell those who have the credit."""
    match after.state:
        case ReferralState.QUALIFIED:
            reward_store.earn(connection, after, "qualified", rules, step.actor, step.now)
        case ReferralState.WON:
            reward_store.earn(connection, after, "won", rules, step.actor, step.now)
        case ReferralState.LOST if before.state is ReferralState.WON:
            why = step.reason or "the deal was undone"
            reward_store.reverse_all(connection, after.id, "won", step.actor, step.now, why)
    tell_credited(connection, after, after.state.value, _in_languages(step), roster, step.now)


def _in_languages(step: ReferralStep) -> str | dict[str, str] | None:
    """The reason of a step; one of the router itself in each language."""
    why = step.reason
    if not isinstance(why, Reason):
        return why
    return {language: say(why.code, why.facts, language, keep_id) for language in TEXTS}


def tell_credited(
    connection: Connection,
    referral: StoredReferral,
    what: str,
    reason: str | Mapping[str, str] | None,
    roster: Roster,
    now: datetime,
    *,
    once: bool = False,
) -> None:
    """Tell each person with credit, and the handling one; managers where nobody has any."""
    prospect, recommender = label_of(referral.prospect), label_of(referral.recommender)
    facts: dict[str, Any] = {"prospect": prospect, what: prospect}
    facts |= {"recommender": recommender} if recommender else {}
    facts |= {"reason": reason} if reason else {}
    names = [one.person for one in referral.credits]
    members = [member for name in names if (member := roster.by_name(name)) is not None]
    receivers = [Receiver(member_id=one.id) for one in members] or [Receiver(group=MANAGERS)]
    for receiver in receivers:
        to = receiver.member_id or receiver.group
        version = "once" if once else referral.version
        key = f"referral:{referral.id}:{what}:{version}:{to}"
        add_notice(connection, Notice(STEP, key, receiver, facts, referral.inquiry_id), now)


def tell_member(
    connection: Connection,
    referral: StoredReferral,
    what: str,
    person: str,
    roster: Roster,
    now: datetime,
) -> None:
    """Tell one of our people about a referral that they have in hand; managers if none is known."""
    member = roster.by_name(person)
    receiver = Receiver(member_id=member.id) if member else Receiver(group=MANAGERS)
    prospect, recommender = label_of(referral.prospect), label_of(referral.recommender)
    facts: dict[str, Any] = {"prospect": prospect, what: prospect, "recommender": recommender}
    key = f"referral:{referral.id}:{what}:{referral.version}:{person_key(person)}"
    add_notice(connection, Notice(STEP, key, receiver, facts, referral.inquiry_id), now)


def label_of(party: ReferralParty) -> str:
    """The shortest words by which people know a party."""
    known = (party.plain(field) for field in ("name", "company", "phone", "email"))
    return next((one for one in known if one), party.account_name or "")

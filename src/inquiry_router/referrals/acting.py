"""Acts on a referral inside one transaction: steps, consent, parties, credit, doubts.

Each locks the referral, decides, changes it and writes its timeline. `telling` hears of each step.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, update

from inquiry_router.accounts.model import person_key
from inquiry_router.inquiry.errors import Conflict, Invalid, NotFound
from inquiry_router.inquiry.reasons import Reason, reason
from inquiry_router.inquiry.referral import CreditShare, ReferralParty
from inquiry_router.referrals import store
from inquiry_router.referrals.finding import WHOLE_SHARE, find_credit, match
from inquiry_router.referrals.model import Consent, StoredReferral
from inquiry_router.referrals.stages import OPEN, ReferralState, check_step
from inquiry_router.referrals.tables import referral_flags

# Called in the transaction of a step, with the referral before and after it.
OnStep = Callable[[Connection, StoredReferral, StoredReferral, "ReferralStep"], None]


@dataclass(frozen=True, slots=True)
class ReferralStep:
    """A step of a referral, as a person, a link or a file says it."""

    to: ReferralState
    actor: str
    now: datetime
    reason: str | None = None
    handled_by: str | None = None
    amount_minor: int | None = None
    currency: str | None = None
    # By a link: refused if the referral is with somebody else by now.
    by_handler_only: bool = False


def take_step(
    connection: Connection, named: str, step: ReferralStep, on_step: OnStep
) -> StoredReferral:
    """Take a step; the same one again changes nothing.

    Raises `NotFound`, `Conflict`, `Invalid` and `ContactBlocked` as `check_step` does.
    """
    before = store.read_referral(connection, named, lock=True)
    if step.by_handler_only:
        _require_handler(before, step)
    changes = check_step(before.standing, step.to, step.reason, step.now)
    if not changes:
        _refuse_contradiction(before, step)
        return before
    values: dict[str, Any] = {"state": step.to.value}
    if step.handled_by is not None:
        values |= {"handled_by": step.handled_by, "handled_by_key": person_key(step.handled_by)}
    if step.to is ReferralState.WON:
        values |= {
            "won_at": step.now,
            "amount_minor": step.amount_minor,
            "currency": step.currency,
        }
    after = store.change(connection, before, step.now, **values)
    details = {
        "from": before.state.value,
        "reason": str(step.reason) if step.reason is not None else None,
        "reason_said": _said(step.reason),
        "handled_by": step.handled_by,
        "amount_minor": step.amount_minor,
        "currency": step.currency,
    }
    details = {name: value for name, value in details.items() if value is not None}
    store.add_entry(connection, before.id, step.now, step.to.value, step.actor, details)
    on_step(connection, before, after, step)
    return after


def _said(why: str | None) -> dict[str, Any] | None:
    """The code and facts of a reason of the router's own, to say it in another language."""
    return {"code": why.code, **why.facts} if isinstance(why, Reason) else None


def _require_handler(before: StoredReferral, step: ReferralStep) -> None:
    """Refuse a link of somebody who does not have the referral any more. Raises `Conflict`."""
    if before.state is ReferralState.WON:
        raise Conflict(
            "A deal is not undone by a link.", hint="A person with a key of their own says so."
        )
    handler = before.handled_by
    if handler is not None and person_key(handler) != person_key(step.handled_by or ""):
        raise Conflict(
            "This referral is with somebody else now.",
            hint="They say what became of it; a manager may give it to you.",
        )


def _refuse_contradiction(before: StoredReferral, step: ReferralStep) -> None:
    """Refuse another amount for what was won already. Raises `Conflict`."""
    if step.amount_minor is None or before.amount_minor is None:
        return
    same_currency = before.currency in (None, step.currency)
    if before.amount_minor != step.amount_minor or not same_currency:
        raise Conflict(
            f"This referral was won with {before.amount_minor} {before.currency or ''} already, "
            f"not with {step.amount_minor} {step.currency or ''}.",
            hint="Undo it first (outcome 'lost', with a reason), then say the right amount.",
        )


def confirm(
    connection: Connection, named: str, actor: str, now: datetime, on_step: OnStep
) -> StoredReferral:
    """Make a candidate a referral; a prospect who wrote themselves has consented."""
    before = store.read_referral(connection, named, lock=True)
    if not before.candidate:
        return before
    after = store.change(connection, before, now, candidate=False)
    store.add_entry(connection, before.id, now, "confirmed", actor)
    if not after.credits:
        share = find_credit(connection, after.recommender, None, before.received_at)
        store.set_credits(connection, before.id, share)
    if after.consent is not None and after.state is ReferralState.RECEIVED:
        step = ReferralStep(ReferralState.CONSENT_KNOWN, actor, now)
        return take_step(connection, before.id, step, on_step)
    return store.read_referral(connection, before.id)


def record_consent(
    connection: Connection,
    named: str,
    consent: Consent,
    note: str | None,
    actor: str,
    now: datetime,
    on_step: OnStep,
) -> StoredReferral:
    """Record the source of the right to contact the prospect. An objection is final."""
    before = store.read_referral(connection, named, lock=True)
    if before.objected_at is not None:
        raise Conflict(
            "The prospect has objected: that is final.",
            hint="Only their own new inquiry begins again.",
        )
    if consent is not Consent.OWN_INQUIRY and not note:
        raise Invalid(
            "A consent needs a note on its source.",
            hint="Add 'note': who said it, when and how, such as 'pan Bąk, 12.11, phone'.",
        )
    store.change(connection, before, now, consent=consent.value, consent_at=now, consent_note=note)
    details = {"consent": consent.value, "note": note}
    store.add_entry(connection, before.id, now, "consent", actor, details)
    if before.state is ReferralState.RECEIVED and not before.candidate:
        return take_step(
            connection, before.id, ReferralStep(ReferralState.CONSENT_KNOWN, actor, now), on_step
        )
    return store.read_referral(connection, before.id)


def record_information(
    connection: Connection, named: str, note: str | None, actor: str, now: datetime
) -> StoredReferral:
    """Record that the prospect was told where we have their data from (GDPR art. 14)."""
    before = store.read_referral(connection, named, lock=True)
    if before.informed_at is not None:
        return before
    after = store.change(connection, before, now, informed_at=now)
    store.add_entry(connection, before.id, now, "informed", actor, {"note": note})
    return after


def record_objection(
    connection: Connection, named: str, note: str | None, actor: str, now: datetime, on_step: OnStep
) -> StoredReferral:
    """Record that the prospect objects: final, and the referral is withdrawn."""
    before = store.read_referral(connection, named, lock=True)
    if before.objected_at is not None:
        return before
    store.change(connection, before, now, objected_at=now)
    store.add_entry(connection, before.id, now, "objected", actor, {"note": note})
    if before.state in OPEN:
        step = ReferralStep(ReferralState.WITHDRAWN, actor, now, reason("prospect_objected"))
        return take_step(connection, before.id, step, on_step)
    return store.read_referral(connection, before.id)


def correct_parties(
    connection: Connection,
    named: str,
    parties: dict[str, ReferralParty],
    actor: str,
    now: datetime,
) -> StoredReferral:
    """Replace what is known of a party, and find its account again."""
    before = store.read_referral(connection, named, lock=True)
    matched = {side: match(connection, party, now) for side, party in parties.items()}
    after = store.set_party(connection, before, now, **matched)
    store.add_entry(connection, before.id, now, "corrected", actor, {"sides": sorted(parties)})
    if not after.credits and before.candidate:
        share = find_credit(connection, after.recommender, None, before.received_at)
        store.set_credits(connection, before.id, share)
    return store.read_referral(connection, before.id)


def change_credit(
    connection: Connection,
    named: str,
    credited: Sequence[CreditShare],
    why: str,
    actor: str,
    now: datetime,
) -> StoredReferral:
    """Change the credit. Only for managers, who say why. Raises `Invalid`."""
    keys = [person_key(one.person) for one in credited]
    if len(set(keys)) != len(keys):
        raise Invalid("A person stands there twice.", hint="Name each person once.")
    total = sum(one.share for one in credited)
    if total != WHOLE_SHARE:
        raise Invalid(
            f"The shares come to {total / 100:g} %.", hint="Shares of a credit sum up to 100 %."
        )
    before = store.read_referral(connection, named, lock=True)
    store.set_credits(connection, before.id, credited)
    details = {"before": _shares(before.credits), "after": _shares(credited), "why": why}
    store.add_entry(connection, before.id, now, "credit", actor, details)
    return store.change(connection, before, now)


def _shares(credited: Sequence[CreditShare]) -> dict[str, int]:
    return {one.person: one.share for one in credited}


def judge_flag(
    connection: Connection,
    named: str,
    kind: str,
    *,
    fine: bool,
    why: str,
    actor: str,
    now: datetime,
) -> StoredReferral:
    """Decide a doubt. Nobody decides about a referral with their own credit."""
    before = store.read_referral(connection, named, lock=True)
    _require_flag(before, kind)
    verdict = "fine" if fine else "refused"
    this = (referral_flags.c.referral_id == before.id) & (referral_flags.c.kind == kind)
    values = {"verdict": verdict, "decided_by": actor, "decided_at": now, "why": why}
    connection.execute(update(referral_flags).where(this).values(**values))
    details = {"flag": kind, "verdict": verdict, "why": why}
    store.add_entry(connection, before.id, now, "judged", actor, details)
    return store.change(connection, before, now)


def appeal(
    connection: Connection, named: str, kind: str, text: str, actor: str, now: datetime
) -> StoredReferral:
    """Appeal against a refusal: the doubt is open again, with the words of the appeal."""
    before = store.read_referral(connection, named, lock=True)
    flag = _require_flag(before, kind)
    if flag.verdict != "refused":
        raise Conflict(
            "Only a refusal can be appealed against.", hint="Nobody has refused this one."
        )
    if flag.appeal is not None:
        raise Conflict("An appeal was made already.", hint="A manager decides about it.")
    this = (referral_flags.c.referral_id == before.id) & (referral_flags.c.kind == kind)
    values = {"verdict": None, "appeal": text, "appealed_at": now}
    connection.execute(update(referral_flags).where(this).values(**values))
    details = {"flag": kind, "appeal": text}
    store.add_entry(connection, before.id, now, "appealed", actor, details)
    return store.change(connection, before, now)


def _require_flag(before: StoredReferral, kind: str) -> Any:
    found = next((one for one in before.flags if one.kind == kind), None)
    if found is None:
        kinds = ", ".join(one.kind for one in before.flags) or "none"
        raise NotFound(f"This referral has no doubt '{kind[:32]}'.", hint=f"It has: {kinds}.")
    return found

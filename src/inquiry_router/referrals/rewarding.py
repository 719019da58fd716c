"""Rewards: who earns how much, and the bookings of each step. Pure.

Every step books an amount from one place to another, so the entries of a referral always sum up to
zero: the company promises (`company`), the receiver has it pending, held, approved or paid.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from inquiry_router.accounts.model import person_key
from inquiry_router.configuration.referral_rules import ReferralRules, RewardRule
from inquiry_router.inquiry.errors import Conflict, Forbidden
from inquiry_router.inquiry.referral import CreditShare
from inquiry_router.referrals.model import StoredReferral
from inquiry_router.staff.model import Roster

WHOLE: Final = 10_000
COMPANY: Final = "company"
SALESPERSON: Final = "salesperson"


class RewardState(StrEnum):
    """The state of a reward: pending -> held -> approved -> paid; from any of them reversed."""

    PENDING = "pending"  # a doubt about the referral is open
    HELD = "held"
    APPROVED = "approved"
    PAID = "paid"
    REVERSED = "reversed"


_BEFORE: Final = {
    RewardState.HELD: RewardState.PENDING,
    RewardState.APPROVED: RewardState.HELD,
    RewardState.PAID: RewardState.APPROVED,
}


@dataclass(frozen=True, slots=True)
class PlannedReward:
    """A reward that a referral earns by an event."""

    event: str
    receiver_kind: str
    receiver: str
    receiver_key: str
    amount_minor: int
    currency: str
    rule: str


@dataclass(frozen=True, slots=True)
class StoredReward:
    """A reward as it is stored. `approved_by` are the names of those who approved it."""

    id: str
    referral_id: str
    event: str
    receiver_kind: str
    receiver: str
    receiver_key: str
    amount_minor: int
    currency: str
    state: RewardState
    rule: str
    held_until: datetime
    approved_by: tuple[str, ...]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Booking:
    """An amount that a holder has more, or less, in a place."""

    holder: str
    place: str
    amount_minor: int


def plan_rewards(
    referral: StoredReferral, event: str, rules: ReferralRules
) -> tuple[PlannedReward, ...]:
    """List the rewards of an event, each receiver once."""
    planned: dict[tuple[str, str], PlannedReward] = {}
    for rule in rules.rewards:
        if rule.event != event:
            continue
        for one in _of_rule(rule, referral, rules.currency):
            key = (one.receiver_kind, one.receiver_key)
            if one.amount_minor > 0:
                planned[key] = _joined(planned.get(key), one)
    return tuple(planned.values())


def _joined(first: PlannedReward | None, second: PlannedReward) -> PlannedReward:
    if first is None:
        return second
    return PlannedReward(
        second.event,
        second.receiver_kind,
        second.receiver,
        second.receiver_key,
        first.amount_minor + second.amount_minor,
        second.currency,
        f"{first.rule}; {second.rule}",
    )


def _of_rule(rule: RewardRule, referral: StoredReferral, currency: str) -> Iterator[PlannedReward]:
    same_currency = referral.currency in (None, currency)
    amount = amount_of(rule, referral.amount_minor if same_currency else None)
    if rule.receiver == SALESPERSON:
        for credit, part in split(amount, referral.credits):
            key = person_key(credit.person)
            yield PlannedReward(
                rule.event, SALESPERSON, credit.person, key, part, currency, rule.text
            )
    elif rule.receiver == "company":
        account, name = referral.recommender.account_id, referral.recommender.account_name
        if account is not None:
            yield PlannedReward(
                rule.event, "company", name or account, account, amount, currency, rule.text
            )
    else:
        charity = rule.charity or ""
        key = person_key(charity)
        yield PlannedReward(rule.event, "charity", charity, key, amount, currency, rule.text)


def amount_of(rule: RewardRule, won_minor: int | None) -> int:
    """The amount of a rule in minor units; a percentage is rounded down and capped."""
    share = int((won_minor or 0) * rule.percent / 100)
    if rule.cap_minor is not None:
        share = min(share, rule.cap_minor)
    return rule.amount_minor + share


def split(amount: int, credited: Iterable[CreditShare]) -> list[tuple[CreditShare, int]]:
    """Split an amount by shares. The parts sum up to it: the first ones get what is left over."""
    shares = list(credited)
    parts = [amount * one.share // WHOLE for one in shares]
    whole = sum(one.share for one in shares) == WHOLE
    for place in range(amount - sum(parts) if whole else 0):
        parts[place % len(parts)] += 1
    return list(zip(shares, parts, strict=True))


def opening_bookings(receiver_key: str, amount: int) -> tuple[Booking, ...]:
    """The bookings of a new reward: the company promises."""
    return (
        Booking(COMPANY, COMPANY, -amount),
        Booking(receiver_key, RewardState.PENDING.value, amount),
    )


def bookings(reward: StoredReward, to: RewardState) -> tuple[Booking, ...]:
    """The bookings of a step of a reward."""
    key, amount = reward.receiver_key, reward.amount_minor
    back = Booking(key, reward.state.value, -amount)
    if to is RewardState.REVERSED:
        return back, Booking(COMPANY, COMPANY, amount)
    return back, Booking(key, to.value, amount)


def check_reward_step(reward: StoredReward, to: RewardState) -> bool:
    """True if the step changes something, False if the reward is there. Raises `Conflict`."""
    if to is reward.state:
        return False
    if to is RewardState.REVERSED:
        return True
    if _BEFORE.get(to) is not reward.state:
        raise Conflict(
            f"A reward that is '{reward.state}' cannot become '{to}'.",
            hint="The order is pending, held, approved, paid; any of them may be reversed.",
        )
    return True


def check_approval(
    reward: StoredReward,
    referral: StoredReferral,
    approver: str,
    staff: Roster,
    rules: ReferralRules,
    now: datetime,
) -> bool:
    """True if this approval is enough, False if another person must approve, too.

    Above the limit two members of staff must, and for any amount in another currency than that of
    the limit. Raises `Forbidden` for one's own reward, for a second
    approval by the same person and for somebody who is not known, and `Conflict` before the holding
    time is over.
    """
    own = {reward.receiver_key, *(person_key(one.person) for one in referral.credits)}
    own |= {person_key(referral.handled_by)} if referral.handled_by is not None else set()
    if person_key(approver) in own:
        raise Forbidden(
            "Nobody approves a reward in which they have a part themselves.",
            hint="Another manager approves it.",
        )
    if now < reward.held_until:
        raise Conflict(
            f"The reward is held until {reward.held_until:%Y-%m-%d %H:%M} UTC.",
            hint="Approve it then; the deal may still be undone.",
        )
    within = reward.amount_minor <= rules.second_approver_above_minor
    if within and reward.currency == rules.currency:
        return True
    return _is_second(reward, approver, staff)


def _is_second(reward: StoredReward, approver: str, staff: Roster) -> bool:
    """True if another member of staff has approved before. Raises `Forbidden`."""
    person = staff.by_name(approver)
    if person is None:
        raise Forbidden(
            f"Two different people must approve this reward, and '{approver}' is nobody of the "
            "staff, so nobody could tell whose approval this is.",
            hint="A key belongs to the member of staff whose name it has: an admin sets 'name' in "
            "PUT /v1/api-keys/{id}. POST /v1/staff enters somebody.",
        )
    before = {one.id for one in map(staff.by_name, reward.approved_by) if one is not None}
    if person.id in before:
        raise Forbidden(
            "You have approved this reward already, and it needs a second person.",
            hint="Above the limit of the rules, or in another currency, two people approve.",
        )
    return bool(before)


def held_until(rules: ReferralRules, now: datetime) -> datetime:
    """The end of the time for which a reward is held."""
    return now + timedelta(days=rules.hold_days)

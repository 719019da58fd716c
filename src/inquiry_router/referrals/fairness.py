"""Reasons to look at a referral before anything is paid for it. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from inquiry_router.inquiry.reasons import reason
from inquiry_router.inquiry.referral import ReferralFlag, ReferralParty
from inquiry_router.referrals.signs import are_same_person, is_strong, signs_of
from inquiry_router.referrals.stages import OPEN, ReferralState


class FlagKind(StrEnum):
    """The kind of a doubt about a referral."""

    SELF = "self_referral"
    CIRCLE = "circle"
    CUSTOMER = "already_customer"
    SPELLING = "same_person"
    COMPETING = "competing_claim"


@dataclass(frozen=True, slots=True)
class EarlierReferral:
    """An earlier referral that has a party in common with a new one."""

    id: str
    recommender: ReferralParty
    prospect: ReferralParty
    state: ReferralState
    received_at: datetime
    expires_at: datetime


def find_flags(
    recommender: ReferralParty,
    prospect: ReferralParty,
    earlier: Iterable[EarlierReferral],
    now: datetime,
) -> tuple[ReferralFlag, ...]:
    """List the doubts about a new referral, each kind once, with the reason in words."""
    found = (
        *_about_itself(recommender, prospect),
        *_about_earlier(recommender, prospect, tuple(earlier), now),
    )
    by_kind: dict[str, ReferralFlag] = {}
    for flag in found:
        by_kind.setdefault(flag.kind, flag)
    return tuple(by_kind.values())


def _about_itself(recommender: ReferralParty, prospect: ReferralParty) -> Iterator[ReferralFlag]:
    shared = _shared(recommender, prospect)
    if shared is not None:
        yield ReferralFlag(FlagKind.SELF, reason("recommends_self", **{shared: True}))
    elif are_same_person(recommender, prospect):
        yield ReferralFlag(FlagKind.SELF, reason("recommends_self", name=True))
    if prospect.account_id is not None:
        name = prospect.account_name or prospect.account_id
        why = reason("customer_already", name=name)
        yield ReferralFlag(FlagKind.CUSTOMER, why)


def _about_earlier(
    recommender: ReferralParty,
    prospect: ReferralParty,
    earlier: tuple[EarlierReferral, ...],
    now: datetime,
) -> Iterator[ReferralFlag]:
    for other in earlier:
        day = f"{other.received_at:%Y-%m-%d}"
        same = _shared(prospect, other.prospect)
        live = other.state in OPEN and now < other.expires_at
        known: dict[str, Any] = {"day": day, "referral": other.id}
        if same is not None and (live or other.state is ReferralState.WON):
            why = reason("recommended_before", **{same: True}, **known)
            yield ReferralFlag(FlagKind.COMPETING, why)
        elif same is None and live and are_same_person(prospect, other.prospect):
            yield ReferralFlag(FlagKind.SPELLING, reason("spelled_otherwise", **known))
        back = _shared(prospect, other.recommender)
        if back is not None and _shared(recommender, other.prospect) is not None:
            yield ReferralFlag(FlagKind.CIRCLE, reason("recommended_back", **known))


def _shared(one: ReferralParty, other: ReferralParty) -> str | None:
    """The kind of a strong sign that two parties share, or of their companies' name."""
    both = set(signs_of(one)) & set(signs_of(other))
    strong = sorted(sign for sign in both if is_strong(sign))
    found = strong[0] if strong else next(iter(both), None)
    return found.partition(":")[0] if found is not None else None

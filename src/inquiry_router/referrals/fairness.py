"""Reasons to look at a referral before anything is paid for it. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

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
        yield ReferralFlag(FlagKind.SELF, f"recommender and prospect have the same {shared}")
    elif are_same_person(recommender, prospect):
        yield ReferralFlag(FlagKind.SELF, "recommender and prospect have the same name")
    if prospect.account_id is not None:
        name = prospect.account_name or prospect.account_id
        yield ReferralFlag(
            FlagKind.CUSTOMER, f"the prospect is the customer '{name}', by {prospect.account_sign}"
        )


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
        if same is not None and (live or other.state is ReferralState.WON):
            yield ReferralFlag(
                FlagKind.COMPETING,
                f"the prospect was recommended on {day} already, with the same {same} "
                f"(referral {other.id})",
            )
        elif same is None and live and are_same_person(prospect, other.prospect):
            yield ReferralFlag(
                FlagKind.SPELLING,
                f"a prospect of {day} has the same name in another spelling (referral {other.id})",
            )
        back = _shared(prospect, other.recommender)
        if back is not None and _shared(recommender, other.prospect) is not None:
            yield ReferralFlag(
                FlagKind.CIRCLE,
                f"the prospect recommended the recommender on {day} (referral {other.id})",
            )


def _shared(one: ReferralParty, other: ReferralParty) -> str | None:
    """The word for a strong sign that two parties share, or for their companies' name."""
    both = set(signs_of(one)) & set(signs_of(other))
    strong = sorted(sign for sign in both if is_strong(sign))
    found = strong[0] if strong else next(iter(both), None)
    if found is None:
        return None
    kind = found.partition(":")[0]
    return {
        "phone": "number",
        "email": "address",
        "nip": "tax id",
        "account": "account",
        "company": "company",
    }[kind]

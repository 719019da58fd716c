"""Values that several tests of referrals need."""

from dataclasses import replace
from datetime import datetime, timedelta

from inquiry_router.configuration.referral_rules import ReferralRules, RewardRule
from inquiry_router.inquiry.referral import CreditShare, Quoted, ReferralParty, Speaker
from inquiry_router.referrals.model import StoredReferral
from inquiry_router.referrals.stages import ReferralState
from tests.conftest import NOW

RULES = ReferralRules(
    hold_days=14,
    second_approver_above_minor=50_000,
    rewards=(
        RewardRule(event="qualified", receiver="salesperson", amount_minor=5_000),
        RewardRule(event="won", receiver="salesperson", percent=2.0, cap_minor=100_000),
        RewardRule(event="won", receiver="company", amount_minor=10_000),
        RewardRule(event="won", receiver="charity", amount_minor=1_000, charity="Fundacja Dom"),
    ),
)


def party(name: str, **more: str) -> ReferralParty:
    facts = {
        field: Quoted(value, value, 1.0)
        for field, value in more.items()
        if field in ("company", "phone", "email")
    }
    rest = {field: value for field, value in more.items() if field not in facts}
    return ReferralParty(name=Quoted(name, name, 1.0), **facts, **rest)


def referral(**more: object) -> StoredReferral:
    made = StoredReferral(
        id="r1",
        inquiry_id=None,
        state=ReferralState.RECEIVED,
        candidate=False,
        origin="api",
        speaker=Speaker.COLLEAGUE,
        language="pl",
        recommender=party("Anna Kowalska", account_id="a1", account_name="Hydro-Bud"),
        prospect=party("Dawid Kos", phone="+48602333444"),
        need=None,
        reasons=(),
        received_at=NOW,
        changed_at=NOW,
        expires_at=NOW + timedelta(days=90),
        version=1,
        credits=(CreditShare("Bartek Wilk", 10_000, "asked"),),
    )
    return replace(made, **more)


def days(count: int) -> datetime:
    return NOW + timedelta(days=count)

"""Who earns how much, and that every booking sums up to zero."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inquiry_router.configuration.referral_rules import RewardRule
from inquiry_router.inquiry.errors import Conflict, Forbidden
from inquiry_router.inquiry.referral import CreditShare
from inquiry_router.referrals.payroll import decimal_text, harmless
from inquiry_router.referrals.rewarding import (
    RewardState,
    StoredReward,
    amount_of,
    bookings,
    check_approval,
    check_reward_step,
    opening_bookings,
    plan_rewards,
    split,
)
from inquiry_router.staff.model import Member, Roster
from tests.conftest import NOW
from tests.referrals.kit import RULES, days, referral

REWARD = StoredReward(
    *("w1", "r1", "won", "salesperson", "Bartek Wilk", "bartek wilk", 25_000, "PLN"),
    RewardState.HELD,
    "won",
    days(14),
    (),
    NOW,
)

STAFF = Roster((Member("m", "Marta Szef"), Member("o", "Olga Szef")))


def test_rules_make_rewards_for_people_company_and_charity() -> None:
    won = referral(amount_minor=1_250_000)
    planned = {(one.receiver, one.amount_minor) for one in plan_rewards(won, "won", RULES)}
    assert planned == {("Bartek Wilk", 25_000), ("Hydro-Bud", 10_000), ("Fundacja Dom", 1_000)}
    assert [one.amount_minor for one in plan_rewards(won, "qualified", RULES)] == [5_000]


def test_percentage_of_another_currency_is_nothing() -> None:
    won = referral(amount_minor=1_250_000, currency="EUR")
    assert {one.receiver for one in plan_rewards(won, "won", RULES)} == {
        "Hydro-Bud",
        "Fundacja Dom",
    }


def test_whoever_handled_a_referral_does_not_approve_its_rewards() -> None:
    with pytest.raises(Forbidden):
        check_approval(
            REWARD, referral(handled_by="Marta Szef"), "marta szef", STAFF, RULES, days(20)
        )


def test_percentage_is_capped_and_a_recommender_without_account_gets_nothing() -> None:
    rule = RULES.rewards[1]
    assert amount_of(rule, 10**9) == 100_000
    assert amount_of(rule, None) == 0
    unknown = referral(recommender=replace(referral().recommender, account_id=None))
    assert {one.receiver_kind for one in plan_rewards(unknown, "won", RULES)} == {"charity"}


@given(st.integers(0, 10**9), st.lists(st.integers(1, 9_999), min_size=1, max_size=6))
def test_shares_sum_up_to_the_whole(amount: int, cuts: list[int]) -> None:
    edges = sorted({0, 10_000, *cuts})
    shares = [
        CreditShare(f"P{n}", end - begin, "") for n, (begin, end) in enumerate(pairwise(edges))
    ]
    assert sum(part for _, part in split(amount, shares)) == amount


@pytest.mark.parametrize("to", list(RewardState)[1:])
def test_bookings_of_each_step_sum_up_to_zero(to: RewardState) -> None:
    assert sum(one.amount_minor for one in bookings(REWARD, to)) == 0
    assert sum(one.amount_minor for one in opening_bookings("x", 7)) == 0


@pytest.mark.parametrize(
    ("state", "to"),
    [("pending", "approved"), ("held", "paid"), ("reversed", "paid"), ("paid", "held")],
)
def test_steps_are_not_skipped(state: str, to: str) -> None:
    with pytest.raises(Conflict):
        check_reward_step(replace(REWARD, state=RewardState(state)), RewardState(to))


def test_nobody_approves_their_own_and_not_before_the_time() -> None:
    credited = referral().credits
    with pytest.raises(Forbidden):
        check_approval(REWARD, referral(credits=credited), "bartek  WILK", STAFF, RULES, days(20))
    with pytest.raises(Conflict, match="held until"):
        check_approval(REWARD, referral(credits=credited), "Marta Szef", STAFF, RULES, days(13))
    assert check_approval(REWARD, referral(credits=credited), "Marta Szef", STAFF, RULES, days(14))


def test_large_reward_needs_two_different_people() -> None:
    large, nobody = replace(REWARD, amount_minor=50_001), referral(credits=())
    assert not check_approval(large, nobody, "Marta Szef", STAFF, RULES, days(14))
    large = replace(large, approved_by=("Marta Szef",))
    with pytest.raises(Forbidden, match="second person"):
        check_approval(large, nobody, "MARTA szef", STAFF, RULES, days(14))
    assert check_approval(large, nobody, "Olga Szef", STAFF, RULES, days(14))
    # A key of nobody known may be a second one of the same person: it counts for nobody.
    with pytest.raises(Forbidden, match="'Marta laptop' is nobody of the staff"):
        check_approval(large, nobody, "Marta laptop", STAFF, RULES, days(14))
    large = replace(large, approved_by=("Marta laptop",))
    assert not check_approval(large, nobody, "Marta Szef", STAFF, RULES, days(14))


def test_limit_says_nothing_about_another_currency() -> None:
    foreign, nobody = replace(REWARD, amount_minor=1, currency="EUR"), referral(credits=())
    assert not check_approval(foreign, nobody, "Marta Szef", STAFF, RULES, days(14))
    foreign = replace(foreign, approved_by=("Marta Szef",))
    assert check_approval(foreign, nobody, "Olga Szef", STAFF, RULES, days(14))


@pytest.mark.parametrize("text", ["=1+1", "+48", "-x", "@x", " =x", "\tx"])
def test_formulas_are_harmless_in_payroll(text: str) -> None:
    assert harmless(text) == f"'{text}"
    assert harmless("Bartek") == "Bartek"
    assert (decimal_text(-1250), decimal_text(5)) == ("-12,50", "0,05")


def test_rule_without_amount_is_refused() -> None:
    with pytest.raises(ValueError, match="amount_minor"):
        RewardRule(event="won", receiver="salesperson")
    with pytest.raises(ValueError, match="won"):
        RewardRule(event="qualified", receiver="salesperson", percent=1)

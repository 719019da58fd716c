"""Doubts about a referral: each kind with its reason."""

from dataclasses import replace

import pytest

from inquiry_router.referrals.fairness import EarlierReferral, FlagKind, find_flags
from inquiry_router.referrals.stages import ReferralState
from tests.conftest import NOW
from tests.referrals.kit import days, party

ANNA = party("Anna Kowalska", email="anna@hydro.example", account_id="a1")
DAWID = party("Dawid Kos", phone="+48602333444")
EARLIER = EarlierReferral("r0", party("Ola Kret"), DAWID, ReferralState.CONTACTED, NOW, days(90))


def kinds(recommender, prospect, *earlier: EarlierReferral) -> set[str]:
    return {one.kind for one in find_flags(recommender, prospect, earlier, days(1))}


def test_honest_referral_has_none() -> None:
    assert kinds(ANNA, DAWID) == set()


@pytest.mark.parametrize(
    "prospect",
    [
        party("Ania K.", email="ANNA@hydro.example"),
        party("A. Kowalska", account_id="a1"),
        party("Kowalska Anna"),
    ],
)
def test_self_referral(prospect) -> None:
    assert FlagKind.SELF in kinds(ANNA, prospect)


def test_customer_already() -> None:
    known = replace(DAWID, account_id="a7", account_name="Kos", account_sign="the number")
    (flag,) = find_flags(ANNA, known, (), NOW)
    assert (flag.kind, flag.reason) == (
        FlagKind.CUSTOMER,
        "the prospect is the customer 'Kos' already",
    )


def test_competing_claim_while_protected_or_won() -> None:
    same = party("D. Kos", phone="+48602333444")
    assert kinds(ANNA, same, EARLIER) == {FlagKind.COMPETING}
    assert kinds(ANNA, same, replace(EARLIER, state=ReferralState.WON)) == {FlagKind.COMPETING}
    assert kinds(ANNA, same, replace(EARLIER, expires_at=NOW)) == set()
    assert kinds(ANNA, same, replace(EARLIER, state=ReferralState.LOST)) == set()


def test_same_person_in_another_spelling() -> None:
    other = party("Kosa Dawida", phone="+48700000000")
    assert kinds(ANNA, other, EARLIER) == {FlagKind.SPELLING}
    assert kinds(ANNA, party("Marek Kos"), EARLIER) == set()


def test_circle() -> None:
    back = EarlierReferral("r0", DAWID, ANNA, ReferralState.LOST, NOW, days(90))
    assert kinds(ANNA, DAWID, back) == {FlagKind.CIRCLE}

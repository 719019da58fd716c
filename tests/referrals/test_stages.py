"""The states of a referral, and the law in them."""

from dataclasses import replace

import pytest

from inquiry_router.inquiry.errors import Conflict, Invalid
from inquiry_router.referrals.stages import (
    ContactBlocked,
    ReferralStanding,
    ReferralState,
    check_step,
    has_expired,
    is_contact_allowed,
    is_overdue_to_inform,
    is_to_be_reminded,
    next_states,
)
from tests.conftest import NOW
from tests.referrals.kit import days

S = ReferralState
STANDING = ReferralStanding(S.CONSENT_KNOWN, False, NOW, days(90), consent="spoken")


@pytest.mark.parametrize(
    ("state", "to"),
    [
        *[(S.CONSENT_KNOWN, S.CONTACTED), (S.CONTACTED, S.QUALIFIED), (S.QUALIFIED, S.WON)],
        *[(S.WON, S.LOST), (S.LOST, S.QUALIFIED), (S.CONTACTED, S.UNRELIABLE)],
    ],
)
def test_steps_that_are_possible(state: S, to: S) -> None:
    assert check_step(replace(STANDING, state=state), to, "why", NOW)


@pytest.mark.parametrize(
    ("state", "to"),
    [
        *[(S.RECEIVED, S.CONTACTED), (S.WON, S.QUALIFIED), (S.EXPIRED, S.CONTACTED)],
        *[(S.WITHDRAWN, S.RECEIVED), (S.QUALIFIED, S.CONTACTED)],
    ],
)
def test_others_are_refused_with_what_is_possible(state: S, to: S) -> None:
    with pytest.raises(Conflict) as refused:
        check_step(replace(STANDING, state=state), to, "why", NOW)
    assert refused.value.advice.startswith("It may become: ")
    assert not any(one in refused.value.advice for one in (S.CONSENT_KNOWN, S.EXPIRED))


def test_same_step_again_changes_nothing() -> None:
    assert not check_step(replace(STANDING, state=S.CONTACTED), S.CONTACTED, None, NOW)


def test_candidate_goes_nowhere_but_out() -> None:
    candidate = replace(STANDING, candidate=True, state=S.RECEIVED)
    with pytest.raises(Conflict, match="candidate"):
        check_step(candidate, S.CONSENT_KNOWN, None, NOW)
    assert check_step(candidate, S.WITHDRAWN, "no referral", NOW)


@pytest.mark.parametrize("to", [S.LOST, S.UNRELIABLE, S.WITHDRAWN])
def test_bad_ends_need_a_reason(to: S) -> None:
    with pytest.raises(Invalid, match="reason"):
        check_step(replace(STANDING, state=S.CONTACTED), to, None, NOW)


def test_nobody_is_contacted_without_consent_or_after_an_objection() -> None:
    for state in (S.RECEIVED, S.CONSENT_KNOWN):
        with pytest.raises(ContactBlocked) as refused:
            check_step(replace(STANDING, consent=None, state=state), S.CONTACTED, None, NOW)
        assert "/consent" in refused.value.advice
    with pytest.raises(ContactBlocked, match="objected"):
        check_step(replace(STANDING, objected_at=NOW), S.CONTACTED, None, NOW)
    assert not is_contact_allowed(replace(STANDING, consent=None), NOW)
    assert is_contact_allowed(STANDING, NOW)


@pytest.mark.parametrize(("day", "reminded", "blocked"), [(19, 0, 0), (20, 1, 0), (30, 1, 1)])
def test_clock_of_information_reminds_and_then_blocks(
    day: int, reminded: int, blocked: int
) -> None:
    now = days(day)
    assert is_to_be_reminded(STANDING, now) == reminded
    assert is_overdue_to_inform(STANDING, now) == blocked
    assert is_contact_allowed(STANDING, now) == (not blocked)
    told = replace(STANDING, informed_at=days(1))
    assert is_contact_allowed(told, now) and not is_to_be_reminded(told, now)


def test_protection_ends() -> None:
    assert not has_expired(STANDING, days(89))
    assert has_expired(STANDING, days(90))
    assert not has_expired(replace(STANDING, state=S.WON), days(91))
    assert S.EXPIRED in next_states(STANDING)

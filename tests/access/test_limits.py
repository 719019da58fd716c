"""Budgets for a minute are exact, fill up evenly, and know each name apart."""

import pytest

from inquiry_router.access.limits import Budgets, RateLimits


@pytest.mark.parametrize("limit", [1, 7, 60, 600, 12_000])
def test_limit_is_exact_and_fills_up_again(limit: int) -> None:
    """L-07: exact at the limit."""
    budgets = Budgets("key")
    taken = [budgets.take("a", limit, 1, 1000.0) for _ in range(limit + 1)]
    assert [one.wait_s is None for one in taken] == [True] * limit + [False]
    assert int(taken[0].left) == limit - 1
    assert int(taken[-2].left) == int(taken[-1].left) == 0
    assert 1 <= taken[-1].retry_after <= 60
    again = 1000.0 + taken[-1].retry_after
    assert budgets.take("a", limit, 1, again).wait_s is None
    after = [budgets.take("a", limit, 1, 1000.0 + 121) for _ in range(limit + 1)]
    assert sum(one.wait_s is None for one in after) == limit


def test_steady_senders_below_the_limit_never_wait() -> None:
    budgets = Budgets("key")
    for number in range(1000):
        assert budgets.take("a", 60, 1, float(number)).wait_s is None


def test_refused_requests_cost_nothing() -> None:
    budgets = Budgets("key")
    waits = [budgets.take("a", 1, 1, 0.0).wait_s for _ in range(100)]
    assert waits[0] is None and len({round(wait, 6) for wait in waits[1:] if wait}) == 1


def test_names_do_not_share() -> None:
    budgets = Budgets("key")
    assert budgets.take("a", 1, 1, 0.0).wait_s is None
    assert budgets.take("a", 1, 1, 0.0).wait_s is not None
    assert budgets.take("b", 1, 1, 0.0).wait_s is None


def test_headers_tell_in_advance() -> None:
    budgets = Budgets("key")
    budgets.take("a", 60, 1, 0.0)
    headers = dict(budgets.take("a", 60, 1, 0.0).headers)
    assert headers == {b"ratelimit-policy": b'"key";q=60;w=60', b"ratelimit": b'"key";r=58;t=2'}


def test_memory_is_bounded() -> None:
    budgets = Budgets("key")
    for number in range(30_000):
        budgets.take(f"k{number}", 60, 1, float(number))
    assert budgets.count <= 10_000


def test_reading_may_owe_and_is_waited_for() -> None:
    limits = RateLimits(0, 0, 10)
    may = limits.may_read("a", 0.0)
    assert may is not None and may.wait_s is None
    limits.spend_reading("a", 500.0, 0.0)
    owes = limits.may_read("a", 0.0)
    assert owes is not None and owes.retry_after <= 60
    later = limits.may_read("a", 60.0)
    assert later is not None and later.wait_s is None
    other = limits.may_read("b", 0.0)
    assert other is not None and other.wait_s is None


def test_zero_is_no_limit_and_a_key_may_have_its_own() -> None:
    limits = RateLimits(0, 0, 0)
    assert limits.count_request("a", None, 0.0) is None
    assert limits.count_event("a", 0.0) is None
    assert limits.may_read("a", 0.0) is None
    own = [limits.count_request("a", 2, 0.0) for _ in range(3)]
    assert [one is not None and one.wait_s is None for one in own] == [True, True, False]

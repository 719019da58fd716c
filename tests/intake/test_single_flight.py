"""Only one of several equal inquiries is under way at a time."""

import asyncio

import pytest

from inquiry_router.intake.single_flight import SingleFlight

pytestmark = pytest.mark.anyio


async def test_equal_inquiries_wait_for_each_other() -> None:
    under_way: dict[str, asyncio.Future[None]] = {}
    inside, waited = 0, []

    async def pass_through(*keys: str) -> None:
        nonlocal inside
        async with SingleFlight(under_way, keys) as another_came_first:
            waited.append(another_came_first)
            inside += 1
            assert inside == 1
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(pass_through("a", "b"), pass_through("b"), pass_through("b", "c"))
    assert waited == [False, True, True]
    assert under_way == {}


async def test_different_inquiries_do_not_wait() -> None:
    under_way: dict[str, asyncio.Future[None]] = {}
    async with SingleFlight(under_way, ("a",)) as first, SingleFlight(under_way, ("b",)) as second:
        assert (first, second) == (False, False)


async def test_failure_lets_the_next_one_in() -> None:
    under_way: dict[str, asyncio.Future[None]] = {}
    with pytest.raises(ValueError, match="broken"):
        async with SingleFlight(under_way, ("a",)):
            raise ValueError("broken")
    async with SingleFlight(under_way, ("a",)) as another_came_first:
        assert not another_came_first


async def test_key_that_is_named_twice_is_one() -> None:
    under_way: dict[str, asyncio.Future[None]] = {}
    async with SingleFlight(under_way, ("a", "b", "a")):
        assert sorted(under_way) == ["a", "b"]
    assert under_way == {}

"""Waiting no longer than so long, with one timer for all who wait."""

import asyncio
import gc
import weakref

import pytest

from inquiry_router.patience import Patience

pytestmark = pytest.mark.anyio


async def _waits(patience: Patience, seconds: float) -> str:
    with patience.wait():
        await asyncio.sleep(seconds)
    return "through"


async def test_what_is_quick_is_let_through_and_what_is_slow_ends() -> None:
    patience = Patience(0.05)
    slow, quick = await asyncio.gather(_waits(patience, 30), _waits(patience, 0), return_exceptions=True)
    assert isinstance(slow, TimeoutError)
    assert quick == "through"


async def test_a_wait_that_is_over_is_not_ended_later() -> None:
    patience = Patience(0.01)
    assert await _waits(patience, 0) == "through"
    await asyncio.sleep(0.25)
    assert await _waits(patience, 0) == "through"


async def test_who_is_cancelled_by_somebody_else_stays_cancelled() -> None:
    task = asyncio.create_task(_waits(Patience(30), 30))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_an_error_inside_stays_the_error_that_it_is() -> None:
    with pytest.raises(KeyError), Patience(30).wait():
        raise KeyError("x")


async def test_the_task_goes_on_after_a_wait_that_ended() -> None:
    with pytest.raises(TimeoutError):
        await _waits(Patience(0.01), 30)
    await asyncio.sleep(0)
    current = asyncio.current_task()
    assert current is not None
    assert current.cancelling() == 0


def test_one_patience_serves_one_event_loop_after_the_other() -> None:
    patience = Patience(0.05)
    for _ in range(2):
        with pytest.raises(TimeoutError):
            asyncio.run(_waits(patience, 30))


async def test_a_quick_wait_behind_a_slow_one_keeps_no_task_alive() -> None:
    patience = Patience(30)
    slow = asyncio.create_task(_waits(patience, 30))
    await asyncio.sleep(0)
    quick = asyncio.create_task(_waits(patience, 0))
    seen = weakref.ref(quick)
    await quick
    del quick
    await asyncio.sleep(0)
    gc.collect()
    assert seen() is None
    slow.cancel()


async def test_of_two_waits_in_one_another_each_ends_for_itself() -> None:
    with Patience(30).wait():
        with pytest.raises(TimeoutError):
            await _waits(Patience(0.01), 30)
        assert await _waits(Patience(30), 0) == "through"


async def test_a_future_that_nobody_ends_fails_and_others_are_left_alone() -> None:
    loop, patience = asyncio.get_running_loop(), Patience(0.05)
    ended, late, given_up = loop.create_future(), loop.create_future(), loop.create_future()
    waiting = [asyncio.ensure_future(patience.limit(future)) for future in (ended, late, given_up)]
    ended.set_result("there")
    given_up.cancel()
    assert await waiting[0] == "there"
    with pytest.raises(TimeoutError):
        await waiting[1]
    assert given_up.cancelled()

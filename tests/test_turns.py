"""Who is under way at the same time takes turns."""

import asyncio

import pytest

from inquiry_router.turns import next_turn

pytestmark = pytest.mark.anyio


async def test_all_end_a_stage_before_any_begins_the_next() -> None:
    seen: list[str] = []

    async def work(name: str) -> None:
        for stage in "123":
            seen.append(stage + name)
            await next_turn()

    await asyncio.gather(*map(work, "abc"))
    assert seen == ["1a", "1b", "1c", "2a", "2b", "2c", "3a", "3b", "3c"]


async def test_who_is_alone_goes_on() -> None:
    await asyncio.wait_for(next_turn(), 1)


async def test_who_is_cancelled_meanwhile_does_not_go_on() -> None:
    async def work() -> None:
        await next_turn()
        raise AssertionError("went on")

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

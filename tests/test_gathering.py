"""What some turns of the event loop bring is handed over together."""

import asyncio
import queue

import pytest

from inquiry_router.gathering import Gathering

pytestmark = pytest.mark.anyio


async def test_what_a_turn_brings_is_one_piece_and_the_next_turn_another() -> None:
    jobs: queue.SimpleQueue[list[int] | None] = queue.SimpleQueue()
    gathering = Gathering(jobs.put)
    for turn in ((1, 2, 3), (4,)):
        for job in turn:
            gathering.add(job)
        assert jobs.empty()
        await asyncio.sleep(0)
        assert jobs.get_nowait() == list(turn)


async def test_more_turns_may_be_waited_for() -> None:
    jobs: queue.SimpleQueue[list[int] | None] = queue.SimpleQueue()
    gathering = Gathering(jobs.put, turns=3)
    for job in (1, 2, 3):
        assert jobs.empty()
        gathering.add(job)
        await asyncio.sleep(0)
    assert jobs.get_nowait() == [1, 2, 3]
    assert jobs.empty()


async def test_at_the_end_what_there_is_goes_at_once_and_only_once() -> None:
    jobs: queue.SimpleQueue[list[int] | None] = queue.SimpleQueue()
    gathering = Gathering(jobs.put)
    gathering.add(1)
    gathering.hand_over()
    assert jobs.get_nowait() == [1]
    await asyncio.sleep(0)
    gathering.hand_over()
    assert jobs.empty()

"""A loop in a thread of its own: results, errors, cancelled callers, the end."""

import asyncio
import threading

import pytest

from inquiry_router.process.loop_thread import LoopThread

pytestmark = pytest.mark.anyio


async def nothing() -> None:
    pass


async def test_work_runs_in_the_other_thread() -> None:
    async def name() -> str:
        return threading.current_thread().name

    async def fail() -> None:
        raise ValueError("as expected")

    thread = LoopThread("beside")
    thread.start()
    assert await thread.run(name) == "beside"
    with pytest.raises(ValueError, match="as expected"):
        await thread.run(fail)
    await thread.stop(nothing)
    assert not thread.is_running


async def test_cancelled_caller_and_the_end_cancel_the_work() -> None:
    begun, cancelled = threading.Semaphore(0), threading.Semaphore(0)

    async def wait() -> None:
        begun.release()
        try:
            await asyncio.sleep(600)
        finally:
            cancelled.release()

    thread = LoopThread("beside")
    thread.start()
    first, second = (asyncio.create_task(thread.run(wait)) for _ in range(2))
    for _ in range(2):
        assert await asyncio.to_thread(begun.acquire, timeout=30)
    first.cancel()
    assert await asyncio.to_thread(cancelled.acquire, timeout=30)
    await thread.stop(nothing)
    assert await asyncio.to_thread(cancelled.acquire, timeout=30)
    results = await asyncio.gather(first, second, return_exceptions=True)
    assert all(isinstance(result, asyncio.CancelledError) for result in results)


async def test_end_without_a_start() -> None:
    await LoopThread("beside").stop(nothing)

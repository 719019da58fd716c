"""Work beside the event loop: limited, and never in the loop's way."""

import asyncio
import time

import pytest

from inquiry_router.offload import read_in_thread

pytestmark = pytest.mark.anyio


async def test_result_of_the_work_is_returned() -> None:
    assert await read_in_thread(lambda: 7) == 7


async def test_late_work_is_given_up() -> None:
    with pytest.raises(TimeoutError):
        await read_in_thread(lambda: time.sleep(0.3), limit_s=0.01)


async def test_event_loop_turns_meanwhile() -> None:
    released = asyncio.Event()
    loop = asyncio.get_running_loop()

    def wait_for_the_loop() -> bool:
        asyncio.run_coroutine_threadsafe(_set(released), loop).result(timeout=5)
        return True

    assert await read_in_thread(wait_for_the_loop)
    assert released.is_set()


async def _set(event: asyncio.Event) -> None:
    event.set()

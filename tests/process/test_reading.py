"""Reading beside the event loop: limited, and never in the loop's way."""

import asyncio
import threading
import time

import pytest

from inquiry_router.process.reading import MAX_LENGTH_IN_LOOP, run_reading

pytestmark = pytest.mark.anyio

LONG = MAX_LENGTH_IN_LOOP + 1


@pytest.mark.parametrize("length", [0, LONG])
async def test_result_of_the_work_is_returned(length: int) -> None:
    assert await run_reading(lambda: 7, length) == 7


async def test_only_long_texts_take_a_thread() -> None:
    assert await run_reading(threading.current_thread, LONG - 1) is threading.main_thread()
    assert await run_reading(threading.current_thread, LONG) is not threading.main_thread()


async def test_late_work_is_given_up() -> None:
    with pytest.raises(TimeoutError):
        await run_reading(lambda: time.sleep(0.3), LONG, limit_s=0.01)


async def test_event_loop_turns_during_a_long_reading() -> None:
    released = asyncio.Event()
    loop = asyncio.get_running_loop()

    def wait_for_the_loop() -> bool:
        asyncio.run_coroutine_threadsafe(_set(released), loop).result(timeout=5)
        return True

    assert await run_reading(wait_for_the_loop, LONG)
    assert released.is_set()


async def _set(event: asyncio.Event) -> None:
    event.set()

"""Pure work beside the event loop, with a limit on how long its caller waits."""

import asyncio
from collections.abc import Callable
from typing import Final, TypeVar

T = TypeVar("T")
# An ordinary letter is read in a millisecond, the longest allowed one in a few hundred.
MAX_READING_S: Final = 2.0


async def read_in_thread(work: Callable[[], T], limit_s: float = MAX_READING_S) -> T:
    """Run `work` in a thread and return its result. Raises `TimeoutError` after `limit_s` seconds.

    A thread cannot be stopped: late work runs on, and its result is dropped.
    """
    async with asyncio.timeout(limit_s):
        return await asyncio.to_thread(work)

"""Reading beside the event loop, with a limit on how long its caller waits."""

import asyncio
from collections.abc import Callable
from typing import Final, TypeVar

T = TypeVar("T")
# Reading takes time linear in the length of the text: five milliseconds at most for this one. Below
# it a thread costs more than the reading.
MAX_LENGTH_IN_LOOP: Final = 10_000
# The longest allowed text takes a few hundred milliseconds.
MAX_READING_S: Final = 2.0


async def run_reading(work: Callable[[], T], length: int, limit_s: float = MAX_READING_S) -> T:
    """Read a text of this length; a long one in a thread. Raises `TimeoutError` after `limit_s`.

    A thread cannot be stopped: late work runs on, and its result is dropped.
    """
    if length <= MAX_LENGTH_IN_LOOP:
        return work()
    async with asyncio.timeout(limit_s):
        return await asyncio.to_thread(work)

"""From the event loop to a thread: one hand-over for all that a turn of the loop brings, not one each."""

import asyncio
import queue
from typing import Generic, TypeVar

T = TypeVar("T")


class Gathering(Generic[T]):
    """Gathers what is added in a turn of the event loop, and puts it into a thread's queue as one list."""

    def __init__(self, jobs: "queue.SimpleQueue[list[T] | None]") -> None:
        self._jobs = jobs
        self._gathered: list[T] = []

    def add(self, job: T) -> None:
        """Hand it over when this turn is over."""
        if not self._gathered:
            asyncio.get_running_loop().call_soon(self.hand_over)
        self._gathered.append(job)

    def hand_over(self) -> None:
        """Hand over what there is, now."""
        gathered, self._gathered = self._gathered, []
        if gathered:
            self._jobs.put(gathered)


def at_hand(jobs: "queue.SimpleQueue[list[T] | None]") -> list[list[T] | None]:
    """What the queue holds now, taken by the only thread that takes from it."""
    parts: list[list[T] | None] = []
    while not jobs.empty():
        parts.append(jobs.get())
    return parts

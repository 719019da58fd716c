"""From the event loop to a thread: one hand-over for all that some turns of the loop bring, not one each."""

import asyncio
import queue
from typing import Generic, TypeVar

T = TypeVar("T")


class Gathering(Generic[T]):
    """Gathers what is added in so many turns of the event loop, and puts it into a thread's queue as one list."""

    def __init__(self, jobs: "queue.SimpleQueue[list[T] | None]", turns: int = 1) -> None:
        self._jobs = jobs
        self._turns = turns
        self._gathered: list[T] = []

    def add(self, job: T) -> None:
        """Hand it over when this turn is over, and the others that are waited for."""
        if not self._gathered:
            self._wait(self._turns)
        self._gathered.append(job)

    def _wait(self, turns: int) -> None:
        if turns:
            asyncio.get_running_loop().call_soon(self._wait, turns - 1)
        else:
            self.hand_over()

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

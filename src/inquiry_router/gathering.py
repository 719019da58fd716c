"""One hand-over for all that some turns of the event loop bring, not one each; and the way back."""

import asyncio
import queue
from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Gathering(Generic[T]):
    """Gathers what is added in so many turns of the event loop, and hands it to `take` as one list."""

    def __init__(self, take: Callable[[list[T]], object], turns: int = 1) -> None:
        self._take = take
        self._turns = turns
        self._gathered: list[T] = []
        self._loop: asyncio.AbstractEventLoop | None = None  # which one waits; one that has ended does not any more

    def add(self, one: T) -> None:
        """Hand it over when this turn is over, and the others that are waited for."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._loop = loop
            self._wait(loop, self._turns)
        self._gathered.append(one)

    def _wait(self, loop: asyncio.AbstractEventLoop, turns: int) -> None:
        if turns:
            loop.call_soon(self._wait, loop, turns - 1)
        else:
            self.hand_over()

    def hand_over(self) -> None:
        """Hand over what there is, now."""
        gathered, self._gathered, self._loop = self._gathered, [], None  # first, for taking may fail
        if gathered:
            self._take(gathered)


def take_all(jobs: "queue.SimpleQueue[list[T] | None]") -> tuple[list[T], bool]:
    """What the queue holds, as soon as it holds anything, and whether None, the end, is among it. For the only one who takes."""
    parts = [jobs.get()]
    while not jobs.empty():
        parts.append(jobs.get())
    return [job for part in parts if part is not None for job in part], None in parts


def settle(future: asyncio.Future[Any], outcome: Any) -> None:
    """Tell who waits for it what came of it; nobody does any more when its client has gone."""
    if future.done():
        return
    if isinstance(outcome, Exception):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)

"""Record results at once; those that come during a write share the next one.

So a crash costs at most the results of one round trip, and a busy dispatcher needs one connection.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

import structlog

from inquiry_router.database.session import Database
from inquiry_router.delivery import store
from inquiry_router.delivery.model import Marks, Result, Standing
from inquiry_router.inquiry.errors import Unavailable
from inquiry_router.process.futures import settle
from inquiry_router.process.steps import step

log = structlog.get_logger()

MAX_BATCH: Final = 100
MIN_PAUSE_S: Final = 0.1
MAX_PAUSE_S: Final = 2.0


# Counts an attempt: the destination, and the outcome.
CountAttempt = Callable[[str, str], None]


def count_nothing(destination_id: str, outcome: str) -> None:
    """Do not count."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    result: Result
    give_up_at: float
    future: asyncio.Future[Standing | None]


class Marker:
    """Writes results to the database, one batch at a time."""

    def __init__(self, database: Database, count: CountAttempt = count_nothing) -> None:
        self._database = database
        self._count = count
        self._waiting: deque[_Waiting] = deque()
        self._writer: asyncio.Task[None] | None = None

    def mark(self, result: Result, give_up_at: float) -> asyncio.Future[Standing | None]:
        """Record a result.

        The future ends after COMMIT, with the standing of the destination; with None if the claim
        no longer held the delivery. While the database is away the write is repeated until
        `give_up_at` (of `time.monotonic`); the future ends with None then too, because the lease
        is over and the delivery will be sent again in any case.
        """
        self._count(result.destination_id, result.outcome)
        future: asyncio.Future[Standing | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(result, give_up_at, future))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_all())
        return future

    async def _write_all(self) -> None:
        failed = 0
        while self._waiting:
            # One at a time after a failure: a result that is refused cannot hold up the others.
            size = 1 if failed else min(MAX_BATCH, len(self._waiting))
            batch = [self._waiting.popleft() for _ in range(size)]
            statement = partial(store.mark, results=[item.result for item in batch])
            try:
                marks = await self._database.write(statement)
            except Unavailable:
                failed += 1
                self._waiting.extend(item for item in batch if not _has_given_up(item))
                await asyncio.sleep(min(MIN_PAUSE_S * 2 ** min(failed - 1, 10), MAX_PAUSE_S))
            except Exception as error:  # a bug: the waiters must hear of it
                for item in batch:
                    settle(item.future, error)
            else:
                failed = 0
                _resolve(batch, marks)


def _resolve(batch: list[_Waiting], marks: Marks) -> None:
    for item in batch:
        step("delivery.marked")
        if item.result.delivery_id in marks.kept:
            settle(item.future, marks.standings[item.result.destination_id])
        else:
            log.warning("delivery.result_too_late", delivery_id=item.result.delivery_id)
            settle(item.future, None)


def _has_given_up(item: _Waiting) -> bool:
    if item.future.done() or time.monotonic() < item.give_up_at:
        return item.future.done()
    log.error("delivery.result_lost", delivery_id=item.result.delivery_id)
    settle(item.future, None)
    return True

"""Results go to the database the moment they are known; those that come while a write is under way share the next one.

So a crash costs at most the results of one round trip, and a busy dispatcher still needs one connection only.
"""

import asyncio
import time
from collections import deque
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
FIRST_PAUSE_S: Final = 0.1
LONGEST_PAUSE_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class _Waiting:
    result: Result
    give_up_at: float
    future: asyncio.Future[Standing | None]


class Marker:
    """Writes results down, one batch at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: deque[_Waiting] = deque()
        self._writer: asyncio.Task[None] | None = None

    async def mark(self, result: Result, give_up_at: float) -> Standing | None:
        """Returns after COMMIT how the destination stands; None when the delivery was no longer ours.

        While the database is away it is tried again until `give_up_at` (of `time.monotonic`), when the lease is over
        and the delivery will be sent once more in any case; that, too, returns None.
        """
        future: asyncio.Future[Standing | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(result, give_up_at, future))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_all())
        return await future

    async def _write_all(self) -> None:
        failed = 0
        while self._waiting:
            # After a failure one at a time, so that a result which the database refuses cannot hold up the others.
            size = 1 if failed else min(MAX_BATCH, len(self._waiting))
            batch = [self._waiting.popleft() for _ in range(size)]
            try:
                marks = await self._database.write(
                    partial(store.mark, results=[item.result for item in batch])
                )
            except Unavailable:
                failed += 1
                self._waiting.extend(item for item in batch if not self._given_up(item))
                await asyncio.sleep(min(FIRST_PAUSE_S * 2 ** min(failed - 1, 10), LONGEST_PAUSE_S))
            except Exception as error:  # a mistake of ours: whoever waits must hear of it
                for item in batch:
                    settle(item.future, error)
            else:
                failed = 0
                self._resolve(batch, marks)

    def _resolve(self, batch: list[_Waiting], marks: Marks) -> None:
        for item in batch:
            step("delivery.marked")
            if item.result.delivery_id in marks.kept:
                gone = Standing(failures=0, usable=False)  # the destination was deleted meanwhile
                settle(item.future, marks.standings.get(item.result.destination_id, gone))
            else:
                log.warning("delivery.result_too_late", delivery_id=item.result.delivery_id)
                settle(item.future, None)

    def _given_up(self, item: _Waiting) -> bool:
        if item.future.done() or time.monotonic() < item.give_up_at:
            return item.future.done()
        log.error("delivery.result_lost", delivery_id=item.result.delivery_id)
        settle(item.future, None)
        return True

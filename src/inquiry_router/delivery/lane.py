"""One destination's work: claim, send a few at a time, release what cannot be sent.

Each destination has a lane of its own, so one that is dead or hangs delays nobody else.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

import structlog

from inquiry_router.database.session import Database
from inquiry_router.delivery import store
from inquiry_router.delivery.marking import Marker
from inquiry_router.delivery.model import Claim, Due, Result, Standing
from inquiry_router.delivery.schedule import AttemptOutcome
from inquiry_router.inquiry.errors import Unavailable
from inquiry_router.process.ids import new_id
from inquiry_router.process.steps import step

log = structlog.get_logger()

BATCH: Final = 32
# Fewer than one host may have at a time, so that two destinations on one host cannot shut each other out.
IN_FLIGHT: Final = 4
# What an attempt needs beside its time limit: a moment to be written down.
MARGIN_S: Final = 1.0


class Lease:
    """A claim, the time that is left of it, and the database's clock carried on by ours."""

    def __init__(self, claim: Claim, asked_at: float, seconds: float) -> None:
        self.claim = claim
        self.ends_at = asked_at + seconds
        self._known_at = time.monotonic()

    def now(self) -> datetime:
        """The database's time, near enough."""
        return self.claim.at + timedelta(seconds=time.monotonic() - self._known_at)

    def outlasts(self, seconds: float) -> bool:
        """Whether the lease still holds after so long."""
        return time.monotonic() + seconds < self.ends_at


# Makes one attempt; None when the lease became too short while it waited for its turn, and nothing was sent.
Send = Callable[[Lease, Due], Coroutine[Any, Any, Result | None]]


@dataclass(frozen=True, slots=True)
class Workplace:
    """What all lanes share. `doubtful` are claims whose answer never came: they may hold deliveries or not."""

    database: Database
    marker: Marker
    send: Send
    time_limit_s: float
    doubtful: set[str]

    @property
    def lease_s(self) -> float:
        """Long enough for four slow rounds; what is not sent by then is given back and claimed anew."""
        return 4 * self.time_limit_s + 5 * MARGIN_S


class Lane:
    """Works off what is due at one destination, then ends."""

    def __init__(self, destination_id: str, workplace: Workplace) -> None:
        self._destination_id = destination_id
        self._work = workplace
        self._standing = Standing(failures=0, usable=True)
        self._sending: dict[asyncio.Task[Result | None], Due] = {}
        self._marking: dict[asyncio.Task[Standing | None], Result] = {}
        self._asked = False
        self._stopping = False

    def ask(self) -> None:
        """There may be more to do: look once more before ending."""
        self._asked = True

    def stop(self) -> None:
        """Finish what is in flight, give the rest back, end."""
        self._stopping = True

    def abort(self) -> None:
        """Do not even finish what is in flight: nobody knows whether it arrived, so it is given back and sent again."""
        self.stop()
        for task in self._sending:
            task.cancel()

    async def run(self) -> None:
        """Until nothing is due or the destination must be left alone. Raises `Unavailable` when the database is."""
        while not self._stopping:
            self._asked = False
            lease = await self._claim()
            if lease is not None:
                await self._work_off(lease)
            elif not self._asked:
                return

    async def _claim(self) -> Lease | None:
        owner, seconds = new_id(), self._work.lease_s
        asked_at = time.monotonic()
        statement = partial(
            store.claim,
            destination_id=self._destination_id,
            owner=owner,
            limit=BATCH,
            lease=timedelta(seconds=seconds),
        )
        try:
            claim = await self._work.database.write(statement)
        except Unavailable:
            self._work.doubtful.add(owner)
            raise
        if claim is None:
            return None
        step("delivery.claimed")
        self._standing = Standing(claim.destination.failures, usable=True)
        return Lease(claim, asked_at, seconds)

    async def _work_off(self, lease: Lease) -> None:
        waiting = deque(lease.claim.deliveries)
        try:
            while True:
                while waiting and self._may_send(lease):
                    delivery = waiting.popleft()
                    self._sending[asyncio.create_task(self._work.send(lease, delivery))] = delivery
                under_way = {*self._sending, *self._marking}
                if not under_way:
                    break
                await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
                waiting.extend(self._take_sent(lease))
                self._take_marked()
        finally:
            await self._drop_everything()
        if waiting:
            await self._release(lease.claim.owner, [delivery.id for delivery in waiting])

    def _may_send(self, lease: Lease) -> bool:
        # Who failed last time gets one at a time until something arrives, and nothing while it is not even written down.
        failing = sum(result.outcome is not AttemptOutcome.DELIVERED for result in self._marking.values())
        limit = 1 if self._standing.failures else IN_FLIGHT
        ready = self._standing.usable and not self._stopping
        return (
            ready
            and len(self._sending) + failing < limit
            and lease.outlasts(self._work.time_limit_s + MARGIN_S)
        )

    def _take_sent(self, lease: Lease) -> list[Due]:
        """Have every result written down while the next ones are sent; returns what was not sent after all."""
        unsent = []
        for task in [task for task in self._sending if task.done()]:
            delivery = self._sending.pop(task)
            result = None if task.cancelled() else task.result()
            if result is None:
                unsent.append(delivery)
            else:
                self._marking[
                    asyncio.create_task(self._work.marker.mark(result, lease.ends_at))
                ] = result
        return unsent

    def _take_marked(self) -> None:
        for task in [task for task in self._marking if task.done()]:
            result, standing = self._marking.pop(task), task.result()
            if standing is not None:
                self._report(result, standing)
                self._standing = standing

    async def _drop_everything(self) -> None:
        """Nothing is under way any more unless the lane was cancelled or broke."""
        left = [*self._sending, *self._marking]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        self._sending.clear()
        self._marking.clear()

    def _report(self, result: Result, standing: Standing) -> None:
        ids = {"delivery_id": result.delivery_id, "destination_id": result.destination_id}
        if result.outcome is AttemptOutcome.DELIVERED:
            log.info("delivery.delivered", **ids, ms=result.duration_ms)
        elif result.outcome is AttemptOutcome.RETRY:
            log.warning("delivery.failed", **ids, status=result.status_code, ms=result.duration_ms)
        else:
            log.error("delivery.dead", **ids, status=result.status_code)
        if result.disable:
            log.error(
                "destination.disabled",
                destination_id=result.destination_id,
                status=result.status_code,
            )
        elif self._standing.usable and not standing.usable:
            log.error(
                "destination.paused",
                destination_id=result.destination_id,
                failures=standing.failures,
            )

    async def _release(self, owner: str, delivery_ids: list[str]) -> None:
        statement = partial(store.release, owners=[owner], delivery_ids=delivery_ids)
        try:
            await self._work.database.write(statement)
        except Unavailable:
            self._work.doubtful.add(owner)
            raise

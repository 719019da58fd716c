"""A lane does the work of one destination: claim, send a few at a time, release the rest.

Each destination has a lane of its own, so one that is dead or hangs delays no other.
"""

import asyncio
import time
from collections import deque
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Final

import structlog

from inquiry_router.database.session import Database
from inquiry_router.delivery import store
from inquiry_router.delivery.lease import MARGIN_S, Lease
from inquiry_router.delivery.marking import Marker
from inquiry_router.delivery.model import Due, Result, Standing
from inquiry_router.delivery.schedule import AttemptOutcome
from inquiry_router.delivery.sender import Sender
from inquiry_router.inquiry.errors import Unavailable
from inquiry_router.process.ids import new_id
from inquiry_router.process.steps import step

log = structlog.get_logger()

MAX_CLAIMED: Final = 32
# Fewer than a host may have: two destinations on one host cannot shut each other out.
MAX_IN_FLIGHT: Final = 4


@dataclass(frozen=True, slots=True)
class Workplace:
    """The parts that all lanes share.

    `doubtful` holds the owners of claims whose answer was lost; they may have leased deliveries.
    """

    database: Database
    marker: Marker
    sender: Sender
    doubtful: set[str]

    @property
    def lease_s(self) -> float:
        """The length of a lease: four slow rounds. What is not sent by then is released."""
        return 4 * self.sender.time_limit_s + 5 * MARGIN_S


class Lane:
    """Delivers what is due at one destination, then ends."""

    def __init__(self, destination_id: str, workplace: Workplace) -> None:
        self._destination_id = destination_id
        self._work = workplace
        self._standing = Standing(failures=0, usable=True)
        self._sending: dict[asyncio.Task[Result | None], Due] = {}
        self._marking: dict[asyncio.Future[Standing | None], Result] = {}
        self._asked = False
        self._stopping = False

    def ask(self) -> None:
        """Claim once more before ending, because there may be more to do."""
        self._asked = True

    def stop(self) -> None:
        """Finish what is in flight, release the rest, end."""
        self._stopping = True

    def abort(self) -> None:
        """Break off attempts too. Nobody knows if they arrived, so they are made again."""
        self.stop()
        for task in self._sending:
            task.cancel()

    async def run(self) -> None:
        """Deliver until nothing is due or the destination is paused. Raises `Unavailable`."""
        while not self._stopping:
            self._asked = False
            lease = await self._claim()
            if lease is not None:
                await self._deliver(lease)
            elif not self._asked:
                return

    async def _claim(self) -> Lease | None:
        owner, seconds = new_id(), self._work.lease_s
        asked_at = time.monotonic()
        statement = partial(
            store.claim,
            destination_id=self._destination_id,
            owner=owner,
            limit=MAX_CLAIMED,
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

    async def _deliver(self, lease: Lease) -> None:
        waiting = deque(lease.claim.deliveries)
        try:
            while True:
                while waiting and self._may_send(lease):
                    delivery = waiting.popleft()
                    sending = self._work.sender.send(lease, delivery)
                    self._sending[asyncio.create_task(sending)] = delivery
                under_way: set[asyncio.Future[Any]] = {*self._sending, *self._marking}
                if not under_way:
                    break
                await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
                waiting.extend(self._collect_sent(lease))
                self._collect_marked()
        finally:
            await self._cancel_everything()
        if waiting:
            await self._release(lease.claim.owner, [delivery.id for delivery in waiting])

    def _may_send(self, lease: Lease) -> bool:
        """Report if one more attempt may start.

        After a failure one attempt at a time is made until one succeeds, and none before the
        failure is stored.
        """
        if self._stopping or not self._standing.usable:
            return False
        failing = sum(
            result.outcome is not AttemptOutcome.DELIVERED for result in self._marking.values()
        )
        limit = 1 if self._standing.failures else MAX_IN_FLIGHT
        free = len(self._sending) + failing < limit
        return free and lease.allows_attempt(self._work.sender.time_limit_s)

    def _collect_sent(self, lease: Lease) -> list[Due]:
        """Start to store each result while the next ones are sent; return what was not sent."""
        unsent = []
        for task in [task for task in self._sending if task.done()]:
            delivery = self._sending.pop(task)
            result = None if task.cancelled() else task.result()
            if result is None:
                unsent.append(delivery)
            else:
                self._marking[self._work.marker.mark(result, lease.ends_at)] = result
        return unsent

    def _collect_marked(self) -> None:
        for future in [future for future in self._marking if future.done()]:
            result, standing = self._marking.pop(future), future.result()
            if standing is not None:
                _report(result, self._standing, standing)
                self._standing = standing

    async def _cancel_everything(self) -> None:
        """Cancel what is under way, which is nothing unless the lane was cancelled or broke."""
        left: list[asyncio.Future[Any]] = [*self._sending, *self._marking]
        for future in left:
            future.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        self._sending.clear()
        self._marking.clear()

    async def _release(self, owner: str, delivery_ids: list[str]) -> None:
        statement = partial(store.release, owners=[owner], delivery_ids=delivery_ids)
        try:
            await self._work.database.write(statement)
        except Unavailable:
            self._work.doubtful.add(owner)
            raise


def _report(result: Result, before: Standing, after: Standing) -> None:
    """Log the result, and the change of the destination's standing."""
    destination = {"destination_id": result.destination_id}
    ids = {"delivery_id": result.delivery_id, **destination}
    if result.outcome is AttemptOutcome.DELIVERED:
        log.info("delivery.delivered", **ids, ms=result.duration_ms)
    elif result.outcome is AttemptOutcome.RETRY:
        log.warning("delivery.failed", **ids, status=result.status_code, ms=result.duration_ms)
    else:
        log.error("delivery.dead", **ids, status=result.status_code)
    if result.disable:
        log.error("destination.disabled", **destination, status=result.status_code)
    elif before.usable and not after.usable:
        log.error("destination.paused", **destination, failures=after.failures)

"""A lane does the work of one destination: claim, send a few at a time, release the rest.

Each destination has a lane of its own, so one that is dead or hangs delays no other.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
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
from inquiry_router.process.futures import settle
from inquiry_router.process.ids import new_id
from inquiry_router.process.steps import step

log = structlog.get_logger()

MAX_CLAIMED: Final = 32
Release = Callable[..., int]
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
    """Delivers what is due at one destination, then ends.

    It claims again while attempts are still in flight, so that a receiver that is slow with one
    ticket holds up no other.
    """

    def __init__(self, destination_id: str, workplace: Workplace) -> None:
        self._destination_id = destination_id
        self._work = workplace
        self._standing = Standing(failures=0, usable=True)
        self._waiting: deque[tuple[Lease, Due]] = deque()
        self._sending: dict[asyncio.Task[Result | None], tuple[Lease, Due]] = {}
        self._marking: dict[asyncio.Future[Standing | None], Result] = {}
        # Claimed, but the rest of the lease is too short; and sent, but nobody knows if it arrived.
        self._late: list[tuple[Lease, Due]] = []
        self._broken_off: list[tuple[Lease, Due]] = []
        self._more = True  # there may be something to claim
        self._error: Unavailable | None = None
        self._bell = asyncio.get_running_loop().create_future()
        self._stopping = False

    def ask(self) -> None:
        """Claim once more before ending, because there may be more to do."""
        self._more = True
        settle(self._bell, None)

    def stop(self) -> None:
        """Finish what is in flight, release the rest, end."""
        self._stopping = True
        settle(self._bell, None)

    def abort(self) -> None:
        """Break off attempts too. Nobody knows if they arrived, so they are made again."""
        self.stop()
        for task in self._sending:
            task.cancel()

    async def run(self) -> None:
        """Deliver until nothing is due or the destination is paused. Raises `Unavailable`."""
        try:
            while True:
                if self._more and not self._waiting and self._has_room():
                    await self._claim()
                self._start()
                under_way: set[asyncio.Future[Any]] = {*self._sending, *self._marking}
                if under_way:
                    await self._wait(under_way)
                    self._collect_sent()
                    self._collect_marked()
                elif not (self._more and self._has_room()):
                    break
        finally:
            await self._cancel_everything()
        await self._release([*self._waiting, *self._late], store.release)
        await self._release(self._broken_off, store.release_tried)
        if self._error is not None:
            raise self._error

    async def _claim(self) -> None:
        self._more = False
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
        except Unavailable as error:
            self._work.doubtful.add(owner)
            self._error = error
            self.stop()  # what is in flight is finished all the same
            return
        if claim is None:
            return
        step("delivery.claimed")
        self._standing = Standing(claim.destination.failures, usable=True)
        lease = Lease(claim, asked_at, seconds)
        self._waiting.extend((lease, delivery) for delivery in claim.deliveries)
        self._more = self._more or len(claim.deliveries) == MAX_CLAIMED

    def _start(self) -> None:
        """Start as many attempts as may be."""
        while self._waiting and self._has_room():
            lease, delivery = self._waiting.popleft()
            if lease.allows_attempt(self._work.sender.time_limit_s):
                sending = self._work.sender.send(lease, delivery)
                self._sending[asyncio.create_task(sending)] = lease, delivery
            else:
                self._late.append((lease, delivery))

    def _has_room(self) -> bool:
        """Report if one more attempt may start.

        After a failure one attempt at a time is made until one succeeds, and none before the
        failure is stored.
        """
        if self._stopping or not self._standing.usable:
            return False
        failing = sum(
            result.outcome in (AttemptOutcome.RETRY, AttemptOutcome.DEAD)
            for result in self._marking.values()
        )
        limit = 1 if self._standing.failures else MAX_IN_FLIGHT
        return len(self._sending) + failing < limit

    async def _wait(self, under_way: set[asyncio.Future[Any]]) -> None:
        """Wait until something is done, or somebody asks for more or for the end."""
        await asyncio.wait({*under_way, self._bell}, return_when=asyncio.FIRST_COMPLETED)
        if self._bell.done():
            self._bell = asyncio.get_running_loop().create_future()

    def _collect_sent(self) -> None:
        """Start to store each result while the next ones are sent."""
        for task in [task for task in self._sending if task.done()]:
            lease, delivery = self._sending.pop(task)
            if task.cancelled():
                self._broken_off.append((lease, delivery))
            elif (result := task.result()) is None:
                self._late.append((lease, delivery))
            else:
                self._marking[self._work.marker.mark(result, lease.ends_at)] = result

    def _collect_marked(self) -> None:
        for future in [future for future in self._marking if future.done()]:
            result, standing = self._marking.pop(future), future.result()
            self._more = True  # the next one of its thread may be sent now
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

    async def _release(self, claimed: list[tuple[Lease, Due]], how: Release) -> None:
        """Let others claim these deliveries again; only at the end, with no attempt in flight."""
        by_owner: dict[str, list[str]] = {}
        for lease, delivery in claimed:
            by_owner.setdefault(lease.claim.owner, []).append(delivery.id)
        for owner, ids in by_owner.items():
            try:
                await self._work.database.write(partial(how, owners=[owner], delivery_ids=ids))
            except Unavailable:
                self._work.doubtful.add(owner)
                raise


def _report(result: Result, before: Standing, after: Standing) -> None:
    """Log the result, and the change of the destination's standing."""
    destination = {"destination_id": result.destination_id}
    ids = {"delivery_id": result.delivery_id, **destination}
    if result.outcome is AttemptOutcome.DELIVERED:
        log.info("delivery.delivered", **ids, ms=result.duration_ms)
    elif result.outcome is AttemptOutcome.SKIPPED:
        log.info("delivery.skipped", **ids)
    elif result.outcome is AttemptOutcome.RETRY:
        log.warning("delivery.failed", **ids, status=result.status_code, ms=result.duration_ms)
    else:
        log.error("delivery.dead", **ids, status=result.status_code)
    if result.disable:
        log.error("destination.disabled", **destination, status=result.status_code)
    elif before.usable and not after.usable:
        log.error("destination.paused", **destination, failures=after.failures)

"""The dispatcher finds what is due and keeps a lane for each destination."""

import asyncio
import time
from functools import partial
from typing import Final

import structlog

from inquiry_router.database.session import Database
from inquiry_router.delivery import store
from inquiry_router.delivery.lane import Lane, Workplace
from inquiry_router.delivery.lease import MARGIN_S
from inquiry_router.delivery.marking import CountAttempt, Marker, count_nothing
from inquiry_router.delivery.sender import Sender
from inquiry_router.inquiry.errors import Unavailable

log = structlog.get_logger()

MAX_BACK_OFF_S: Final = 10.0
# The least time between two looks, however often `wake` is called: one look serves many commits.
REST_S: Final = 0.02
ORPHANS_EVERY_S: Final = 300.0


class Dispatcher:
    """Hands deliveries over. On PostgreSQL any number of processes may have a dispatcher.

    `poll_s` is the time between two looks when nobody calls `wake`. `stop_grace_s` is the time
    that attempts have to finish when `run` is stopped.
    """

    def __init__(
        self,
        database: Database,
        sender: Sender,
        *,
        poll_s: float = 1.0,
        stop_grace_s: float = 6.0,
        count: CountAttempt = count_nothing,
    ) -> None:
        self._database = database
        self._sender = sender
        self._poll_s = poll_s
        self._stop_grace_s = stop_grace_s
        self._work = Workplace(database, Marker(database, count), sender, doubtful=set())
        self._lanes: dict[str, tuple[Lane, asyncio.Task[None]]] = {}
        self._woken = asyncio.Event()
        self._reclaimed = False
        self._orphans_due = 0.0

    def wake(self) -> None:
        """Look now instead of at the next poll. Call it in the event loop's thread only."""
        self._woken.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until `stop` is set, then finish what is in flight and release the rest.

        Goes on when the database has been away.
        """
        watch = asyncio.create_task(self._wake_at(stop))
        failures = 0
        try:
            while not stop.is_set():
                self._woken.clear()
                failures = 0 if await self._look_safely() else failures + 1
                back_off = self._poll_s * 2 ** min(failures, 10)
                await self._rest(min(back_off, max(self._poll_s, MAX_BACK_OFF_S)))
        finally:
            watch.cancel()
            await self._finish()

    async def _wake_at(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self.wake()

    async def _rest(self, seconds: float) -> None:
        await asyncio.sleep(REST_S)
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return

    async def _look_safely(self) -> bool:
        """Look; return False on any error, because no error may end the delivering."""
        try:
            if not self._reclaimed and self._database.dialect == "sqlite":
                # Only one process writes to SQLite, so the holders of these leases are dead.
                await self._database.write(store.release_all)
            self._reclaimed = True
            await self._look()
        except Unavailable:
            log.warning("dispatcher.database_unavailable")
            return False
        except Exception as error:
            log.error("dispatcher.broken", exc_info=error)
            return False
        return True

    async def _look(self) -> None:
        """Start a lane, or ask the running one, for each destination that has something due."""
        await self._tidy()
        for destination_id in await self._database.read(store.due_destinations):
            running = self._lanes.get(destination_id)
            if running is not None and not running[1].done():
                running[0].ask()
                continue
            lane = Lane(destination_id, self._work)
            task = asyncio.create_task(lane.run())
            self._lanes[destination_id] = (lane, task)
            task.add_done_callback(partial(self._ended, destination_id))

    async def _tidy(self) -> None:
        doubtful = frozenset(self._work.doubtful)
        if doubtful:
            await self._database.write(partial(store.release, owners=doubtful))
            self._work.doubtful.difference_update(doubtful)
        if time.monotonic() >= self._orphans_due:
            buried = await self._database.write(store.bury_orphans)
            self._orphans_due = time.monotonic() + ORPHANS_EVERY_S
            if buried:
                log.error("delivery.destination_deleted", count=buried)

    def _ended(self, destination_id: str, task: asyncio.Task[None]) -> None:
        current = self._lanes.get(destination_id)
        if current is not None and current[1] is task:  # its successor may have begun already
            del self._lanes[destination_id]
        error = None if task.cancelled() else task.exception()
        if isinstance(error, Unavailable):
            log.warning("dispatcher.database_unavailable", destination_id=destination_id)
        elif error is not None:
            log.error("dispatcher.lane_broken", destination_id=destination_id, exc_info=error)

    async def _finish(self) -> None:
        """Stop every lane: first in good order, then by aborting, at last by cancelling."""
        running = list(self._lanes.values())
        tasks = [task for _, task in running]
        for lane, _ in running:
            lane.stop()
        if tasks:
            grace = min(self._stop_grace_s, self._sender.time_limit_s + MARGIN_S)
            await asyncio.wait(tasks, timeout=grace)
        late = [(lane, task) for lane, task in running if not task.done()]
        for lane, _ in late:
            lane.abort()
        if late:
            await asyncio.wait([task for _, task in late], timeout=MARGIN_S)
        for _, task in late:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._sender.close()

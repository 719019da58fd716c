"""The background of replays: policies are tried on inquiries a page at a time.

It reads on the connections for reports, so that nobody waits for it, and pauses between inquiries,
so that the event loop goes on. What was found is stored after each page: after a restart, or when
another process takes over, it goes on from there.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import structlog

from inquiry_router.configuration.documents import POLICY
from inquiry_router.configuration.service import ConfigurationService
from inquiry_router.database.session import Database
from inquiry_router.inquiry.errors import RouterError
from inquiry_router.inquiry.model import Decision
from inquiry_router.policies import store
from inquiry_router.policies.model import Replay, ReplayKind, ReplayState
from inquiry_router.policies.moves import Moves, Recorded, decide_recorded
from inquiry_router.policies.service import rulebook_with
from inquiry_router.policies.store import Batch
from inquiry_router.process.clock import utc_now
from inquiry_router.process.ids import new_id
from inquiry_router.routing.decide import Rulebook

log = structlog.get_logger()

PAGE: Final = 500
LEASE: Final = timedelta(seconds=60)
LOOK_EVERY_S: Final = 5.0
# A shadow that has seen all new inquiries is looked at again after this time.
SHADOW_EVERY: Final = timedelta(seconds=4)
# Between so many inquiries the thread lets the event loop go first.
_BETWEEN_PAUSES: Final = 10
_PAUSE_S: Final = 0.0001


class Replayer:
    """Tries policies on inquiries, one replay at a time. Each has one process of all."""

    def __init__(
        self,
        database: Database,
        configuration: ConfigurationService,
        now: Callable[[], datetime] = utc_now,
        page: int = PAGE,
    ) -> None:
        self._database = database
        self._configuration = configuration
        self._now = now
        self._page = page
        self._holder = new_id()
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Tell that there is something to do."""
        self._woken.set()

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            self._woken.clear()
            try:
                worked = await self.work_once()
            except RouterError as error:  # the database is away; the lease ends by itself
                log.warning("replays.waiting", error=type(error).__name__)
                worked = False
            if not worked:
                await self._wait()

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(LOOK_EVERY_S):
                await self._woken.wait()
        except TimeoutError:
            pass

    async def work_once(self) -> bool:
        """Work on one replay until it ends. Returns False if there was none to do."""
        claim = partial(store.claim_replay, holder=self._holder, lease=LEASE)
        replay = await self._database.write(claim)
        if replay is None:
            return False
        try:
            await self._work_on(replay)
        except RouterError:
            raise
        except Exception as error:  # a mistake in our code must not be tried for ever
            log.error("replays.failed", error=type(error).__name__, exc_info=error)
            failed = replace(
                replay,
                state=ReplayState.FAILED,
                error=type(error).__name__,
                finished_at=self._now(),
            )
            await self._record(failed, timedelta())
        return True

    async def _work_on(self, replay: Replay) -> None:
        rulebooks = await self._rulebooks(replay)
        if replay.total is None and replay.kind is ReplayKind.REPLAY:
            total = await self._database.scan(partial(store.count_inquiries, replay=replay))
            replay = replace(replay, total=total)
        while True:
            read = partial(store.read_batch, replay=replay, limit=self._page, now=self._now())
            batch = await self._database.scan(read)
            found = await asyncio.to_thread(_decide_batch, replay, batch, rulebooks)
            replay = replace(
                replay, found=found, done=replay.done + batch.looked_at, after=batch.after
            )
            ended = batch.looked_at < self._page
            if ended and replay.kind is ReplayKind.REPLAY:
                replay = replace(replay, state=ReplayState.DONE, finished_at=self._now())
            pause = SHADOW_EVERY if ended else LEASE
            if not await self._record(replay, pause) or ended:
                return

    async def _rulebooks(self, replay: Replay) -> list[Rulebook]:
        """The policy to try, and for a period the one that it is compared with."""
        configuration = self._configuration.current
        tried = rulebook_with(
            configuration, replay.policy, configuration.documents.version(POLICY) + 1
        )
        if replay.kind is ReplayKind.SHADOW:
            return [tried]
        find = partial(store.find_version, version=replay.compared_with)
        present = await self._database.read(find)
        return [tried, rulebook_with(configuration, present, replay.compared_with)]

    async def _record(self, replay: Replay, due_in: timedelta) -> bool:
        record = partial(store.record_progress, replay=replay, holder=self._holder, due_in=due_in)
        return await self._database.write(record)


def _decide_batch(replay: Replay, batch: Batch, rulebooks: list[Rulebook]) -> dict[str, object]:
    """Decide some inquiries by the policy, and add to what was found."""
    moves = Moves.read(replay.found, replay.samples)
    for number, recorded in enumerate(batch.recorded, start=1):
        after, before = _decide(recorded, rulebooks)
        moves.add(recorded, before, after)
        if number % _BETWEEN_PAUSES == 0:
            time.sleep(_PAUSE_S)
    return moves.as_json()


def _decide(recorded: Recorded, rulebooks: list[Rulebook]) -> tuple[Decision, Decision]:
    """The decision by the policy, and the one that it is compared with: of a shadow the live."""
    after, *before = decide_recorded(recorded, rulebooks)
    return after, before[0] if before else recorded.by_policy

"""Decide what the classifier had no time for, as soon as its turn comes.

Any number of processes may do so on the same database: each message is claimed by one of them, for
half a minute. What a process that died had claimed is due again then.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import structlog
from sqlalchemy import Connection

from inquiry_router.configuration.service import ConfigurationService
from inquiry_router.database.session import Database
from inquiry_router.inquiries import messages, store, waiting
from inquiry_router.inquiries.candidates import read_candidates
from inquiry_router.inquiries.rows import read_message
from inquiry_router.inquiries.waiting import ROUTER, WaitingMessage
from inquiry_router.inquiry.errors import RouterError
from inquiry_router.inquiry.matter import Candidate, Joining
from inquiry_router.inquiry.model import Draft, Sending
from inquiry_router.process.background import survive
from inquiry_router.process.clock import utc_now
from inquiry_router.process.steps import step
from inquiry_router.recording.answering_late import answer_late
from inquiry_router.recording.arriving import Arrival
from inquiry_router.recording.hearing import Understand, hear_news
from inquiry_router.recording.reading import read_safely
from inquiry_router.recording.showing import show

log = structlog.get_logger()

POLL_S: Final = 2.0
# In the classifier's queue at a time, behind those that somebody waits for.
AT_ONCE: Final = 16
# For one message, less than its lease.
LIMIT_S: Final = 20.0
# Then people see an opening that was not classified.
SHOWN_AFTER: Final = timedelta(seconds=60)
# Then people have dealt with what they see.
KEPT: Final = timedelta(days=7)


class LateDecider:
    """Decides messages that wait for the classifier.

    `understand` classifies for as long as it takes, and raises if the model fails. `is_ready` tells
    if there is a model. `on_commit` is called when there is something to deliver.
    """

    def __init__(
        self,
        database: Database,
        configuration: ConfigurationService,
        understand: Understand,
        is_ready: Callable[[], bool],
        on_commit: Callable[[], None],
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._database = database
        self._configuration = configuration
        self._understand = understand
        self._is_ready = is_ready
        self._on_commit = on_commit
        self._now = now
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Decide now instead of at the next poll."""
        self._woken.set()

    async def run(self) -> None:
        """Decide until cancelled. Goes on when the database has been away."""
        showing = asyncio.create_task(self._keep_showing())
        try:
            while True:
                self._woken.clear()
                await survive(self.decide_all(), "late")
                with suppress(TimeoutError):
                    async with asyncio.timeout(POLL_S):
                        await self._woken.wait()
        finally:
            showing.cancel()
            with suppress(asyncio.CancelledError):
                await showing

    async def _keep_showing(self) -> None:
        """Beside deciding, so that a classifier that hangs hides nothing."""
        while True:
            await survive(self.show_overdue(), "late")
            await asyncio.sleep(POLL_S)

    async def decide_all(self) -> None:
        """Decide everything that is due, while there is a model."""
        while self._is_ready() and await self.decide_due():
            pass

    async def decide_due(self) -> int:
        """Decide a few messages that are due; return their number."""
        if not await self._database.read(waiting.is_any_due):
            return 0
        due = await self._database.write(partial(waiting.claim_due, limit=AT_ONCE))
        await asyncio.gather(*(survive(self._decide(message), "late") for message in due))
        return len(due)

    async def show_overdue(self) -> int:
        """Let people see openings that have waited too long; return their number."""
        now, configuration = self._now(), self._configuration.current
        before, long_before = now - SHOWN_AFTER, now - KEPT

        def work(connection: Connection) -> int:
            overdue = waiting.list_overdue(connection, before, AT_ONCE)
            for inquiry_id in overdue:
                show(connection, store.find_inquiry(connection, inquiry_id), configuration, now)
            waiting.forget_old(connection, long_before)
            return len(overdue)

        is_any = partial(waiting.is_any_overdue, before=before, long_before=long_before)
        if not await self._database.read(is_any):
            return 0
        count = await self._database.write(work)
        if count:
            log.warning("classifier.overdue", count=count, cure="people see them in triage")
            self._on_commit()
        return count

    async def _decide(self, message: WaitingMessage) -> None:
        try:
            async with asyncio.timeout(LIMIT_S):
                work = await self._hear(message)
        except TimeoutError:  # others are before it
            work = partial(waiting.release, message_id=message.id)
        except RouterError:
            raise
        except Exception as error:  # one odd text must not keep others from being decided
            log.error("classifier.failed_late", error=type(error).__name__)
            work = partial(self._put_off, message=message, now=self._now())
        step("late.classified")
        await self._database.write(work)
        step("late.committed")
        self._on_commit()

    def _put_off(self, connection: Connection, message: WaitingMessage, now: datetime) -> None:
        """Try again soon. After three failures people see it, and it is tried less often."""
        if message.attempts >= waiting.MAX_FAILURES and not message.shown:
            row = store.find_inquiry(connection, message.id)
            show(connection, row, self._configuration.current, now)
        waiting.retry_soon(connection, message.id)

    async def _hear(self, message: WaitingMessage) -> Callable[[Connection], None]:
        """Understand a message as on arrival; return the work that records the decision."""
        configuration, since, now = self._configuration.current, message.since, self._now()
        draft, matter = await self._database.read(partial(_read, message=message))
        said = await self._understand(draft, configuration.rulebook, since)
        joining = Joining(matter, "its message came before", 1.0)
        arrival = Arrival(
            message.id, said, joining, Sending(ROUTER, ()), (), (), configuration, since
        )
        if matter is not None:
            reading, _ = await read_safely(draft, since)
            arrival = await hear_news(arrival, reading, self._understand)
        return partial(answer_late, arrival=replace(arrival, now=now), since=since)


def _read(connection: Connection, message: WaitingMessage) -> tuple[Draft, Candidate | None]:
    """Read a message, and its inquiry as it was before it; None if it opened it."""
    row = messages.read_any(connection, message.id)
    earlier = read_candidates(connection, [row.inquiry_id], before=message.id)
    return replace(read_message(row), language=message.language), next(iter(earlier), None)

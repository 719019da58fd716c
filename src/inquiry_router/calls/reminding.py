"""The background of calls: stores what was noted, reminds of callbacks that are due, forgets calls long over."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import Connection

from inquiry_router.calls import store
from inquiry_router.calls.conversion import Entry
from inquiry_router.calls.model import Callback
from inquiry_router.calls.notices import tell
from inquiry_router.calls.service import CallService
from inquiry_router.configuration.service import ConfigurationService
from inquiry_router.database.session import Database
from inquiry_router.inquiry.errors import RouterError
from inquiry_router.inquiry.rendering import format_time
from inquiry_router.process.clock import utc_now

log = structlog.get_logger()

POLL_S: Final = 5.0
AGAIN_AFTER: Final = timedelta(minutes=30)
_AT_ONCE: Final = 50
_ACTOR: Final = "router"


class Reminder:
    """Reminds the teams. Any number of processes may have one on the same database."""

    def __init__(
        self,
        database: Database,
        configuration: ConfigurationService,
        calls: CallService,
        on_commit: Callable[[], None],
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._database = database
        self._configuration = configuration
        self._calls = calls
        self._on_commit = on_commit
        self._now = now

    async def run(self) -> None:
        """Until cancelled. Outlives outages of the database."""
        while True:
            await self._outlived(self._calls.take_in_noted(self._now()))
            await self._outlived(self.remind())
            await asyncio.sleep(POLL_S)

    async def _outlived(self, work: Awaitable[int]) -> None:
        try:
            await work
        except RouterError:
            log.warning("reminder.database_unavailable")
        except Exception as error:  # one odd call must not be the end of all reminding
            log.error("reminder.broken", exc_info=error)

    async def remind(self) -> int:
        """Remind of every callback that is due, and again while nobody has rung back; returns of how many."""
        configuration, now = self._configuration.current, self._now()

        def work(connection: Connection) -> int:
            due = store.claim_overdue(
                connection, AGAIN_AFTER, configuration.phone.escalate_after, _AT_ONCE
            )
            for callback in due:
                tell(
                    connection,
                    configuration,
                    callback.inquiry_id,
                    [Entry("reminded", reminder_of(callback))],
                    _ACTOR,
                    now,
                )
            store.forget_calls(connection, now - store.KEPT)
            return len(due)

        count = await self._database.write(work)
        if count:
            self._on_commit()
        return count


def reminder_of(callback: Callback) -> dict[str, object]:
    """What a reminder says."""
    return {
        "callback": callback.id,
        "due_at": format_time(callback.due_at),
        "number": callback.number,
        "owner": callback.owner,
        "attempts": callback.attempts,
        "reminders": callback.reminders,
        "escalated": callback.escalated,
    }

"""The background of calls: store spooled calls, remind of callbacks, delete old calls."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import Connection

from inquiry_router.calls import store
from inquiry_router.calls.conversion import Entry
from inquiry_router.calls.model import Callback
from inquiry_router.calls.notices import record_entries
from inquiry_router.calls.service import CallService
from inquiry_router.configuration.service import ConfigurationService
from inquiry_router.database.session import Database
from inquiry_router.inquiry.errors import RouterError
from inquiry_router.inquiry.rendering import format_time
from inquiry_router.process.clock import utc_now

log = structlog.get_logger()

POLL_S: Final = 5.0
REMIND_AGAIN_AFTER: Final = timedelta(minutes=30)
_MAX_AT_ONCE: Final = 50
_ACTOR: Final = "router"


class Reminder:
    """Reminds teams of callbacks. Any number of processes may have one on the same database."""

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
        """Work until cancelled. Goes on when the database has been away."""
        while True:
            await _safely(self._calls.store_spooled(self._now()))
            await _safely(self.remind())
            await asyncio.sleep(POLL_S)

    async def remind(self) -> int:
        """Remind of every overdue callback, and again until somebody calls; return the number."""
        configuration, now = self._configuration.current, self._now()

        def work(connection: Connection) -> int:
            due = store.claim_overdue(
                connection, REMIND_AGAIN_AFTER, configuration.phone.escalate_after, _MAX_AT_ONCE
            )
            for callback in due:
                entries = [Entry("reminded", _reminder(callback))]
                record_entries(connection, configuration, callback.inquiry_id, entries, _ACTOR, now)
            store.delete_calls(connection, now - store.KEPT)
            return len(due)

        count = await self._database.write(work)
        if count:
            self._on_commit()
        return count


async def _safely(work: Awaitable[int]) -> None:
    try:
        await work
    except RouterError:
        log.warning("reminder.database_unavailable")
    except Exception as error:  # one odd call must not end all reminding
        log.error("reminder.broken", exc_info=error)


def _reminder(callback: Callback) -> dict[str, object]:
    return {
        "callback": callback.id,
        "due_at": format_time(callback.due_at),
        "number": callback.number,
        "owner": callback.owner,
        "attempts": callback.attempts,
        "reminders": callback.reminders,
        "escalated": callback.escalated,
    }

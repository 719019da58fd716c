"""The background of calls: store spooled calls, remind of callbacks.

A team is reminded only while it works, and of each callback only until it escalates.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Final

import structlog
from sqlalchemy import Connection

from inquiry_router.calls import callback_store
from inquiry_router.calls.conversion import Entry
from inquiry_router.calls.model import Callback
from inquiry_router.calls.notices import record_entries
from inquiry_router.calls.service import CallService
from inquiry_router.calls.tag_stop import stop_phone_tag
from inquiry_router.configuration.documents import RELIEF
from inquiry_router.configuration.model import Configuration
from inquiry_router.configuration.service import ConfigurationService
from inquiry_router.database.session import Database
from inquiry_router.inquiry.rendering import format_time
from inquiry_router.process.background import survive
from inquiry_router.process.clock import utc_now
from inquiry_router.routing.working_hours import add_working_minutes, is_open

log = structlog.get_logger()

POLL_S: Final = 5.0
# Working minutes of the team.
REMIND_AGAIN_AFTER: Final = 30
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
            await survive(self._calls.store_spooled(self._now()), "reminder")
            await survive(self._calls.end_hung_up(self._now()), "reminder")
            await survive(self.remind(), "reminder")
            await survive(self.stop_phone_tag(), "reminder")
            await asyncio.sleep(POLL_S)

    async def remind(self) -> int:
        """Remind of every overdue callback; return the number of reminders."""
        configuration, now = self._configuration.current, self._now()

        def work(connection: Connection) -> int:
            callback_store.end_resolved(connection, now)
            due = callback_store.claim_overdue(connection, now, _MAX_AT_ONCE)
            return sum(_remind(connection, callback, configuration, now) for callback in due)

        count = await self._database.write(work)
        if count:
            self._on_commit()
        return count

    async def stop_phone_tag(self) -> int:
        """Offer two times to customers whom we missed twice, if the admin wants it."""
        configuration = self._configuration.current
        inputs = configuration.documents[RELIEF]
        if not inputs.phone_tag_stop:
            return 0
        hours = {one.id: one.working_hours for one in configuration.teams.by_id.values()}
        work = partial(stop_phone_tag, inputs=inputs, hours_of=hours, now=self._now())
        return await self._database.write(work)


def _remind(
    connection: Connection, callback: Callback, configuration: Configuration, now: datetime
) -> bool:
    """Remind of a callback if its team works now; the last reminder escalates it."""
    teams = configuration.teams
    hours = teams.by_id.get(callback.team, teams.triage).working_hours
    if not is_open(hours, now):
        opening = add_working_minutes(hours, now, 0)
        callback_store.set_reminder(connection, callback, opening)
        return False
    reminders = callback.reminders + 1
    last = reminders >= configuration.phone.escalate_after
    told = replace(callback, reminders=reminders, escalated=callback.escalated or last)
    again = None if last else add_working_minutes(hours, now, REMIND_AGAIN_AFTER)
    callback_store.set_reminder(connection, told, again)
    entries = [Entry("reminded", _reminder(told))]
    record_entries(connection, configuration, callback.inquiry_id, entries, _ACTOR, now)
    return True


def _reminder(callback: Callback) -> dict[str, object]:
    return {
        "callback": callback.id,
        "kind": callback.kind.value,
        "due_at": format_time(callback.due_at),
        "number": callback.number,
        "owner": callback.owner,
        "attempts": callback.attempts,
        "reminders": callback.reminders,
        "escalated": callback.escalated,
    }

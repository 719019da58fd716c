"""The watchdog: looks at every inquiry when its time has come, reminds, escalates and alarms.

Any number of processes may have one on the same database. A look and everything that follows from
it are one transaction over locked rows: a process that is killed in between has done nothing, and
another one does it.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Final

import structlog
from sqlalchemy import Connection

from inquiry_router.configuration.documents import PROMISES, TEAMS
from inquiry_router.configuration.model import Configuration
from inquiry_router.configuration.service import ConfigurationService
from inquiry_router.database.session import Database
from inquiry_router.process.background import survive
from inquiry_router.process.clock import utc_now
from inquiry_router.process.steps import step
from inquiry_router.promises import store
from inquiry_router.promises.keeping import Round, look_at_due
from inquiry_router.promises.looking import Setting
from inquiry_router.promises.notices import tell_alarms
from inquiry_router.promises.staffing import Staffing
from inquiry_router.staff.model import Roster

log = structlog.get_logger()

POLL_S: Final = 1.0
# In one transaction: intake waits for it on SQLite.
AT_ONCE: Final = 50
# Alarms in one bundle.
MAX_BUNDLE: Final = 1000
_MARKED_AT_ONCE: Final = 2000


class Watchdog:
    """Keeps the law that nobody is in limbo. `roster` returns the people as they are now."""

    def __init__(
        self,
        database: Database,
        configuration: ConfigurationService,
        roster: Callable[[], Roster],
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._database = database
        self._configuration = configuration
        self._roster = roster
        self._now = now
        self._seen = -1

    async def run(self) -> None:
        """Watch until cancelled. Goes on when the database has been away."""
        while True:
            await survive(self.watch(), "promises")
            await asyncio.sleep(POLL_S)

    async def watch(self) -> Round:
        """Look at everything that is due, and tell the alarms that were raised."""
        await self.follow_settings()
        looked_at = told = alarms = 0
        while True:
            done = await self.look_once()
            looked_at, told = looked_at + done.looked_at, told + done.told
            alarms += done.alarms
            if done.looked_at < AT_ONCE:
                break
        await self.tell_alarms()
        if told or alarms:
            log.info("promises.told", steps=told, alarms=alarms)
        return Round(looked_at, told, alarms)

    async def look_once(self) -> Round:
        """Look at a few inquiries that are due."""
        now, configuration = self._now(), self._configuration.current
        if not await self._database.read(partial(store.is_any_due, now=now)):
            return Round()
        work = partial(
            look_at_due,
            setting=self._setting(configuration),
            configuration=configuration,
            now=now,
            limit=AT_ONCE,
        )
        done = await self._database.write(work)
        step("watch.committed")
        return done

    async def tell_alarms(self) -> int:
        """Tell the alarms that were raised, as one bundle for each receiver."""
        if not await self._database.read(store.is_any_untold):
            return 0
        now, configuration = self._now(), self._configuration.current
        staffing = Staffing(configuration.teams, self._roster())

        def work(connection: Connection) -> int:
            rows = store.claim_untold(connection, now, MAX_BUNDLE)
            count = tell_alarms(connection, rows, configuration.promises, staffing, now)
            step("watch.alarming")
            return count

        return await self._database.write(work)

    async def follow_settings(self) -> bool:
        """Have all open inquiries looked at again after a change of people, teams or promises."""
        present = self._mark()
        if present <= self._seen:
            return False
        known = await self._database.read(store.read_mark)
        if present > known:
            ids = await self._database.scan(store.list_open)
            for begin in range(0, len(ids), _MARKED_AT_ONCE):
                some = ids[begin : begin + _MARKED_AT_ONCE]
                await self._database.write(partial(store.watch_at_once, inquiry_ids=some))
            await self._database.write(partial(store.set_mark, value=present))
        self._seen = present
        return present > known

    def _mark(self) -> int:
        """A number that grows with every change of what promises depend on."""
        documents = self._configuration.current.documents
        return documents.version(TEAMS) + documents.version(PROMISES) + self._roster().revision

    def _setting(self, configuration: Configuration) -> Setting:
        staffing = Staffing(configuration.teams, self._roster())
        return Setting(configuration.promises, configuration.teams, staffing)

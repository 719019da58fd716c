"""The background of relief: roll the days that are over, ask the monitors, forget old numbers."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import structlog

from inquiry_router.database.session import Database
from inquiry_router.process.background import survive
from inquiry_router.process.clock import utc_now
from inquiry_router.relief import rollups, store
from inquiry_router.relief.monitors import ask_all

log = structlog.get_logger()

EVERY_S: Final = 60.0
# Of a first start after years: the rest follows a minute later.
_DAYS_AT_ONCE: Final = 400
NUMBERS_KEPT: Final = timedelta(days=90)


class Roller:
    """Rolls days. Any number of processes may have one on the same database."""

    def __init__(self, database: Database, now: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._now = now

    async def run(self) -> None:
        """Work until cancelled. Goes on when the database has been away."""
        while True:
            await asyncio.sleep(EVERY_S)
            await survive(self.roll(), "roller")

    async def roll(self) -> int:
        """Roll every day that is over. Returns their number."""
        now = self._now()
        due = partial(rollups.days_to_roll, now=now, limit=_DAYS_AT_ONCE)
        days = await self._database.scan(due)
        for day in days:
            # A day at a time: intake waits for no more than one.
            await self._database.write(partial(rollups.roll_day, day=day))
        await self._database.write(partial(store.forget_numbers, before=now - NUMBERS_KEPT))
        await self._database.write(partial(ask_all, now=now))
        return len(days)

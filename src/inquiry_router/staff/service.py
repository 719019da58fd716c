"""The roster in memory: loaded, changed, and read again after changes of other processes."""

import asyncio
from collections.abc import Callable
from typing import Final, TypeVar

import structlog
from sqlalchemy import Connection

from inquiry_router.database.session import Database
from inquiry_router.inquiry.errors import Unavailable
from inquiry_router.staff import store
from inquiry_router.staff.model import Roster

T = TypeVar("T")
FOLLOW_EVERY_S: Final = 0.5

log = structlog.get_logger()


class StaffService:
    """Our people, as this process knows them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._roster = Roster()

    @property
    def roster(self) -> Roster:
        """The snapshot in force; nobody before `load`, when calls are answered without database."""
        return self._roster

    async def load(self) -> None:
        """Read everybody from the database."""
        self._roster = await self._database.read(store.load_roster)

    async def change(self, work: Callable[[Connection], T]) -> T:
        """Change something in one transaction.

        This process sees the change at once, others within a second.
        """
        result = await self._database.write(work)
        await self.load()
        return result

    async def follow(self) -> None:
        """Load again after changes of other processes. Runs until it is cancelled."""
        while True:
            await asyncio.sleep(FOLLOW_EVERY_S)
            try:
                revision = await self._database.read(store.load_revision)
                if revision != self._roster.revision:
                    await self.load()
                    log.info("staff.reloaded", revision=revision)
            except Unavailable:  # keep the present snapshot and try again
                continue

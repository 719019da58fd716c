"""The last use of each key, kept in memory and stored once a minute."""

import asyncio
from datetime import datetime
from functools import partial
from typing import Final

from inquiry_router.configuration.api_key_store import note_use
from inquiry_router.database.session import Database
from inquiry_router.inquiry.errors import Unavailable

_STORE_EVERY_S: Final = 60.0


class KeyUses:
    """Notes uses. A kill loses the last minute of them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._noted: dict[str, datetime] = {}

    def note(self, key_id: str, now: datetime) -> None:
        """Note that a key was used."""
        self._noted[key_id] = now

    async def keep_storing(self) -> None:
        """Store what was noted, every minute until it is cancelled, and then once more."""
        try:
            while True:
                await asyncio.sleep(_STORE_EVERY_S)
                await self.store()
        except asyncio.CancelledError:
            await self.store()
            raise

    async def store(self) -> None:
        """Store what was noted. If the database is away, it is kept for the next time."""
        noted, self._noted = self._noted, {}
        if noted:
            try:
                await self._database.write(partial(note_use, used=noted))
            except Unavailable:
                self._noted = noted | self._noted

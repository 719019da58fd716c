"""Links for one of our people: answer an offer, or say that they are away. Nobody needs a login."""

import hashlib
import os
from datetime import datetime, timedelta
from typing import Final

from inquiry_router.corrections.link_key import StoredKey
from inquiry_router.corrections.tokens import NONCE_BYTES, OpenedLink, new_token, read_token
from inquiry_router.database.session import Database

# An offer that is over says who has it, for some days more.
_READ_FOR: Final = timedelta(days=7)
OFFER: Final = "o"
PRESENCE: Final = "p"


class StaffLinks:
    """Makes and reads links of our people. Those of another purpose, or of customers, are wrong."""

    def __init__(self, database: Database, public_url: str | None) -> None:
        self._key = StoredKey(database)
        self._public_url = public_url.rstrip("/") if public_url is not None else None

    async def offer(self, inquiry_id: str, member_id: str, ends_at: datetime) -> str | None:
        """Return the link by which a member answers an offer; None without a public address."""
        return await self._link(OFFER, inquiry_id, ends_at + _READ_FOR, member_id)

    async def presence(self, member_id: str, ends_at: datetime) -> str | None:
        """Return the link by which a member says that they are here or away."""
        return await self._link(PRESENCE, member_id, ends_at, None)

    async def open(self, purpose: str, token: str, now: datetime) -> OpenedLink:
        """Open a link of a purpose. Raises `WrongLink`, and `Unavailable` without the key."""
        return read_token(token, await self._key_for(purpose), now)

    async def _link(
        self, purpose: str, named: str, ends_at: datetime, reader: str | None
    ) -> str | None:
        if self._public_url is None:
            return None
        key = await self._key_for(purpose)
        token = new_token(named, ends_at, key, os.urandom(NONCE_BYTES), reader)
        return f"{self._public_url}/{purpose}/{token}"

    async def _key_for(self, purpose: str) -> bytes:
        """A key of its own for each purpose, so that no link opens another page."""
        return hashlib.sha256(await self._key.get() + purpose.encode()).digest()

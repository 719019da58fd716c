"""Links by which people act without a login: made, opened, and used a limited number of times."""

import hashlib
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, insert, select, update

from inquiry_router.corrections.link_key import StoredKey
from inquiry_router.corrections.tables import link_uses
from inquiry_router.corrections.tokens import NONCE_BYTES, OpenedLink, new_token, read_token
from inquiry_router.database.session import Database
from inquiry_router.inquiry.errors import Conflict

# The purposes of links, each with a key of its own, so that no link opens another page.
CORRECT: Final = "c"
NOT_MINE: Final = "n"
TAP: Final = "s"
# A mistake may be mended; a script that corrects back and forth is stopped.
MAX_CORRECTIONS: Final = 5
# Of a link whose act is final.
ONCE: Final = 1
# No link of any kind is valid for longer. A use tells nothing any more this long after it.
MAX_LINK_LIFE: Final = timedelta(days=366)


class LinkUsedUp(Conflict):
    """The link was used as often as it may be."""

    hint = "Take the link in the newest note, or ask an admin."


class CorrectionLinks:
    """Makes and reads correction links.

    Links lie under `public_url` and are valid for `days`; without `public_url` none are made.
    """

    def __init__(self, database: Database, public_url: str | None, days: int) -> None:
        self._key = StoredKey(database)
        self._public_url = public_url.rstrip("/") if public_url is not None else None
        self._valid_for = timedelta(days=days)

    async def link(self, inquiry_id: str, now: datetime) -> str | None:
        """Return a new link for an inquiry; None without a public address.

        Raises `Unavailable` when the database is away and the key has not been read yet.
        """
        if self._public_url is None:
            return None
        return f"{self._public_url}/c/{await self.new_token(inquiry_id, now)}"

    async def new_token(
        self,
        inquiry_id: str,
        now: datetime,
        reader: str | None = None,
        ends_at: datetime | None = None,
        purpose: str = CORRECT,
    ) -> str:
        """Return the token of a new link, bound to its reader if there is one."""
        key, nonce = await self._key_for(purpose), os.urandom(NONCE_BYTES)
        return new_token(inquiry_id, ends_at or self.ends_at(now), key, nonce, reader)

    async def maker(self, now: datetime, purpose: str) -> Callable[[str, str], str] | None:
        """Return a maker of links of a purpose for an inquiry and its reader.

        None without a public address. Raises `Unavailable` like `link`.
        """
        if self._public_url is None:
            return None
        key, ends_at, prefix = await self._key_for(purpose), self.ends_at(now), self._public_url

        def make(inquiry_id: str, reader: str) -> str:
            token = new_token(inquiry_id, ends_at, key, os.urandom(NONCE_BYTES), reader)
            return f"{prefix}/{purpose}/{token}"

        return make

    def ends_at(self, now: datetime) -> datetime:
        """Return the end of a link that is made now."""
        return now + self._valid_for

    async def open(self, token: str, now: datetime, purpose: str = CORRECT) -> OpenedLink:
        """Open the link of a purpose with a token.

        Raises `WrongLink`, and `Unavailable` like `link`.
        """
        return read_token(token, await self._key_for(purpose), now)

    async def _key_for(self, purpose: str) -> bytes:
        """The key of a purpose. Links for correcting have the oldest one, which is bare."""
        key = await self._key.get()
        return key if purpose == CORRECT else hashlib.sha256(key + purpose.encode()).digest()


def use_link(connection: Connection, name: str, most: int, now: datetime) -> None:
    """Count a use of a link, named by its digest, in the transaction of the act.

    Raises `LinkUsedUp` beyond the last one. The caller has locked what the act changes, so two uses
    at the same moment follow each other.
    """
    query = select(link_uses.c.uses).where(link_uses.c.link == name).with_for_update()
    uses = connection.execute(query).scalar()
    if uses is None:
        connection.execute(insert(link_uses).values(link=name, uses=1, last_at=now))
        return
    if uses >= most:
        times = "once" if most == ONCE else f"{most} times"
        raise LinkUsedUp(f"This link was used {times} already.")
    this = update(link_uses).where(link_uses.c.link == name)
    connection.execute(this.values(uses=uses + 1, last_at=now))


def forget_uses(connection: Connection, now: datetime) -> int:
    """Delete the uses of links that cannot be valid any more; return their number."""
    gone = delete(link_uses).where(link_uses.c.last_at < now - MAX_LINK_LIFE)
    return connection.execute(gone).rowcount

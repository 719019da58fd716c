"""Links by which an agent corrects one inquiry without a login."""

from datetime import datetime, timedelta

from inquiry_router.corrections.link_key import StoredKey
from inquiry_router.corrections.tokens import new_token, read_token
from inquiry_router.database.session import Database


class CorrectionLinks:
    """Makes and reads correction links.

    Links lie under `public_url` and are valid for `days`; without `public_url` none are made.
    """

    def __init__(self, database: Database, public_url: str | None, days: int) -> None:
        self._key = StoredKey(database)
        self._public_url = public_url.rstrip("/") if public_url is not None else None
        self._valid_for = timedelta(days=days)

    async def link(self, inquiry_id: str, now: datetime) -> str | None:
        """Return the link for an inquiry; None without a public address.

        Raises `Unavailable` when the database is away and the key has not been read yet.
        """
        if self._public_url is None:
            return None
        token = new_token(inquiry_id, now + self._valid_for, await self._key.get())
        return f"{self._public_url}/c/{token}"

    async def inquiry_of(self, token: str, now: datetime) -> str:
        """Return the id of the inquiry that a link's token is for.

        Raises `WrongLink`, and `Unavailable` like `link`.
        """
        return read_token(token, await self._key.get(), now)

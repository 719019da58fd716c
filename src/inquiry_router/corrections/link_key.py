"""The key that correction links are signed with: made once, kept with the data, the same for every process."""

import secrets
from functools import partial

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from inquiry_router.configuration.tables import documents
from inquiry_router.database.session import Database, database_now

_NAME = "link_key"


class LinkKey:
    """Reads the key when it is first needed, and remembers it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._key: bytes | None = None

    async def get(self) -> bytes:
        """The key, 32 bytes. Raises `Unavailable` when the database is."""
        if self._key is None:
            self._key = bytes.fromhex(
                await self._database.write(partial(_kept_or, fresh=secrets.token_hex(32)))
            )
        return self._key


def _kept_or(connection: Connection, fresh: str) -> str:
    """The key that is kept; where there is none, the fresh one is kept from now on, whoever else asks at the same moment."""
    make = sqlite_insert if connection.dialect.name == "sqlite" else postgres_insert
    row = {
        "name": _NAME,
        "version": 1,
        "body": {"key": fresh},
        "at": database_now(connection),
        "actor": "start",
    }
    connection.execute(make(documents).values(row).on_conflict_do_nothing())
    query = select(documents.c.body).where(documents.c.name == _NAME, documents.c.version == 1)
    key: str = connection.execute(query).scalar_one()["key"]
    return key

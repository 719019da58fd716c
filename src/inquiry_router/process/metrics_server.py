"""The separate address of the metrics: HTTP for Prometheus, and for nothing else.

It stands on an address that only the operator's network reaches, so it asks for no key.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

from inquiry_router.process.metrics import CONTENT_TYPE
from inquiry_router.process.settings import PREFIX, WrongSettings

MAX_HEAD_BYTES: Final = 8192
TIMEOUT_S: Final = 5.0
Render = Callable[[], Awaitable[bytes]]


@contextlib.asynccontextmanager
async def serve_metrics(
    address: str | None, render: Render, *, shared: bool
) -> AsyncIterator[None]:
    """Serve `/metrics` at this address, if there is one.

    `shared` lets several serving processes listen there: each answers for all.
    """
    if address is None:
        yield
        return
    host, _, port = address.rpartition(":")

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _serve(reader, writer, render)

    try:
        server = await asyncio.start_server(
            serve,
            host.strip("[]"),
            int(port),
            limit=MAX_HEAD_BYTES,
            reuse_port=shared,
        )
    except (OSError, OverflowError) as error:
        raise WrongSettings(
            f"{PREFIX}METRICS_ADDRESS: the service cannot listen at {address}: {error}. Give "
            "another port, or leave it empty: /metrics stands on the port of the service too"
        ) from None
    async with server:
        yield


async def _serve(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, render: Render
) -> None:
    with contextlib.suppress(
        OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError
    ):
        async with asyncio.timeout(TIMEOUT_S):
            head = await reader.readuntil(b"\r\n\r\n")
            is_asked = head.split(b"?")[0].split(b"\r")[0].startswith(b"GET /metrics")
            body = await render() if is_asked else b"Only GET /metrics stands here.\n"
            status = "200 OK" if is_asked else "404 Not Found"
            writer.write(
                f"HTTP/1.1 {status}\r\nContent-Type: {CONTENT_TYPE}\r\n"
                f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode("ascii")
            )
            writer.write(body)
            await writer.drain()
    with contextlib.suppress(OSError):
        writer.close()
        await writer.wait_closed()

"""The separate address of the metrics."""

import asyncio
import socket

import pytest

from inquiry_router.process.metrics_server import serve_metrics
from inquiry_router.process.settings import WrongSettings

pytestmark = pytest.mark.anyio


async def render() -> bytes:
    return b"inquiries 1.0\n"


async def ask(port: int, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    answered = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answered


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_metrics_and_nothing_else_stand_there() -> None:
    port = free_port()
    async with serve_metrics(f"127.0.0.1:{port}", render, shared=False):
        answered = await ask(port, b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n")
        assert answered.startswith(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4")
        assert answered.endswith(b"\r\n\r\ninquiries 1.0\n")
        for request in (b"GET /v1/inquiries HTTP/1.1\r\n\r\n", b"POST /metrics HTTP/1.1\r\n\r\n"):
            assert (await ask(port, request)).startswith(b"HTTP/1.1 404 ")


async def test_endless_head_is_cut_off() -> None:
    port = free_port()
    async with serve_metrics(f"127.0.0.1:{port}", render, shared=False):
        assert await ask(port, b"GET /metrics HTTP/1.1\r\nX: " + b"x" * 60_000) == b""
        assert (await ask(port, b"GET /metrics HTTP/1.1\r\n\r\n")).startswith(b"HTTP/1.1 200 ")


async def test_serving_processes_share_the_address_and_others_are_refused() -> None:
    address = f"127.0.0.1:{free_port()}"
    async with (
        serve_metrics(address, render, shared=True),
        serve_metrics(address, render, shared=True),
    ):
        with pytest.raises(WrongSettings, match="INQUIRY_ROUTER_METRICS_ADDRESS"):
            async with serve_metrics(address, render, shared=False):
                pass


async def test_without_an_address_nothing_listens() -> None:
    async with serve_metrics(None, render, shared=False):
        pass

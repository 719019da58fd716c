"""A receiver on loopback that misbehaves as told, and remembers its requests."""

import asyncio
import gzip
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

Behaviour = Callable[["FaultyServer", asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True)
class Received:
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


def answer(status: int, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Behaviour:
    """A correct answer with this status."""

    async def behave(_: "FaultyServer", writer: asyncio.StreamWriter) -> None:
        lines = [f"HTTP/1.1 {status} Whatever", f"content-length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        await writer.drain()

    return behave


def after(seconds: float, behaviour: Behaviour) -> Behaviour:
    """The same behaviour after some time."""

    async def behave(server: "FaultyServer", writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(seconds)
        await behaviour(server, writer)

    return behave


async def hang(_: "FaultyServer", __: asyncio.StreamWriter) -> None:
    """Never answer."""
    await asyncio.Event().wait()


async def dribble(_: "FaultyServer", writer: asyncio.StreamWriter) -> None:
    """Send a correct head, then a byte now and then: each read is quick, the answer never ends."""
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
    while True:
        writer.write(b".")
        await writer.drain()
        await asyncio.sleep(0.02)


async def reset(_: "FaultyServer", writer: asyncio.StreamWriter) -> None:
    """Reset the connection instead of answering."""
    connection = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def half_an_answer(_: "FaultyServer", writer: asyncio.StreamWriter) -> None:
    """Announce ten bytes, send three, close."""
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc")
    await writer.drain()
    writer.close()


async def nonsense(_: "FaultyServer", writer: asyncio.StreamWriter) -> None:
    """Answer in another protocol."""
    writer.write(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
    await writer.drain()
    writer.close()


async def huge(server: "FaultyServer", writer: asyncio.StreamWriter) -> None:
    """Answer 200 with an endless body."""
    writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
        await writer.drain()
        server.sent_bytes += 0x10000


def gzip_bomb(status: int = 200) -> Behaviour:
    """Answer with ten megabytes in ten kilobytes."""
    return answer(status, {"content-encoding": "gzip"}, gzip.compress(b"\0" * 10_000_000))


@dataclass
class FaultyServer:
    """A receiver with behaviours by path. Several are used in turn, and the last one stays."""

    port: int = 0
    requests: list[Received] = field(default_factory=list)
    connections: int = 0
    in_flight: int = 0
    peak: int = 0
    sent_bytes: int = 0
    _behaviours: dict[str, list[Behaviour]] = field(default_factory=dict)

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def behave(self, path: str, *behaviours: Behaviour) -> str:
        """Set the behaviour of a path; return its URL. Other paths answer 204."""
        self._behaviours[path] = list(behaviours)
        return self.url(path)

    def at(self, path: str) -> list[Received]:
        """List the requests to a path."""
        return [request for request in self.requests if request.path == path]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while not writer.is_closing():
                await self._serve_one(reader, writer)
        with suppress(ConnectionError):
            writer.close()

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, path, _ = head[0].split(" ")
        headers = {
            line.split(":", 1)[0].lower(): line.split(":", 1)[1].strip()
            for line in head[1:]
            if line
        }
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.requests.append(Received(method, path, headers, body))
        self.in_flight += 1
        self.peak = max(self.peak, self.in_flight)
        try:
            script = self._behaviours.get(path.split("?")[0], [answer(204)])
            await (script.pop(0) if len(script) > 1 else script[0])(self, writer)
        finally:
            self.in_flight -= 1


@asynccontextmanager
async def faulty_server(tls: ssl.SSLContext | None = None) -> AsyncIterator[FaultyServer]:
    """Run a server on a free port of 127.0.0.1."""
    faulty = FaultyServer()
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await faulty.serve(reader, writer)
        finally:
            tasks.discard(task)

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    faulty.port = server.sockets[0].getsockname()[1]
    try:
        yield faulty
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()

"""Clients that send no whole request, or never stop: on real sockets, one guard at a time."""

import asyncio
import resource
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send
from uvicorn import Config
from uvicorn.server import ServerState

from inquiry_router.api.web import guard
from inquiry_router.api.web.guard import (
    MAX_HEADER_BYTES,
    GuardedProtocol,
    Refusals,
    max_connections,
)
from inquiry_router.api.web.server import SERVER_OPTIONS

pytestmark = pytest.mark.anyio
GET = b"GET /v1/inquiries HTTP/1.1\r\nhost: x\r\n\r\n"
HEALTH = b"GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n"
SLOW = b"GET /slow HTTP/1.1\r\nconnection: close\r\n\r\n"
POST = b"POST /v1/inquiries HTTP/1.1\r\nhost: x\r\n"
LONG_S = 30.0


class App:
    """Answers with the length of the body; `/slow` when it is told to, `/early` without it."""

    def __init__(self) -> None:
        self.go_on = asyncio.Event()
        self.asked = asyncio.Semaphore(0)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked.release()
        if scope["path"] == "/slow":
            await self.go_on.wait()
        length, more = 0, scope["path"] != "/early"
        while more:
            message = await receive()
            length += len(message.get("body", b""))
            more = message.get("more_body", False)
        await PlainTextResponse(str(length))(scope, receive, send)


class Guarded:
    """A server with the guard."""

    def __init__(self, app: App, state: ServerState, port: int) -> None:
        self.app = app
        self.state = state
        self.port = port

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def ask(self, *parts: bytes) -> bytes:
        """Send the parts and read until the server closes the connection."""
        reader, writer = await self.connect()
        for part in parts:
            writer.write(part)
            try:
                await writer.drain()
            except ConnectionError:
                break
        try:
            return await asyncio.wait_for(reader.read(), LONG_S)
        except ConnectionError:
            return b""
        finally:
            writer.close()


@pytest.fixture
async def guarded() -> AsyncIterator[Guarded]:
    async with serving() as server:
        yield server


@asynccontextmanager
async def serving() -> AsyncIterator[Guarded]:
    app, state = App(), ServerState()
    config = Config(app, **SERVER_OPTIONS)
    config.load()
    assert config.http_protocol_class is GuardedProtocol
    made = await asyncio.get_running_loop().create_server(
        lambda: GuardedProtocol(config=config, server_state=state, app_state={}), "127.0.0.1", 0
    )
    yield Guarded(app, state, made.sockets[0].getsockname()[1])
    app.go_on.set()
    made.close()
    for connection in list(state.connections):
        connection.transport.abort()
    await asyncio.gather(*state.tasks, return_exceptions=True)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "HEADER_TIMEOUT_S", 0.3)
    monkeypatch.setattr(guard, "LINGER_S", 0.3)
    monkeypatch.setattr(guard, "refusals", Refusals())


def is_refused(answer: bytes, status: int, code: str) -> bool:
    head, _, body = answer.partition(b"\r\n\r\n")
    return (
        head.startswith(f"HTTP/1.1 {status} ".encode())
        and b"content-type: application/problem+json" in head
        and b"connection: close" in head
        and f'"code": "{code}"'.encode() in body
    )


async def test_header_without_end_is_cut_off(guarded: Guarded) -> None:
    piece = b"a" * 10_000
    answer = await guarded.ask(b"GET / HTTP/1.1\r\nx: ", *[piece] * 100)
    # The client may still be sending when the connection closes, and then misses the answer.
    assert not answer or is_refused(answer, 431, "header_too_large")
    assert not guarded.state.connections


async def test_too_large_header_that_comes_at_once_is_refused(guarded: Guarded) -> None:
    for large in (
        b"GET / HTTP/1.1\r\nx: %s\r\n\r\n",
        b"GET /%s HTTP/1.1\r\nhost: x\r\n\r\n",
    ):
        answer = await guarded.ask(large % (b"a" * MAX_HEADER_BYTES))
        assert is_refused(answer, 431, "header_too_large")


async def test_trailer_without_end_is_cut_off(guarded: Guarded) -> None:
    body = POST + b"transfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\n"
    await guarded.ask(body, *[b"x: " + b"a" * 10_000 + b"\r\n"] * 100)
    assert not guarded.state.connections


async def test_large_bodies_pass(guarded: Guarded) -> None:
    close = b"connection: close\r\n"
    whole = POST + close + b"content-length: 500000\r\n\r\n" + b"a" * 500_000
    assert (await guarded.ask(whole)).endswith(b"500000")
    chunks = [b"2\r\nab\r\n" * 5_000] * 10
    begin = POST + close + b"transfer-encoding: chunked\r\n\r\n"
    assert (await guarded.ask(begin, *chunks, b"0\r\n\r\n")).endswith(b"100000")


async def test_slow_header_is_answered_and_silence_is_not(guarded: Guarded) -> None:
    assert is_refused(await guarded.ask(b"GET / HTTP/1.1\r\nx: "), 408, "too_slow")
    assert await guarded.ask() == b""


async def test_slow_header_of_a_second_request_is_refused(guarded: Guarded) -> None:
    answer = await guarded.ask(GET, b"GET / HTTP/1.1\r\n")
    assert answer.startswith(b"HTTP/1.1 200")
    assert is_refused(answer[answer.index(b"HTTP/1.1 408") :], 408, "too_slow")


async def test_slow_answer_is_waited_for(guarded: Guarded) -> None:
    asked = asyncio.create_task(guarded.ask(SLOW))
    await asyncio.sleep(3 * guard.HEADER_TIMEOUT_S)
    guarded.app.go_on.set()
    assert (await asked).startswith(b"HTTP/1.1 200")


async def test_rest_of_a_request_with_an_answer_is_not_waited_for(guarded: Guarded) -> None:
    begin = b"POST /early HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n"
    assert (await guarded.ask(begin)).startswith(b"HTTP/1.1 200")


async def test_what_is_not_http_is_a_problem(guarded: Guarded) -> None:
    assert is_refused(await guarded.ask(b"\x16\x03\x01 hello\r\n\r\n"), 400, "bad_request")


async def test_longest_silent_connection_makes_room(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "HEADER_TIMEOUT_S", LONG_S)
    monkeypatch.setattr(guard, "max_connections", lambda: 3)
    silent = [await guarded.connect() for _ in range(10)]
    async with asyncio.timeout(LONG_S):
        for reader, _ in silent[:7]:
            with pytest.raises(ConnectionError):
                raise (await closed(reader)) or ConnectionError
        assert len(guarded.state.connections) == 3
        assert (await guarded.ask(GET.replace(b"host", b"connection: close\r\nhost"))).startswith(
            b"HTTP/1.1 200"
        )
    for _, writer in silent:
        writer.close()


async def closed(reader: asyncio.StreamReader) -> Exception | None:
    """Wait until the other side has closed a connection."""
    try:
        assert await reader.read() == b""
    except ConnectionError as error:
        return error
    return None


async def test_beyond_the_limit_only_health_is_answered(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "max_connections", lambda: 2)
    busy = [asyncio.create_task(guarded.ask(SLOW)) for _ in range(2)]
    for _ in busy:
        await guarded.app.asked.acquire()
    assert is_refused(await guarded.ask(GET), 503, "overloaded")
    reader, writer = await guarded.connect()
    writer.write(HEALTH)
    assert (await reader.readline()).startswith(b"HTTP/1.1 200")
    writer.close()
    guarded.app.go_on.set()
    assert all(answer.startswith(b"HTTP/1.1 200") for answer in await asyncio.gather(*busy))


async def test_connections_kept_for_health_are_limited_too(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "max_connections", lambda: 1)
    monkeypatch.setattr(guard, "KEPT_FOR_HEALTH", 1)
    monkeypatch.setattr(guard, "_HEALTH", b"/slow")
    busy = []
    for _ in range(2):
        busy.append(asyncio.create_task(guarded.ask(SLOW)))
        await guarded.app.asked.acquire()
    assert await guarded.ask(HEALTH) == b""
    assert len(guarded.state.connections) == 2
    guarded.app.go_on.set()
    assert all(answer.startswith(b"HTTP/1.1 200") for answer in await asyncio.gather(*busy))


async def test_log_tells_of_refused_clients_now_and_then(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines: list[MutableMapping[str, Any]] = []
    monkeypatch.setattr(guard.log, "warning", lambda event, **fields: lines.append(fields))
    monkeypatch.setattr(guard, "TOLD_EVERY_S", 1.0)
    for _ in range(5):
        await guarded.ask(b"no HTTP\r\n\r\n")
    assert lines == [{"reason": "a request is not HTTP", "count": 1}]
    async with asyncio.timeout(LONG_S):
        while len(lines) < 2:
            await asyncio.sleep(0.05)
    assert lines[1:] == [{"reason": "a request is not HTTP", "count": 4}]


@pytest.mark.parametrize(
    ("soft", "hard", "raised", "connections"),
    [
        (1024, 1024, 1024, 804),
        (1024, 4096, 2220, 2000),
        (1024, resource.RLIM_INFINITY, 2220, 2000),
        (65536, 65536, None, 2000),
        (resource.RLIM_INFINITY, resource.RLIM_INFINITY, None, 2000),
        (64, 64, 64, 1),
    ],
)
async def test_limit_follows_the_open_files(
    soft: int, hard: int, raised: int | None, connections: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_to: list[Any] = []
    monkeypatch.setattr(guard.resource, "getrlimit", lambda _: (soft, hard))
    monkeypatch.setattr(guard.resource, "setrlimit", lambda _, limits: set_to.append(limits))
    assert max_connections.__wrapped__() == connections
    assert set_to == ([(raised, hard)] if raised is not None else [])

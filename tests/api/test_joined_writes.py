"""An answer leaves in one piece, and nothing of it is lost on the way."""

import asyncio
import socket
import threading
import time
from typing import Any

import pytest
import uvicorn

from inquiry_router.api.joined_writes import JoinedWrites, Protocol

pytestmark = pytest.mark.anyio


class Wire(asyncio.Transport):
    """A transport that remembers what was asked of it."""

    def __init__(self) -> None:
        super().__init__({"peername": ("192.0.2.1", 4711)})
        self.done: list[Any] = []

    def write(self, data: Any) -> None:
        self.done.append(bytes(data))

    def close(self) -> None:
        self.done.append("close")

    def is_closing(self) -> bool:
        return "close" in self.done

    def pause_reading(self) -> None:
        self.done.append("pause")

    def resume_reading(self) -> None:
        self.done.append("resume")


def joined() -> tuple[JoinedWrites, Wire]:
    wire = Wire()
    return JoinedWrites(wire, asyncio.get_running_loop()), wire


async def test_what_comes_in_one_turn_is_written_together() -> None:
    transport, wire = joined()
    transport.write(b"head ")
    transport.write(bytearray(b"body"))
    assert wire.done == []
    await asyncio.sleep(0)
    transport.write(b"next")
    await asyncio.sleep(0)
    assert wire.done == [b"head body", b"next"]


async def test_what_waits_is_written_before_closing() -> None:
    transport, wire = joined()
    transport.write(b"good bye")
    transport.close()
    assert wire.done == [b"good bye", "close"]
    assert transport.is_closing()
    await asyncio.sleep(0)
    assert wire.done == [b"good bye", "close"]


async def test_nothing_is_written_to_a_client_who_has_gone() -> None:
    transport, wire = joined()
    transport.write(b"too late")
    wire.close()
    await asyncio.sleep(0)
    assert wire.done == ["close"]


async def test_a_long_answer_does_not_wait_until_it_is_whole() -> None:
    transport, wire = joined()
    for _ in range(5):
        transport.write(b"x" * 20_000)
    assert [len(piece) for piece in wire.done] == [80_000]
    await asyncio.sleep(0)
    assert [len(piece) for piece in wire.done] == [80_000, 20_000]


async def test_everything_else_is_the_connection_s_own() -> None:
    transport, wire = joined()
    transport.pause_reading()
    transport.resume_reading()
    assert wire.done == ["pause", "resume"]
    assert transport.get_extra_info("peername") == ("192.0.2.1", 4711)
    assert transport.get_extra_info("nothing", "else") == "else"


LENGTHS = {"/empty": 0, "/short": 2, "/long": 300_000, "/huge": 100_000_000}
PIECE = 50_000
huge: list[int] = []


async def _app(scope: Any, receive: Any, send: Any) -> None:
    assert scope["type"] == "http"
    length = LENGTHS[scope["path"]]
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % length)]})
    for begin in range(0, length, PIECE):
        await send({"type": "http.response.body", "body": b"x" * min(PIECE, length - begin), "more_body": True})
        if scope["path"] == "/huge":
            huge.append(begin)
    await send({"type": "http.response.body"})


@pytest.fixture(scope="module")
def port() -> Any:
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(_app, http=Protocol, ws="none", lifespan="off", log_config=None))
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield listening.getsockname()[1]
    server.should_exit = True
    thread.join(10)


def _said(port: int, asked: bytes) -> list[bytes]:
    """The pieces in which the answers to requests that end the connection come."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(asked)
        return list(iter(lambda: connection.recv(1_000_000), b""))


def _request(path: str, more: str = "connection: close\r\n") -> bytes:
    return f"GET {path} HTTP/1.1\r\nhost: x\r\n{more}\r\n".encode()


def test_head_and_body_come_in_one_piece(port: int) -> None:
    pieces = _said(port, _request("/short"))
    assert len(pieces) == 1
    assert pieces[0].startswith(b"HTTP/1.1 200 OK\r\n")
    assert pieces[0].endswith(b"\r\n\r\nxx")


def test_a_long_answer_comes_whole(port: int) -> None:
    assert b"".join(_said(port, _request("/long"))).endswith(b"\r\n\r\n" + b"x" * 300_000)


def test_who_does_not_read_holds_up_who_writes_to_him(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(_request("/huge"))
        written = -1
        while written != len(huge) or not huge:
            written = len(huge)
            time.sleep(0.2)
    assert written * PIECE < LENGTHS["/huge"] / 2


def test_requests_sent_together_are_answered_one_after_the_other(port: int) -> None:
    said = b"".join(_said(port, _request("/short", "") * 3 + _request("/empty")))
    assert (said.count(b"HTTP/1.1 200 OK"), said.count(b"\r\n\r\nxx")) == (4, 3)


def test_what_is_no_http_is_told_so(port: int) -> None:
    assert b"".join(_said(port, b"rubbish\r\n\r\n")).startswith(b"HTTP/1.1 400 ")


def test_a_wish_to_speak_otherwise_is_passed_over(port: int) -> None:
    wish = "connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZQ==\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(_request("/short", wish))
        assert connection.recv(1_000_000).startswith(b"HTTP/1.1 200 OK\r\n")

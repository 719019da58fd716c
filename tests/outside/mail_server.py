"""A real mail server on loopback, which keeps what it gets and refuses what a test asks for."""

import asyncio
import ssl
import warnings
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

USER, PASSWORD, TOKEN = "router", "opensesame", "t0ken"


@dataclass
class MailBoxes:
    """Everything that a server got, and the answers that it gives instead of taking a mail."""

    port: int = 0
    got: list[Envelope] = field(default_factory=list)
    refuse_recipient: str | None = None
    refuse_data: str | None = None
    logins: list[str] = field(default_factory=list)

    @property
    def mails(self) -> list[EmailMessage]:
        """The mails, parsed."""
        return [read(one) for one in self.got]

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:
        user, token = (
            part.partition(b"=")[2] for part in b64decode(args[1]).rstrip(b"\1").split(b"\1")
        )
        self.logins.append(user.decode())
        if token == f"Bearer {TOKEN}".encode():
            return AuthResult(success=True)
        await server.push("334 " + b64encode(b'{"status":"400"}').decode())
        await server._reader.readline()
        return AuthResult(success=False, handled=False)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.refuse_recipient is not None:
            return self.refuse_recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.refuse_data is not None:
            return self.refuse_data
        self.got.append(envelope)
        return "250 OK"


def read(envelope: Envelope) -> EmailMessage:
    """The mail in an envelope."""
    assert isinstance(envelope.content, bytes)
    mail = message_from_bytes(envelope.content, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def plain_text(mail: EmailMessage) -> str:
    """The plain text of a mail that has HTML beside it."""
    part = mail.get_body(("plain",))
    assert isinstance(part, EmailMessage)
    return str(part.get_content())


@asynccontextmanager
async def mail_server(
    *, tls: ssl.SSLContext | None = None, starttls: bool = False, asks_for_login: bool = False
) -> AsyncIterator[MailBoxes]:
    """A server on a free port of loopback, on the loop of the test."""
    boxes, talks = MailBoxes(), list[SMTP]()

    def authenticate(
        server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        boxes.logins.append(data.login.decode())
        right = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=right, handled=right)

    def begin() -> SMTP:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it does not count TLS from the first byte
            made = SMTP(
                boxes,
                hostname="mail.test",
                loop=asyncio.get_running_loop(),
                tls_context=tls if starttls else None,
                require_starttls=starttls,
                auth_require_tls=starttls,
                auth_required=asks_for_login,
                authenticator=authenticate if asks_for_login else None,
                enable_SMTPUTF8=True,
            )
        talks.append(made)
        return made

    at_once = tls if tls is not None and not starttls else None
    server = await asyncio.get_running_loop().create_server(begin, "127.0.0.1", 0, ssl=at_once)
    boxes.port = server.sockets[0].getsockname()[1]
    try:
        yield boxes
    finally:
        server.close()
        for talk in talks:
            if talk.transport is not None:
                talk.transport.abort()
        await asyncio.sleep(0)

"""Mails to a real server on loopback: TLS, logins, refusals, addresses."""

import socket
import ssl
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
import trustme

from inquiry_router.outside.addresses import PUBLIC, Reach
from inquiry_router.outside.client import Failed
from inquiry_router.outside.messages import MailServer, OutgoingMail, TokenGrant
from inquiry_router.outside.smtp import MailRefused, TokenRefused, greet, send_mail
from tests.outside.mail_server import PASSWORD, TOKEN, USER, mail_server

pytestmark = pytest.mark.anyio
LOOPBACK = Reach(loopback=True)
NAME = "mail.acme.example.com"
CONTENT = b"From: a@acme.example.com\r\nSubject: x\r\n\r\nfirst\r\n.\r\n..last\r\n"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def theirs(authority: trustme.CA, name: str = NAME) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


def ours(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def mail(port: int, **more: Any) -> OutgoingMail:
    settings = {"security": "none", "our_name": "acme.example.com", **more}
    server = MailServer("127.0.0.1", port, **settings)
    return OutgoingMail(server, "a@acme.example.com", "jan@klient.example", CONTENT)


async def to_loopback(host: str, port: int) -> Sequence[str]:
    return ["127.0.0.1"]


def named(port: int, security: str) -> OutgoingMail:
    one = mail(port, security=security, user=USER, password=PASSWORD)
    server = MailServer(NAME, port, one.server.security, "acme.example.com", USER, PASSWORD)
    return OutgoingMail(server, one.sender, one.recipient, one.content)


async def test_mail_arrives_byte_for_byte_with_its_envelope() -> None:
    async with mail_server() as boxes:
        assert await send_mail(mail(boxes.port), LOOPBACK) == 250
    (got,) = boxes.got
    assert (got.mail_from, got.rcpt_tos) == ("a@acme.example.com", ["jan@klient.example"])
    assert got.content == CONTENT


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_tls_is_checked_by_the_name_and_the_login_is_sent(
    security: str, authority: trustme.CA
) -> None:
    async with mail_server(
        tls=theirs(authority), starttls=security == "starttls", asks_for_login=True
    ) as boxes:
        await send_mail(
            named(boxes.port, security), LOOPBACK, resolve=to_loopback, tls=ours(authority)
        )
    assert len(boxes.got) == 1
    assert boxes.logins == [USER]


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_certificate_of_another_name_is_refused(security: str, authority: trustme.CA) -> None:
    context = theirs(authority, "other.example.com")
    async with mail_server(tls=context, starttls=security == "starttls") as boxes:
        with pytest.raises(Failed, match="the certificate is not trusted") as failed:
            await send_mail(
                named(boxes.port, security), LOOPBACK, resolve=to_loopback, tls=ours(authority)
            )
    assert failed.value.configuration
    assert boxes.got == []


async def test_server_without_starttls_gets_no_password(authority: trustme.CA) -> None:
    async with mail_server(asks_for_login=True) as boxes:
        with pytest.raises(Failed, match="no STARTTLS"):
            await send_mail(
                named(boxes.port, "starttls"), LOOPBACK, resolve=to_loopback, tls=ours(authority)
            )
    assert boxes.logins == []


async def test_wrong_password_is_a_matter_of_configuration(authority: trustme.CA) -> None:
    async with mail_server(tls=theirs(authority), asks_for_login=True) as boxes:
        server = MailServer(NAME, boxes.port, "tls", "acme.example.com", USER, "wrong")
        with pytest.raises(Failed, match="the user or the password is wrong") as failed:
            await greet(server, LOOPBACK, resolve=to_loopback, tls=ours(authority))
    assert failed.value.configuration
    assert "wrong'" not in str(failed.value)


async def test_login_by_an_access_token(authority: trustme.CA) -> None:
    grant = TokenGrant("https://login.example.com/token", "app", "s3cret")
    async with mail_server(tls=theirs(authority), asks_for_login=True) as boxes:
        server = MailServer(NAME, boxes.port, "tls", "acme.example.com", USER, grant=grant)
        old = replace(server, token="0ld")
        with pytest.raises(Failed, match="refuses the access token") as failed:
            await greet(old, LOOPBACK, resolve=to_loopback, tls=ours(authority))
        assert failed.value.configuration and isinstance(failed.value, TokenRefused)
        one = OutgoingMail(
            replace(server, token=TOKEN), "a@acme.example.com", "jan@klient.example", CONTENT
        )
        await send_mail(one, LOOPBACK, resolve=to_loopback, tls=ours(authority))
    assert boxes.logins == [USER, USER]
    assert len(boxes.got) == 1


@pytest.mark.parametrize(
    ("where", "said", "is_final"),
    [
        ("refuse_recipient", "550 5.1.1 no such user", True),
        ("refuse_recipient", "450 4.2.0 greylisted, try again", False),
        ("refuse_data", "554 5.7.1 looks like spam", True),
        ("refuse_data", "452 4.3.1 no space", False),
    ],
)
async def test_refusal_says_if_it_is_final(where: str, said: str, is_final: bool) -> None:
    async with mail_server() as boxes:
        setattr(boxes, where, said)
        with pytest.raises(MailRefused) as refused:
            await send_mail(mail(boxes.port), LOOPBACK)
    assert (refused.value.code, refused.value.is_final) == (int(said[:3]), is_final)
    assert said.split(" ", 1)[1] in str(refused.value)


async def test_private_address_is_never_called() -> None:
    with pytest.raises(Failed, match="not public"):
        await send_mail(mail(25), PUBLIC)


async def test_host_of_the_own_network_may_have_a_private_address() -> None:
    async def inside(host: str, port: int) -> Sequence[str]:
        return ["169.254.169.254"]  # but never a metadata service

    server = MailServer("mail.lan", 25, "none", "acme.example.com", in_own_network=True)
    with pytest.raises(Failed, match="not public"):
        await greet(server, PUBLIC, resolve=inside)


async def test_nobody_there() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(Failed, match="no connection could be made"):
        await send_mail(mail(port), LOOPBACK)


async def test_server_that_hangs_up_is_no_success() -> None:
    async with mail_server() as boxes:

        async def hang_up(server: Any, *_: Any) -> str:
            server.transport.close()
            return "250 OK"

        boxes.handle_DATA = hang_up  # type: ignore[method-assign]
        with pytest.raises(Failed, match="before the mail was accepted"):
            await send_mail(mail(boxes.port), LOOPBACK)

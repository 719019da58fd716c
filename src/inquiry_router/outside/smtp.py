"""Hand mails to a mail server, by SMTP (RFC 5321). The only module that imports its library.

The address is looked up once and checked as for every other call; the connection is made to the
checked address. With a user there is always TLS, except in the own network.
"""

import asyncio
import logging
import socket
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Final

import aiosmtplib

from inquiry_router.outside.addresses import PUBLIC, Reach
from inquiry_router.outside.client import (
    CONNECT_S,
    Failed,
    Resolver,
    find_addresses,
    look_up,
    mail_trust,
)
from inquiry_router.outside.error_text import excerpt
from inquiry_router.outside.messages import MailServer, OutgoingMail

# Each answer of the server has to come within this time.
ANSWER_S: Final = 15.0
_PERMANENT: Final = 500

logging.getLogger("aiosmtplib").setLevel(logging.WARNING)


class MailRefused(Exception):
    """The server refused a mail. `is_final`: it will never accept it."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"the mail server refused: {code} {text}")
        self.code = code
        self.is_final = code >= _PERMANENT


class TokenRefused(Failed):
    """The server does not accept the access token of this user."""

    def __init__(self, said: str) -> None:
        super().__init__(
            f"the mail server refuses the access token: {said}; check user, scope, and that the "
            "application may send by SMTP",
            configuration=True,
        )


async def send_mail(
    mail: OutgoingMail,
    reach: Reach = PUBLIC,
    *,
    resolve: Resolver = look_up,
    tls: ssl.SSLContext | None = None,
) -> int:
    """Send a mail; return the server's code. Raises `Failed` and `MailRefused`."""
    async with _connected(mail.server, reach, resolve, tls) as client:
        try:
            await client.sendmail(mail.sender, [mail.recipient], mail.content)
        except aiosmtplib.SMTPRecipientsRefused as error:
            refused = error.recipients[0]
            raise _refusal(refused.code, refused.message) from None
        except aiosmtplib.SMTPResponseException as error:
            raise _refusal(error.code, error.message) from None
        except (aiosmtplib.SMTPException, OSError, TimeoutError, ValueError):
            raise Failed("the connection broke before the mail was accepted") from None
    return 250


async def greet(
    server: MailServer,
    reach: Reach = PUBLIC,
    *,
    resolve: Resolver = look_up,
    tls: ssl.SSLContext | None = None,
) -> None:
    """Connect and log in, and send nothing. Raises `Failed`."""
    async with _connected(server, reach, resolve, tls):
        return


@asynccontextmanager
async def _connected(
    server: MailServer, reach: Reach, resolve: Resolver, tls: ssl.SSLContext | None
) -> AsyncIterator[aiosmtplib.SMTP]:
    own = {server.host.lower()} if server.in_own_network else set()
    allowed = Reach(reach.loopback, reach.hosts | own)
    addresses = await find_addresses(resolve, allowed, server.host, server.port)
    client = await _connect(server, await _open(addresses, server.port), tls)
    try:
        await _log_in(client, server)
        yield client
        with suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
            await client.quit(timeout=CONNECT_S)
    finally:
        client.close()


async def _open(addresses: Sequence[str], port: int) -> socket.socket:
    """Connect to the first of the checked addresses that answers."""
    loop = asyncio.get_running_loop()
    for address in addresses:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        opened = socket.socket(family, socket.SOCK_STREAM)
        opened.setblocking(False)
        try:
            async with asyncio.timeout(CONNECT_S):
                await loop.sock_connect(opened, (address, port))
        except (OSError, TimeoutError):
            opened.close()
        except BaseException:
            opened.close()
            raise
        else:
            return opened
    raise Failed("no connection could be made")


async def _connect(
    server: MailServer, opened: socket.socket, tls: ssl.SSLContext | None
) -> aiosmtplib.SMTP:
    client = aiosmtplib.SMTP(
        hostname=server.host,
        sock=opened,
        timeout=ANSWER_S,
        local_hostname=server.our_name,
        use_tls=server.security == "tls",
        start_tls=server.security == "starttls",
        tls_context=tls or mail_trust(),
    )
    try:
        await client.connect()
    except BaseException as error:
        opened.close()
        if isinstance(error, aiosmtplib.SMTPException | OSError | TimeoutError):
            raise _connection_failure(error) from None
        raise
    return client


def _connection_failure(error: BaseException) -> Failed:
    chain: BaseException | None = error
    while chain is not None:
        if isinstance(chain, ssl.SSLCertVerificationError):
            text = f"the certificate is not trusted: {chain.verify_message}"
            return Failed(text, configuration=True)
        if isinstance(chain, ssl.SSLError):
            return Failed("no TLS connection could be made", configuration=True)
        chain = chain.__cause__ or chain.__context__
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return Failed(f"the mail server refused us: {error.code} {_plain(error.message)}")
    if "STARTTLS" in str(error):
        return Failed("the mail server has no STARTTLS; try security tls", configuration=True)
    return Failed("no connection could be made")


async def _log_in(client: aiosmtplib.SMTP, server: MailServer) -> None:
    if server.user is None or (server.password is None and server.token is None):
        return
    try:
        if server.token is not None:
            await client.auth_xoauth2(server.user, server.token)
        else:
            await client.login(server.user, server.password or "")
    except aiosmtplib.SMTPAuthenticationError as error:
        said = f"{error.code} {_plain(error.message)}"
        if server.token is not None:
            raise TokenRefused(said) from None
        raise Failed(f"the user or the password is wrong: {said}", configuration=True) from None
    except aiosmtplib.SMTPResponseException as error:
        raise Failed(f"the login failed: {error.code} {_plain(error.message)}") from None
    except (OSError, TimeoutError):
        raise Failed("the connection broke") from None
    except aiosmtplib.SMTPException:
        raise Failed("the mail server offers no login that we know", configuration=True) from None


def _refusal(code: int, message: str) -> MailRefused:
    return MailRefused(code, _plain(message))


def _plain(message: str) -> str:
    return excerpt(message.encode())

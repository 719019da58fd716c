"""The HTTP client, and the only module that imports the HTTP library (httpx2, successor of httpx).

Addresses of destinations are typed in by people and not trusted. Each connection looks up its host
once, checks every address found and connects to a checked one, so no second look-up can give
another answer. Redirects, proxies of the environment, cookies and compressed answers are not used.
"""

import asyncio
import logging
import socket
import ssl
import threading
from collections.abc import (
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
    Mapping,
    Sequence,
)
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import cache, partial
from http.cookiejar import CookieJar, DefaultCookiePolicy
from ipaddress import ip_address
from typing import Final

import httpcore2 as httpcore
import httpx2 as httpx

from inquiry_router.outside.addresses import PUBLIC, Reach, WrongAddress, check_url, is_allowed
from inquiry_router.process.futures import settle

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
# The certificates of the operating system: reading them takes 20 ms (measured), in which nothing
# else is answered. HTTP sets in its context what mail does not want.
http_trust: Final = cache(partial(httpx.create_ssl_context, trust_env=False))
mail_trust: Final = cache(ssl.create_default_context)

CONNECTIONS_PER_HOST: Final = 8
MAX_ANSWER_BYTES: Final = 1024 * 1024
MAX_GET_ANSWER_BYTES: Final = 8 * 1024 * 1024
# The most common keep-alive of servers is 5 s; a request at that very moment would be lost.
KEEP_ALIVE_S: Final = 4.0
# A name may have several addresses, and the first may be dead: none gets the time of an attempt.
CONNECT_S: Final = 5.0

# These libraries log whole URLs, and the query of a destination may hold its secret.
for _library in ("httpx2", "httpcore2"):
    logging.getLogger(_library).setLevel(logging.WARNING)


class Failed(Exception):
    """No complete answer came. The text is for the admin and tells nothing about any network.

    `configuration` says that waiting does not help: the destination, its certificate or its name
    must be changed.
    """

    def __init__(self, text: str, *, configuration: bool = False) -> None:
        super().__init__(f"configuration: {text}" if configuration else text)
        self.configuration = configuration


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer. `body` is as sent, cut at 1 MB (8 MB for a GET).

    `compressed` says that the body is in an encoding that was not asked for.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    compressed: bool

    @property
    def retry_after(self) -> str | None:
        """The Retry-After header."""
        return self.headers.get("retry-after")


class Clients:
    """One long-lived HTTP client for each host. Use it in one event loop; `aclose` at the end.

    `reach` says what may be called beside public addresses. `resolve`, `network` and `tls` (None
    for the certificates of the operating system) are there for tests.
    """

    def __init__(
        self,
        *,
        reach: Reach = PUBLIC,
        resolve: Resolver | None = None,
        network: httpcore.AsyncNetworkBackend | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._reach = reach
        self._network = CheckedNetwork(
            resolve or look_up, reach, network or httpcore.AnyIOBackend()
        )
        self._tls = tls or http_trust()
        self._clients: dict[str, httpx.AsyncClient] = {}

    async def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Send a request and read the answer. Raises `Failed`. The caller sets the time limit."""
        try:
            checked = check_url(url, self._reach)
        except WrongAddress as error:
            raise Failed(str(error), configuration=True) from None
        client = self._clients.get(checked.origin) or self._open(checked.origin)
        try:
            async with client.stream(
                method, checked.url, headers=dict(headers), content=body or None
            ) as response:
                encoding = response.headers.get("content-encoding", "identity").strip().lower()
                limit = MAX_GET_ANSWER_BYTES if method == "GET" else MAX_ANSWER_BYTES
                return Answer(
                    status=response.status_code,
                    headers={name.lower(): value for name, value in response.headers.items()},
                    body=await _read(response, limit),
                    compressed=encoding != "identity",
                )
        except _FAILURES as error:
            raise _failed(error) from error

    async def aclose(self) -> None:
        """Close every connection."""
        clients, self._clients = self._clients, {}
        for client in clients.values():
            await client.aclose()

    def _open(self, origin: str) -> httpx.AsyncClient:
        client = httpx.AsyncClient(
            transport=_Transport(self._network, self._tls),
            headers={"accept-encoding": "identity"},
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            timeout=None,  # the library limits each read; the caller limits the whole attempt
            follow_redirects=False,
            trust_env=False,
        )
        self._clients[origin] = client
        return client


class CheckedNetwork(httpcore.AsyncNetworkBackend):
    """Opens connections to checked addresses only. TLS and the Host header still use the name."""

    def __init__(
        self, resolve: Resolver, reach: Reach, network: httpcore.AsyncNetworkBackend
    ) -> None:
        self._resolve = resolve
        self._reach = reach
        self._network = network

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature of the library
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address that answers. Raises `Failed` if one is not allowed."""
        failure: Exception = httpcore.ConnectError("no address")
        for address in await find_addresses(self._resolve, self._reach, host, port):
            try:
                return await self._network.connect_tcp(
                    address,
                    port,
                    timeout or CONNECT_S,
                    local_address=local_address,
                    socket_options=socket_options,
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure


async def find_addresses(resolve: Resolver, reach: Reach, host: str, port: int) -> Sequence[str]:
    """Look up the addresses of a host, and check them. One bad address refuses all of them."""
    addresses = [host] if _is_address(host) else await resolve(host, port)
    if not all(is_allowed(address, reach, host) for address in addresses):
        raise Failed(
            f"{host} leads to an address that is not public; such are never called",
            configuration=True,
        )
    return addresses


async def look_up(host: str, port: int) -> Sequence[str]:
    """Look up the addresses of a host, in the operating system's order. Raises `Failed`.

    Each look-up has a daemon thread of its own: a hanging name server must delay neither other
    look-ups, as in a pool of threads, nor the end of the process.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Sequence[str]] = loop.create_future()
    not_found = Failed(f"the name {host} could not be found")

    def work() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            addresses = list(dict.fromkeys(str(info[4][0]) for info in found))
        except (OSError, UnicodeError):
            addresses = []
        try:
            loop.call_soon_threadsafe(settle, future, addresses or not_found)
        except RuntimeError:  # the loop is closed, and nobody waits any more
            return

    threading.Thread(target=work, name="look-up", daemon=True).start()
    return await future


class _Transport(httpx.AsyncBaseTransport):
    """Connects the client to a pool on `CheckedNetwork`, by the libraries' public interfaces only.

    Replacing the pool inside the library's own transport would be shorter, but after a rename there
    the check would be bypassed silently.
    """

    def __init__(self, network: httpcore.AsyncNetworkBackend, tls: ssl.SSLContext) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls,
            max_connections=CONNECTIONS_PER_HOST,
            keepalive_expiry=KEEP_ALIVE_S,
            http1=True,
            http2=False,
            network_backend=network,
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request."""
        answer = await self._pool.handle_async_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer))

    async def aclose(self) -> None:
        """Close the pool."""
        await self._pool.aclose()


class _Body(httpx.AsyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        assert isinstance(self._answer.stream, AsyncIterable)
        async for part in self._answer.stream:
            yield part

    async def aclose(self) -> None:
        await self._answer.aclose()


async def _read(response: httpx.Response, limit: int) -> bytes:
    """Read at most `limit` bytes, never decompressed; close the connection of a longer answer."""
    body = bytearray()
    async with aclosing(response.aiter_raw()) as parts:
        async for part in parts:
            body += part
            if len(body) >= limit:
                break
    return bytes(body[:limit])


_UNREACHABLE: Final = (httpcore.ConnectError, httpcore.ConnectTimeout)
_UNSENDABLE: Final = (httpcore.LocalProtocolError, httpcore.UnsupportedProtocol, httpx.InvalidURL)
_BROKEN: Final = (
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.TimeoutException,
    httpx.HTTPError,
    OSError,
)
_FAILURES: Final = (*_UNREACHABLE, *_UNSENDABLE, *_BROKEN)


def _failed(error: Exception) -> Failed:
    # The pool raises its errors `from None`, so the original one is only in the context.
    cause = error if isinstance(error, ssl.SSLError) else error.__context__
    if isinstance(cause, ssl.SSLCertVerificationError):
        return Failed(f"the certificate is not trusted: {cause.verify_message}", configuration=True)
    if isinstance(cause, ssl.SSLError):
        reason = (cause.reason or "unknown reason").replace("_", " ").lower()
        return Failed(f"no TLS connection could be made: {reason}", configuration=True)
    if isinstance(error, _UNREACHABLE):
        return Failed("no connection could be made")
    if isinstance(error, _UNSENDABLE):
        return Failed("the request could not be sent as it is", configuration=True)
    return Failed("the connection broke before the answer was complete")


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True

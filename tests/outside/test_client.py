"""The HTTP client: checked addresses, no redirects, bounded answers.

Loopback only; names are looked up by fakes.
"""

import asyncio
import logging
import socket
import ssl
import threading
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path

import httpcore2 as httpcore
import pytest
import trustme

from inquiry_router.outside.addresses import PUBLIC, Reach
from inquiry_router.outside.client import (
    CONNECTIONS_PER_HOST,
    MAX_ANSWER_BYTES,
    Answer,
    CheckedNetwork,
    Clients,
    Failed,
    Resolver,
    look_up,
)
from tests.faulty_server import (
    Behaviour,
    FaultyServer,
    after,
    answer,
    dribble,
    faulty_server,
    gzip_bomb,
    half_an_answer,
    hang,
    huge,
    nonsense,
    reset,
)

pytestmark = pytest.mark.anyio

HEADERS = {"content-type": "application/json", "user-agent": "inquiry-router/test"}
PUBLIC_IP, PRIVATE_IP = "8.8.8.8", "10.0.0.1"


class Recorded(httpcore.AnyIOBackend):
    """Records each connection and connects to a local port instead; without a port it refuses."""

    def __init__(self, port: int | None = None, dead: Iterable[str] = ()) -> None:
        self.calls: list[tuple[str, int]] = []
        self._port = port
        self._dead = set(dead)

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        self.calls.append((host, port))
        if self._port is None or host in self._dead:
            raise httpcore.ConnectError("refused")
        return await super().connect_tcp(
            "127.0.0.1", self._port, timeout, local_address, socket_options
        )


def resolver(*answers: Sequence[str]) -> Resolver:
    """Return each of these in turn, again and again."""
    turns = cycle(answers)

    async def resolve(host: str, port: int) -> Sequence[str]:
        return next(turns)

    return resolve


@asynccontextmanager
async def clients() -> AsyncIterator[Clients]:
    made = Clients(reach=Reach(loopback=True))
    try:
        yield made
    finally:
        await made.aclose()


async def post(url: str, body: bytes = b"{}") -> Answer:
    async with clients() as made:
        return await made.send("POST", url, HEADERS, body)


@pytest.fixture
async def server() -> AsyncIterator[FaultyServer]:
    async with faulty_server() as running:
        yield running


async def test_request_arrives_as_it_was_built(server: FaultyServer) -> None:
    server.behave("/in", answer(202, {"Retry-After": "7"}, b"thanks"))
    got = await post(server.url("/in?token=hush"), "zażółć".encode())
    assert (got.status, got.retry_after, got.body, got.compressed) == (202, "7", b"thanks", False)
    (sent,) = server.requests
    assert (sent.method, sent.path, sent.body.decode()) == ("POST", "/in?token=hush", "zażółć")
    assert sent.headers["host"] == f"127.0.0.1:{server.port}"
    assert sent.headers["accept-encoding"] == "identity"
    assert sent.headers["user-agent"] == "inquiry-router/test"
    assert "hush" not in repr(got)


async def test_connections_are_kept_and_cookies_are_not(server: FaultyServer) -> None:
    server.behave("/in", answer(200, {"set-cookie": "a=b"}))
    async with clients() as made:
        for _ in range(5):
            await made.send("POST", server.url("/in"), HEADERS, b"{}")
    assert server.connections == 1
    assert not any("cookie" in request.headers for request in server.requests)


async def test_host_gets_eight_connections_at_most(server: FaultyServer) -> None:
    server.behave("/in", after(0.02, answer(200)))
    async with clients() as made:
        await asyncio.gather(
            *[
                made.send("POST", server.url("/in"), HEADERS, b"{}")
                for _ in range(3 * CONNECTIONS_PER_HOST)
            ]
        )
    assert server.peak == CONNECTIONS_PER_HOST
    assert server.connections == CONNECTIONS_PER_HOST


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_not_followed(server: FaultyServer, status: int) -> None:
    server.behave("/in", answer(status, {"location": server.url("/elsewhere")}))
    assert (await post(server.url("/in"))).status == status
    assert [request.path for request in server.requests] == ["/in"]


async def test_proxies_of_the_environment_are_not_used(
    server: FaultyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "http_proxy",
        "https_proxy",
        "all_proxy",
    ):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert (await post(server.url())).status == 204


async def test_endless_answer_is_cut(server: FaultyServer) -> None:
    got = await post(server.behave("/in", huge))
    assert (got.status, len(got.body)) == (200, MAX_ANSWER_BYTES)
    # The rest of what the server sent waits in the buffers of the sockets.
    assert server.sent_bytes < 10_000_000


async def test_compressed_answer_is_not_decompressed(server: FaultyServer) -> None:
    got = await post(server.behave("/in", gzip_bomb()))
    assert got.compressed
    assert len(got.body) < 20_000


@pytest.mark.parametrize("behaviour", [reset, half_an_answer, nonsense])
async def test_broken_answer_is_a_failure(server: FaultyServer, behaviour: Behaviour) -> None:
    with pytest.raises(Failed, match="the connection broke before the answer was complete"):
        await post(server.behave("/in", behaviour))


@pytest.mark.parametrize("behaviour", [hang, dribble])
async def test_time_limit_of_the_caller_covers_everything(
    server: FaultyServer, behaviour: Behaviour
) -> None:
    url = server.behave("/in", behaviour)
    started = time.monotonic()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.15):
            await post(url)
    assert time.monotonic() - started < 1


async def test_after_a_timeout_the_next_request_goes_through(server: FaultyServer) -> None:
    url = server.behave("/in", hang, answer(200))
    async with clients() as made:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await made.send("POST", url, HEADERS, b"{}")
        assert (await made.send("POST", url, HEADERS, b"{}")).status == 200


async def test_refused_connection_is_a_failure() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with pytest.raises(Failed, match="no connection could be made") as failed:
        await post(f"http://127.0.0.1:{port}/")
    assert not failed.value.configuration


@pytest.mark.parametrize(
    "url",
    ["http://hooks.example.com/", "https://10.0.0.1/", "https://a.example.com:22/", "nonsense"],
)
async def test_wrong_address_is_never_called(url: str) -> None:
    with pytest.raises(Failed, match=r"^configuration: ") as failed:
        await post(url)
    assert failed.value.configuration


async def test_loopback_is_for_development_only(server: FaultyServer) -> None:
    made = Clients()
    with pytest.raises(Failed, match=r"^configuration: "):
        await made.send("POST", server.url(), HEADERS, b"{}")
    await made.aclose()
    assert server.connections == 0


async def test_header_that_cannot_be_sent_is_a_failure(server: FaultyServer) -> None:
    async with clients() as made:
        with pytest.raises(Failed, match="could not be sent"):
            await made.send("POST", server.url(), {"x-bad": "a\nb: c"}, b"{}")


async def test_library_logs_no_addresses(
    server: FaultyServer, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        await post(server.url("/in?token=hush"))
    assert "hush" not in caplog.text


async def test_connection_goes_to_the_checked_address() -> None:
    network = Recorded()
    checked = CheckedNetwork(resolver([PUBLIC_IP]), reach=PUBLIC, network=network)
    with pytest.raises(httpcore.ConnectError):
        await checked.connect_tcp("hooks.example.com", 443)
    assert network.calls == [(PUBLIC_IP, 443)]


@pytest.mark.parametrize(
    "addresses",
    [
        [PRIVATE_IP],
        [PUBLIC_IP, PRIVATE_IP],
        [PRIVATE_IP, PUBLIC_IP],
        ["127.0.0.1"],
        ["2606:4700::1111", "::ffff:10.0.0.1"],
        ["64:ff9b::a00:1"],
        ["fe80::1%eth0"],
        ["169.254.169.254"],
        ["nonsense"],
    ],
)
async def test_one_bad_address_refuses_all(addresses: list[str]) -> None:
    network = Recorded()
    checked = CheckedNetwork(resolver(addresses), reach=PUBLIC, network=network)
    with pytest.raises(Failed, match="not public") as failed:
        await checked.connect_tcp("hooks.example.com", 443)
    assert failed.value.configuration
    assert not any(address in str(failed.value) for address in addresses)
    assert network.calls == []


async def test_name_with_changing_addresses_never_leads_inside() -> None:
    """DNS rebinding: a public address first, a private one next, 1000 times."""
    network = Recorded()
    checked = CheckedNetwork(resolver([PUBLIC_IP], [PRIVATE_IP]), reach=PUBLIC, network=network)
    for _ in range(1000):
        with pytest.raises((Failed, httpcore.ConnectError)):
            await checked.connect_tcp("hooks.example.com", 443)
    assert network.calls == [(PUBLIC_IP, 443)] * 500


async def test_name_is_looked_up_once_a_connection(server: FaultyServer) -> None:
    asked: list[str] = []

    async def resolve(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return [PUBLIC_IP if len(asked) == 1 else PRIVATE_IP]

    network = Recorded()
    made = Clients(resolve=resolve, network=network)
    with pytest.raises(Failed, match="no connection could be made"):
        await made.send("POST", "https://hooks.example.com/", HEADERS, b"{}")
    with pytest.raises(Failed, match="not public"):
        await made.send("POST", "https://hooks.example.com/", HEADERS, b"{}")
    await made.aclose()
    assert (asked, network.calls) == (["hooks.example.com"] * 2, [(PUBLIC_IP, 443)])


async def test_next_address_is_tried_after_a_dead_one(server: FaultyServer) -> None:
    network = Recorded(server.port, dead=["2606:4700::1111"])
    checked = CheckedNetwork(
        resolver(["2606:4700::1111", PUBLIC_IP]), reach=PUBLIC, network=network
    )
    stream = await checked.connect_tcp("hooks.example.com", 443)
    await stream.aclose()
    assert network.calls == [("2606:4700::1111", 443), (PUBLIC_IP, 443)]


async def test_literal_address_is_not_looked_up() -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        raise AssertionError

    network = Recorded()
    checked = CheckedNetwork(resolve, reach=PUBLIC, network=network)
    with pytest.raises(httpcore.ConnectError):
        await checked.connect_tcp(PUBLIC_IP, 443)
    with pytest.raises(Failed):
        await checked.connect_tcp(PRIVATE_IP, 443)
    assert network.calls == [(PUBLIC_IP, 443)]


async def test_unix_sockets_are_refused() -> None:
    checked = CheckedNetwork(resolver([PUBLIC_IP]), reach=PUBLIC, network=Recorded())
    with pytest.raises(NotImplementedError):
        await checked.connect_unix_socket("/run/docker.sock")


async def test_operating_system_looks_names_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def found(host: str, port: int, **_: object) -> list[object]:
        if host != "hooks.example.com":
            raise socket.gaierror("no such name")
        return [
            (0, 0, 0, "", (address, port)) for address in (PUBLIC_IP, "2606:4700::1111", PUBLIC_IP)
        ]

    monkeypatch.setattr(socket, "getaddrinfo", found)
    assert await look_up("hooks.example.com", 443) == [PUBLIC_IP, "2606:4700::1111"]
    with pytest.raises(Failed, match="could not be found"):
        await look_up("nowhere.example.com", 443)


async def test_hanging_name_server_delays_no_other_look_up(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = threading.Event()

    def hanging(host: str, port: int, **_: object) -> list[object]:
        if host == "hangs.example.com":
            answers.wait()
        return [(0, 0, 0, "", (PUBLIC_IP, port))]

    monkeypatch.setattr(socket, "getaddrinfo", hanging)
    stuck = [asyncio.create_task(look_up("hangs.example.com", 443)) for _ in range(50)]
    await asyncio.sleep(0)
    assert await look_up("hooks.example.com", 443) == [PUBLIC_IP]
    assert not any(task.done() for task in stuck)
    for task in stuck:
        task.cancel()
    answers.set()
    await asyncio.gather(*stuck, return_exceptions=True)


NAME = "hooks.example.com"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a test authority and its certificates: good, wrong, expired, self-signed."""
    folder = tmp_path_factory.mktemp("tls")
    known, unknown = trustme.CA(), trustme.CA()
    known.cert_pem.write_to_path(folder / "ca.pem")
    past = datetime(2020, 1, 1, tzinfo=UTC)
    issued = {
        "good": known.issue_cert(NAME),
        "wrong": known.issue_cert("other.example.com"),
        "expired": known.issue_cert(NAME, not_before=past, not_after=past + timedelta(days=1)),
        "unknown": unknown.issue_cert(NAME),
    }
    for name, certificate in issued.items():
        certificate.private_key_and_cert_chain_pem.write_to_path(folder / f"{name}.pem")
    return folder


async def _post_by_tls(authority: Path, certificate: str) -> tuple[Answer, FaultyServer, Recorded]:
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(authority / f"{certificate}.pem")
    ours = ssl.create_default_context(cafile=str(authority / "ca.pem"))
    async with faulty_server(theirs) as server:
        network = Recorded(server.port)
        made = Clients(resolve=resolver([PUBLIC_IP]), network=network, tls=ours)
        try:
            return await made.send("POST", f"https://{NAME}/in", HEADERS, b"{}"), server, network
        finally:
            await made.aclose()


async def test_tls_and_host_header_use_the_name(
    authority: Path,
) -> None:
    got, server, network = await _post_by_tls(authority, "good")
    assert got.status == 204
    assert server.requests[0].headers["host"] == NAME
    assert network.calls == [(PUBLIC_IP, 443)]


@pytest.mark.parametrize(
    ("certificate", "reason"),
    [("wrong", "mismatch"), ("expired", "expired"), ("unknown", "unable to get local issuer")],
)
async def test_bad_certificate_is_an_error_of_configuration(
    authority: Path, certificate: str, reason: str
) -> None:
    with pytest.raises(Failed, match=f"^configuration: the certificate is not trusted: .*{reason}"):
        await _post_by_tls(authority, certificate)


async def test_port_without_tls_is_a_failure() -> None:
    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example.com ESMTP\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    made = Clients(
        resolve=resolver([PUBLIC_IP]), network=Recorded(server.sockets[0].getsockname()[1])
    )
    with pytest.raises(Failed, match=r"^configuration: no TLS connection could be made: "):
        await made.send("POST", f"https://{NAME}/", HEADERS, b"{}")
    await made.aclose()
    server.close()
    await server.wait_closed()

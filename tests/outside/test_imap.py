"""The IMAP client against a small server."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime

import pytest

from inquiry_router.outside.addresses import PUBLIC, Reach
from inquiry_router.outside.client import Failed
from inquiry_router.outside.imap import Folder, Imap, ImapAddress, ImapRefused
from tests.outside.imap_server import ImapServer, running_imap

pytestmark = pytest.mark.anyio

LOOPBACK = Reach(loopback=True)
MAIL = b"Subject: x\r\n\r\nPompa stoi.\r\nA01 OK\r\n"


@pytest.fixture
async def server() -> AsyncIterator[ImapServer]:
    async with running_imap() as made:
        yield made


@pytest.fixture
async def imap(server: ImapServer) -> AsyncIterator[Imap]:
    made = await opened(server)
    await made.log_in(server.user, server.password)
    yield made
    await made.close()


async def opened(server: ImapServer, reach: Reach = LOOPBACK) -> Imap:
    return await Imap.connect(ImapAddress("127.0.0.1", server.port, "none", reach))


class Pieces(bytearray):
    async def feed(self, piece: bytes) -> None:
        self.extend(piece)


async def test_mails_are_found_read_and_marked(imap: Imap, server: ImapServer) -> None:
    first, second = server.deliver(MAIL), server.deliver(b"y" * 300_000)
    assert await imap.select("INBOX") == Folder(7, 3)
    assert await imap.search_after(0) == [first, second]
    assert await imap.search_after(first) == [second]
    assert await imap.search_after(second) == []
    assert await imap.search_since(date(2026, 11, 2)) == [first, second]
    assert server.said[-1] == "UID SEARCH SINCE 2-Nov-2026"
    for uid, mail in server.mails.items():
        read = Pieces()
        assert await imap.read(uid, read.feed) == datetime(2026, 11, 21, 16, tzinfo=UTC)
        assert read == mail
    assert await imap.read_time(second) == datetime(2026, 11, 21, 16, tzinfo=UTC)
    await imap.mark(first, r"\Seen")
    assert server.flags[first] == {r"\Seen"}


async def test_mail_that_is_gone_feeds_nothing(imap: Imap) -> None:
    read = Pieces()
    assert await imap.read(99, read.feed) is None
    assert await imap.read_time(99) is None
    assert read == b""


@pytest.mark.parametrize("name", ["Gotowe", "Przyjęte & zrobione", 'a "b" \\c', "日本"])
async def test_mail_is_moved_to_a_folder_of_any_name(
    imap: Imap, server: ImapServer, name: str
) -> None:
    await imap.move(server.deliver(MAIL), name)
    (folder,) = server.folders
    assert folder.isascii() and server.mails == {}
    if name.startswith("Przyj"):
        assert folder == "Przyj&ARk-te &- zrobione"


async def test_mail_is_moved_where_the_server_can_only_copy(server: ImapServer) -> None:
    server.capabilities = "IMAP4rev1 UIDPLUS"
    imap = await opened(server)
    await imap.log_in(server.user, server.password)
    assert server.said[1] == 'LOGIN "serwis@acme.example" "secret"'
    await imap.move(server.deliver(MAIL), "Gotowe")
    assert server.folders == {"Gotowe": [MAIL]}
    assert server.mails == {}
    await imap.close()


async def test_missing_folder_is_made(imap: Imap, server: ImapServer) -> None:
    server.refuses = {"UID MOVE": "NO [TRYCREATE] no such folder"}
    await imap.move(server.deliver(MAIL), "Gotowe")
    assert server.folders == {"Gotowe": [MAIL]}


async def test_news_end_the_waiting(imap: Imap, server: ImapServer) -> None:
    assert await imap.wait(0.05) is False
    waiting = asyncio.create_task(imap.wait(20))
    while server.said[-1] != "IDLE" or waiting.done():
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.01)
    server.deliver(MAIL)
    assert await waiting is True
    assert await imap.select("INBOX") == Folder(7, 2)


async def test_server_without_idle_is_asked_again(server: ImapServer) -> None:
    server.capabilities = "IMAP4rev1"
    imap = await opened(server)
    await imap.log_in(server.user, server.password)
    assert await imap.wait(0.01) is True
    assert server.said[-1] == "NOOP"
    await imap.close()


async def test_wrong_credentials_are_refused_with_the_servers_words(server: ImapServer) -> None:
    imap = await opened(server)
    with pytest.raises(ImapRefused, match="Invalid credentials"):
        await imap.log_in(server.user, "wrong")
    with pytest.raises(ImapRefused, match="Invalid credentials"):
        await imap.log_in_by_token(server.user, "wrong")
    await imap.log_in_by_token(server.user, server.token)
    await imap.close()


async def test_broken_connection_is_told(imap: Imap, server: ImapServer) -> None:
    server.deliver(MAIL * 1000)
    server.breaks = True
    with pytest.raises(Failed, match="broke"):
        await imap.read(1, Pieces().feed)


async def test_private_addresses_are_not_called(server: ImapServer) -> None:
    with pytest.raises(Failed, match="not public"):
        await opened(server, PUBLIC)


async def test_server_without_tls_is_not_trusted_with_it(server: ImapServer) -> None:
    with pytest.raises(Failed, match="TLS"):
        await Imap.connect(ImapAddress("127.0.0.1", server.port, "tls", LOOPBACK))

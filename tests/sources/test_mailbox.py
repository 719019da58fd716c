"""A mailbox is read once, by one process, whatever breaks in between."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2 as httpx
import pytest

from inquiry_router.house import House
from inquiry_router.inquiry.errors import Unavailable
from inquiry_router.outside.addresses import Reach
from inquiry_router.outside.client import Answer, Failed
from inquiry_router.process.clock import utc_now
from inquiry_router.process.ids import new_id
from inquiry_router.sources.mailbox import LeaseLost, Mailbox
from inquiry_router.sources.mailboxes import Mailboxes
from tests.conftest import client_of, running_house, settings_for
from tests.outside.imap_server import ImapServer, running_imap

pytestmark = pytest.mark.anyio

LOOPBACK = Reach(loopback=True)


@pytest.fixture
async def server() -> AsyncIterator[ImapServer]:
    async with running_imap() as made:
        yield made


@pytest.fixture
async def rooms(database_url: str) -> AsyncIterator[House]:
    """A house that may call its own machine."""
    settings = settings_for(database_url, allow_loopback_destinations_for_development=True)
    async with running_house(settings) as made:
        yield made


def mail(number: int) -> bytes:
    return (
        f"From: Anna <anna{number}@hydro-bud.example>\r\nTo: serwis@acme.example\r\n"
        f"Subject: Pompa {number}\r\nMessage-ID: <{number}@hydro-bud.example>\r\n\r\n"
        f"Pompa numer {number} kupiona w marcu cieknie, proszę o naprawę.\r\n"
    ).encode()


def now_there() -> str:
    return utc_now().strftime("%d-%b-%Y %H:%M:%S +0000")


async def add(rooms: House, server: ImapServer, **settings: Any) -> httpx.Response:
    entry = {
        "id": "box",
        "name": "Serwis",
        "kind": "imap",
        "settings": {
            "host": "127.0.0.1",
            "port": server.port,
            "security": "none",
            "user": server.user,
            "password": server.password,
            **settings,
        },
    }
    async with client_of(rooms) as admin:
        made = await admin.post("/v1/sources", json=entry)
    assert made.status_code == 201, made.text
    return made


class Tokens:
    """An HTTP client that gives access tokens. `answers` are given in turn."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.bodies: list[str] = []

    async def send(self, method: str, url: str, headers: Any, body: bytes) -> Answer:
        self.bodies.append(body.decode())
        answer = self.answers.pop(0)
        if isinstance(answer, int):
            return Answer(answer, {}, b"{}", compressed=False)
        return Answer(200, {}, json.dumps(answer).encode(), compressed=False)

    async def aclose(self) -> None:
        """Nothing is open."""


def mailbox(rooms: House, client: Any = None, service: Any = None, **more: Any) -> Mailbox:
    source = rooms.configuration.current.source("box")
    assert source is not None
    _, settings = rooms.sources.read_settings(source)
    return Mailbox(
        source,
        settings,  # type: ignore[arg-type]
        more.pop("holder", new_id()),
        database=rooms.database,
        service=service or rooms.sources,
        reach=LOOPBACK,
        client=lambda: client,
        now=more.pop("now", utc_now),
        wait_s=0.02,
        shelf=rooms.documents.shelf,
    )


@asynccontextmanager
async def reading(box: Mailbox) -> AsyncIterator[asyncio.Task[None]]:
    assert await box.claim() is not None
    task = asyncio.create_task(box.run())
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await task
        await box.let_go()


async def subjects(rooms: House) -> list[str]:
    async with client_of(rooms) as admin:
        rows = (await admin.get("/v1/inquiries")).json()["items"]
    return sorted(row["subject"] for row in rows)


async def until(found: Any, seconds: float = 15) -> None:
    async with asyncio.timeout(seconds):
        while not await found():
            await asyncio.sleep(0.02)


async def has(rooms: House, *numbers: int) -> None:
    wanted = [f"Pompa {number}" for number in numbers]

    async def found() -> bool:
        return await subjects(rooms) == wanted

    await until(found)


async def shown(rooms: House) -> dict[str, Any]:
    async with client_of(rooms) as admin:
        return dict((await admin.get("/v1/sources/box")).json())


async def counts(rooms: House, taken: int) -> None:
    """Wait until so many mails are taken in, marked and counted, and nothing is left to read."""

    async def found() -> bool:
        box = (await shown(rooms))["mailbox"]
        return bool(box["taken"] == taken and box["read_at"])

    await until(found)


async def test_new_mails_are_taken_in_and_older_ones_left(rooms: House, server: ImapServer) -> None:
    server.deliver(mail(1), "01-Nov-2020 10:00:00 +0000")
    made = await add(rooms, server)
    assert (made.json()["url"], made.json()["token"]) == (None, None)
    server.deliver(mail(2), now_there())
    async with reading(mailbox(rooms)):
        await has(rooms, 2)
        server.deliver(mail(3), now_there())
        await has(rooms, 2, 3)
        await counts(rooms, 2)
    assert server.flags == {1: set(), 2: {r"\Seen"}, 3: {r"\Seen"}}
    told = await shown(rooms)
    assert told["settings"]["password"] != server.password
    assert (told["mailbox"]["taken"], told["mailbox"]["problem"]) == (2, None)
    assert told["mailbox"]["read_at"] is not None
    # Another reading has nothing to read.
    fetched = server.count("UID FETCH")
    async with reading(mailbox(rooms)):
        server.deliver(mail(4), now_there())
        await has(rooms, 2, 3, 4)
        await counts(rooms, 3)
    assert server.count("UID FETCH") == fetched + 1


async def test_new_numbers_lose_and_double_nothing(rooms: House, server: ImapServer) -> None:
    await add(rooms, server, after_reading="nothing")
    for number in (1, 2):
        server.deliver(mail(number), now_there())
    async with reading(mailbox(rooms)):
        await has(rooms, 1, 2)
    server.deliver(mail(3), now_there())
    server.number_anew()
    async with reading(mailbox(rooms)):
        await has(rooms, 1, 2, 3)
        server.deliver(mail(4), now_there())
        await has(rooms, 1, 2, 3, 4)
    async with client_of(rooms) as admin:
        for row in (await admin.get("/v1/inquiries")).json()["items"]:
            whole = (await admin.get(f"/v1/inquiries/{row['id']}")).json()
            assert len(whole["messages"]) == 1


async def test_mail_is_read_again_when_it_could_not_be_stored(
    rooms: House, server: ImapServer
) -> None:
    await add(rooms, server)
    server.deliver(mail(1), now_there())

    class Full:
        async def receive_event(self, *_: Any) -> object:
            raise Unavailable

    async with reading(mailbox(rooms, service=Full())) as task:
        with pytest.raises(Unavailable):
            await task
    assert server.flags[1] == set()
    async with reading(mailbox(rooms)):
        await has(rooms, 1)


async def test_mail_is_read_again_when_the_connection_breaks_in_it(
    rooms: House, server: ImapServer
) -> None:
    await add(rooms, server, after_reading="move", move_to="Gotowe")
    server.deliver(mail(1), now_there())
    server.breaks = True
    async with reading(mailbox(rooms)) as task:
        with pytest.raises(Failed):
            await task
    assert await subjects(rooms) == []
    async with reading(mailbox(rooms)):
        await has(rooms, 1)
        await counts(rooms, 1)
    assert server.folders["Gotowe"] == [mail(1)]


async def test_mail_that_cannot_be_moved_is_taken_in_and_told(
    rooms: House, server: ImapServer
) -> None:
    await add(rooms, server, after_reading="flagged")
    server.refuses = {"UID STORE": "NO read only"}
    server.deliver(mail(1), now_there())
    async with reading(mailbox(rooms)):
        await has(rooms, 1)

        async def told() -> bool:
            return "not marked" in ((await shown(rooms))["mailbox"]["problem"] or "")

        await until(told)


async def test_mail_that_the_server_refuses_keeps_no_other_from_being_read(
    rooms: House, server: ImapServer
) -> None:
    await add(rooms, server)
    server.deliver(mail(1), now_there())
    server.deliver(mail(2), now_there())
    server.refuses = {"UID FETCH 1 (INTERNALDATE BODY": "NO corrupt"}
    box = mailbox(rooms)
    for _ in range(2):
        async with reading(box) as task:
            with pytest.raises(Failed, match="corrupt"):
                await task
    async with reading(box):
        await has(rooms, 2)


async def test_one_process_reads_and_another_when_it_ends(rooms: House, server: ImapServer) -> None:
    await add(rooms, server)
    first, second = mailbox(rooms), mailbox(rooms)
    async with reading(first):
        assert await second.claim() is None
        with pytest.raises(LeaseLost):
            await second.read_new(None)  # type: ignore[arg-type]
    assert await second.claim() is not None
    assert await first.claim() is None


async def test_token_is_renewed_and_a_new_refresh_token_kept(
    rooms: House, server: ImapServer
) -> None:
    await add(
        rooms,
        server,
        password=None,
        token_url="https://login.example.com/token",
        client_id="router",
        client_secret="s3cret",
        refresh_token="first",
    )
    answer = {"access_token": server.token, "expires_in": 3600, "refresh_token": "second"}
    tokens = Tokens(answer, answer, answer, 400)
    later = [utc_now()]
    box = mailbox(rooms, tokens, now=lambda: later[0])
    async with reading(box):
        server.deliver(mail(1), now_there())
        await has(rooms, 1)
    assert "refresh_token=first" in tokens.bodies[0]
    logins = server.count("AUTHENTICATE")

    async def asked(count: int) -> None:
        async def found() -> bool:
            return len(tokens.bodies) == count

        await until(found)

    async def logged_in_again() -> bool:
        return server.count("AUTHENTICATE") > logins

    async with reading(box):
        await until(logged_in_again)
    assert len(tokens.bodies) == 1
    later[0] += timedelta(minutes=59)
    async with reading(box):
        await asked(2)
    assert "refresh_token=second" in tokens.bodies[1]
    # A new one by the admin counts more than the one that was renewed.
    source = rooms.configuration.current.source("box")
    assert source is not None
    entry = {"name": "Serwis", "kind": "imap", "settings": {**source.settings}}
    entry["settings"]["refresh_token"] = "third"
    async with client_of(rooms) as admin:
        put = await admin.put("/v1/sources/box", json=entry, headers={"if-match": '"1"'})
    assert put.status_code == 200, put.text
    async with reading(mailbox(rooms, tokens)):
        await asked(3)
    assert "refresh_token=third" in tokens.bodies[2]
    async with reading(mailbox(rooms, tokens)) as task:
        with pytest.raises(Failed, match="refresh_token or client_secret"):
            await task


async def test_mailboxes_follow_the_configuration_and_tell_problems(
    rooms: House, server: ImapServer
) -> None:
    day = (utc_now().date() + timedelta(days=3)).isoformat()
    await add(rooms, server, password="wrong", credentials_end=day)
    boxes = Mailboxes(
        rooms.database,
        rooms.configuration,
        rooms.sources,
        reach=LOOPBACK,
        client=Tokens,
        wait_s=0.02,
        look_every_s=0.02,
        min_pause_s=0.02,
    )
    running = asyncio.create_task(boxes.run())
    try:

        async def told() -> bool:
            return "login failed" in ((await shown(rooms))["mailbox"]["problem"] or "")

        await until(told)
        assert day in (await shown(rooms))["mailbox"]["warning"]
        source = rooms.configuration.current.source("box")
        assert source is not None
        settings = {**source.settings}
        entry = {"name": "Serwis", "kind": "imap", "settings": settings}
        settings["password"] = server.password
        async with client_of(rooms) as admin:
            put = await admin.put("/v1/sources/box", json=entry, headers={"if-match": '"1"'})
            assert put.status_code == 200, put.text
            server.deliver(mail(1), now_there())
            await has(rooms, 1)
            server.disconnect()
            server.deliver(mail(2), now_there())
            await has(rooms, 1, 2)
            gone = await admin.delete("/v1/sources/box", headers={"if-match": '"2"'})
            assert gone.status_code == 204, gone.text
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def test_time_of_receipt_is_that_of_the_server(rooms: House, server: ImapServer) -> None:
    await add(rooms, server)
    came = utc_now() - timedelta(minutes=4)
    server.deliver(mail(1), came.strftime("%d-%b-%Y %H:%M:%S +0000"))
    async with reading(mailbox(rooms)):
        await has(rooms, 1)
    async with client_of(rooms) as admin:
        (row,) = (await admin.get("/v1/inquiries")).json()["items"]
    received = datetime.fromisoformat(row["received_at"]).astimezone(UTC)
    assert received == came.replace(microsecond=0)

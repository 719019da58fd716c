"""Kill the service between a later message, its decision and its delivery.

No message is lost, none is there twice, and a receiver is told of them in order.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx2 as httpx
import pytest
from sqlalchemy import func, select, update

from inquiry_router.database.group_commit import intake_keys
from inquiry_router.delivery.tables import deliveries
from inquiry_router.house import House
from inquiry_router.inquiries.tables import inquiries, messages, timeline
from inquiry_router.process.steps import STEPS
from tests.conftest import client_of, running_house, settings_for
from tests.faults.process import victim
from tests.faulty_server import FaultyServer, faulty_server

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

LEAK = "Zmywarka nie odpompowuje wody, proszę o naprawę."
SPARKS = "teraz iskrzy i dymi się z tyłu!"
PRICE = "A po ile macie nowe pompy?"
OPENING = {
    "channel": "email",
    "text": LEAK,
    "contact": {"name": "Jan Kowalski", "email": "jan@klient.example"},
}
LOOPBACK = {"allow_loopback_destinations_for_development": True}
TABLES = (inquiries, messages, intake_keys, timeline, deliveries)
BEFORE_COMMIT = ("intake.read", "intake.decided", "message.in_transaction")
AFTER_COMMIT = ("message.committed",)


async def rows(house: House) -> list[int]:
    return await house.database.read(
        lambda c: [
            c.execute(select(func.count()).select_from(table)).scalar_one() for table in TABLES
        ]
    )


async def say(
    client: httpx.AsyncClient, inquiry: str | None, text: str, key: str
) -> httpx.Response:
    """Send a later message, or the opening."""
    headers = {"Idempotency-Key": key}
    if inquiry is None:
        return await client.post("/v1/inquiries", json={**OPENING, "text": text}, headers=headers)
    path, body = f"/v1/inquiries/{inquiry}/messages", {"channel": "chat", "text": text}
    return await client.post(path, json=body, headers=headers)


async def texts(client: httpx.AsyncClient, inquiry: str) -> list[str]:
    shown = (await client.get(f"/v1/inquiries/{inquiry}")).json()
    return [one["text"] for one in shown["messages"]]


@asynccontextmanager
async def open_house(url: str, **more: object) -> AsyncIterator[tuple[House, httpx.AsyncClient]]:
    async with (
        running_house(settings_for(url, **LOOPBACK, **more)) as house,
        client_of(house) as client,
    ):
        yield house, client


@pytest.mark.parametrize("step", [*BEFORE_COMMIT, *AFTER_COMMIT])
async def test_message_is_stored_whole_or_not_at_all(database_url: str, step: str) -> None:
    async with open_house(database_url) as (house, client):
        opened = (await client.post("/v1/inquiries", json=OPENING)).json()
        assert await rows(house) == [1, 1, 0, 1, 1]
    async with victim(database_url, step) as service:
        with pytest.raises(httpx.TransportError):
            await say(service.client, opened["id"], SPARKS, "m-1")
        await service.dead()
    whole = [1, 2, 1, 3, 2]  # the message and the decision are entries of the timeline
    async with open_house(database_url) as (house, client):
        committed = step in AFTER_COMMIT
        assert await rows(house) == (whole if committed else [1, 1, 0, 1, 1])
        retried = await say(client, opened["id"], SPARKS, "m-1")
        assert retried.status_code == (200 if committed else 201)
        assert (retried.json()["joined"]["change"], await rows(house)) == ("raised", whole)
        shown = (await client.get(f"/v1/inquiries/{opened['id']}")).json()
        assert shown["decision"]["priority"] == "urgent"
        assert await texts(client, opened["id"]) == [LEAK, SPARKS]


@pytest.mark.parametrize("step", [*BEFORE_COMMIT, *AFTER_COMMIT])
async def test_message_that_is_split_off_is_stored_once(database_url: str, step: str) -> None:
    """A new inquiry, its link, and the news for both sides are one transaction."""
    async with open_house(database_url) as (_, client):
        opened = (await client.post("/v1/inquiries", json=OPENING)).json()
    async with victim(database_url, step) as service:
        with pytest.raises(httpx.TransportError):
            await say(service.client, opened["id"], PRICE, "m-1")
        await service.dead()
    async with open_house(database_url) as (house, client):
        committed = step in AFTER_COMMIT
        whole = [2, 2, 1, 5, 4]
        assert await rows(house) == (whole if committed else [1, 1, 0, 1, 1])
        retried = await say(client, opened["id"], PRICE, "m-1")
        assert retried.status_code == (200 if committed else 201)
        assert await rows(house) == whole
        assert await texts(client, opened["id"]) == [LEAK]
        assert await texts(client, retried.json()["id"]) == [PRICE]


@pytest.mark.parametrize("step", [*BEFORE_COMMIT, *AFTER_COMMIT])
async def test_webhook_that_is_sent_again_loses_nothing(database_url: str, step: str) -> None:
    async with open_house(database_url) as (_, client):
        made = await client.post("/v1/sources", json={"name": "Desk", "kind": "chatwoot"})
        hook = made.json()["url"].partition("/v1/")[2]
        told = (await client.post(f"/v1/{hook}", json=_chat(1, LEAK))).json()
    async with victim(database_url, step) as service:
        with pytest.raises(httpx.TransportError):
            await service.client.post(f"/v1/{hook}", json=_chat(2, SPARKS))
        await service.dead()
    async with open_house(database_url) as (_, client):
        again = (await client.post(f"/v1/{hook}", json=_chat(2, SPARKS))).json()
        assert again["status"] == ("duplicate" if step in AFTER_COMMIT else "joined")
        assert again["reference"] == told["reference"]
        assert await texts(client, told["reference"]) == [LEAK, SPARKS]


@pytest.mark.parametrize("step", [step for step in STEPS if step.startswith("delivery")])
@pytest.mark.parametrize("nth", [1, 3])
async def test_receiver_is_told_in_order(database_url: str, step: str, nth: int) -> None:
    said = [LEAK, "Adres: Lipowa 7", "Mam paragon", SPARKS, "Jestem w domu po 16"]
    async with faulty_server() as seen:
        async with open_house(database_url) as (_, client):
            await only_webhook(client, seen.url("/in"))
        async with victim(database_url, step, nth, dispatch="true", **LOOPBACK) as service:
            promised = await say_until_dead(service.client, said)
            await service.dead()
        async with open_house(database_url, dispatch=True) as (house, client):
            # The lease of the dead process runs out.
            past = update(deliveries).values(lease_until=datetime(2001, 1, 1, tzinfo=UTC))
            await house.database.write(lambda c: c.execute(past) and None)
            for number, text in enumerate(said):
                answered = await say(client, "latest" if number else None, text, f"m-{number}")
                assert answered.status_code in ((200,) if number < promised else (200, 201))
            await all_delivered(house)
            assert await texts(client, "latest") == said
        assert told_once(seen) == said


async def only_webhook(client: httpx.AsyncClient, url: str) -> None:
    """Let a webhook be the only destination."""
    console = await client.get("/v1/destinations/console")
    etag = {"If-Match": console.headers["etag"]}
    await client.delete("/v1/destinations/console", headers=etag)
    entry = {"id": "erp", "name": "ERP", "kind": "webhook", "settings": {"url": url}}
    assert (await client.post("/v1/destinations", json=entry)).status_code == 201


async def say_until_dead(client: httpx.AsyncClient, said: list[str]) -> int:
    """Send messages one after the other; return the number that was promised."""
    for number, text in enumerate(said):
        try:
            answered = await say(client, "latest" if number else None, text, f"m-{number}")
        except httpx.TransportError:
            return number
        assert answered.status_code == 201
    return len(said)


async def all_delivered(house: House) -> None:
    query = select(deliveries.c.state)
    for _ in range(200):
        house.wake()
        states = await house.database.read(lambda c: set(c.scalars(query)))
        if states == {"delivered"}:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(states)


def told_once(seen: FaultyServer) -> list[str]:
    """The words that a receiver was told, each delivery once; repeats are the same and at once."""
    told: dict[str, bytes] = {}
    for request in seen.requests:
        number = request.headers["webhook-id"]
        assert told.setdefault(number, request.body) == request.body
        assert number == list(told)[-1]
    assert len(seen.requests) - len(told) <= 1
    return [_words(json.loads(body)["data"]) for body in told.values()]


def _words(data: dict[str, Any]) -> str:
    words: str = (data.get("message") or data)["text"]
    return words


def _chat(number: int, text: str) -> dict[str, Any]:
    """A customer's message as Chatwoot tells of it."""
    sender = {"id": 55, "name": "Jan Kowalski", "email": "jan@klient.example"}
    return {
        "event": "message_created",
        "id": number,
        "content": text,
        "message_type": "incoming",
        "created_at": f"2026-11-19T10:0{number}:00Z",
        "sender": sender,
        "conversation": {"id": 4711, "channel": "Channel::WebWidget", "labels": []},
    }

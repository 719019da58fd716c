"""Thin events are stored at once and fetched afterwards; missed webhooks are found."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2 as httpx
import pytest

from inquiry_router.delivery.schedule import MAX_ATTEMPTS
from inquiry_router.house import House
from inquiry_router.outside.addresses import PUBLIC
from inquiry_router.outside.messages import Reply
from inquiry_router.process.clock import utc_now
from inquiry_router.providers.kit.files import files_of
from inquiry_router.providers.kit.requests import json_request
from inquiry_router.providers.kit.source import ApiSettings, Listed, Poll, Thin, Ticket
from inquiry_router.sources import store
from inquiry_router.sources.fetching import Fetcher
from inquiry_router.sources.kinds import SOURCES
from tests.providers.toy import ToySource, toy_ticket
from tests.sources.conftest import Add
from tests.sources.fake_client import FakeClient
from tests.sources.test_hooks import TICKET, send
from tests.sources.thin_events import make_due

pytestmark = pytest.mark.anyio

API = {"settings": {"api_url": "https://desk.example", "api_token": "k"}}
THIN = {"event": "thin", "id": "48213"}
HOURLY = {"reconcile_every": timedelta(hours=1)}


def answer_with(house: House, fetcher: dict[str, Any] | None = None, **answers: Any) -> FakeClient:
    """Give the house a fetcher whose helpdesk gives these answers."""
    client = FakeClient(
        {
            "GET /tickets/48213": answers.get("ticket", TICKET),
            "GET /tickets": answers.get("tickets", 500),
        }
    )
    house.fetcher = Fetcher(
        house.database,
        house.configuration,
        house.sources,
        reach=PUBLIC,
        open_client=lambda: client,
        **(fetcher or {}),
    )
    return client


def mistaken_poll(settings: ApiSettings, since: datetime) -> Poll:
    """Poll, and assume a field that the answer may lack."""
    reply = yield json_request("GET", f"{settings.api_url}/tickets", {})
    return Listed([toy_ticket(one) for one in reply.json()["tickets"]])


async def counts(client: httpx.AsyncClient) -> tuple[int, int]:
    source = (await client.get("/v1/sources/desk")).json()
    return source["waiting"], source["dead"]


async def test_thin_event_is_stored_then_fetched_and_becomes_an_inquiry(
    house: House, client: httpx.AsyncClient, add: Add
) -> None:
    fake = answer_with(house)
    url = (await add(**API))["url"]
    answered = await send(house, url, THIN)
    assert (answered.json()["status"], answered.json()["reference"]) == ("stored", None)
    assert await counts(client) == (1, 0)
    assert fake.asked == []
    assert await house.fetcher.fetch_due() == 1
    (inquiry,) = (await client.get("/v1/inquiries")).json()["items"]
    assert inquiry["subject"] == TICKET["subject"]
    assert await counts(client) == (0, 0)
    assert (await send(house, url, THIN)).json()["status"] == "duplicate"
    assert await house.fetcher.fetch_due() == 0


async def test_fetch_is_retried_while_the_helpdesk_is_away(
    house: House, client: httpx.AsyncClient, add: Add
) -> None:
    answer_with(house, ticket=[None, 503, TICKET])
    await send(house, (await add(**API))["url"], THIN)
    for attempt in range(3):
        assert (await client.get("/v1/inquiries")).json()["items"] == [], attempt
        await make_due(house)
        assert await house.fetcher.fetch_due() == 1
        assert await house.fetcher.fetch_due() == 0
    assert len((await client.get("/v1/inquiries")).json()["items"]) == 1


@pytest.mark.parametrize(
    "garbage",
    [
        b"<html>Back soon</html>",
        b"",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"channel": "pigeon"}',
    ],
)
async def test_fetch_is_retried_after_an_unreadable_answer(
    house: House, client: httpx.AsyncClient, add: Add, garbage: bytes
) -> None:
    answer_with(house, ticket=[garbage, TICKET])
    await send(house, (await add(**API))["url"], THIN)
    assert await house.fetcher.fetch_due() == 1
    assert await counts(client) == (1, 0)
    assert await house.fetcher.fetch_due() == 0
    await make_due(house)
    await house.fetcher.fetch_due()
    assert await counts(client) == (0, 0)
    assert len((await client.get("/v1/inquiries")).json()["items"]) == 1


async def test_event_is_dead_after_the_last_unreadable_answer(
    house: House, client: httpx.AsyncClient, add: Add
) -> None:
    answer_with(house, ticket={"channel": "pigeon"})
    await send(house, (await add(**API))["url"], THIN)
    for _ in range(MAX_ATTEMPTS):
        await make_due(house)
        await house.fetcher.fetch_due()
    assert await counts(client) == (0, 1)


async def test_finished_event_stays_finished_when_a_slower_fetcher_gives_up(
    house: House, client: httpx.AsyncClient, add: Add
) -> None:
    answer_with(house)
    await send(house, (await add(**API))["url"], THIN)
    (slow,) = await house.database.write(lambda connection: store.claim_due(connection, 8))
    await make_due(house)
    await house.fetcher.fetch_due()
    await house.database.write(
        lambda connection: store.finish(connection, slow.id, "dead", "it is gone")
    )
    assert await counts(client) == (0, 0)


async def test_two_fetchers_never_claim_the_same_event(house: House, add: Add) -> None:
    url = (await add(**API))["url"]
    for number in range(12):
        await send(house, url, {**THIN, "id": str(number)})
    taken = await asyncio.gather(
        *(house.database.write(lambda connection: store.claim_due(connection, 5)) for _ in range(4))
    )
    ids = [event.id for events in taken for event in events]
    assert len(ids) == len(set(ids)) == 12


async def test_refused_event_is_dead_until_an_admin_retries_it(
    house: House, client: httpx.AsyncClient, add: Add
) -> None:
    answer_with(house, ticket=[403, TICKET])
    await send(house, (await add(**API))["url"], THIN)
    await house.fetcher.fetch_due()
    assert await counts(client) == (0, 1)
    assert (await client.post("/v1/sources/desk/retry")).json() == {"retried": 1}
    await house.fetcher.fetch_due()
    assert await counts(client) == (0, 0)
    assert len((await client.get("/v1/inquiries")).json()["items"]) == 1


@pytest.mark.parametrize("api", [{}, API["settings"]])
async def test_event_with_text_becomes_an_inquiry_when_it_cannot_be_fetched(
    house: House, client: httpx.AsyncClient, add: Add, api: dict[str, str]
) -> None:
    answer_with(house, ticket=404)
    await send(house, (await add(settings=api))["url"], {**THIN, "text": "Pompa cieknie."})
    await house.fetcher.fetch_due()
    (inquiry,) = (await client.get("/v1/inquiries")).json()["items"]
    assert inquiry["text"] == "Pompa cieknie."
    assert await counts(client) == (0, 0)


async def test_source_with_waiting_events_cannot_be_removed(
    house: House, client: httpx.AsyncClient, add: Add
) -> None:
    answer_with(house)
    await send(house, (await add(**API))["url"], THIN)
    assert (await client.delete("/v1/sources/desk", headers={"If-Match": '"1"'})).status_code == 409
    await house.fetcher.fetch_due()
    assert (await client.delete("/v1/sources/desk", headers={"If-Match": '"1"'})).status_code == 204


async def test_reconciliation_finds_a_missed_webhook_once(
    house: House, client: httpx.AsyncClient, add: Add
) -> None:
    tickets = [
        TICKET,
        {**TICKET, "id": "48214", "text": "Proszę o katalog zaworów.", "subject": "Katalog"},
    ]
    answer_with(house, tickets={"tickets": tickets})
    await send(house, (await add(**API))["url"], TICKET)
    found = await client.post("/v1/sources/desk/reconciliation")
    assert found.json() == {"looked_at": 2, "taken_in": 1, "problem": None}
    assert (await client.post("/v1/sources/desk/reconciliation")).json()["taken_in"] == 0
    assert len((await client.get("/v1/inquiries")).json()["items"]) == 2


@pytest.mark.parametrize("comes_further", [True, False])
async def test_reconciliation_of_a_long_list_goes_on_the_next_time(
    house: House,
    client: httpx.AsyncClient,
    add: Add,
    monkeypatch: pytest.MonkeyPatch,
    comes_further: bool,
) -> None:
    asked: list[datetime] = []
    minute = timedelta(minutes=1)

    def long_list(settings: ApiSettings, since: datetime) -> Poll:
        asked.append(since)
        reply = yield json_request("GET", f"{settings.api_url}/tickets", {})
        tickets = [toy_ticket(one) for one in reply.json()["tickets"]]
        return Listed(
            tickets, to_the_end=len(asked) == 3, until=since + minute if comes_further else None
        )

    lists = [{"tickets": [{**TICKET, "id": number}]} for number in "123"]
    answer_with(house, {"now": lambda: utc_now() + timedelta(hours=1)}, tickets=lists)
    monkeypatch.setattr(SOURCES["toy"], "poll", long_list)
    await add(**API)
    found = [(await client.post("/v1/sources/desk/reconciliation")).json() for _ in range(3)]
    assert [one["taken_in"] for one in found] == [1, 1, 1]
    assert all(
        ("ask again" if comes_further else "POST /v1/inquiries") in one["problem"]
        for one in found[:2]
    )
    assert found[2]["problem"] is None
    first = asked[0]
    assert asked == ([first, first + minute, first + 2 * minute] if comes_further else [first] * 3)


async def test_ticket_from_the_far_future_stops_no_later_reconciliation(
    house: House, client: httpx.AsyncClient, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[datetime] = []

    def far_list(settings: ApiSettings, since: datetime) -> Poll:
        asked.append(since)
        yield json_request("GET", f"{settings.api_url}/tickets", {})
        return Listed(to_the_end=False, until=datetime(2099, 1, 1, tzinfo=UTC))

    answer_with(house, tickets={})
    monkeypatch.setattr(SOURCES["toy"], "poll", far_list)
    await add(**API)
    for _ in range(2):
        await client.post("/v1/sources/desk/reconciliation")
    assert asked[0] < asked[1] <= utc_now()


async def test_missed_ticket_is_completed_once_and_comes_without_an_answer_too(
    house: House, client: httpx.AsyncClient, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    def named(_: Any, settings: ApiSettings, thin: Thin, reply: Reply) -> Ticket:
        assert thin.ticket is not None
        return replace(thin.ticket, attachments=files_of(reply.json()["files"]))

    monkeypatch.setattr(
        ToySource, "rest_of_listed", lambda _, one: Thin("x", {"id": one.external_id}, one)
    )
    monkeypatch.setattr(ToySource, "fetched", named)
    lists = {"tickets": [TICKET, {**TICKET, "id": "2", "text": "Proszę o cennik pomp."}]}
    fake = answer_with(house, ticket={"files": ["pompa.jpg"]}, tickets=lists)
    await add(**API)
    found = [(await client.post("/v1/sources/desk/reconciliation")).json() for _ in range(2)]
    assert [(one["taken_in"], one["problem"]) for one in found] == [(2, None), (0, None)]
    rows = (await client.get("/v1/inquiries")).json()["items"]
    shown = [(await client.get(f"/v1/inquiries/{row['id']}")).json() for row in rows]
    passages = {one["source"]["id"]: one["passage"] for one in shown}
    assert [file["name"] for file in passages["48213"]["attachments"]] == ["pompa.jpg"]
    assert passages["2"] is None
    assert fake.asked.count("GET /tickets/48213") == 1


async def test_reconciliation_says_why_a_helpdesk_cannot_be_asked(
    house: House, client: httpx.AsyncClient, add: Add
) -> None:
    answer_with(house)
    await add(**API)
    assert (await client.post("/v1/sources/desk/reconciliation")).json()[
        "problem"
    ] == "500: nothing"
    await add(id="other")
    assert (
        "cannot be asked"
        in (await client.post("/v1/sources/other/reconciliation")).json()["problem"]
    )


async def test_hanging_helpdesk_delays_no_events(
    house: House, client: httpx.AsyncClient, add: Add
) -> None:
    fake = answer_with(house, HOURLY, tickets=...)
    await send(house, (await add(**API))["url"], THIN)
    running = asyncio.create_task(house.fetcher.run())
    async with asyncio.timeout(5):
        await fake.hung.wait()
        house.fetcher.wake()
        while await counts(client) != (0, 0):
            await asyncio.sleep(0)
    running.cancel()


async def test_reconciliation_has_a_time_limit(
    house: House, client: httpx.AsyncClient, add: Add
) -> None:
    answer_with(house, {"answer_s": 0.01}, tickets=...)
    await add(**API)
    found = await client.post("/v1/sources/desk/reconciliation")
    assert found.json()["problem"] == "no complete answer came within 0.01 s"


async def test_unreadable_helpdesk_does_not_stop_the_reconciliation_of_others(
    house: House, client: httpx.AsyncClient, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_with(house, HOURLY, tickets=[{"error": "none"}, {"tickets": [TICKET]}])
    monkeypatch.setattr(SOURCES["toy"], "poll", mistaken_poll)
    await add(**API)
    await add(id="other", **API)
    await house.fetcher.reconcile_all()
    assert len((await client.get("/v1/inquiries")).json()["items"]) == 1


async def test_background_reconciles_once_an_interval(
    house: House, client: httpx.AsyncClient, add: Add
) -> None:
    fake = answer_with(house, HOURLY, tickets={"tickets": [TICKET]})
    await add(**API)
    await house.fetcher.reconcile_all()
    await house.fetcher.reconcile_all()
    assert fake.asked.count("GET /tickets") == 1
    assert len((await client.get("/v1/inquiries")).json()["items"]) == 1

"""The shadow report compares the router's decisions with the helpdesk and corrections."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any

import httpx2 as httpx
import pytest

from inquiry_router.house import House
from inquiry_router.process.clock import utc_now
from tests.conftest import client_of
from tests.providers.samples import GENUINE, placed
from tests.sources.fake_client import FakeClient

pytestmark = pytest.mark.anyio

ZENDESK = GENUINE["zendesk"]
# Ticket -> the customer's text, and the helpdesk's answer: a group, a status, or nothing.
TICKETS: Mapping[str, tuple[str, Any]] = {
    "1": ("Pompa CX-20 cieknie, proszę o naprawę gwarancyjną.", 100),
    "2": ("Chcemy kupić 40 pomp CX-20. Proszę o wycenę.", 100),
    "3": ("Zawór jest pęknięty, składam reklamację.", 404),
    "4": ("Łożysko jest pęknięte, składam reklamację.", 100),
    "5": ("Silnik nie działa, proszę o serwis.", 999),
    "6": ("Uszczelka przecieka, proszę o wymianę.", 500),
    "7": ("Przekładnia jest uszkodzona, reklamacja.", None),
}
DESTINATION: dict[str, Any] = {
    "id": "helpdesk",
    "name": "Our Zendesk",
    "kind": "zendesk",
    "settings": {
        "url": "https://desk.example",
        "api_token": "key-of-the-api",
        "source": "desk",
        "groups": {"customer_service": "100", "sales": "200"},
    },
}


@pytest.fixture
async def admin(sqlite_house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(sqlite_house) as made:
        yield made


async def add_source(admin: httpx.AsyncClient, source_id: str = "desk") -> None:
    entry = {
        "id": source_id,
        "name": "Zendesk",
        "kind": "zendesk",
        "secret": ZENDESK.secrets[0],
        "shadow": True,
    }
    made = await admin.post("/v1/sources", json=entry)
    assert made.status_code == 201, made.text


async def send_ticket(house: House, ticket: str, text: str) -> str:
    """Let Zendesk send a ticket; returns the inquiry's reference."""
    assert ZENDESK.prove is not None
    sample = placed(placed(ZENDESK.samples()[0], ("ticket_id",), ticket), ("description",), text)
    sample = placed(
        placed(sample, ("subject",), None),
        "x-zendesk-webhook-invocation-id",
        f"invocation-{ticket}",
    )
    sent = ZENDESK.prove(replace(sample, url="/v1/hooks/desk"), ZENDESK.secrets[0], utc_now())
    async with client_of(house, None) as vendor:
        answered = await vendor.post(sent.url, content=sent.content, headers=dict(sent.headers))
    assert answered.json()["status"] == "accepted", answered.text
    return str(answered.json()["reference"])


def fake_helpdesk(house: House, monkeypatch: pytest.MonkeyPatch) -> FakeClient:
    def answer(ticket: str, said: Any) -> Any:
        is_group = isinstance(said, int) and said not in (404, 500)
        return {"ticket": {"id": int(ticket), "group_id": said}} if is_group else said

    client = FakeClient(
        {
            f"GET /api/v2/tickets/{ticket}.json": answer(ticket, said)
            for ticket, (_, said) in TICKETS.items()
        }
    )
    monkeypatch.setattr(type(house.fetcher), "client", client)
    return client


async def test_report_lists_tickets_that_people_placed_differently(
    sqlite_house: House, admin: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = fake_helpdesk(sqlite_house, monkeypatch)
    await add_source(admin)
    assert (await admin.post("/v1/destinations", json=DESTINATION)).status_code == 201
    references = {
        ticket: await send_ticket(sqlite_house, ticket, text)
        for ticket, (text, _) in TICKETS.items()
    }
    corrected = await admin.post(
        f"/v1/inquiries/{references['4']}/correction",
        json={"who": "Celina", "category": "new_purchase"},
    )
    assert corrected.status_code == 200
    report = (await admin.get("/v1/sources/desk/shadow-report")).json()
    assert report["problem"] is None
    figures = {
        name: report[name] for name in ("looked_at", "compared", "same", "elsewhere", "unreachable")
    }
    # Ticket 1 is in the right group, 2 and 4 are not. Ticket 3 is gone, 5 in an unknown group.
    # Tickets 6 and 7 are unreachable.
    assert figures == {"looked_at": 7, "compared": 3, "same": 1, "elsewhere": 2, "unreachable": 2}
    assert sorted((pair["router"], pair["people"], pair["count"]) for pair in report["teams"]) == [
        ("customer_service", "customer_service", 1),
        ("customer_service", "sales", 1),
        ("sales", "customer_service", 1),
    ]
    newest, older = report["different"]
    assert (newest["ticket"], newest["router"], newest["people"]) == (
        "4",
        "customer_service",
        "sales",
    )
    assert (older["ticket"], older["router"], older["people"]) == ("2", "sales", "customer_service")
    assert (older["reference"], older["said"]) == (references["2"], TICKETS["2"][0])
    assert "GET /api/v2/tickets/4.json" not in fake.asked


async def test_report_reads_the_newest_tickets_and_changes_nothing(
    sqlite_house: House, admin: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = fake_helpdesk(sqlite_house, monkeypatch)
    await add_source(admin)
    await admin.post("/v1/destinations", json=DESTINATION)
    for ticket in ("1", "2"):
        await send_ticket(sqlite_house, ticket, TICKETS[ticket][0])
    report = (await admin.get("/v1/sources/desk/shadow-report?limit=1")).json()
    assert report["looked_at"] == 1
    assert fake.asked == ["GET /api/v2/tickets/2.json"]
    assert (await admin.get("/v1/deliveries")).json()["items"] == []


async def test_report_without_destination_compares_corrections(
    sqlite_house: House, admin: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = fake_helpdesk(sqlite_house, monkeypatch)
    await add_source(admin)
    await add_source(admin, "another")
    settings = {**DESTINATION["settings"], "source": "another"}
    assert (
        await admin.post("/v1/destinations", json={**DESTINATION, "settings": settings})
    ).status_code == 201
    references = {
        ticket: await send_ticket(sqlite_house, ticket, TICKETS[ticket][0]) for ticket in ("1", "4")
    }
    await admin.post(
        f"/v1/inquiries/{references['4']}/correction",
        json={"who": "Celina", "category": "new_purchase"},
    )
    report = (await admin.get("/v1/sources/desk/shadow-report")).json()
    assert "Add one of the helpdesk's kind" in report["problem"]
    assert (report["looked_at"], report["compared"], report["same"], report["unreachable"]) == (
        2,
        1,
        0,
        1,
    )
    assert [one["ticket"] for one in report["different"]] == ["4"]
    assert fake.asked == []


async def test_unknown_source_has_no_report(admin: httpx.AsyncClient) -> None:
    assert (await admin.get("/v1/sources/desk/shadow-report")).status_code == 404

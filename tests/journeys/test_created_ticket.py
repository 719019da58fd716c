"""An inquiry from elsewhere gets a ticket; what happens to that ticket happens to the inquiry."""

import asyncio
import json
from typing import Any

import httpx2 as httpx
import pytest

from tests.conftest import client_of, running_house, settings_for
from tests.faulty_server import answer, faulty_server
from tests.journeys.test_one_matter import LEAK, look_at, send

pytestmark = pytest.mark.anyio


def as_json(value: Any) -> Any:
    return answer(200, body=json.dumps(value).encode())


async def test_reply_and_closing_of_a_created_ticket_find_the_inquiry(database_url: str) -> None:
    settings = settings_for(
        database_url, dispatch=True, allow_loopback_destinations_for_development=True
    )
    async with (
        faulty_server() as zammad,
        running_house(settings) as house,
        client_of(house) as admin,
    ):
        for path, value in (
            ("/api/v1/tickets/search", []),
            ("/api/v1/tickets", {"id": 77}),
            ("/api/v1/tags/add", True),
            ("/api/v1/tickets/77", {"id": 77}),
        ):
            url = zammad.behave(path, as_json(value))
        source = await admin.post(
            "/v1/sources", json={"id": "desk", "name": "Zammad", "kind": "zammad"}
        )
        hook = source.json()["url"]
        made = await admin.post(
            "/v1/destinations",
            json={
                "id": "zammad",
                "name": "Zammad",
                "kind": "zammad",
                "settings": {
                    "url": url.removesuffix("/api/v1/tickets/77"),
                    "token": "key",
                    "source": "desk",
                    "create": True,
                    "groups": {"customer_service": "1", "sales": "2", "triage": "3"},
                },
            },
        )
        assert made.status_code == 201, made.text
        leak = await send(admin, LEAK, channel="form")
        await until_delivered(admin, leak["id"])

        reply = {
            "ticket": {"id": 77, "title": "Pompa", "article_count": 3, "state": "open"},
            "article": {
                "id": 903,
                "body": "Adres: Lipowa 7",
                "sender": "Customer",
                "type": "email",
                "internal": False,
            },
        }
        async with client_of(house, None) as vendor:
            joined = (await vendor.post(hook, json=reply)).json()
            assert (joined["status"], joined["reference"]) == ("joined", leak["reference"])
            closing = {
                "ticket": {**reply["ticket"], "state": "closed", "updated_at": "2099-01-01"},
                "article": {"id": 904, "sender": "Agent", "type": "note", "internal": True},
            }
            told = (await vendor.post(hook, json=closing)).json()
            assert (told["status"], told["reference"]) == ("accepted", leak["reference"])
        assert (await look_at(admin, leak["reference"]))["status"] == "resolved"


async def until_delivered(admin: httpx.AsyncClient, inquiry_id: str) -> None:
    for _ in range(100):
        page = (await admin.get("/v1/deliveries", params={"inquiry_id": inquiry_id})).json()
        if page["items"] and page["items"][0]["state"] == "delivered":
            return
        await asyncio.sleep(0.05)
    pytest.fail(f"it was not delivered: {page}")

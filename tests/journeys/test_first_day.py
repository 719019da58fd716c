"""The first day, over HTTP: Anna's pump breaks, and Bartek, her salesperson, is not disturbed."""

import asyncio
import json

import pytest
from standardwebhooks import Webhook

from inquiry_router.access.roles import Role
from tests.conftest import client_of, running_house, settings_for
from tests.faulty_server import answer, faulty_server

pytestmark = pytest.mark.anyio


async def until(check) -> None:
    for _ in range(100):
        if await check():
            return
        await asyncio.sleep(0.05)
    pytest.fail("it did not happen")


async def test_inquiry_from_intake_to_correction(database_url: str) -> None:
    settings = settings_for(
        database_url, dispatch=True, allow_loopback_destinations_for_development=True
    )
    async with (
        faulty_server() as helpdesk,
        running_house(settings) as house,
        client_of(house) as admin,
    ):
        # The admin connects the helpdesk, which is down at first, and gives the website a key.
        url = helpdesk.behave("/in", answer(503), answer(204))
        made = await admin.post(
            "/v1/destinations",
            json={
                "id": "helpdesk",
                "name": "Helpdesk",
                "kind": "webhook",
                "settings": {"url": url},
            },
        )
        secret = made.json()["settings"]["secret"]
        key = (
            await admin.post(
                "/v1/api-keys", json={"id": "form", "name": "Website", "scopes": ["intake"]}
            )
        ).json()["key"]

        # Anna writes; her website's first try is cut off, so it sends the same again.
        body = {
            "channel": "form",
            "text": "Pompa kupiona w marcu od wczoraj nie działa i cieknie, "
            "proszę o naprawę gwarancyjną.",
            "contact": {"name": "Anna Kowalska", "email": "anna@hydro-bud.example"},
        }
        async with client_of(house, None) as website:
            headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": "form-1"}
            first = await website.post("/v1/inquiries", json=body, headers=headers)
            second = await website.post("/v1/inquiries", json=body, headers=headers)
        assert (first.status_code, second.status_code) == (201, 200)
        reference = first.json()["reference"]
        assert first.json()["decision"]["team"] == "customer_service"

        # The helpdesk was down, so the delivery waits. Sent again, it arrives, signed.
        async def tried() -> bool:
            return bool(helpdesk.at("/in"))

        await until(tried)

        async def waits() -> bool:
            page = (await admin.get("/v1/deliveries", params={"destination_id": "helpdesk"})).json()
            return bool(page["items"][0]["attempts"] == 1)

        await until(waits)
        waiting = (await admin.get("/v1/deliveries", params={"destination_id": "helpdesk"})).json()[
            "items"
        ][0]
        assert (waiting["state"], waiting["last_error"] is not None) == ("pending", True)
        await admin.post(f"/v1/deliveries/{waiting['id']}/retry")

        async def delivered() -> bool:
            return bool(
                (await admin.get(f"/v1/deliveries/{waiting['id']}")).json()["state"] == "delivered"
            )

        await until(delivered)
        received = helpdesk.at("/in")
        assert len(received) == 2
        assert {request.headers["webhook-id"] for request in received} == {waiting["id"]}
        event = Webhook(secret).verify(received[-1].body, received[-1].headers)
        assert (event["type"], event["data"]["reference"], event["data"]["contact"]["email"]) == (
            "inquiry.routed",
            reference,
            "anna@hydro-bud.example",
        )

        # Celina of customer service sees that Anna really wants a second pump, and corrects it.
        await admin.post(
            f"/v1/inquiries/{reference}/correction",
            json={"category": "new_purchase", "who": "Celina"},
        )

        async def corrected() -> bool:
            return len(helpdesk.at("/in")) == 3

        await until(corrected)
        assert json.loads(helpdesk.at("/in")[-1].body)["data"]["decision"]["team"] == "sales"

        # Anna rings and reads her reference out; whoever answers sees everything.
        async with client_of(house, Role.READER) as reader:
            spoken = " ".join(reference.replace("-", "").replace("0", "o").lower())
            whole = (await reader.get(f"/v1/inquiries/{spoken}")).json()
        kinds = [entry["kind"] for entry in whole["timeline"]]
        assert [kind for kind in kinds if kind != "delivery_attempt"] == [
            "routed",
            "corrected",
            "routed",
        ]
        assert kinds.count("delivery_attempt") >= 3

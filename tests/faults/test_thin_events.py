"""Kill the service between a stored event and its inquiry: it is fetched later, and once."""

import json

import httpx2 as httpx
import pytest
from sqlalchemy import select

from inquiry_router.inquiries.tables import messages
from inquiry_router.providers.kit.signatures import hmac_base64
from inquiry_router.sources import store
from tests.conftest import client_of, running_house, settings_for
from tests.faults.process import victim
from tests.faulty_server import answer, faulty_server
from tests.sources.thin_events import make_due

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
EVENT = json.dumps({"resourceUri": "/v2/conversations/48213"}).encode()
HEADERS = {
    "x-helpscout-event": "convo.created",
    "x-helpscout-signature": hmac_base64("s", EVENT, "sha1"),
}
CONVERSATION = {
    "id": 48213,
    "subject": "Pompa stoi",
    "_embedded": {
        "threads": [{"id": 1, "type": "customer", "body": "Pompa cieknie, proszę o naprawę."}]
    },
}


@pytest.mark.parametrize("step", ["source.stored", "intake.decided", "source.fetched"])
async def test_kill_between_the_event_and_its_inquiry(database_url: str, step: str) -> None:
    async with faulty_server() as desk:
        desk.behave("/v2/conversations/48213", answer(200, {}, json.dumps(CONVERSATION).encode()))
        setting = {"allow_loopback_destinations_for_development": True}
        async with (
            running_house(settings_for(database_url, **setting)) as house,
            client_of(house) as client,
        ):
            api = {"api_url": desk.url(), "api_token": "k"}
            entry = {
                "id": "desk",
                "name": "Desk",
                "kind": "helpscout",
                "secret": "s",
                "settings": api,
            }
            assert (await client.post("/v1/sources", json=entry)).status_code == 201
        async with victim(database_url, step, dispatch="true", fetch="true", **setting) as service:
            try:
                answered = await service.client.post(
                    "/v1/hooks/desk", content=EVENT, headers=HEADERS
                )
            except httpx.TransportError:
                pass
            else:
                assert answered.json()["status"] == "stored"
            await service.dead()
        async with (
            running_house(settings_for(database_url, **setting)) as house,
            client_of(house, None) as vendor,
        ):
            again = await vendor.post("/v1/hooks/desk", content=EVENT, headers=HEADERS)
            assert again.json()["status"] == "duplicate"
            # The lease of the dead process runs out.
            await make_due(house)
            await house.fetcher.fetch_due()
            found = await house.database.read(
                lambda c: c.execute(select(messages.c.subject)).scalars().all()
            )
            assert found == ["Pompa stoi"]
            assert await house.database.read(store.count_events) == {}

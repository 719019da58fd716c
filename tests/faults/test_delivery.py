"""Kill the service at each step of a delivery: nothing is lost, and at most one is repeated.

A repeated delivery has the same webhook-id.
"""

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from inquiry_router.delivery.tables import deliveries
from inquiry_router.process.steps import STEPS
from tests.conftest import client_of, running_house, settings_for
from tests.faults.process import victim
from tests.faulty_server import faulty_server

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
BODY = {"channel": "email", "text": "Pompa od wczoraj cieknie, proszę o serwis."}


@pytest.mark.parametrize("step", [step for step in STEPS if step.startswith("delivery")])
async def test_kill_at_every_step(database_url: str, step: str) -> None:
    async with faulty_server() as seen:
        setting = {"allow_loopback_destinations_for_development": True}
        async with (
            running_house(settings_for(database_url, **setting)) as house,
            client_of(house) as client,
        ):
            console = await client.get("/v1/destinations/console")
            await client.delete(
                "/v1/destinations/console", headers={"If-Match": console.headers["etag"]}
            )
            entry = {
                "id": "erp",
                "name": "ERP",
                "kind": "webhook",
                "settings": {"url": seen.url("/in")},
            }
            assert (await client.post("/v1/destinations", json=entry)).status_code == 201
        async with victim(database_url, step, dispatch="true", **setting) as service:
            taken = await service.client.post("/v1/inquiries", json=BODY)
            assert taken.status_code == 201
            await service.dead()
        before = len(seen.requests)
        assert before == (0 if step in ("delivery.claimed", "delivery.sending") else 1)
        async with running_house(settings_for(database_url, dispatch=True, **setting)) as house:
            # The lease of the dead process runs out.
            await house.database.write(
                lambda c: c.execute(
                    update(deliveries).values(lease_until=datetime(2001, 1, 1, tzinfo=UTC))
                )
            )
            house.wake()
            for _ in range(100):
                states = await house.database.read(
                    lambda c: list(c.scalars(select(deliveries.c.state)))
                )
                if states == ["delivered"]:
                    break
                await asyncio.sleep(0.05)
            assert states == ["delivered"]
        assert 1 <= len(seen.requests) <= 2
        assert len(seen.requests) - before == (0 if step == "delivery.marked" else 1)
        assert len({request.headers["webhook-id"] for request in seen.requests}) == 1
        assert len({request.body for request in seen.requests}) == 1

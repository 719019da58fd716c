"""Kill the service at each step of a delivery: nothing is lost, and at most one is repeated.

A repeated delivery has the same webhook-id, and none overtakes one before it.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx2 as httpx
import pytest
from sqlalchemy import select, update

from inquiry_router.delivery.tables import deliveries
from inquiry_router.process.steps import STEPS
from tests.conftest import client_of, running_house, settings_for
from tests.faults.process import victim
from tests.faulty_server import FaultyServer, faulty_server

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
BODY = {"channel": "email", "text": "Pompa od wczoraj cieknie, proszę o serwis."}
STEPS_OF_DELIVERY = [step for step in STEPS if step.startswith("delivery")]
SETTING = {"allow_loopback_destinations_for_development": True}


@asynccontextmanager
async def receiver(database_url: str) -> AsyncIterator[FaultyServer]:
    """A receiver that is the only destination."""
    async with faulty_server() as seen:
        async with quiet_client(database_url) as client:
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
        yield seen


@asynccontextmanager
async def quiet_client(database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a service that delivers nothing."""
    async with (
        running_house(settings_for(database_url, **SETTING)) as house,
        client_of(house) as client,
    ):
        yield client


async def deliver_the_rest(database_url: str) -> list[str]:
    """Start a service after the lease of the dead one; return the final states."""
    async with running_house(settings_for(database_url, dispatch=True, **SETTING)) as house:
        over = update(deliveries).values(lease_until=datetime(2001, 1, 1, tzinfo=UTC))
        await house.database.write(lambda c: c.execute(over))
        house.wake()
        query = select(deliveries.c.state).order_by(deliveries.c.id)
        async with asyncio.timeout(20):
            while "pending" in (
                states := await house.database.read(lambda c: list(c.scalars(query)))
            ):
                await asyncio.sleep(0.05)
    return states


def events(seen: FaultyServer) -> list[str]:
    """The events that came, in their order; a repeated one once."""
    kinds = [json.loads(request.body)["type"] for request in seen.requests]
    return [kind for kind, before in zip(kinds, [None, *kinds], strict=False) if kind != before]


@pytest.mark.parametrize("step", STEPS_OF_DELIVERY)
async def test_kill_at_every_step(database_url: str, step: str) -> None:
    async with receiver(database_url) as seen:
        async with victim(database_url, step, dispatch="true", **SETTING) as service:
            taken = await service.client.post("/v1/inquiries", json=BODY)
            assert taken.status_code == 201
            await service.dead()
        before = len(seen.requests)
        assert before == (0 if step in ("delivery.claimed", "delivery.sending") else 1)
        assert await deliver_the_rest(database_url) == ["delivered"]
        assert 1 <= len(seen.requests) <= 2
        assert len(seen.requests) - before == (0 if step == "delivery.marked" else 1)
        assert len({request.headers["webhook-id"] for request in seen.requests}) == 1
        assert len({request.body for request in seen.requests}) == 1


@pytest.mark.parametrize("step", STEPS_OF_DELIVERY)
async def test_correction_after_a_kill_is_what_the_receiver_ends_with(
    database_url: str, step: str
) -> None:
    async with receiver(database_url) as seen:
        async with victim(database_url, step, dispatch="true", **SETTING) as service:
            await service.client.post("/v1/inquiries", json=BODY)
            await service.dead()
        said = {"who": "Celina", "category": "new_purchase"}
        async with quiet_client(database_url) as client:
            corrected = await client.post("/v1/inquiries/latest/correction", json=said)
            assert corrected.status_code == 200
        assert (await deliver_the_rest(database_url))[-1] == "delivered"
        assert events(seen) == ["inquiry.routed", "inquiry.corrected"]
        told = json.loads(seen.requests[-1].body)["data"]["decision"]["team"]
        assert told == corrected.json()["decision"]["team"] == "sales"


@pytest.mark.parametrize("nth", [1, 2])
@pytest.mark.parametrize("step", STEPS_OF_DELIVERY)
async def test_kill_between_two_events_keeps_their_order(
    database_url: str, step: str, nth: int
) -> None:
    async with receiver(database_url) as seen:
        async with quiet_client(database_url) as client:
            await client.post("/v1/inquiries", json=BODY)
            done = await client.post("/v1/inquiries/latest/resolution", json={"who": "Celina"})
            assert done.status_code == 200
        async with victim(database_url, step, nth, dispatch="true", **SETTING) as service:
            await service.dead()
        assert await deliver_the_rest(database_url) == ["delivered"] * 2
        assert events(seen) == ["inquiry.routed", "inquiry.resolved"]
        assert 2 <= len(seen.requests) <= 3

"""Kill the service while inquiries wait for the classifier: each is decided, and once."""

import asyncio
from datetime import timedelta

import httpx2 as httpx
import pytest
from sqlalchemy import func, select, update

from inquiry_router.delivery.tables import deliveries
from inquiry_router.house import House
from inquiry_router.inquiries.tables import inquiries, timeline, waiting
from inquiry_router.process.clock import utc_now
from inquiry_router.process.steps import STEPS
from tests.conftest import client_of, running_house, settings_for
from tests.faults.process import victim

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

ORDER = "Chcemy kupić trzy nowe pompy CX-20, proszę o wycenę."
PUMP = "Pompa kupiona w marcu nie pompuje i cieknie spod uszczelki, proszę o naprawę."
# Of a service without a model, nothing is classified in time.
NO_MODEL = {"model_dir": "/nowhere"}


async def send(client: httpx.AsyncClient, key: str, text: str = ORDER) -> httpx.Response:
    body = {"channel": "email", "text": text, "contact": {"email": f"{key}@klient.example"}}
    return await client.post("/v1/inquiries", json=body, headers={"Idempotency-Key": key})


async def count(house: House, table) -> int:
    return await house.database.read(
        lambda c: c.execute(select(func.count()).select_from(table)).scalar_one()
    )


async def decide(house: House) -> None:
    """Decide what waits, after the leases of dead processes have run out."""
    past = update(waiting).values(due_at=utc_now() - timedelta(days=1))
    await house.database.write(lambda c: c.execute(past) and None)
    await house.late.decide_all()


@pytest.mark.parametrize("step", [step for step in STEPS if step.startswith("intake")])
async def test_promised_opening_is_decided(database_url: str, step: str) -> None:
    async with victim(database_url, step, **NO_MODEL) as service:
        with pytest.raises(httpx.TransportError):
            await send(service.client, "k")
        await service.dead()
    async with running_house(settings_for(database_url)) as house, client_of(house) as client:
        committed = step in ("intake.committed", "intake.answering")
        assert await count(house, waiting) == committed
        await decide(house)
        again = await send(client, "k")
        assert again.status_code == (200 if committed else 201)
        assert [await count(house, one) for one in (inquiries, waiting, deliveries)] == [1, 0, 1]
        seen = (await client.get(f"/v1/inquiries/{again.json()['id']}")).json()
        assert (seen["status"], seen["decision"]["team"]) == ("routed", "sales")


@pytest.mark.parametrize("step", [step for step in STEPS if step.startswith("late")])
@pytest.mark.parametrize("nth", [1, 3])
async def test_each_waiting_opening_is_decided_once(database_url: str, step: str, nth: int) -> None:
    texts = [ORDER, PUMP, ORDER, PUMP]
    async with victim(database_url, **NO_MODEL) as service:
        for number, text in enumerate(texts):
            told = await send(service.client, f"k-{number}", text)
            assert (told.status_code, told.json()["status"]) == (202, "new")
    async with victim(database_url, step, nth, decide_late="true") as service:
        await service.dead()
    async with running_house(settings_for(database_url)) as house, client_of(house) as client:
        await decide(house)
        assert await count(house, waiting) == 0
        items = (await client.get("/v1/inquiries")).json()["items"]
        assert sorted(one["team"] for one in items) == [
            "customer_service",
            "customer_service",
            "sales",
            "sales",
        ]
        assert [await count(house, one) for one in (inquiries, deliveries, timeline)] == [4, 4, 8]


async def test_nothing_stays_hidden_after_a_kill(database_url: str) -> None:
    """Also while the dead process holds its lease, people see it after a minute."""
    async with victim(database_url, **NO_MODEL) as service:
        assert (await send(service.client, "k")).status_code == 202
    async with victim(database_url, "late.classified", decide_late="true") as service:
        await service.dead()
    async with running_house(settings_for(database_url)) as house, client_of(house) as client:
        await house.late.decide_all()
        assert (await client.get("/v1/inquiries/latest")).json()["status"] == "new"
        older = update(waiting).values(since=utc_now() - timedelta(seconds=61))
        await house.database.write(lambda c: c.execute(older) and None)
        await asyncio.gather(house.late.show_overdue(), house.late.show_overdue())
        seen = (await client.get("/v1/inquiries/latest")).json()
        assert (seen["status"], seen["decision"]["flags"]) == ("routed", ["unclassified"])
        assert await count(house, deliveries) == 1

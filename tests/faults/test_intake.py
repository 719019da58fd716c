"""Kill the service at each step of intake: each 2xx has its row, each retry one inquiry."""

import asyncio
import os
import signal

import httpx2 as httpx
import pytest
from sqlalchemy import func, select

from inquiry_router.database.group_commit import intake_keys
from inquiry_router.delivery.tables import deliveries
from inquiry_router.house import House
from inquiry_router.inquiries.tables import inquiries, timeline, waiting
from inquiry_router.process.steps import STEPS
from tests.conftest import client_of, running_house, settings_for
from tests.faults.process import victim
from tests.faults.test_late import count, decide

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
BODY = {
    "channel": "email",
    "text": "Pompa od wczoraj cieknie, proszę o serwis.",
    "source": {"system": "zammad", "id": "1"},
}
TABLES = (inquiries, timeline, deliveries, intake_keys)


async def rows(house: House) -> list[int]:
    return await house.database.read(
        lambda c: [
            c.execute(select(func.count()).select_from(table)).scalar_one() for table in TABLES
        ]
    )


@pytest.mark.parametrize("step", [step for step in STEPS if step.startswith("intake")])
async def test_kill_at_every_step(database_url: str, step: str) -> None:
    # Nothing is committed before this inquiry, so the first commit is its own.
    async with victim(database_url, step) as service:
        with pytest.raises(httpx.TransportError):
            await service.client.post("/v1/inquiries", json=BODY)
        await service.dead()
    async with running_house(settings_for(database_url)) as house:
        left = await rows(house)
        committed = step in ("intake.committed", "intake.answering")
        assert left == ([1, 1, 1, 2] if committed else [0, 0, 0, 0])
        async with client_of(house) as client:
            retried = await client.post("/v1/inquiries", json=BODY)
        assert retried.status_code == (200 if committed else 201)
        assert await rows(house) == [1, 1, 1, 2]


async def test_kill_under_load_keeps_every_promise(database_url: str) -> None:
    """Kill in the middle of a commit with forty clients: every 2xx has exactly one inquiry."""
    bodies = [{**BODY, "source": {"system": "zammad", "id": str(number)}} for number in range(120)]
    promised: dict[str, str] = {}

    async with victim(database_url, "intake.in_transaction", nth=6) as service:
        limit = asyncio.Semaphore(40)

        async def send(body: dict) -> None:
            async with limit:
                try:
                    answer = await service.client.post("/v1/inquiries", json=body)
                except httpx.TransportError:
                    return
                if answer.status_code < 300:
                    promised[body["source"]["id"]] = answer.json()["id"]

        await asyncio.gather(*(send(body) for body in bodies))
        await service.dead()
    async with running_house(settings_for(database_url)) as house, client_of(house) as client:
        stored = await house.database.read(
            lambda c: {row.source_id: row.id for row in c.execute(select(inquiries))}
        )
        assert promised.items() <= stored.items()
        assert promised and len(promised) < len(bodies)
        await asyncio.gather(*(client.post("/v1/inquiries", json=body) for body in bodies))
        # A busy machine has no time to classify some of them: they are decided when their turn
        # comes, which is one entry more in the timeline.
        late = await count(house, waiting)
        await decide(house)
        assert await rows(house) == [120, 120 + late, 120, 240]
        assert await count(house, waiting) == 0


async def test_sigterm_under_load_loses_nothing(database_url: str) -> None:
    promised: list[str] = []
    async with victim(database_url) as service:

        async def send_for_ever(number: int) -> None:
            for turn in range(1000):
                body = {**BODY, "source": {"system": "zammad", "id": f"{number}-{turn}"}}
                try:
                    answer = await service.client.post("/v1/inquiries", json=body)
                except httpx.TransportError:
                    return
                if answer.status_code == 201:
                    promised.append(answer.json()["id"])

        senders = [asyncio.create_task(send_for_ever(number)) for number in range(10)]
        await asyncio.sleep(0.7)
        begun = asyncio.get_running_loop().time()
        os.kill(service.process.pid, signal.SIGTERM)
        await asyncio.to_thread(service.process.wait, 10)
        assert asyncio.get_running_loop().time() - begun < 10
        await asyncio.gather(*senders)
    async with running_house(settings_for(database_url)) as house:
        stored = await house.database.read(lambda c: set(c.scalars(select(inquiries.c.id))))
        assert len(promised) > 10
        assert set(promised) <= stored

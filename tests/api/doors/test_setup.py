"""The door for operators: the checklist and the problems, on both databases."""

import httpx2 as httpx
import pytest
from sqlalchemy import update

from inquiry_router.delivery.tables import deliveries
from inquiry_router.house import House
from tests.conftest import client_of

pytestmark = pytest.mark.anyio


async def test_checklist_follows_what_is_done(client: httpx.AsyncClient) -> None:
    before = (await client.get("/v1/setup/checklist")).json()
    steps = {item["id"]: item for item in before["items"]}
    assert steps["teams"]["done"] is False
    assert steps["teams"]["text"]["pl"].startswith("Wpisz swoje zespoły")
    assert steps["teams"]["call"] == "PUT /v1/teams"
    assert before["left"] == sum(item["done"] is False for item in before["items"])
    teams = await client.get("/v1/teams")
    await client.put("/v1/teams", json=teams.json(), headers={"If-Match": teams.headers["etag"]})
    after = (await client.get("/v1/setup/checklist")).json()
    assert after["left"] == before["left"] - 1


async def test_problems_are_said_and_go_away(house: House) -> None:
    async with client_of(house) as client:
        assert (await client.get("/v1/setup/doctor")).json() == {"healthy": True, "items": []}
        await client.post("/v1/inquiries", json={"channel": "chat", "text": "pompa cieknie"})
        await house.database.write(lambda c: c.execute(update(deliveries).values(state="dead")))
        told = (await client.get("/v1/setup/doctor")).json()
        assert told["healthy"] is False
        (problem,) = told["items"]
        assert (problem["id"], problem["severity"]) == ("dead_letters", "error")
        assert problem["text"]["pl"] == (
            "Porzucone przekazania do 'console': 1. Usuń usterkę po stronie odbiorcy i ponów próbę."
        )
        method, path = problem["call"].split(" ")
        assert (await client.request(method, path)).status_code == 200
        assert (await client.get("/v1/setup/doctor")).json()["healthy"] is True


async def test_refused_request_of_a_source_is_said(client: httpx.AsyncClient) -> None:
    await client.post("/v1/sources", json={"id": "try", "name": "Try", "kind": "console"})
    await client.post("/v1/hooks/try?token=wrong", json={"id": "1", "text": "cieknie"})
    await client.get("/v1/sources")  # whoever looks sees the newest traffic
    told = (await client.get("/v1/setup/doctor")).json()
    assert "source_refused" in {item["id"] for item in told["items"]}
    text = next(item["text"] for item in told["items"] if item["id"] == "source_refused")
    assert "'try'" in text["en"] and "token" in text["en"]

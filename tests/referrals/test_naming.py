"""Our people keep credit and rewards under a new name; nobody inherits those of a namesake."""

import contextlib
from typing import Any

import httpx2 as httpx
import pytest
from sqlalchemy import Connection, insert, select

from inquiry_router.house import House
from inquiry_router.process.clock import utc_now
from inquiry_router.relief.figures import FigureKey, Figures
from inquiry_router.relief.tables import daily_figures
from tests.assignment.test_assigning import enter
from tests.assignment.test_sight import key
from tests.conftest import client_of
from tests.pages.browser import browser_of
from tests.referrals.test_doors import entered

pytestmark = pytest.mark.anyio
EARNING = {
    "rewards": [{"event": "qualified", "receiver": "salesperson", "amount_minor": 100}],
    "hold_days": 0,
    "second_approver_above_minor": 50,
}


async def rename(client: httpx.AsyncClient, before: str, after: str) -> httpx.Response:
    found = await client.get(f"/v1/staff/{before}")
    tag = {"If-Match": found.headers["ETag"]}
    body = found.json() | {"name": after}
    return await client.put(f"/v1/staff/{found.json()['id']}", json=body, headers=tag)


async def statement(client: httpx.AsyncClient, person: str) -> dict[str, Any]:
    found = await client.get("/v1/rewards/statement", params={"person": person})
    body: dict[str, Any] = found.json()
    return body


async def earned(client: httpx.AsyncClient, *people: str) -> str:
    """A referral of Bartek that has earned a reward, with these people beside him."""
    for name in ("Bartek Wilk", *people):
        await enter(client, name)
    await client.put("/v1/referral-rules", json=EARNING, headers={"If-Match": "*"})
    path = await entered(client)
    assert (await client.post(f"{path}/outcome", json={"state": "qualified"})).status_code == 200
    return path


async def test_new_name_keeps_what_is_theirs(house: House, client: httpx.AsyncClient) -> None:
    path = await earned(client, "Ewa Lis", "Marta Szef", "Olga Szef")
    line = {"name": "ewa lis", "number": "+48221234570"}
    settings = {"salespeople": [line]}
    put = await client.put("/v1/phone/settings", json=settings, headers={"If-Match": "*"})
    assert put.status_code == 200, put.text
    given = await client.put(f"{path}/handler", json={"person": "Ewa Lis"})
    assert given.status_code == 200, given.text
    links = await client.post(f"{path}/links", params={"person": "Ewa Lis"})
    async with contextlib.AsyncExitStack() as stack:
        marta, olga = [
            await stack.enter_async_context(key(house, client, one, "manager", name=name))
            for one, name in (("marta", "Marta Szef"), ("olga", "Olga Szef"))
        ]
        assert (await marta.post("/v1/rewards/latest/approval")).json()["state"] == "held"
        for before, after in (
            ("Bartek Wilk", "Bartek Wilk-Kos"),
            ("Ewa Lis", "Ewa Kos"),
            ("Marta Szef", "Marta Kos"),
        ):
            changed = await rename(client, before, after)
            assert changed.status_code == 200, changed.text
        found = (await client.get(path)).json()
        assert [one["person"] for one in found["credit"]] == ["Bartek Wilk-Kos"]
        assert found["handled_by"] == "Ewa Kos"
        await house.configuration.load()
        assert house.configuration.current.phone.salespeople[0].name == "Ewa Kos"
        assert (await marta.post("/v1/rewards/latest/approval")).status_code == 403
        assert (await olga.post("/v1/rewards/latest/approval")).json()["state"] == "approved"
    assert (await statement(client, "bartek wilk-kos"))["sums"][0]["approved"] == 100
    async with browser_of(house, None) as browser:
        page = httpx.URL(links.json()["outcome"]).path
        lost = {"state": "lost", "reason": "no money"}
        assert (await browser.client.post(page, data=lost)).status_code == 200
        # Somebody new with the name gets nothing, and Ewa's link is not theirs.
        await enter(client, "Bartek Wilk")
        assert (await statement(client, "Bartek Wilk"))["rewards"] == []
        gone = await client.delete("/v1/staff/Ewa Kos", headers={"If-Match": "*"})
        assert gone.status_code == 204
        assert (await browser.open(page)).status_code == 404


async def test_name_of_somebody_who_left_is_nobody_elses(sqlite_house: House) -> None:
    async with client_of(sqlite_house) as client:
        await earned(client, "Ewa Lis")
        before = (await client.get("/v1/staff/Bartek Wilk")).json()
        await client.delete("/v1/staff/Bartek Wilk", headers={"If-Match": "*"})
        body = {"name": "bartek  WILK", "kind": "salesperson"}
        refused = await client.post("/v1/staff", json=body)
        assert refused.status_code == 409 and "comes_back" in refused.json()["hint"]
        assert (await rename(client, "Ewa Lis", "Bartek Wilk")).status_code == 409
        await enter(client, "Bartek Wilk (Kraków)")
        assert (await statement(client, "Bartek Wilk (Kraków)"))["rewards"] == []
        assert (await statement(client, "Bartek Wilk"))["sums"][0]["held"] == 100
        back = await client.post("/v1/staff", json=body | {"comes_back": True})
        assert (back.status_code, back.json()["id"]) == (201, before["id"])
        # Of Ewa nothing bears the name, so it is free.
        await client.delete("/v1/staff/Ewa Lis", headers={"If-Match": "*"})
        assert await enter(client, "Ewa Lis")


async def test_names_of_two_people_do_not_become_one(sqlite_house: House) -> None:
    async with client_of(sqlite_house) as client:
        path = await earned(client, "Ewa Lis")
        both = [{"person": "Bartek Wilk", "percent": 50}, {"person": "Jan Kos", "percent": 50}]
        change = {"credit": both, "reason": "together"}
        assert (await client.put(f"{path}/credit", json=change)).status_code == 200
        refused = await rename(client, "Bartek Wilk", "Jan Kos")
        assert refused.status_code == 409 and "as two people" in refused.json()["detail"]
        assert (await client.get("/v1/staff/Bartek Wilk")).status_code == 200
        assert (await statement(client, "Bartek Wilk"))["sums"][0]["held"] == 100


async def test_new_name_is_written_into_daily_figures(sqlite_house: House) -> None:
    day = utc_now().date()
    keys = [
        FigureKey(day, "owner", "email", category, "sales", person)
        for category, person in (("quote", "Ewa Lis"), ("defect", "ewa lis"), ("quote", "Ewa Kos"))
    ]

    def fill(connection: Connection) -> None:
        rows = [{**one._asdict(), **Figures()._asdict(), "gone": False} for one in keys]
        connection.execute(insert(daily_figures), rows)

    def people(connection: Connection) -> list[str]:
        query = select(daily_figures.c.person).order_by(daily_figures.c.person)
        return list(connection.scalars(query))

    await sqlite_house.database.write(fill)
    async with client_of(sqlite_house) as client:
        await enter(client, "Ewa Lis")
        assert (await rename(client, "Ewa Lis", "Ewa Kos")).status_code == 200
    # A row stays beside which one of the new name stands already.
    assert await sqlite_house.database.read(people) == ["Ewa Kos", "Ewa Kos", "Ewa Lis"]

"""The page of our people: who sees whom, and who switches whose presence."""

from datetime import timedelta
from typing import Any

import httpx2 as httpx
import pytest

from inquiry_router.house import House
from inquiry_router.process.clock import utc_now
from tests.assignment.test_assigning import enter
from tests.conftest import client_of
from tests.pages.browser import browser_of
from tests.pages.test_inquiry import receive

pytestmark = pytest.mark.anyio


async def key_of(client: httpx.AsyncClient, key_id: str, role: str, **bounds: Any) -> str:
    body = {"id": key_id, "name": key_id, "roles": [role], **bounds}
    made = await client.post("/v1/api-keys", json=body)
    assert made.status_code == 201, made.text
    return str(made.json()["key"])


async def test_everybody_sees_theirs_and_switches_themself(sqlite_house: House) -> None:
    async with client_of(sqlite_house) as client:
        today = utc_now().date()
        holidays = {"first": str(today + timedelta(days=5)), "last": str(today + timedelta(days=9))}
        celina = await enter(client, "Celina Maj", capacity=2, absences=[holidays])
        ola = await enter(client, "Ola <b>Kot</b>")
        ewa = await enter(
            client, "Ewa Lis", kind="salesperson", teams=["sales"], absences=[holidays]
        )
        answer = await client.get(f"/v1/staff/{celina}")
        body = {**answer.json(), "substitute": "Ola <b>Kot</b>"}
        headers = {"If-Match": answer.headers["ETag"]}
        assert (await client.put(f"/v1/staff/{celina}", json=body, headers=headers)).is_success
        reference = await receive(client)
        given = await client.post(
            f"/v1/inquiries/{reference}/assignee", json={"member": "Celina Maj"}
        )
        assert given.status_code == 200, given.text

        async with browser_of(sqlite_house) as manager:
            page = (await manager.open("/staff")).text
            assert "3 people" in page and "1 inquiry" in page and "load 1 of 2" in page
            assert "substitute: Ola &lt;b&gt;Kot&lt;/b&gt;" in page and "<b>Kot" not in page
            theirs = await manager.open("/inquiries?assignee=Celina+Maj")
            assert reference in theirs.text
            unknown = await manager.open("/inquiries?assignee=Nobody")
            assert unknown.status_code == 422
            gone = await manager.follow(
                await manager.send(f"/staff/{celina}/presence", state="away")
            )
            assert "gets no new inquiries now" in gone.text and "Set to here" in gone.text
        assert (await client.get(f"/v1/staff/{celina}")).json()["away"] is True

        agent = await key_of(
            client, "ola", "agent", teams=["customer_service"], owner="ola <b>kot</b>"
        )
        async with browser_of(sqlite_house, key=agent) as browser:
            page = (await browser.open("/staff")).text
            assert "Celina Maj" in page and "Ewa Lis" not in page
            assert (page.count("Set to away"), page.count("Set to here")) == (1, 0)
            assert (await browser.send(f"/staff/{celina}/presence")).status_code == 403
            assert (await browser.send(f"/staff/{ewa}/presence")).status_code == 404
            own = await browser.send(f"/staff/{ola}/presence", state="away")
            assert "Set to here" in (await browser.follow(own)).text
        seller = await key_of(client, "ewa", "salesperson", owner="Ewa Lis")
        async with browser_of(sqlite_house, key=seller) as browser:
            page = (await browser.open("/staff")).text
            assert "1 person" in page and "Ewa Lis" in page and "Celina Maj" not in page

        # The API shows the same people, and of other teams not even who is away.
        everybody = (await client.get("/v1/staff")).json()
        assert len(everybody["items"]) == 3 and "'sales' has nobody" in everybody["warnings"][0]
        for key, seen in ((agent, ["Celina Maj", "Ola <b>Kot</b>"]), (seller, ["Ewa Lis"])):
            headers = {"Authorization": f"Bearer {key}"}
            listed = (await client.get("/v1/staff", headers=headers)).json()
            assert [one["name"] for one in listed["items"]] == seen
            assert listed["warnings"] == []
            for one in everybody["items"]:
                status = 200 if one["name"] in seen else 403
                answer = await client.get(f"/v1/staff/{one['id']}", headers=headers)
                assert answer.status_code == status

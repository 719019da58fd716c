"""Who is bound sees and makes only what is theirs: referrals, asks, forms, bypasses."""

import httpx2 as httpx
import pytest

from inquiry_router.api.web.access import COOKIE
from inquiry_router.house import House
from tests.assignment.test_sight import key, three
from tests.conftest import client_of
from tests.pages.browser import browser_of
from tests.referrals.test_doors import entered

pytestmark = pytest.mark.anyio


async def referrals_of(client: httpx.AsyncClient, query: str = "") -> list[str]:
    items = (await client.get(f"/v1/referrals{query}")).json()["items"]
    return [f"/v1/referrals/{one['id']}" for one in items]


async def test_agent_of_a_team_sees_the_referrals_of_its_inquiries(sqlite_house: House) -> None:
    async with client_of(sqlite_house) as client:
        text = "Pompa CX-40 cieknie, reklamacja. Numer do Was mam od pana Henryka Bąka."
        made = await client.post("/v1/inquiries", json={"channel": "email", "text": text})
        team = made.json()["decision"]["team"]
        (seen,) = await referrals_of(client)
        other = await entered(client)
        bounds = {"teams": [team]}
        async with key(sqlite_house, client, "celina", "agent", **bounds) as agent:
            assert await referrals_of(agent) == [seen]
            assert await referrals_of(agent, "?person=Bartek Wilk") == []
            assert (await agent.get(seen)).status_code == 200
            assert (await agent.get(other)).status_code == 403
            assert (await agent.post(f"{other}/links")).status_code == 403
            assert (await agent.get("/v1/rewards")).json()["items"] == []
            theirs = await agent.get("/v1/rewards/statement?person=Bartek Wilk")
            assert theirs.status_code == 403
            written = agent.headers["authorization"].removeprefix("Bearer ")
        async with browser_of(sqlite_house, key=written) as browser:
            assert browser.client.cookies.get(COOKIE) == written
            assert "Dawid Kos" not in (await browser.open("/referrals")).text
            page = await browser.open(other.removeprefix("/v1"))
            assert page.status_code == 403


async def test_salesperson_asks_and_makes_forms_for_their_own_customers(
    sqlite_house: House,
) -> None:
    async with client_of(sqlite_house) as client:
        had, _, neither = await three(sqlite_house, client)
        await client.put(
            "/v1/relief/monitoring", json={"announced": True}, headers={"If-Match": "*"}
        )
        found = (await client.get("/v1/accounts")).json()["items"]
        ids = {one["name"]: one["id"] for one in found}
        async with key(sqlite_house, client, "ewa", "salesperson", owner="Ewa Lis") as ewa:
            for name, form, asked in (("Hydro-Bud", 201, 201), ("Firma 7", 403, 403)):
                made = await ewa.post("/v1/recommend-links", json={"account": ids[name]})
                assert made.status_code == form, made.text
                body = {"account": ids[name], "person": "Ewa Lis", "way": "phone"}
                answer = await ewa.post("/v1/asks", json=body)
                assert answer.status_code == asked, answer.text
            for inquiry, status in ((had.id, 201), (neither.id, 403)):
                said = {"inquiry": inquiry, "channel": "phone"}
                assert (await ewa.post("/v1/bypasses", json=said)).status_code == status


async def test_salesperson_without_an_owner_speaks_for_nobody_else(sqlite_house: House) -> None:
    async with client_of(sqlite_house) as client:
        await three(sqlite_house, client)
        async with key(sqlite_house, client, "ola", "salesperson") as ola:
            body = {"who": "Ewa Lis", "text": "Pompa cieknie."}
            assert (await ola.post("/v1/handovers", json=body)).status_code == 422


async def test_personal_form_takes_some_recommendations_a_minute(sqlite_house: House) -> None:
    async with client_of(sqlite_house) as client:
        await three(sqlite_house, client)
        made = await client.post("/v1/recommend-links", json={"person": "Ewa Lis"})
        path = "/recommend/" + made.json()["url"].rpartition("/")[2]
        async with client_of(sqlite_house, None) as anybody:
            sent = [
                await anybody.post(path, data={"name": f"Jan Kos {number}", "phone": "602333444"})
                for number in range(20)
            ]
        kept = [one.status_code for one in sent].count(200)
        assert kept < 20 and sent[-1].status_code == 429 and "retry-after" in sent[-1].headers
        assert len(await referrals_of(client)) == kept
        acts = (await client.get("/v1/audit")).json()["items"]
        assert "link:Ewa Lis" in {one["actor"] for one in acts}

"""One tap on a salesperson's own link says that a matter was service."""

import re

import httpx2 as httpx
import pytest

from inquiry_router.access.roles import Role
from inquiry_router.house import House
from inquiry_router.process.clock import utc_now
from tests.conftest import client_of

pytestmark = pytest.mark.anyio


async def link_of(client: httpx.AsyncClient) -> str:
    await client.put("/v1/relief/monitoring", json={"announced": True}, headers={"If-Match": "*"})
    made = await client.post("/v1/bypasses/links?person=Jan Nowak")
    assert made.status_code == 201, made.text
    return "/s/" + made.json()["url"].rpartition("/s/")[2]


async def count(client: httpx.AsyncClient) -> float:
    found = (await client.get("/v1/reports/bypass")).json()
    expected: float = found["totals"]["bypassed"]["expected"]
    return expected


async def test_one_tap_records_one_matter(client: httpx.AsyncClient, house: House) -> None:
    path = await link_of(client)
    async with client_of(house, None) as phone:
        page = await phone.get(path, headers={"Accept-Language": "pl"})
        assert page.status_code == 200
        assert "Jan Nowak" in page.text and "To była sprawa serwisowa" in page.text
        assert await count(client) == 0
        for _ in range(2):
            done = await phone.post(path, data={"category": "defect", "channel": "phone"})
            assert done.status_code == 200
            assert re.search(r'role="status">(Zapisano|Recorded|Vermerkt)', done.text)
    assert await count(client) == 1


async def test_wrong_taps_record_nothing(client: httpx.AsyncClient, house: House) -> None:
    path = await link_of(client)
    async with client_of(house, None) as phone:
        assert (await phone.post(path, data={"category": "new_purchase"})).status_code == 422
        assert (await phone.get("/s/forged")).status_code == 404
        assert (await phone.post("/s/forged", data={"category": "defect"})).status_code == 404
        inquiry = (await client.post("/v1/classify", json={"channel": "email", "text": "x"})).json()
        token = await house.correction_links.new_token(inquiry["id"], utc_now(), "Jan")
        assert (await phone.get(f"/s/{token}")).status_code == 404
    assert await count(client) == 0


async def test_link_is_made_after_the_announcement(client: httpx.AsyncClient, house: House) -> None:
    assert (await client.post("/v1/bypasses/links?person=Jan")).status_code == 409
    async with client_of(house, Role.AGENT) as agent:
        assert (await agent.post("/v1/bypasses/links?person=Jan")).status_code == 409

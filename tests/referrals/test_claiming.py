"""A repeat of an entry makes one referral: the same key, or a second tap on a form."""

import asyncio

import httpx2 as httpx
import pytest

from inquiry_router.house import House
from tests.pages.browser import browser_of

pytestmark = pytest.mark.anyio
SAID = {"recommender": {"name": "Anna Kowalska"}, "prospect": {"name": "Dawid Kos"}}


async def count(client: httpx.AsyncClient) -> int:
    return len((await client.get("/v1/referrals")).json()["items"])


async def test_same_key_makes_one_referral(house: House, client: httpx.AsyncClient) -> None:
    headers = {"Idempotency-Key": "crm-1"}
    sent = [client.post("/v1/referrals", json=SAID, headers=headers) for _ in range(4)]
    answers = await asyncio.gather(*sent)
    assert sorted(one.status_code for one in answers) == [200, 200, 200, 201]
    assert len({one.json()["id"] for one in answers}) == 1 == await count(client)
    other = {**SAID, "need": "Dwie pompy"}
    refused = await client.post("/v1/referrals", json=other, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (422, "key_reused")
    assert (await client.post("/v1/referrals", json=SAID)).status_code == 201
    assert await count(client) == 2


async def test_second_tap_on_the_form_is_the_same(house: House, client: httpx.AsyncClient) -> None:
    member = {"name": "Bartek Wilk", "kind": "salesperson", "teams": ["sales"]}
    await client.post("/v1/staff", json=member)
    made = await client.post("/v1/recommend-links", json={"person": "Bartek Wilk"})
    path = httpx.URL(made.json()["url"]).path
    async with browser_of(house, None) as anybody:
        for name in ("Dawid Kos", "Dawid Kos", "Ewa Kos"):
            sent = await anybody.client.post(path, data={"name": name, "phone": "602 333 444"})
            assert "Thank you" in sent.text
    assert await count(client) == 2

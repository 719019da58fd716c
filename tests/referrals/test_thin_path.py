"""A message that names who recommended us makes a referral, in the transaction of its inquiry."""

import httpx2 as httpx
import pytest

from inquiry_router.access.roles import Role
from inquiry_router.house import House
from tests.conftest import client_of

pytestmark = pytest.mark.anyio

TARTAK = {
    "name": "Tartak Bąk",
    "phones": ["601 234 567"],
    "contacts": [{"name": "Henryk Bąk", "emails": ["henryk@tartak-bak.example"]}],
    "roles": {"owner": "Bartek Wilk"},
}
DAWID = {
    "channel": "email",
    "text": "Dzień dobry, polecił mi Państwa pan Henryk Bąk. Szukamy dwóch pomp do nowej hali, "
    "proszę o wycenę.",
    "contact": {"name": "Dawid Kos", "email": "dawid@kos.example", "company": "Stolarnia Kos"},
}


async def received(client: httpx.AsyncClient, **more: object) -> dict:
    answer = await client.post("/v1/inquiries", json=DAWID | more)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def only_referral(client: httpx.AsyncClient) -> dict:
    (found,) = (await client.get("/v1/referrals")).json()["items"]
    read = await client.get(f"/v1/referrals/{found['id']}")
    assert read.status_code == 200, read.text
    return read.json()


async def test_dropped_name_makes_a_referral_with_credit(
    house: House, client: httpx.AsyncClient
) -> None:
    account = (await client.post("/v1/accounts", json=TARTAK)).json()
    before = await received(client)
    found = await only_referral(client)
    assert found["inquiry_id"] == before["id"]
    assert (found["state"], found["candidate"], found["consent"]) == (
        "consent_known",
        False,
        "own_inquiry",
    )
    assert found["recommender"]["name"]["words"] == "Henryk Bąk"
    assert found["recommender"]["account"]["id"] == account["id"]
    assert found["prospect"]["email"]["value"] == "dawid@kos.example"
    assert [(one["person"], one["percent"]) for one in found["credit"]] == [("Bartek Wilk", 100)]
    assert found["contact_allowed"] is True
    assert [one["kind"] for one in found["timeline"]] == ["received", "consent_known"]


async def test_referral_goes_its_way_and_nothing_twice(
    house: House, client: httpx.AsyncClient
) -> None:
    await received(client)
    found = await only_referral(client)
    path = f"/v1/referrals/{found['id']}/outcome"
    for body in ({"state": "contacted", "handled_by": "Ewa Lis"}, {"state": "qualified"}):
        for _ in range(2):
            assert (await client.post(path, json=body)).status_code == 200
    won = {"state": "won", "amount_minor": 1_250_000}
    answer = (await client.post(path, json=won)).json()
    assert (answer["state"], answer["amount_minor"], answer["currency"]) == ("won", 1250000, "PLN")
    assert [one["kind"] for one in answer["timeline"]] == [
        *("received", "consent_known", "contacted", "qualified", "won"),
    ]
    other = await client.post(path, json=won | {"amount_minor": 1})
    assert other.status_code == 409
    assert "1250000" in other.json()["detail"]
    assert (await client.post(path, json={"state": "contacted"})).status_code == 409
    assert (await client.post(path, json={"state": "lost"})).status_code == 422


async def test_entered_referral_without_consent_allows_no_contact(
    house: House, client: httpx.AsyncClient
) -> None:
    body = {
        "recommender": {"name": "Anna Kowalska"},
        "prospect": {"name": "Dawid Kos", "phone": "602 333 444"},
        "brought_by": [{"person": "Bartek Wilk"}],
    }
    made = (await client.post("/v1/referrals", json=body)).json()
    assert (made["state"], made["contact_allowed"]) == ("received", False)
    path = f"/v1/referrals/{made['id']}"
    refused = await client.post(f"{path}/outcome", json={"state": "contacted"})
    assert refused.status_code == 409
    said = {"consent": "told_recommender"}
    assert (await client.post(f"{path}/consent", json=said)).status_code == 422
    said |= {"note": "Anna, 12 November"}
    after = (await client.post(f"{path}/consent", json=said)).json()
    assert (after["state"], after["contact_allowed"]) == ("consent_known", True)
    gone = (await client.post(f"{path}/objection", json={})).json()
    assert (gone["state"], gone["contact_allowed"]) == ("withdrawn", False)
    assert (await client.post(f"{path}/consent", json=said)).status_code == 409


async def test_salesperson_sees_their_own_only(house: House, client: httpx.AsyncClient) -> None:
    await received(client)
    found = await only_referral(client)
    async with client_of(house, Role.SALESPERSON) as stranger:
        assert (await stranger.get("/v1/referrals")).json()["items"] == []
        assert (await stranger.get(f"/v1/referrals/{found['id']}")).status_code == 403
        assert (await stranger.get("/v1/referrals/latest")).status_code == 403

"""Keys of people see their own: inquiries they have, those of their accounts, those of teams."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2 as httpx
import pytest

from inquiry_router.house import House
from inquiry_router.inquiry.model import Receipt
from tests.assignment.test_assigning import DEFECT, PURCHASE, different, enter, receive, set_assign
from tests.conftest import client_of

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def key(
    house: House, client: httpx.AsyncClient, key_id: str, role: str, **bounds: Any
) -> AsyncIterator[httpx.AsyncClient]:
    body = {"id": key_id, "name": key_id, "roles": [role], **bounds}
    made = await client.post("/v1/api-keys", json=body)
    assert made.status_code == 201, made.text
    async with client_of(house, None) as bound:
        bound.headers["authorization"] = f"Bearer {made.json()['key']}"
        yield bound


async def listed(client: httpx.AsyncClient, what: str) -> set[str]:
    answer = await client.get(f"/v1/{what}")
    assert answer.status_code == 200, answer.text
    return {one.get("reference") or one["name"] for one in answer.json()["items"]}


async def three(house: House, client: httpx.AsyncClient) -> tuple[Receipt, Receipt, Receipt]:
    """An inquiry that Ewa has, one of an account of hers, and one of neither."""
    await enter(client, "Ewa Lis", kind="salesperson", teams=["sales"])
    hers = {
        "name": "Hydro-Bud",
        "emails": ["anna@hydro-bud.example"],
        "roles": {"owner": "Ewa Lis"},
    }
    other = {"name": "Firma 7", "emails": ["klient7@firma7.example"], "roles": {"owner": "Ola"}}
    for account in (hers, other):
        assert (await client.post("/v1/accounts", json=account)).status_code == 201
    await set_assign(client, "sales", {"to": "in_turn"})
    had = await receive(house, different(PURCHASE, 5), "k1")
    assert had.decision.assignee == "Ewa Lis"
    of_account = await receive(house, DEFECT, "k2")
    neither = await receive(house, different(DEFECT, 7), "k3")
    return had, of_account, neither


async def test_salesperson_sees_what_is_theirs(house: House, client: httpx.AsyncClient) -> None:
    had, of_account, neither = await three(house, client)
    async with key(house, client, "ewa", "salesperson", owner="ewa lis") as ewa:
        assert await listed(ewa, "inquiries") == {had.reference, of_account.reference}
        for one in (had, of_account):
            assert (await ewa.get(f"/v1/inquiries/{one.reference}")).status_code == 200
        assert (await ewa.get(f"/v1/inquiries/{neither.id}")).status_code == 403
        refused = await ewa.post(f"/v1/inquiries/{neither.id}/assignee", json={})
        assert refused.status_code == 403
        assert await listed(ewa, "accounts") == {"Hydro-Bud"}
        counted = (await ewa.get("/v1/inquiries/counts")).json()
        assert sum(counted["by_status"].values()) == 2
        # She acts for herself only.
        other = await ewa.post(f"/v1/inquiries/{had.id}/passing-on", json={"member": "Ola"})
        assert other.status_code == 403


async def test_bound_agent_sees_accounts_of_their_teams_inquiries(
    house: House, client: httpx.AsyncClient
) -> None:
    had, of_account, neither = await three(house, client)
    teams = ["customer_service"]
    async with key(house, client, "bok", "agent", teams=teams) as agent:
        assert await listed(agent, "inquiries") == {of_account.reference, neither.reference}
        assert await listed(agent, "accounts") == {"Hydro-Bud", "Firma 7"}
        assert (await agent.get(f"/v1/inquiries/{had.id}")).status_code == 403
    async with key(house, client, "other", "agent", teams=["triage"]) as agent:
        assert await listed(agent, "accounts") == set()
        accounts = (await client.get("/v1/accounts")).json()["items"]
        refused = await agent.get(f"/v1/accounts/{accounts[0]['id']}")
        assert refused.status_code == 403


async def test_new_name_keeps_the_key(house: House, client: httpx.AsyncClient) -> None:
    had, of_account, _ = await three(house, client)
    async with key(house, client, "ewa", "salesperson", owner="Ewa Lis") as ewa:
        body = (await client.get("/v1/staff/Ewa Lis")).json() | {"name": "Ewa Lis-Nowak"}
        tag = {"If-Match": '"1"'}
        changed = await client.put("/v1/staff/Ewa Lis", json=body, headers=tag)
        assert changed.status_code == 200, changed.text
        await house.configuration.load()
        assert await listed(ewa, "inquiries") == {had.reference, of_account.reference}


async def test_trying_names_no_account_that_is_not_theirs(
    house: House, client: httpx.AsyncClient
) -> None:
    await three(house, client)
    text = "Proszę o ofertę na 40 okien do nowego hotelu, kiedy możecie przyjechać na pomiar?"

    async def tried(by: httpx.AsyncClient, email: str) -> list[Any]:
        answers = [
            await by.post("/v1/accounts/match", json={"email": email}),
            await by.post(
                "/v1/classify",
                json={"channel": "email", "text": text, "contact": {"email": email}},
            ),
        ]
        assert {one.status_code for one in answers} == {200}
        bodies = [one.json() for one in answers]
        return [(one["account"] or {}).get("name") or one["maybe_accounts"] for one in bodies]

    theirs, other = "anna@hydro-bud.example", "klient7@firma7.example"
    assert await tried(client, other) == ["Firma 7", "Firma 7"]
    async with key(house, client, "ewa", "agent", owner="ewa lis") as ewa:
        assert await tried(ewa, theirs) == ["Hydro-Bud", "Hydro-Bud"]
        for hidden in (other, "biuro@firma7.example"):
            assert await tried(ewa, hidden) == [[], []]
    async with key(house, client, "triage", "agent", teams=["triage"]) as agent:
        assert await tried(agent, other) == [[], []]

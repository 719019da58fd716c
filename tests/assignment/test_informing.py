"""What the owner of an account hears of its inquiries, without being asked to act."""

from dataclasses import replace
from typing import Any

import httpx2 as httpx
import pytest

from inquiry_router.house import House
from inquiry_router.inquiry.model import Contact, Provenance
from tests.assignment.test_assigning import DEFECT, PURCHASE, enter, receive, set_assign
from tests.assignment.test_offers import told

pytestmark = pytest.mark.anyio


async def prepare(client: httpx.AsyncClient) -> str:
    member = await enter(client, "Ewa Lis", kind="salesperson", teams=["sales"])
    account = {
        "name": "Hydro-Bud",
        "emails": ["anna@hydro-bud.example"],
        "roles": {"owner": "Ewa Lis"},
    }
    assert (await client.post("/v1/accounts", json=account)).status_code == 201
    return member


async def set_owner_gets(client: httpx.AsyncClient, value: str | None) -> None:
    read = await client.get("/v1/policy")
    policy = read.json()
    for rule in policy["rules"]:
        rule["then"]["owner_gets"] = value
    tag = {"If-Match": read.headers["ETag"]}
    assert (await client.put("/v1/policy", json=policy, headers=tag)).status_code == 200


async def test_service_matter_is_a_line_and_a_sales_matter_an_offer(
    house: House, client: httpx.AsyncClient
) -> None:
    member = await prepare(client)
    await receive(house, DEFECT, "k1")
    assert await told(house) == [("line_for_digest", member)]
    await set_assign(client, "sales", {"to": "owner", "accept_within_minutes": 30})
    bought = await receive(house, PURCHASE, "k2")
    assert (bought.decision.assignee_id, bought.decision.is_offer) == (member, True)
    assert await told(house) == [("line_for_digest", member)]  # the offer itself comes later


@pytest.mark.parametrize(
    ("value", "kinds"), [("nothing", []), ("copy", ["copy_for_owner"]), (None, ["line_for_digest"])]
)
async def test_rule_says_what_they_hear(
    house: House, client: httpx.AsyncClient, value: str | None, kinds: list[str]
) -> None:
    await prepare(client)
    await set_owner_gets(client, value)
    await receive(house, DEFECT, "k1")
    assert [kind for kind, _ in await told(house)] == kinds


@pytest.mark.parametrize(
    "more",
    [
        {"contact": Contact(email="anna@stranger.example")},
        {"provenance": Provenance(shadow=True)},
        {"provenance": Provenance(automatic="auto_reply")},
        {"text": "xyz qwe", "subject": None},
    ],
    ids=["a stranger", "shadow", "a machine", "unsure"],
)
async def test_nothing_of_what_is_not_theirs_or_unsure(
    house: House, client: httpx.AsyncClient, more: dict[str, Any]
) -> None:
    await prepare(client)
    await receive(house, replace(DEFECT, **more), "k1")
    assert [kind for kind, _ in await told(house)] == []

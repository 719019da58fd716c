"""The journey gives inquiries to people: fairly, one at a time, never to who is away."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import httpx2 as httpx
import pytest
from sqlalchemy import select

from inquiry_router.assignment.tables import assignments
from inquiry_router.house import House
from inquiry_router.inquiries.tables import inquiries
from inquiry_router.inquiry.model import Channel, Contact, Draft, Receipt
from inquiry_router.intake.recognition import sending_of
from tests.conftest import NOW

pytestmark = pytest.mark.anyio

DEFECT = Draft(
    Channel.EMAIL,
    "Dzień dobry, pompa kupiona w marcu od wczoraj nie działa i cieknie, proszę o naprawę.",
    "Reklamacja pompy",
    contact=Contact(name="Anna", email="anna@hydro-bud.example"),
)
PURCHASE = Draft(
    Channel.EMAIL,
    "Proszę o ofertę na 40 okien do nowego hotelu, kiedy możecie przyjechać na pomiar?",
    "Zapytanie ofertowe",
    contact=Contact(name="Anna", email="anna@hydro-bud.example"),
)


async def set_assign(client: httpx.AsyncClient, team: str, assign: dict[str, Any] | None) -> None:
    """Let the rules of a team assign so."""
    read = await client.get("/v1/policy")
    policy = read.json()
    for rule in policy["rules"]:
        if rule["then"]["team"] == team:
            rule["then"]["assign"] = assign
    answer = await client.put("/v1/policy", json=policy, headers={"If-Match": read.headers["ETag"]})
    assert answer.status_code == 200, answer.text


async def enter(client: httpx.AsyncClient, name: str, **more: Any) -> str:
    body = {"name": name, "kind": "agent", "teams": ["customer_service"]} | more
    answer = await client.post("/v1/staff", json=body)
    assert answer.status_code == 201, answer.text
    member_id: str = answer.json()["id"]
    return member_id


async def receive(house: House, draft: Draft, key: str) -> Receipt:
    return await house.journey.receive(draft, sending_of(draft, "api", key), NOW)


def decided(receipts: Sequence[Receipt]) -> list[Receipt]:
    """Without those for which the classifier had no time: a busy machine may leave some."""
    found = [one for one in receipts if not one.waits]
    assert len(found) > len(receipts) // 2
    return found


def different(draft: Draft, number: int) -> Draft:
    """The message of another customer."""
    contact = Contact(name=f"Klient {number}", email=f"klient{number}@firma{number}.example")
    return replace(draft, contact=contact)


async def test_64_at_once_are_shared_fairly(house: House, client: httpx.AsyncClient) -> None:
    names = [f"Osoba {letter}" for letter in "ABCDE"]
    for name in names:
        await enter(client, name)
    await enter(client, "Nie Ma", absences=[{"first": "2026-11-02", "last": "2026-11-20"}])
    await set_assign(client, "customer_service", {"to": "in_turn"})
    all_at_once = [receive(house, different(DEFECT, n), f"k{n}") for n in range(64)]
    receipts = decided(await asyncio.gather(*all_at_once))
    shares = Counter(one.decision.assignee for one in receipts)
    assert set(shares) == set(names)
    assert max(shares.values()) - min(shares.values()) <= 1
    stored = await house.database.read(
        lambda c: c.execute(select(inquiries.c.id, inquiries.c.assignee)).all()
    )
    assert dict(map(tuple, stored)).items() >= {(one.id, one.decision.assignee) for one in receipts}


async def test_least_loaded_counts_what_is_open(house: House, client: httpx.AsyncClient) -> None:
    for name in ("Osoba A", "Osoba B"):
        await enter(client, name)
    await set_assign(client, "customer_service", {"to": "least_loaded"})
    first = [await receive(house, different(DEFECT, n), f"k{n}") for n in range(4)]
    assert Counter(one.decision.assignee for one in first) == {"Osoba A": 2, "Osoba B": 2}
    of_a = [one for one in first if one.decision.assignee == "Osoba A"]
    for one in of_a:
        done = await client.post(f"/v1/inquiries/{one.id}/resolution", json={"who": "Osoba A"})
        assert done.status_code == 200, done.text
    more = [await receive(house, different(DEFECT, n), f"k{n}") for n in (10, 11)]
    assert [one.decision.assignee for one in more] == ["Osoba A", "Osoba A"]


async def test_capacity_leaves_the_rest_in_the_queue(
    house: House, client: httpx.AsyncClient
) -> None:
    await enter(client, "Osoba A", capacity=2)
    await set_assign(client, "customer_service", {"to": "in_turn"})
    receipts = [await receive(house, different(DEFECT, n), f"k{n}") for n in range(4)]
    assert [one.decision.assignee for one in receipts] == ["Osoba A", "Osoba A", None, None]
    rows = await house.database.read(
        lambda c: c.execute(select(assignments.c.state).order_by(assignments.c.inquiry_id)).all()
    )
    assert [row.state for row in rows] == ["held", "held", "queued", "queued"]


async def test_owner_gets_sure_sales_matters_and_the_carer_service(
    house: House, client: httpx.AsyncClient
) -> None:
    await enter(client, "Bartek Wilk", kind="salesperson", teams=["sales"])
    await enter(client, "Ewa Lis", kind="salesperson", teams=["sales"])
    await enter(client, "Celina Maj")
    account = {
        "name": "Hydro-Bud",
        "emails": ["anna@hydro-bud.example"],
        "roles": {"owner": "Ewa Lis", "service_carer": "Celina Maj"},
    }
    assert (await client.post("/v1/accounts", json=account)).status_code == 201
    await set_assign(client, "customer_service", {"to": "carer"})
    await set_assign(client, "sales", {"to": "owner"})
    bought = await receive(house, PURCHASE, "k1")
    assert (bought.decision.team, bought.decision.assignee) == ("sales", "Ewa Lis")
    broken = await receive(house, DEFECT, "k2")
    assert broken.decision.assignee == "Celina Maj"
    assert "Celina Maj has it, the account's service carer" in broken.decision.reasons
    stranger = await receive(house, different(PURCHASE, 3), "k3")
    assert stranger.decision.assignee == "Bartek Wilk"  # nobody's account: in turn


async def test_refused_policies_name_the_cure(client: httpx.AsyncClient) -> None:
    read = await client.get("/v1/policy")
    policy = read.json()
    for assign, words in (
        ({"to": "owner"}, "owners get sales matters only: take 'carer'"),
        ({"to": "in_turn", "overflow": {"team": "sales", "above": 3}}, "never overflows to sales"),
        ({"to": "in_turn", "overflow": {"team": "nobody", "above": 3}}, "there is no team"),
    ):
        policy["rules"][1]["then"]["assign"] = assign
        answer = await client.put(
            "/v1/policy", json=policy, headers={"If-Match": read.headers["ETag"]}
        )
        assert answer.status_code == 422
        assert words in answer.text


async def test_list_names_the_person_and_finds_by_them(
    house: House, client: httpx.AsyncClient
) -> None:
    member = await enter(client, "Osoba A", email="a@firma.example", capacity=1)
    await set_assign(client, "customer_service", {"to": "in_turn"})
    first = await receive(house, different(DEFECT, 1), "k1")
    second = await receive(house, different(DEFECT, 2), "k2")
    for named in ("osoba a", member, "a@firma.example"):
        found = (await client.get("/v1/inquiries", params={"assignee": named})).json()["items"]
        assert [one["reference"] for one in found] == [first.reference]
        assert (found[0]["assignee"], found[0]["assignee_id"]) == ("Osoba A", member)
    listed = (await client.get("/v1/inquiries")).json()["items"]
    assert {one["reference"]: one["assignee"] for one in listed} == {
        first.reference: "Osoba A",
        second.reference: None,
    }
    assert (await client.get("/v1/inquiries", params={"assignee": "nobody"})).status_code == 404


async def test_correction_to_another_team_chooses_anew_and_keeps_within_one(
    house: House, client: httpx.AsyncClient
) -> None:
    await enter(client, "Osoba A")
    await enter(client, "Bartek Wilk", kind="salesperson", teams=["sales"])
    await set_assign(client, "customer_service", {"to": "in_turn"})
    await set_assign(client, "sales", {"to": "in_turn"})
    receipt = await receive(house, DEFECT, "k1")
    assert receipt.decision.assignee == "Osoba A"
    url = f"/v1/inquiries/{receipt.id}/correction"
    same = await client.post(url, json={"who": "Ola", "category": "order_support"})
    assert same.json()["decision"]["assignee"] == "Osoba A"
    moved = await client.post(url, json={"who": "Ola", "category": "new_purchase"})
    assert moved.json()["decision"]["team"] == "sales"
    assert moved.json()["decision"]["assignee"] in ("Bartek Wilk", None)  # nobody at night
    rows = await house.database.read(lambda c: c.execute(select(assignments.c.team)).all())
    assert [row.team for row in rows] == ["sales"]


async def test_trying_names_who_would_get_it_and_takes_no_turn(
    house: House, client: httpx.AsyncClient
) -> None:
    for name in ("Osoba A", "Osoba B"):
        await enter(client, name)
    await set_assign(client, "customer_service", {"to": "in_turn", "accept_within_minutes": 10})
    body = {"channel": "email", "text": DEFECT.text}
    for _ in range(2):
        decision = (await client.post("/v1/classify", json=body)).json()["decision"]
        # Nobody works at night, when this test may run.
        if decision["assignee"] is not None:
            assert (decision["assignee"], decision["is_offer"]) == ("Osoba A", True)
    for _ in range(2):
        tried = await house.journey.preview(DEFECT, NOW)
        assert (tried.decision.assignee, tried.decision.is_offer) == ("Osoba A", True)
        assert "Osoba A" in tried.decision.reasons[-1]
    assert await house.database.read(lambda c: c.execute(select(assignments)).all()) == []
    assert (await receive(house, DEFECT, "k1")).decision.assignee == "Osoba A"
    assert (await house.journey.preview(DEFECT, NOW)).decision.assignee == "Osoba B"

"""Tenders go to the tender desk, and what is missing in a parcel to the warehouse."""

from typing import Any

import httpx2 as httpx
import pytest

from inquiry_router.classification.service import ClassifierService
from tests.conftest import client_of, running_house, settings_for
from tests.intents_model import model_with_intents

pytestmark = pytest.mark.anyio

TENDER = "Zapraszamy do złożenia oferty w przetargu na zakup 40 pomp, termin mija 14 maja."
MISSING = "W paczce brakuje jednego zaworu, przysłali Państwo dziewięć zamiast dziesięciu."
FAULT = "Pompa przestała działać i cieknie, proszę o naprawę gwarancyjną."


async def add_desks(admin: httpx.AsyncClient) -> None:
    """Add a tender desk and a warehouse, and the rules that send their intents to them."""
    teams = (await admin.get("/v1/teams")).json()["teams"]
    hours = {"mon": ["08:00-16:00"]}
    teams += [
        {"id": "tender_desk", "kind": "sales", "names": {"en": "tenders"}, "hours": hours},
        {"id": "warehouse", "kind": "service", "names": {"en": "warehouse"}, "hours": hours},
    ]
    answer = await admin.put("/v1/teams", json={"teams": teams}, headers={"If-Match": '"1"'})
    assert answer.status_code == 200, answer.text
    policy = (await admin.get("/v1/policy")).json()
    del policy["version"]
    rules = [
        rule("tenders", {"intent": ["tender"]}, "tender_desk"),
        rule("parcels", {"category": ["defect"], "intent": ["missing_item"]}, "warehouse"),
    ]
    body = {**policy, "rules": [*rules, *policy["rules"]]}

    # The admin tries the rules on what came in, and sees the tender move.
    tried = await admin.post("/v1/policy/preview", json=body)
    moved = tried.json()["moved"]
    assert [one["after"]["team"] for one in moved] == ["tender_desk"]
    answer = await admin.put("/v1/policy", json=body, headers={"If-Match": '"1"'})
    assert answer.status_code == 200, answer.text


def rule(name: str, when: dict[str, Any], team: str) -> dict[str, Any]:
    return {"id": name, "when": when, "then": {"team": team, "priority": "high"}}


async def write(client: httpx.AsyncClient, text: str) -> dict[str, Any]:
    answer = await client.post("/v1/inquiries", json={"channel": "email", "text": text})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_intents_find_their_desks(database_url: str) -> None:
    settings = settings_for(database_url)
    service = ClassifierService(model_with_intents)
    async with running_house(settings, service) as house, client_of(house) as admin:
        before = await write(admin, TENDER)
        assert before["decision"]["team"] == "sales"
        await add_desks(admin)

        tender = await write(admin, TENDER.replace("40", "60"))
        assert (tender["decision"]["team"], tender["decision"]["rule"]) == (
            "tender_desk",
            "tenders",
        )
        first, second = tender["decision"]["reasons"][:2]
        assert first.startswith("looks like an invitation to tender (new_purchase, ")
        assert second == "rule 'tenders' applies: intent is tender"
        assert (await write(admin, MISSING))["decision"]["team"] == "warehouse"

        # What they say later has an intent too.
        body = {"channel": "email", "text": TENDER.replace("40", "5")}
        await admin.post(f"/v1/inquiries/{tender['id']}/messages", json=body)
        whole = (await admin.get(f"/v1/inquiries/{tender['id']}")).json()
        assert [one["intent"] for one in whole["messages"]] == ["tender", "tender"]
        (later,) = [one for one in whole["timeline"] if one["kind"] == "message"]
        assert later["details"]["intent"] == "tender"

        # Dawid's letter looks like a fault. Celina reads that something is missing, and says so.
        fault = await write(admin, FAULT)
        assert fault["decision"]["team"] == "customer_service"
        said = {"who": "Celina", "category": "defect", "intent": "missing_item"}
        corrected = await admin.post(f"/v1/inquiries/{fault['id']}/correction", json=said)
        assert corrected.json()["decision"]["team"] == "warehouse"

        # The list finds both by the intent, and the quality report counts the wrong one.
        missing = await admin.get("/v1/inquiries", params={"intent": "missing_item"})
        assert {one["team"] for one in missing.json()["items"]} == {"warehouse"}
        assert len(missing.json()["items"]) == 2
        quality = (await admin.get("/v1/quality")).json()
        assert quality["by_intent"]["broken_or_faulty"] == {
            "inquiries": 1,
            "said": 1,
            "right": 0.0,
        }
        assert quality["by_intent"]["tender"] == {"inquiries": 2, "said": 0, "right": None}

"""Rules look at how an inquiry came: live, on what is stored, and after a correction."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx2 as httpx
import pytest

from inquiry_router.process.clock import utc_now
from inquiry_router.routing.fields import DAYS

pytestmark = pytest.mark.anyio

DEFECT = "Pompa nie działa i cieknie, proszę o naprawę gwarancyjną do zamówienia nr 12345."
PLAIN = {"channel": "email", "text": DEFECT}
TENDERS = {"written_to": ["Przetargi <Przetargi@Acme.example>"]}
CALLED = {"called": "22 123 45 00"}
FILE = {"attachments": [{"name": "skan.pdf", "type": "application/pdf", "size": 7}]}
SHOP = {"source": {"system": "shop", "id": "1"}}
TAXED = {"subject": "Reklamacja, NIP 526-025-09-95"}
# By the clock of the policy, from two hours ago until two hours from now, and the rest of the day.
HERE = utc_now().astimezone(ZoneInfo("Europe/Warsaw"))
TODAY = DAYS[HERE.weekday()]
OTHER_DAYS = [day for day in DAYS if day != TODAY]
BEGIN, END = (f"{HERE + timedelta(hours=hours):%H:00}" for hours in (-2, 3))
NEAR, FAR = f"{BEGIN}-{END}", f"{END}-{BEGIN}"
ANNA = {"contact": {"email": "Anna@Hydro-Bud.example"}}


def policy_with(when: dict[str, Any], policy: dict[str, Any]) -> dict[str, Any]:
    rule = {"id": "special", "when": when, "then": {"team": "triage", "priority": "urgent"}}
    rest = {name: value for name, value in policy.items() if name != "version"}
    return {**rest, "rules": [rule, *policy["rules"]]}


@pytest.mark.parametrize(
    ("when", "more", "holds"),
    [
        ({"mailbox": ["przetargi@acme.example"]}, TENDERS, True),
        ({"mailbox": ["przetargi@acme.example"]}, {}, False),
        ({"called_number": ["+48221234500"]}, CALLED, True),
        ({"called_number": ["+48221234500"]}, {}, False),
        ({"attachment": True}, FILE, True),
        ({"attachment": True}, {}, False),
        ({"source": ["shop"]}, SHOP, True),
        ({"source": ["shop"]}, {}, False),
        ({"email": ["anna@hydro-bud.example"]}, ANNA, True),
        ({"email": ["anna@hydro-bud.example"]}, {}, False),
        ({"entity": ["order_number"]}, {}, True),
        ({"entity": ["tax_id"]}, {}, False),
        ({"entity": ["order_number:12345"]}, {}, True),
        ({"entity": ["order_number:123456"]}, {}, False),
        ({"entity": ["tax_id"]}, TAXED, True),
        ({"entity": ["danger:gas"]}, {}, False),
        ({"weekday": [TODAY]}, {}, True),
        ({"weekday": OTHER_DAYS}, {}, False),
        ({"time": [NEAR]}, {}, True),
        ({"time": [FAR]}, {}, False),
    ],
)
async def test_rule_holds_live_on_what_is_stored_and_after_a_correction(
    client: httpx.AsyncClient, when: dict[str, Any], more: dict[str, Any], holds: bool
) -> None:
    stored = (await client.post("/v1/inquiries", json={**PLAIN, **more})).json()
    assert stored["decision"]["rule"] == "defects"
    policy = policy_with(when, (await client.get("/v1/policy")).json())

    tried = (await client.post("/v1/policy/preview", json=policy)).json()
    assert [move["reference"] for move in tried["moved"]] == [stored["reference"]] * holds

    await client.put("/v1/policy", json=policy, headers={"If-Match": '"1"'})
    again = {**PLAIN, **more, "text": f"{DEFECT} Inna sprawa: druga pompa w hali B, numer 2."}
    again["contact"] = {**more.get("contact", {}), "name": "Ktoś Inny"}
    if "source" in again:
        again["source"] = {**again["source"], "id": "2"}
    live = await client.post("/v1/classify", json=again)
    assert (live.json()["decision"]["rule"] == "special") is holds, live.text

    corrected = await client.post(
        f"/v1/inquiries/{stored['id']}/correction",
        json={"category": "order_support", "who": "Celina"},
    )
    assert (corrected.json()["decision"]["rule"] == "special") is holds, corrected.text


async def test_stored_inquiry_shows_mailboxes_and_the_called_number(
    client: httpx.AsyncClient,
) -> None:
    stored = (await client.post("/v1/inquiries", json={**PLAIN, **TENDERS, **CALLED})).json()
    shown = (await client.get(f"/v1/inquiries/{stored['id']}")).json()
    assert shown["passage"]["written_to"] == ["przetargi@acme.example"]
    assert shown["passage"]["called"] == "+48221234500"


@pytest.mark.parametrize(
    "words",
    [
        {"text": "dzień dobry czuć gaz przy pompie proszę o przysłanie serwisanta"},
        {"subject": "Czuć gaz przy pompie", "text": DEFECT},
    ],
)
async def test_danger_beside_a_usual_request_is_urgent(
    client: httpx.AsyncClient, words: dict[str, str]
) -> None:
    said = (await client.post("/v1/classify", json={"channel": "email", **words})).json()
    assert (said["decision"]["rule"], said["decision"]["priority"]) == ("danger", "urgent")

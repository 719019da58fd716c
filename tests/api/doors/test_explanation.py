"""The reasons of a classification over HTTP: for it, and for its strongest rival."""

from collections.abc import AsyncIterator

import httpx2 as httpx
import pytest

from inquiry_router.classification.service import ClassifierService
from inquiry_router.house import House
from inquiry_router.process.settings import Settings
from tests.conftest import client_of, running_house
from tests.intents_model import model_with_intents

pytestmark = pytest.mark.anyio
TWO_MATTERS = "Pompa cieknie, proszę o naprawę. Przy okazji poproszę katalog."


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a house whose model names intents."""
    service = ClassifierService(model_with_intents)
    async with running_house(settings, service) as house, client_of(house) as made:
        yield made


async def explain(client: httpx.AsyncClient) -> dict:
    answer = await client.get("/v1/inquiries/latest/explanation")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_explanation_is_for_and_against(client: httpx.AsyncClient) -> None:
    body = {"channel": "email", "text": TWO_MATTERS}
    made = (await client.post("/v1/inquiries", json=body)).json()
    found = await explain(client)
    assert found["classification"] == made["classification"]
    looks_like = found["looks_like"]
    assert looks_like["names"] == {"pl": "usterka", "en": "a fault", "de": "Störung"}
    assert looks_like["intent"] == "broken_or_faulty"
    assert 0 < looks_like["confidence"] <= made["classification"]["confidence"]
    second = made["classification"]["ranking"][1]
    assert (found["rival"]["category"], found["rival"]["confidence"]) == (
        second["category"],
        second["confidence"],
    )
    assert "cieknie" in [one["text"] for one in found["classification"]["evidence"]]
    assert "katalog" in [one["text"] for one in found["rival"]["evidence"]]
    assert len(found["nearest"]) == 3


async def test_person_has_no_rival_and_need_not_say_the_intent(client: httpx.AsyncClient) -> None:
    body = {"channel": "email", "text": TWO_MATTERS}
    made = (await client.post("/v1/inquiries", json=body)).json()
    said = {"who": "Celina", "category": "catalog_request"}
    await client.post(f"/v1/inquiries/{made['id']}/correction", json=said)
    found = await explain(client)
    assert (found["looks_like"], found["rival"]) == (None, None)
    said = {"who": "Celina", "category": "catalog_request", "intent": "catalogue_or_brochure"}
    await client.post(f"/v1/inquiries/{made['id']}/correction", json=said)
    assert (await explain(client))["looks_like"]["confidence"] == 1.0


async def test_rules_are_listed_as_they_were_tried_with_what_would_change_it(
    client: httpx.AsyncClient,
) -> None:
    body = {"channel": "email", "text": TWO_MATTERS}
    made = (await client.post("/v1/inquiries", json=body)).json()
    found = await explain(client)
    assert (found["policy_version"], found["rules"][0]["rule"]) == (1, "danger")
    *failed, last = found["rules"]
    assert last == {"rule": made["decision"]["rule"], "applied": True, "failed": []}
    assert all(one["failed"] and not one["applied"] for one in failed)
    assert failed[0]["failed"][0].startswith("entity is danger, but")
    assert any(one.startswith("if it were new_purchase") for one in found["what_if"])
    polish = (await client.get("/v1/inquiries/latest/explanation?lang=pl")).json()
    assert polish["rules"][0]["failed"][0].startswith("w treści jest: niebezpieczeństwo, a tu")
    assert any(one.startswith("gdyby to było: zakup") for one in polish["what_if"])


async def test_what_if_knows_the_threshold_of_the_shipped_model(house: House) -> None:
    async with client_of(house) as client:
        text = "Pompa cieknie, proszę o naprawę."
        await client.post("/v1/inquiries", json={"channel": "email", "text": text})
        found = await explain(client)
    assert any(one.startswith("below confidence 0.") for one in found["what_if"])


async def test_rules_are_those_of_the_policy_that_decided(client: httpx.AsyncClient) -> None:
    await client.post("/v1/inquiries", json={"channel": "email", "text": TWO_MATTERS})
    policy = {"rules": [], "default": {"team": "triage", "priority": "low"}}
    answer = await client.put("/v1/policy", json=policy, headers={"if-match": "*"})
    assert answer.status_code == 200, answer.text
    found = await explain(client)
    assert (found["policy_version"], len(found["rules"]) > 1) == (1, True)
    assert found["what_if"] == []  # whatever changes, it goes to triage now

"""Intents over HTTP, on both databases: listed, made, learnt, named by rules, removed."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx2 as httpx
import pytest

from inquiry_router.classification.service import ClassifierService
from inquiry_router.configuration.documents import OWN_INTENTS
from inquiry_router.house import House
from inquiry_router.inquiry.intents import INTENTS
from inquiry_router.process.settings import Settings
from inquiry_router.routing.own_intents import OwnIntent, OwnIntents
from tests.conftest import NOW, client_of, running_house
from tests.intents_model import model_with_intents
from tests.learning.test_intents import LONG_HIRE, RENTAL

pytestmark = pytest.mark.anyio
SERVICE_CONTRACT = OwnIntent.model_config["json_schema_extra"]["examples"][0]
WANTS = "Interesuje nas roczna umowa serwisowa na dwie sprężarki, ile to kosztuje?"


@pytest.fixture
async def house(settings: Settings) -> AsyncIterator[House]:
    """A house whose model names intents."""
    service = ClassifierService(lambda: model_with_intents(0.1))
    async with running_house(settings, service) as rooms:
        yield rooms


@pytest.fixture
async def client(house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(house) as made:
        yield made


async def classified(client: httpx.AsyncClient, text: str) -> dict:
    answer = await client.post("/v1/classify", json={"channel": "email", "text": text})
    assert answer.status_code == 200, answer.text
    return answer.json()["classification"]


async def add(client: httpx.AsyncClient, **changes: object) -> httpx.Response:
    return await client.post("/v1/intents", json={**SERVICE_CONTRACT, **changes})


async def put_rule(client: httpx.AsyncClient, when: dict) -> httpx.Response:
    """Put a rule with these conditions before all others."""
    present = await client.get("/v1/policy")
    policy = {name: value for name, value in present.json().items() if name != "version"}
    rule = {"id": "desk", "when": when, "then": {"team": "triage", "priority": "high"}}
    body = {**policy, "rules": [rule, *policy["rules"]]}
    headers = {"If-Match": present.headers["etag"]}
    return await client.put("/v1/policy", json=body, headers=headers)


async def test_intents_that_always_exist_are_listed(client: httpx.AsyncClient) -> None:
    items = (await client.get("/v1/intents")).json()["items"]
    assert [one["id"] for one in items] == [intent.id for intent in INTENTS]
    assert not any(one["own"] for one in items)
    tender = next(one for one in items if one["id"] == "tender")
    assert tender["category"] == "new_purchase"
    assert tender["names"]["pl"] == "zaproszenie do przetargu"


async def test_own_intent_is_learnt_named_by_a_rule_and_removed(client: httpx.AsyncClient) -> None:
    made = await add(client)
    assert made.status_code == 201, made.text
    told = made.json()
    assert (told["own"], told["category"], told["examples"]) == (True, "new_purchase", 8)
    assert told["verdict"] in ("well", "fairly", "poorly") and told["taken_from_others"] <= 0.02
    assert all("/" not in one["looks_like"] for one in told["collisions"])
    found = await classified(client, WANTS)
    assert (found["intent"], found["model"][-9:]) == ("service_contract", "+taught-1")
    versions = (await client.get("/v1/models")).json()["items"]
    assert versions[0]["intents"] == ["service_contract"]
    shipped = await client.post("/v1/models/0/activation", json={})
    assert shipped.status_code == 409  # the shipped model does not know it

    assert (await put_rule(client, {"intent": ["service_contract"]})).status_code == 200
    decided = await client.post("/v1/inquiries", json={"channel": "email", "text": WANTS})
    decision = decided.json()["decision"]
    assert (decision["rule"], decision["team"]) == ("desk", "triage")
    assert decision["reasons"][0].startswith("looks like a question about a service contract")
    explained = (await client.get("/v1/inquiries/latest/explanation")).json()
    assert explained["looks_like"]["names"]["pl"] == "pytanie o umowę serwisową"
    listed = await client.get("/v1/inquiries", params={"intent": "service_contract"})
    assert [one["intent"] for one in listed.json()["items"]] == ["service_contract"]

    refused = await client.delete("/v1/intents/service_contract")
    assert refused.status_code == 409
    assert "'desk': there is no intent 'service_contract'" in refused.json()["detail"]
    moved = await add(client, category="defect")
    assert moved.status_code == 201  # the rule names no category, so it still holds
    assert (await put_rule(client, {"category": ["defect"]})).status_code == 422  # two 'desk'
    present = await client.get("/v1/policy")
    kept = {**present.json(), "rules": present.json()["rules"][1:]}
    del kept["version"]
    headers = {"If-Match": present.headers["etag"]}
    assert (await client.put("/v1/policy", json=kept, headers=headers)).status_code == 200
    assert (await client.delete("/v1/intents/service_contract")).status_code == 204
    assert (await client.delete("/v1/intents/service_contract")).status_code == 404
    assert (await classified(client, WANTS))["intent"] != "service_contract"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"id": "tender"}, "always exist"),
        ({"category": "rental"}, "no category 'rental'"),
        ({"examples": SERVICE_CONTRACT["examples"][:7]}, "must have 8 entries or more"),
        ({"names": {"pl": "umowa"}}, "English"),
    ],
)
async def test_invalid_intent_is_refused_with_a_sentence(
    client: httpx.AsyncClient, change: dict, words: str
) -> None:
    answer = await add(client, **change)
    assert answer.status_code == 422
    assert words in answer.text


async def test_intent_that_a_rule_has_with_its_category_stays_there(
    client: httpx.AsyncClient,
) -> None:
    assert (await add(client)).status_code == 201
    rule = {"category": ["new_purchase"], "intent": ["service_contract"]}
    assert (await put_rule(client, rule)).status_code == 200
    moved = await add(client, category="defect")
    assert moved.status_code == 422 and "never holds together" in moved.json()["detail"]


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ({"intent": ["lost"]}, "there is no intent 'lost'"),
        ({"intent": ["tender"], "category": ["defect"]}, "never holds together"),
    ],
)
async def test_rule_with_a_wrong_intent_is_refused(
    client: httpx.AsyncClient, when: dict, words: str
) -> None:
    answer = await put_rule(client, when)
    assert answer.status_code == 422
    assert words in answer.json()["detail"]


async def test_own_category_keeps_its_intents_when_others_are_learnt(
    client: httpx.AsyncClient,
) -> None:
    rental = RENTAL.model_dump(mode="json")
    assert (await client.post("/v1/categories", json=rental)).status_code == 201
    long_hire = LONG_HIRE.model_dump(mode="json")
    assert (await client.post("/v1/intents", json=long_hire)).status_code == 201
    asked = "Chcemy wynająć rusztowanie na cały rok, ile kosztuje wynajem?"
    assert (await classified(client, asked))["intent"] == "long_hire"
    # The category cannot go before the intent; a change of categories keeps the intents.
    refused = await client.delete("/v1/categories/rental")
    assert refused.status_code == 409 and "'long_hire' belongs" in refused.json()["detail"]
    assert (await client.post("/v1/categories", json=rental)).status_code == 201
    assert (await classified(client, asked))["intent"] == "long_hire"
    back = await client.post("/v1/models/1/activation", json={"why": "before the intent"})
    assert back.status_code == 409 and "other intents" in back.json()["detail"]


async def test_imported_intents_are_taught(house: House, client: httpx.AsyncClient) -> None:
    """As after `config import`, which stores the document and does not teach."""
    own = OwnIntent.model_validate(SERVICE_CONTRACT)
    kind, now = OWN_INTENTS, NOW
    await house.configuration.replace_document(
        kind, OwnIntents(intents=(own,)), 0, "cli", "import", now
    )
    assert (await classified(client, WANTS))["intent"] != "service_contract"
    version = await house.learning.teach_unknown_intents(now)
    assert version is not None and version.actor == "start"
    assert (await classified(client, WANTS))["intent"] == "service_contract"
    assert await house.learning.teach_unknown_intents(now) is None


async def test_model_without_intents_teaches_none(settings: Settings) -> None:
    bare = replace(model_with_intents(), intents=None)
    async with (
        running_house(settings, ClassifierService(lambda: bare)) as rooms,
        client_of(rooms) as client,
    ):
        answer = await add(client)
        assert answer.status_code == 409
        assert "names no intents" in answer.json()["detail"]
        assert await rooms.learning.teach_unknown_intents(NOW) is None

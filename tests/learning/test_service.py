"""Learning over HTTP, on both databases: corrections become a better head in every replica."""

import asyncio

import httpx2 as httpx
import pytest
from sqlalchemy import select

from inquiry_router.classification.corpus import read_corpus
from inquiry_router.house import House
from inquiry_router.learning.service import MIN_LESSONS
from inquiry_router.learning.tables import lesson_vectors
from inquiry_router.routing.own_categories import OwnCategory
from tests.conftest import NOW, client_of, correct_many, running_house, settings_for

pytestmark = pytest.mark.anyio

RENTAL = OwnCategory.model_config["json_schema_extra"]["examples"][0]
# In this company a "kwit R7" is a request for a datasheet: no shipped model can know that.
MACHINES = [
    *(
        "pompa CX-40",
        "wózek widłowy",
        "agregat",
        "prasa",
        "sprężarka",
        "zawór kulowy",
        "silnik 4 kW",
        "przenośnik",
        "waga",
    ),
    *(
        "czytnik kodów",
        "piec",
        "suwnica",
        "wentylator",
        "chłodziarka",
        "sterownik",
        "kamera",
        "brama",
        "winda",
        "pilarka",
    ),
    *(
        "kosiarka",
        "kocioł",
        "reduktor",
        "szafa",
        "panel",
        "falownik",
        "podnośnik",
        "myjka",
        "drukarka",
        "router",
        "bojler",
    ),
]


async def create_inquiry(client: httpx.AsyncClient, text: str) -> dict:
    answer = await client.post("/v1/inquiries", json={"channel": "chat", "text": text})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def teach_r7(client: httpx.AsyncClient) -> None:
    for number, machine in enumerate(MACHINES):
        made = await create_inquiry(
            client, f"kwit R7 {machine} hala {number % 7 + 1} zmiana {number % 3 + 1}"
        )
        said = {"who": "Celina", "category": "order_support", "why": "R7 is our delivery note."}
        assert (
            await client.post(f"/v1/inquiries/{made['id']}/correction", json=said)
        ).status_code == 200


async def test_too_few_corrections_are_a_conflict(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/models", json={})
    assert answer.status_code == 409
    assert f"learning begins at {MIN_LESSONS}" in answer.json()["detail"]


async def test_corrections_are_learnt(client: httpx.AsyncClient, house: House) -> None:
    await teach_r7(client)
    fresh = "kwit R7 wiertarka stołowa hala 9"
    before = (await create_inquiry(client, fresh))["classification"]
    assert before["category"] != "order_support"
    learnt = (await client.post("/v1/models", json={"why": "R7"})).json()
    assert (learnt["state"], learnt["objections"]) == ("active", []), learnt["objections"]
    figures = learnt["figures"]["corrected_inquiries"]
    assert figures["after"]["accuracy"] > figures["before"]["accuracy"]
    after = (await create_inquiry(client, fresh))["classification"]
    assert after["category"] == "order_support"
    assert after["model"].endswith("+taught-1")
    others = (await create_inquiry(client, "Pompa cieknie, proszę o naprawę gwarancyjną."))[
        "classification"
    ]
    assert (others["category"], others["unsure"]) == ("defect", False)

    # The nearest examples are shown. The encoded corrections are stored, so that learning is fast
    # next time.
    nearest = (await client.get("/v1/inquiries/latest/explanation")).json()["nearest"]
    assert len(nearest) == 3
    assert {one["origin"] for one in nearest} <= {"corpus", "learnt"}
    kept = await house.database.read(
        lambda connection: len(connection.execute(select(lesson_vectors.c.inquiry_id)).all())
    )
    assert kept == len(MACHINES)

    # Back to the shipped model, and forward again.
    back = await client.post("/v1/models/0/activation", json={"why": "only a trial"})
    assert [item["state"] for item in back.json()["items"]] == ["retired", "active"]
    assert (await create_inquiry(client, fresh))["classification"]["category"] == before["category"]
    forward = await client.post("/v1/models/1/activation", json={})
    assert [item["state"] for item in forward.json()["items"]] == ["active", "retired"]
    assert (await client.post("/v1/models/7/activation", json={})).status_code == 404


@pytest.mark.parametrize(
    "database_url", ["sqlite"], indirect=True
)  # what is stored is tested on both above
async def test_harmful_corrections_are_refused(client: httpx.AsyncClient) -> None:
    """Corrections that call every complaint a purchase would send complaints to sales."""
    for example in [e for e in read_corpus() if e.label == "defect" and e.lang == "pl"][:40]:
        made = await create_inquiry(client, example.text)
        said = {"who": "Mallory", "category": "new_purchase"}
        assert (
            await client.post(f"/v1/inquiries/{made['id']}/correction", json=said)
        ).status_code == 200
    learnt = (await client.post("/v1/models", json={})).json()
    assert learnt["state"] == "refused"
    assert learnt["objections"]
    forced = await client.post("/v1/models/1/activation", json={"why": "I insist"})
    assert forced.status_code == 409
    assert "was refused" in forced.json()["detail"]
    assert (await create_inquiry(client, "Pompa cieknie, proszę o naprawę."))["classification"][
        "model"
    ].count("taught") == 0


@pytest.mark.parametrize(
    "database_url", ["postgresql"], indirect=True
)  # what is stored is tested on both above
async def test_scheduled_learning_needs_enough_corrections(
    client: httpx.AsyncClient, house: House
) -> None:
    assert await house.learning.learn_if_due(NOW) is None
    await correct_many(client, MIN_LESSONS)
    version = await house.learning.learn_if_due(NOW)
    assert version is not None
    assert version.actor == "schedule"
    assert await house.learning.learn_if_due(NOW) is None  # nothing new, and too early


async def test_own_category_is_routed_to_its_team_at_once(
    client: httpx.AsyncClient,
) -> None:
    made = await client.post("/v1/categories", json=RENTAL)
    assert made.status_code == 201, made.text
    told = made.json()
    assert told["verdict"] in ("well", "fairly", "poorly")
    assert 0.0 <= told["recognised"] <= 1.0
    assert told["taken_from_others"] <= 0.02
    assert all(one["looks_like"] != "rental" for one in told["collisions"])
    assert len(told["collisions"]) == round((1 - told["recognised"]) * len(RENTAL["examples"]))

    rented = await create_inquiry(
        client, "Chcielibyśmy wypożyczyć zagęszczarkę na dwa dni, ile kosztuje wynajem?"
    )
    assert rented["classification"]["category"] == "rental"
    assert {one["category"] for one in rented["classification"]["ranking"]} >= {
        "rental",
        "defect",
        "other",
    }
    if not rented["classification"]["unsure"]:
        assert (rented["decision"]["team"], rented["decision"]["rule"]) == ("sales", "own-rental")
    said = {"who": "Celina", "category": "rental"}
    corrected = await client.post(f"/v1/inquiries/{rented['id']}/correction", json=said)
    assert corrected.json()["decision"]["rule"] == "own-rental"

    listed = (await client.get("/v1/categories")).json()["items"]
    assert [one["id"] for one in listed if one["own"]] == ["rental"]
    exists = await client.post("/v1/models/0/activation", json={})
    assert exists.status_code == 409  # the shipped model does not know it

    policy = (await client.get("/v1/policy")).json()
    assert [rule["id"] for rule in policy["rules"]].count("own-rental") == 0
    rule = {
        "id": "rentals",
        "when": {"category": ["rental"]},
        "then": {"team": "customer_service", "priority": "low"},
    }
    body = {"rules": [rule, *policy["rules"]], "default": policy["default"]}
    assert (
        await client.put("/v1/policy", json=body, headers={"If-Match": '"1"'})
    ).status_code == 200
    refused = await client.delete("/v1/categories/rental")
    assert refused.status_code == 409
    assert "policy still names" in refused.json()["detail"]
    body = {"rules": policy["rules"], "default": policy["default"]}
    assert (
        await client.put("/v1/policy", json=body, headers={"If-Match": '"2"'})
    ).status_code == 200
    assert (await client.delete("/v1/categories/rental")).status_code == 204
    assert (await client.delete("/v1/categories/rental")).status_code == 404
    gone = await create_inquiry(client, "Chcielibyśmy wypożyczyć zagęszczarkę na dwa dni.")
    assert gone["classification"]["category"] != "rental"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"id": "defect"}, "always exist"),
        ({"team": "nobody"}, "no team 'nobody'"),
        ({"examples": ["a rental"] * 8}, "repeat themselves"),
        ({"examples": RENTAL["examples"][:7]}, "must have 8 entries or more"),
        ({"names": {"pl": "wynajem"}}, "English"),
    ],
)
async def test_invalid_category_is_refused_with_a_hint(
    client: httpx.AsyncClient, change: dict, words: str
) -> None:
    answer = await client.post("/v1/categories", json={**RENTAL, **change})
    assert answer.status_code == 422
    assert words in answer.text


@pytest.mark.parametrize(
    "database_url", ["postgresql"], indirect=True
)  # SQLite has one serving process
async def test_replicas_follow_within_two_seconds(house: House) -> None:
    async with (
        running_house(settings_for(house.settings.database_url)) as other,
        client_of(house) as client,
    ):
        assert (await client.post("/v1/categories", json=RENTAL)).status_code == 201
        async with client_of(other) as elsewhere:
            for _ in range(20):
                await asyncio.sleep(0.1)
                tried = await elsewhere.post(
                    "/v1/classify",
                    json={
                        "channel": "chat",
                        "text": "Czy można wypożyczyć rusztowanie na weekend?",
                    },
                )
                if "taught" in tried.json()["classification"]["model"]:
                    break
            assert tried.json()["classification"]["category"] == "rental"


async def test_quality_counts_resolutions_and_corrections(client: httpx.AsyncClient) -> None:
    right = await create_inquiry(client, "Pompa cieknie, proszę o naprawę gwarancyjną.")
    wrong = await create_inquiry(client, "Proszę o aktualny cennik i katalog okien.")
    await create_inquiry(client, "Gdzie jest moja paczka?")
    await client.post(f"/v1/inquiries/{right['id']}/resolution", json={"who": "Celina"})
    await client.post(
        f"/v1/inquiries/{wrong['id']}/correction",
        json={"who": "Celina", "category": "new_purchase"},
    )
    found = (await client.get("/v1/quality")).json()
    assert (found["inquiries"], found["looked_at"], found["right"]) == (3, 2, 0.5)
    assert found["confusion"] == {"defect": {"defect": 1}, "new_purchase": {"catalog_request": 1}}
    assert found["drift"]["verdict"] == "unknown", "below 200 inquiries"
    later = (await client.get("/v1/quality", params={"since": "2090-01-01T00:00:00Z"})).json()
    assert (later["inquiries"], later["right"]) == (0, None)

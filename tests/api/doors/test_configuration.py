"""Teams and policy over HTTP: ETags, history, refusals, replicas, preview."""

import asyncio

import httpx2 as httpx
import pytest

from inquiry_router.house import House
from tests.conftest import client_of, running_house

pytestmark = pytest.mark.anyio
# SQLite has one process.
only_postgres = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


async def test_policy_is_read_changed_and_kept_in_the_history(client: httpx.AsyncClient) -> None:
    before = await client.get("/v1/policy")
    policy = before.json()
    assert (before.headers["etag"], policy.pop("version")) == ('"1"', 1)
    policy["rules"].insert(
        0,
        {
            "id": "hydro",
            "when": {"company": ["Hydro-Bud"]},
            "then": {"team": "customer_service", "priority": "urgent"},
        },
    )

    changed = await client.put(
        "/v1/policy", json={**policy, "note": "Hydro-Bud first"}, headers={"If-Match": '"1"'}
    )
    assert (changed.status_code, changed.headers["etag"], changed.json()["version"]) == (
        200,
        '"2"',
        2,
    )

    body = {"channel": "email", "text": "poproszę cennik", "contact": {"company": "hydro bud"}}
    decision = (await client.post("/v1/inquiries", json=body)).json()["decision"]
    assert (decision["rule"], decision["priority"], decision["policy_version"]) == (
        "hydro",
        "urgent",
        2,
    )

    history = (await client.get("/v1/policy/history")).json()
    assert [(entry["version"], entry["note"], entry["actor"]) for entry in history["items"]] == [
        (2, "Hydro-Bud first", "admin"),
        (1, "import", "start"),
    ]
    assert (await client.get("/v1/policy/history", params={"limit": 1})).json()["next_before"] == 2
    assert (await client.get("/v1/policy/history", params={"before": 2})).json()["items"][0][
        "version"
    ] == 1


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({}, 428, "precondition_required"),
        ({"If-Match": '"7"'}, 412, "precondition_failed"),
        ({"If-Match": "abc"}, 422, "invalid"),
        ({"If-Match": 'W/"1"'}, 200, None),
    ],
)
async def test_change_needs_the_present_etag(
    client: httpx.AsyncClient, headers: dict, status: int, code: str | None
) -> None:
    teams = (await client.get("/v1/teams")).json()
    answer = await client.put("/v1/teams", json=teams, headers=headers)
    assert answer.status_code == status
    assert answer.json().get("code") == code


async def test_unknown_names_are_refused(client: httpx.AsyncClient) -> None:
    policy = (await client.get("/v1/policy")).json()
    del policy["version"]
    policy["default"]["team"] = "nobody"
    answer = await client.put("/v1/policy", json=policy, headers={"If-Match": '"1"'})
    assert (answer.status_code, "nobody" in answer.json()["detail"]) == (422, True)

    teams = (await client.get("/v1/teams")).json()
    teams["teams"] = [team for team in teams["teams"] if team["id"] != "sales"]
    answer = await client.put("/v1/teams", json=teams, headers={"If-Match": '"1"'})
    assert (answer.status_code, "sales" in answer.json()["detail"]) == (422, True)


async def test_team_with_phone_numbers_cannot_be_removed(client: httpx.AsyncClient) -> None:
    teams = (await client.get("/v1/teams")).json()
    night = {**teams["teams"][0], "id": "night"}
    more = {"teams": [*teams["teams"], night]}
    assert (
        await client.put("/v1/teams", json=more, headers={"If-Match": '"1"'})
    ).status_code == 200
    phone = {"desks": {"night": {"numbers": ["+48221234567"]}}}
    put = await client.put("/v1/phone/settings", json=phone, headers={"If-Match": '"1"'})
    assert put.status_code == 200
    answer = await client.put("/v1/teams", json=teams, headers={"If-Match": '"2"'})
    assert (answer.status_code, "'night'" in answer.json()["detail"]) == (422, True)


async def test_teams_have_days_of_their_own(client: httpx.AsyncClient) -> None:
    """Closed on 2 May and after Christmas, a short Good Friday, one working Saturday."""
    teams = (await client.get("/v1/teams")).json()
    own = {
        "closed_days": ["2027-05-02", "12-27/12-31"],
        "special_hours": {"2027-03-26": ["08:00-12:00"], "2027-04-10": ["09:00-13:00"]},
    }
    teams["teams"].append({**teams["teams"][0], "id": "x", **own})
    changed = await client.put("/v1/teams", json=teams, headers={"If-Match": '"1"'})
    assert changed.status_code == 200, changed.text
    assert (await client.get("/v1/teams")).json()["teams"][-1].items() >= own.items()

    teams["teams"][-1]["closed_days"] = ["2 May"]
    refused = await client.put("/v1/teams", json=teams, headers={"If-Match": '"2"'})
    assert (refused.status_code, "2027-05-02" in refused.text) == (422, True)


@only_postgres
async def test_change_reaches_another_replica(house: House, settings) -> None:
    async with (
        running_house(settings) as other,
        client_of(house) as client,
        client_of(other) as there,
    ):
        made = (
            await client.post(
                "/v1/api-keys", json={"id": "website", "name": "Form", "scopes": ["read"]}
            )
        ).json()
        bearer = {"Authorization": f"Bearer {made['key']}"}
        assert (await there.get("/v1/teams", headers=bearer)).status_code == 401
        for _ in range(40):
            await asyncio.sleep(0.05)
            if (await there.get("/v1/teams", headers=bearer)).status_code == 200:
                return
        pytest.fail("the other replica did not follow within two seconds")


@only_postgres
async def test_same_version_cannot_be_changed_twice(house: House, settings) -> None:
    async with (
        running_house(settings) as other,
        client_of(house) as client,
        client_of(other) as there,
    ):
        teams = (await client.get("/v1/teams")).json()
        answers = await asyncio.gather(
            *(c.put("/v1/teams", json=teams, headers={"If-Match": '"1"'}) for c in (client, there))
        )
        assert sorted(answer.status_code for answer in answers) == [200, 412]


async def test_policy_preview_shows_changed_decisions(
    client: httpx.AsyncClient,
) -> None:
    for text in (
        "pompa nie działa i cieknie, proszę o naprawę gwarancyjną",
        "poproszę aktualny cennik i katalog w PDF",
    ):
        await client.post("/v1/inquiries", json={"channel": "email", "text": text})
    policy = (await client.get("/v1/policy")).json()
    del policy["version"]
    same = (await client.post("/v1/policy/preview", json=policy)).json()
    assert same == {"looked_at": 2, "moved": []}

    outcome = {"team": "customer_service", "priority": "urgent", "respond_within_minutes": 30}
    policy["rules"].insert(0, {"id": "cennik", "when": {"words": ["cennik*"]}, "then": outcome})
    tried = (await client.post("/v1/policy/preview", json=policy)).json()
    (moved,) = tried["moved"]
    assert moved["said"].startswith("poproszę aktualny cennik")
    assert (moved["after"]["team"], moved["after"]["priority"], moved["after"]["rule"]) == (
        "customer_service",
        "urgent",
        "cennik",
    )

    # What the preview said is what happens.
    await client.put("/v1/policy", json=policy, headers={"If-Match": '"1"'})
    again = {"channel": "email", "text": "poproszę aktualny cennik i katalog w PDF"}
    decision = (await client.post("/v1/inquiries", json=again)).json()["decision"]
    assert decision["priority"] == moved["after"]["priority"]

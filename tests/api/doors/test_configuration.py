"""Teams, policy and destinations over HTTP: ETags, history, refusals, replicas."""

import httpx2 as httpx
import pytest

from inquiry_router.house import House
from tests.conftest import client_of, running_house

pytestmark = pytest.mark.anyio


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


async def test_webhook_destination_is_made_changed_and_removed(client: httpx.AsyncClient) -> None:
    made = await client.post(
        "/v1/destinations",
        json={
            "id": "erp",
            "name": "ERP",
            "kind": "webhook",
            "settings": {"url": "https://hooks.example.com/in"},
        },
    )
    assert made.status_code == 201
    secret = made.json()["settings"]["secret"]
    assert secret.startswith("whsec_")

    seen = await client.get("/v1/destinations/erp")
    assert set(seen.json()["settings"]["secret"]) == {"*"}

    entry = {
        name: seen.json()[name]
        for name in ("name", "kind", "settings", "events", "teams", "enabled")
    }
    entry["settings"]["url"] = "https://hooks.example.com/other"
    changed = await client.put(
        "/v1/destinations/erp", json=entry, headers={"If-Match": seen.headers["etag"]}
    )
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    assert (
        await client.put("/v1/destinations/erp", json=entry, headers={"If-Match": '"1"'})
    ).status_code == 412

    await client.post("/v1/inquiries", json={"channel": "chat", "text": "cieknie pompa"})
    assert (
        await client.delete("/v1/destinations/erp", headers={"If-Match": '"2"'})
    ).status_code == 409
    page = (await client.get("/v1/deliveries", params={"destination_id": "erp"})).json()
    assert page["items"][0]["state"] == "pending"
    assert (await client.post(f"/v1/deliveries/{page['items'][0]['id']}/discard")).json()[
        "state"
    ] == "discarded"
    assert (
        await client.delete("/v1/destinations/erp", headers={"If-Match": '"2"'})
    ).status_code == 204
    assert (await client.get("/v1/destinations/erp")).status_code == 404


async def test_masked_or_missing_secret_is_kept(house: House) -> None:
    async with client_of(house) as client:
        made = (
            await client.post(
                "/v1/destinations",
                json={
                    "id": "erp",
                    "name": "ERP",
                    "kind": "webhook",
                    "settings": {"url": "https://a.example.com"},
                },
            )
        ).json()
        entry = {"name": "ERP", "kind": "webhook", "settings": {"url": "https://b.example.com"}}
        await client.put("/v1/destinations/erp", json=entry, headers={"If-Match": '"1"'})
        stored = next(d for d in house.configuration.current.destinations if d.id == "erp")
        assert stored.settings == {
            "url": "https://b.example.com",
            "secret": made["settings"]["secret"],
        }


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com",
        "https://127.0.0.1/x",
        "https://localhost/x",
        "https://10.0.0.1",
        "https://169.254.169.254/latest",
        "https://[::1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://user:pass@example.com",
        "https://example.com:22/",
        "ftp://example.com",
        "https://2130706433/",
        "https://intranet/",
        "javascript:alert(1)",
        "",
    ],
)
async def test_forbidden_addresses_are_refused(client: httpx.AsyncClient, url: str) -> None:
    answer = await client.post(
        "/v1/destinations",
        json={"id": "erp", "name": "ERP", "kind": "webhook", "settings": {"url": url}},
    )
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "settings.url")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "pigeon"}, None),
        ({"settings": {}}, "settings.url"),
        ({"settings": {"url": "https://a.example.com", "colour": "red"}}, "settings.colour"),
        ({"settings": {"url": "https://a.example.com", "secret": "short"}}, "settings.secret"),
        ({"events": ["inquiry.lost"]}, "events.0"),
        ({"enabled": "yes"}, "enabled"),
        ({"enabled": 1}, "enabled"),
        ({"id": "A B"}, "id"),
    ],
)
async def test_invalid_destination_is_refused(
    client: httpx.AsyncClient, change: dict, field: str | None
) -> None:
    entry = {
        "id": "erp",
        "name": "ERP",
        "kind": "webhook",
        "settings": {"url": "https://a.example.com"},
    }
    answer = await client.post("/v1/destinations", json={**entry, **change})
    assert answer.status_code == 422
    if field:
        assert field in [error["field"] for error in answer.json()["errors"]]
    assert "short" not in answer.text


async def test_destination_filters_apply(client: httpx.AsyncClient) -> None:
    entry = {
        "id": "crm",
        "name": "CRM",
        "kind": "webhook",
        "settings": {"url": "https://a.example.com"},
        "teams": ["sales"],
        "events": ["inquiry.routed"],
    }
    await client.post("/v1/destinations", json=entry)
    await client.post(
        "/v1/inquiries", json={"channel": "chat", "text": "pompa nie działa, cieknie, reklamacja"}
    )
    assert (await client.get("/v1/deliveries", params={"destination_id": "crm"})).json()[
        "items"
    ] == []
    await client.post(
        "/v1/inquiries/latest/correction", json={"category": "new_purchase", "who": "C"}
    )
    assert (await client.get("/v1/deliveries", params={"destination_id": "crm"})).json()[
        "items"
    ] == []
    assert len((await client.get("/v1/deliveries")).json()["items"]) == 2


async def test_change_reaches_another_replica(house: House, settings) -> None:
    if house.database.dialect == "sqlite":
        return  # SQLite has one process
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
        import asyncio

        for _ in range(40):
            await asyncio.sleep(0.05)
            if (await there.get("/v1/teams", headers=bearer)).status_code == 200:
                return
        pytest.fail("the other replica did not follow within two seconds")


async def test_same_version_cannot_be_changed_twice(house: House, settings) -> None:
    if house.database.dialect == "sqlite":
        return
    async with (
        running_house(settings) as other,
        client_of(house) as client,
        client_of(other) as there,
    ):
        teams = (await client.get("/v1/teams")).json()
        import asyncio

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

"""Destinations over HTTP: secrets, addresses, filters, removal."""

from typing import Any

import httpx2 as httpx
import pytest

from inquiry_router.delivery.checking import NOT_TRIED, Checker
from inquiry_router.house import House
from tests.conftest import client_of
from tests.sources.fake_client import FakeClient

pytestmark = pytest.mark.anyio


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


ZAMMAD: dict[str, Any] = {"url": "https://acme.zammad.example", "token": "hush"}


def zammad(teams: tuple[str, ...] = (), **settings: Any) -> dict[str, Any]:
    made = {"id": "desk", "name": "Zammad", "kind": "zammad", "teams": list(teams)}
    return {**made, "settings": {**ZAMMAD, **settings}}


@pytest.mark.parametrize(
    ("entry", "field", "message"),
    [
        (zammad(source="desk"), "settings.source", "there is no source 'desk'; the sources are "),
        (zammad(groups={"sale": "2"}), "settings.groups", "there is no team 'sale'; the teams are"),
        (zammad(("sale",)), "teams", "there is no team 'sale'; the teams are customer_service, "),
    ],
)
async def test_names_that_nobody_has_are_refused(
    client: httpx.AsyncClient, entry: dict[str, Any], field: str, message: str
) -> None:
    refused = await client.post("/v1/destinations", json=entry)
    assert refused.status_code == 422
    (error,) = refused.json()["errors"]
    assert error["field"] == field
    assert error["message"].startswith(message)


async def test_team_and_source_of_a_destination_cannot_be_taken_away(
    client: httpx.AsyncClient,
) -> None:
    source = {"id": "desk", "name": "Zammad", "kind": "zammad"}
    assert (await client.post("/v1/sources", json=source)).status_code == 201
    teams = await client.get("/v1/teams")
    extra = {**teams.json()["teams"][1], "id": "spare"}
    with_extra = {"teams": [*teams.json()["teams"], extra]}
    headers = {"If-Match": teams.headers["etag"]}
    assert (await client.put("/v1/teams", json=with_extra, headers=headers)).status_code == 200
    entry = zammad(source="desk", groups={"spare": "7"})
    assert (await client.post("/v1/destinations", json=entry)).status_code == 201
    headers = {"If-Match": (await client.get("/v1/teams")).headers["etag"]}
    refused = await client.put("/v1/teams", json=teams.json(), headers=headers)
    assert refused.status_code == 422
    assert "destination 'desk': settings.groups: there is no team 'spare'" in refused.text
    gone = await client.delete("/v1/sources/desk", headers={"If-Match": '"1"'})
    assert (gone.status_code, gone.json()["detail"]) == (
        409,
        "The destination 'desk' moves the tickets of 'desk'.",
    )


async def test_check_of_a_webhook_says_that_nothing_was_tried(client: httpx.AsyncClient) -> None:
    entry = {"id": "erp", "name": "ERP", "kind": "webhook"}
    entry["settings"] = {"url": "https://hooks.example.com/in"}
    await client.post("/v1/destinations", json=entry)
    checked = (await client.post("/v1/destinations/erp/check")).json()
    assert (checked["ok"], checked["problem"]) == (None, None)
    assert checked["warnings"] == [NOT_TRIED]


async def test_check_warns_of_teams_without_a_group(house: House) -> None:
    helpdesk = FakeClient({"GET /api/v1/groups": [[{"id": 1, "name": "A", "active": True}]]})
    house.checker = Checker(reach=house.reach, open_client=lambda: helpdesk)
    async with client_of(house) as client:
        entry = zammad(groups={"customer_service": "1"})
        assert (await client.post("/v1/destinations", json=entry)).status_code == 201
        checked = (await client.post("/v1/destinations/desk/check")).json()
    assert checked["warnings"] == [
        "'sales' has no group: its tickets stay where they are",
        "'triage' has no group: its tickets go to the group of customer service",
    ]
    assert checked["unmapped"] == ["sales", "triage"]


async def test_test_event_is_sent_at_once_and_is_no_delivery(client: httpx.AsyncClient) -> None:
    await client.post("/v1/destinations", json={"id": "out", "name": "Out", "kind": "console"})
    tested = (await client.post("/v1/destinations/out/test")).json()
    assert (tested["ok"], tested["problem"]) == (True, None)
    assert (await client.get("/v1/deliveries")).json()["items"] == []


async def test_helpdesk_is_sent_no_test_event(client: httpx.AsyncClient) -> None:
    await client.post("/v1/destinations", json=zammad())
    refused = await client.post("/v1/destinations/desk/test")
    assert refused.status_code == 422
    assert "/check tries its credentials" in refused.json()["hint"]

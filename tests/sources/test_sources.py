"""Sources are changed without losing or leaking their secrets."""

import httpx2 as httpx
import pytest

from inquiry_router.house import House
from tests.sources.conftest import Add

pytestmark = pytest.mark.anyio

API = {"api_url": "https://desk.example", "api_token": "hush"}


async def change(client: httpx.AsyncClient, version: int, **settings: object) -> httpx.Response:
    entry = {"name": "Desk", "kind": "toy", "settings": settings}
    return await client.put("/v1/sources/desk", json=entry, headers={"If-Match": f'"{version}"'})


async def test_omitted_or_masked_secret_is_kept(
    house: House, client: httpx.AsyncClient, add: Add
) -> None:
    await add(settings=API)
    assert (await change(client, 1, api_url="https://desk.example/helpdesk")).status_code == 200
    assert (
        await change(client, 2, api_url="https://desk.example", api_token="**********")
    ).status_code == 200
    source = house.configuration.current.source("desk")
    assert source is not None and source.settings["api_token"] == "hush"
    assert "hush" not in (await client.get("/v1/sources/desk")).text


async def test_secret_is_not_sent_to_another_address(
    house: House, client: httpx.AsyncClient, add: Add
) -> None:
    await add(settings=API)
    for address in ("https://evil.example", "https://desk.example:8443", None):
        refused = await change(client, 1, api_url=address)
        assert refused.status_code == 422
        assert "send api_token again" in refused.json()["detail"]
    assert (
        await change(client, 1, api_url="https://other.example", api_token="new")
    ).status_code == 200


async def test_password_of_a_destination_is_not_sent_to_another_address(
    client: httpx.AsyncClient,
) -> None:
    settings = {"url": "https://acme.zendesk.com", "api_token": "hush"}
    entry = {"name": "Zendesk", "kind": "zendesk", "settings": settings}
    await client.post("/v1/destinations", json={"id": "zendesk", **entry})
    moved = {**entry, "settings": {"url": "https://evil.example.com"}}
    refused = await client.put("/v1/destinations/zendesk", json=moved, headers={"If-Match": '"1"'})
    assert (refused.status_code, "send api_token again" in refused.json()["detail"]) == (422, True)


async def test_removed_source_receives_nothing(client: httpx.AsyncClient, add: Add) -> None:
    made = await add()
    assert (await client.delete("/v1/sources/desk", headers={"If-Match": '"1"'})).status_code == 204
    assert (
        await client.post(made["url"].removeprefix("http://router.test"), json={"id": "1"})
    ).status_code == 404


async def test_wrong_entries_are_refused_with_advice(client: httpx.AsyncClient, add: Add) -> None:
    await add()
    for entry, status in (
        ({"id": "desk", "name": "Again", "kind": "toy"}, 409),
        ({"name": "X", "kind": "nobody"}, 422),
        ({"name": "X", "kind": "toy", "settings": {"api_url": "http://10.0.0.1"}}, 422),
        ({"name": "X", "kind": "toy", "settings": {"nonsense": 1}}, 422),
    ):
        assert (await client.post("/v1/sources", json=entry)).status_code == status, entry
    assert (
        await client.put(
            "/v1/sources/desk",
            json={"name": "X", "kind": "console"},
            headers={"If-Match": '"1"'},
        )
    ).status_code == 422

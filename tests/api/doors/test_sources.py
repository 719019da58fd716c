"""The kind of a source in the API: `provider` is its old name, for one release."""

import httpx2 as httpx
import pytest

pytestmark = pytest.mark.anyio


async def test_kind_is_shown_beside_its_old_name(client: httpx.AsyncClient) -> None:
    made = await client.post("/v1/sources", json={"id": "try", "name": "Try", "kind": "console"})
    assert made.status_code == 201
    listed = (await client.get("/v1/sources")).json()["items"]
    for source in (made.json(), (await client.get("/v1/sources/try")).json(), *listed):
        assert (source["kind"], source["provider"]) == ("console", "console")


@pytest.mark.parametrize(
    "named",
    [
        {"provider": "console"},
        {"provider": "console", "kind": "console"},
        {"provider": None, "kind": "console"},
    ],
)
async def test_old_name_is_accepted(client: httpx.AsyncClient, named: dict[str, str]) -> None:
    made = await client.post("/v1/sources", json={"id": "try", "name": "Try", **named})
    assert (made.status_code, made.json()["kind"]) == (201, "console")
    headers = {"If-Match": made.headers["etag"]}
    changed = await client.put("/v1/sources/try", json={"name": "X", **named}, headers=headers)
    assert (changed.status_code, changed.json()["kind"]) == (200, "console")


async def test_two_different_names_are_refused(client: httpx.AsyncClient) -> None:
    entry = {"name": "Try", "kind": "console", "provider": "zendesk"}
    refused = await client.post("/v1/sources", json=entry)
    assert refused.status_code == 422
    assert "'kind' and 'provider' say different things" in refused.text


async def test_kind_is_required_and_must_exist(client: httpx.AsyncClient) -> None:
    for entry in ({"name": "Try"}, {"name": "Try", "kind": 7}, {"name": "Try", "provider": [7]}):
        assert (await client.post("/v1/sources", json=entry)).status_code == 422, entry
    unknown = await client.post("/v1/sources", json={"name": "Try", "kind": "nobody"})
    assert "There is no kind 'nobody'." in unknown.text


async def test_old_name_is_deprecated_in_the_schema(client: httpx.AsyncClient) -> None:
    schemas = (await client.get("/openapi.json")).json()["components"]["schemas"]
    for name in ("ChangedSource", "NewSource", "NewSourceOut"):
        assert schemas[name]["properties"]["provider"]["deprecated"] is True
    for name in ("ChangedSource", "NewSource"):
        assert schemas[name]["anyOf"] == [{"required": ["kind"]}, {"required": ["provider"]}]
    assert "kind" in schemas["NewSourceOut"]["required"]


async def test_source_shows_its_events(client: httpx.AsyncClient) -> None:
    made = (
        await client.post("/v1/sources", json={"id": "try", "name": "T", "kind": "console"})
    ).json()
    assert made["traffic"]["last_event_at"] is None
    path = f"/v1/hooks/try?token={made['token']}"
    for body in ({"id": "1", "text": "pompa cieknie"}, {"id": "1", "text": "pompa cieknie"}, {}):
        await client.post(path, json=body)
    assert (await client.post("/v1/hooks/try?token=wrong", json={"id": "2"})).status_code == 401
    (listed,) = (await client.get("/v1/sources")).json()["items"]
    shown = (await client.get("/v1/sources/try")).json()
    assert listed["traffic"] == shown["traffic"]
    traffic = shown["traffic"]
    assert (traffic["taken"], traffic["repeated"]) == (1, 1)
    assert traffic["taken_at"] is not None and traffic["last_event_at"] >= traffic["taken_at"]
    assert traffic["refused"] == 2
    assert traffic["refused_reason"]
    changed = await client.put(
        "/v1/sources/try", json={"name": "X", "kind": "console"}, headers={"If-Match": '"1"'}
    )
    assert changed.json()["traffic"] == traffic


async def test_removed_source_leaves_no_traffic_to_its_successor(client: httpx.AsyncClient) -> None:
    entry = {"id": "try", "name": "Try", "kind": "console"}
    made = (await client.post("/v1/sources", json=entry)).json()
    await client.post(f"/v1/hooks/try?token={made['token']}", json={"id": "1", "text": "cieknie"})
    assert (await client.get("/v1/sources/try")).json()["traffic"]["taken"] == 1
    gone = await client.delete("/v1/sources/try", headers={"If-Match": '"1"'})
    assert gone.status_code == 204
    assert (await client.post("/v1/sources", json=entry)).json()["traffic"]["taken"] == 0
    assert (await client.get("/v1/sources/try")).json()["traffic"]["taken"] == 0

"""The whole configuration over HTTP: read, tried, put in force."""

from typing import Any

import httpx2 as httpx
import pytest

from tests.configuration.test_documents import RENTAL
from tests.configuration.test_importing import DESTINATION, SOURCE

pytestmark = pytest.mark.anyio
PATH = "/v1/configuration"


async def put(client: httpx.AsyncClient, data: dict[str, Any]) -> httpx.Response:
    etag = (await client.get(PATH)).headers["etag"]
    return await client.put(PATH, json=data, headers={"If-Match": etag})


async def test_export_may_be_sent_back(client: httpx.AsyncClient) -> None:
    assert (await client.post("/v1/sources", json=SOURCE)).status_code == 201
    assert (await client.post("/v1/destinations", json=DESTINATION)).status_code == 201
    before = await client.get(PATH)
    assert "s3cret-of-zammad" not in before.text and "t0ken-of-zammad" not in before.text
    answer = await put(client, before.json())
    assert (answer.status_code, answer.json()["changes"]) == (200, []), answer.text
    after = await client.get(PATH)
    assert (after.json(), after.headers["etag"]) == (before.json(), before.headers["etag"])


async def test_dry_run_finds_problems_and_changes_and_changes_nothing(
    client: httpx.AsyncClient,
) -> None:
    before = (await client.get(PATH)).json()
    before["policy"]["rules"][-1]["then"]["priority"] = "normal"
    before["destinations"].append({**DESTINATION, "teams": ["x"]})
    tried = await client.put(f"{PATH}?dry_run=true", json=before)
    assert tried.status_code == 200
    told = tried.json()
    assert told["applied"] is False
    assert [one.partition(":")[0] for one in told["problems"]] == [
        "destinations.desk.teams",
        "destinations.desk.settings.source",
    ]
    priority = {"path": "policy.rules.other.then.priority", "before": "low", "after": "normal"}
    assert priority in told["changes"]
    assert (await client.get("/v1/policy")).json()["rules"][-1]["then"]["priority"] == "low"
    refused = await put(client, before)
    assert refused.status_code == 422
    assert {one["field"] for one in refused.json()["errors"]} == {
        "destinations.desk.teams",
        "destinations.desk.settings.source",
    }


async def test_import_takes_all_parts_at_once(client: httpx.AsyncClient) -> None:
    data = {
        "categories": [RENTAL.model_dump(mode="json")],
        "phone": {"language": "en"},
        "sources": [{**SOURCE, "secret": "${sources.desk.secret}"}],
        "destinations": [DESTINATION],
        "secrets": {"sources.desk.secret": "from elsewhere"},
    }
    answer = await put(client, data)
    assert answer.status_code == 200, answer.text
    assert answer.json()["applied"] is True
    assert answer.json()["new_addresses"] == ["desk"]
    assert "rental" in [one["id"] for one in (await client.get("/v1/categories")).json()["items"]]
    assert (await client.get("/v1/sources/desk")).json()["signed"] is True
    assert (await client.get("/v1/phone/settings")).json()["language"] == "en"
    models = (await client.get("/v1/models")).json()["items"]
    assert "rental" in models[0]["categories"]


async def test_import_needs_the_version_it_is_based_on(client: httpx.AsyncClient) -> None:
    data = (await client.get(PATH)).json()
    assert (await client.put(PATH, json=data)).status_code == 428
    stale = (await client.get(PATH)).headers["etag"]
    assert (await client.post("/v1/sources", json=SOURCE)).status_code == 201
    answer = await client.put(PATH, json=data, headers={"If-Match": stale})
    assert answer.status_code == 412


async def test_unknown_part_is_refused(client: httpx.AsyncClient) -> None:
    refused = await client.put(f"{PATH}?dry_run=true", json={"colour": "red"})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "colour")

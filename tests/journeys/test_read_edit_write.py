"""Whoever reads a part of the configuration may edit the answer and send it back."""

from typing import Any

import httpx2 as httpx
import pytest

pytestmark = pytest.mark.anyio

SOURCE = {"id": "desk", "name": "Zammad", "kind": "zammad", "secret": "s3cret"}
DESTINATION = {
    "id": "desk",
    "name": "Zammad",
    "kind": "zammad",
    "settings": {"url": "https://acme.zammad.com", "token": "hush", "source": "desk"},
}
PATHS = (
    "/v1/teams",
    "/v1/policy",
    "/v1/phone/settings",
    "/v1/matters/rules",
    "/v1/sources/desk",
    "/v1/destinations/desk",
)


@pytest.fixture
async def desk(client: httpx.AsyncClient) -> httpx.AsyncClient:
    assert (await client.post("/v1/sources", json=SOURCE)).status_code == 201
    assert (await client.post("/v1/destinations", json=DESTINATION)).status_code == 201
    return client


async def put_back(
    client: httpx.AsyncClient, path: str, **changes: Any
) -> tuple[httpx.Response, dict[str, Any]]:
    """The answer to the PUT, and what was read before."""
    read = await client.get(path)
    headers = {"If-Match": read.headers["etag"]}
    return await client.put(path, json={**read.json(), **changes}, headers=headers), read.json()


async def test_every_part_that_can_be_replaced_is_tried_here(desk: httpx.AsyncClient) -> None:
    paths = (await desk.get("/openapi.json")).json()["paths"]
    puts = {path for path, operations in paths.items() if "put" in operations}
    assert {path.replace("/desk", "/{}") for path in PATHS} <= {
        path.partition("{")[0] + ("{}" if "{" in path else "") for path in puts
    }


@pytest.mark.parametrize("path", PATHS)
async def test_answer_may_be_sent_back_as_it_is(desk: httpx.AsyncClient, path: str) -> None:
    answer, before = await put_back(desk, path)
    assert answer.status_code == 200, answer.text
    after = (await desk.get(path)).json()
    assert {**after, "version": None} == {**before, "version": None}


@pytest.mark.parametrize(
    ("path", "field", "value"),
    [
        ("/v1/sources/desk", "id", "other"),
        ("/v1/sources/desk", "version", 7),
        ("/v1/sources/desk", "signed", False),
        ("/v1/destinations/desk", "id", "other"),
        ("/v1/destinations/desk", "created_at", "2020-01-01T00:00:00.000Z"),
        ("/v1/policy", "version", 7),
    ],
)
async def test_changed_read_only_field_is_refused_by_name(
    desk: httpx.AsyncClient, path: str, field: str, value: object
) -> None:
    answer, before = await put_back(desk, path, **{field: value})
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["field"] == field
    assert error["message"] == (f"is read-only: leave it out, or send it as it is: {before[field]}")


async def test_edited_answer_is_stored_and_keeps_its_secrets(desk: httpx.AsyncClient) -> None:
    answer, _ = await put_back(desk, "/v1/destinations/desk", name="The desk")
    assert (answer.json()["name"], answer.json()["version"]) == ("The desk", 2)
    answer, _ = await put_back(desk, "/v1/sources/desk", name="The desk")
    assert (answer.json()["name"], answer.json()["signed"]) == ("The desk", True)


@pytest.mark.parametrize("path", PATHS)
async def test_star_replaces_any_version(desk: httpx.AsyncClient, path: str) -> None:
    for _ in range(2):
        seen = (await desk.get(path)).json()
        answer = await desk.put(path, json=seen, headers={"If-Match": "*"})
        assert answer.status_code == 200, answer.text

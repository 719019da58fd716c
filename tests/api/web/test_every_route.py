"""Every operation of the API: its headers, what its bodies may name, and SQL in its parameters."""

import re
from typing import Any

import httpx2 as httpx
import pytest

from inquiry_router.access.roles import Role
from inquiry_router.house import House
from tests.conftest import client_of, shared_app

DOCUMENT = shared_app().openapi()
OPERATIONS = [
    (method, path, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
    if method in ("get", "post", "put", "patch", "delete")
]
# What sqlmap tries first: an open quote, a condition, a union, a second statement, a wait.
INJECTIONS = (
    "'",
    '" OR 1=1 --',
    "' OR '1'='1",
    "1) UNION SELECT secret FROM api_keys --",
    "'; DROP TABLE inquiries; --",
    "1; SELECT pg_sleep(9)",
    "%' ESCAPE '",
)


def at(path: str, value: str = "nothing") -> str:
    return re.sub(r"\{[^}]*\}", value, path)


@pytest.mark.anyio
async def test_every_route_has_the_headers(sqlite_house: House) -> None:
    async with client_of(sqlite_house, role=None) as stranger:
        for method, path, _ in OPERATIONS:
            answer = await stranger.request(method, at(path))
            headers = answer.headers
            assert headers["x-content-type-options"] == "nosniff", path
            assert headers["x-frame-options"] == "DENY", path
            assert headers["cache-control"] == "no-store", path
            assert "content-security-policy" in headers, path
            assert "referrer-policy" in headers, path
            assert "set-cookie" not in headers, path
            assert "access-control-allow-origin" not in headers, path
            assert answer.status_code < 500, path


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    return dict(DOCUMENT["components"]["schemas"][name]) if name else schema


def objects_in(schema: dict[str, Any], seen: set[str]) -> list[tuple[str, dict[str, Any]]]:
    """All objects that a body may hold, each once."""
    name = schema.get("$ref", "").rpartition("/")[2]
    if name in seen:
        return []
    seen.add(name) if name else None
    found: list[tuple[str, dict[str, Any]]] = []
    schema = resolved(schema)
    if "properties" in schema:
        found.append((name or str(schema.get("title")), schema))
    inner = [*schema.get("properties", {}).values(), *schema.get("anyOf", ())]
    inner += [*schema.get("oneOf", ()), *schema.get("allOf", ())]
    inner += [schema[one] for one in ("items",) if isinstance(schema.get(one), dict)]
    return found + [one for part in inner for one in objects_in(part, seen)]


def test_no_body_takes_a_name_that_is_not_its_own() -> None:
    seen: set[str] = set()
    bodies = [
        one
        for _, _, operation in OPERATIONS
        for kind, content in operation.get("requestBody", {}).get("content", {}).items()
        if kind == "application/json"
        for one in objects_in(content["schema"], seen)
    ]
    assert len(bodies) > 60
    loose = [name for name, schema in bodies if schema.get("additionalProperties") is not False]
    assert loose == []


@pytest.mark.anyio
async def test_sql_in_parameters_has_no_effect(sqlite_house: House) -> None:
    """In the path and in every text of the query of what reads; bodies are for the fuzzer."""
    async with client_of(sqlite_house, Role.ADMIN) as client:
        body = {"channel": "chat", "text": "pompa cieknie"}
        made = (await client.post("/v1/inquiries", json=body)).json()
        for method, path, operation in OPERATIONS:
            if method != "get" or path.startswith("/v1/phone"):
                continue
            names = [
                one["name"]
                for one in operation.get("parameters", ())
                if one["in"] == "query" and one["schema"].get("type", "string") == "string"
            ]
            for said in INJECTIONS if names or "{" in path else ():
                asked = httpx.QueryParams(dict.fromkeys(names, said))
                answer = await client.get(at(path, said.replace("/", "")), params=asked)
                assert answer.status_code < 500, (path, said, answer.text[:300])
                assert answer.status_code != 429, path
        left = (await client.get("/v1/inquiries")).json()["items"]
        assert [one["id"] for one in left] == [made["id"]]
        assert (await client.get("/health/ready")).status_code == 200

"""Access control: every operation with every scope, wrong keys, revoked keys."""

import ast
import re
from pathlib import Path

import httpx2 as httpx
import pytest

from inquiry_router.api.web.routing import SCOPE_FIELD
from inquiry_router.configuration.api_keys import Scope, format_key
from inquiry_router.house import House
from inquiry_router.process.wrong_keys import MAX_WRONG_KEYS_A_MINUTE, WrongKeys
from tests.conftest import KEYS, client_of, shared_app

pytestmark = pytest.mark.anyio

OPEN = {"/health/live", "/health/ready", "/metrics", "/v1/errors"}
# Vendors prove themselves by their signatures, not by a key.
PROVEN = {"/v1/hooks/{source_id}"}
DOCUMENT = shared_app().openapi()
OPERATIONS = [
    (method, path, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]


GUARDED = [one for one in OPERATIONS if one[1] not in OPEN | PROVEN]
# All that agents do is below these paths, and the intake is not theirs.
OF_AGENTS = re.compile(r"get /v1/inquiries|(get|post|delete) /v1/(inquiries/.*|callbacks.*)")


def path_of(template: str) -> str:
    """The path with ids put in."""
    return (
        template.replace("{inquiry_id}", "latest")
        .replace("{delivery_id}", "latest")
        .replace("{destination_id}", "erp")
        .replace("{key_id}", "nobody")
        .replace("{callback_id}", "latest")
    )


def test_operations_without_a_key_name_no_scope() -> None:
    others = [operation for _, path, operation in OPERATIONS if path in OPEN | PROVEN]
    assert others
    for operation in others:
        assert SCOPE_FIELD not in operation
        assert operation.get("security", []) == []


@pytest.mark.parametrize(
    ("method", "path", "operation"), GUARDED, ids=[f"{m} {p}" for m, p, _ in GUARDED]
)
async def test_operation_requires_its_scope(
    method: str, path: str, operation: dict, sqlite_house: House
) -> None:
    wanted = operation[SCOPE_FIELD]
    assert operation["security"] == [{"key": []}]
    url = path_of(path)
    for scope in (None, *Scope):
        async with client_of(sqlite_house, scope) as client:
            answer = await client.request(
                method, url, json={} if method in ("post", "put") else None
            )
        if scope is None:
            assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        elif scope in (*wanted, Scope.ADMIN):
            assert answer.status_code not in (401, 403), scope
        else:
            assert answer.status_code == 403, scope
            assert answer.json()["required_scope"] == wanted[0]


@pytest.mark.parametrize(
    ("method", "path", "operation"), GUARDED, ids=[f"{m} {p}" for m, p, _ in GUARDED]
)
def test_agents_have_their_own_work_and_nothing_else(
    method: str, path: str, operation: dict
) -> None:
    theirs = OF_AGENTS.fullmatch(f"{method} {path}") is not None
    assert (Scope.AGENT in operation[SCOPE_FIELD]) == theirs


@pytest.mark.parametrize(
    ("method", "path", "operation"), GUARDED, ids=[f"{m} {p}" for m, p, _ in GUARDED]
)
async def test_unknown_or_repeated_parameter_is_refused(
    method: str, path: str, operation: dict, sqlite_house: House
) -> None:
    if path == "/v1/phone/decide":
        return  # a caller is waiting, and phone platforms append what they like
    known = [one["name"] for one in operation.get("parameters", []) if one["in"] == "query"]
    given = [("urgent", "1"), ("<b>", "2"), *((name, "1") for name in known)]
    async with client_of(sqlite_house) as client:
        answer = await client.request(method, path_of(path), params=[*given, *given[2:]])
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (422, "invalid")
        assert [error["field"] for error in problem["errors"]] == ["urgent", "<b>", *known]
        assert problem["hint"].endswith(f": {', '.join(known) or 'none'}.")


async def test_key_is_checked_before_the_parameters(sqlite_house: House) -> None:
    async with client_of(sqlite_house, Scope.INTAKE) as client:
        assert (await client.get("/v1/inquiries?urgent=1")).status_code == 403
        client.headers.pop("authorization")
        assert (await client.get("/v1/inquiries?urgent=1")).status_code == 401


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/phone/decide"),
        ("POST", "/v1/phone/lines/nobody"),
        ("POST", "/v1/hooks/nobody"),
        ("GET", "/c/nothing"),
        ("GET", "/v1/errors"),
        ("GET", "/health/live"),
    ],
)
async def test_parameters_that_vendors_append_are_ignored(
    method: str, path: str, sqlite_house: House
) -> None:
    async with client_of(sqlite_house) as client:
        plain = await client.request(method, path)
        appended = await client.request(method, path + "?utm_source=mail&x=1&x=2")
    assert appended.status_code == plain.status_code != 422


def test_every_v1_route_is_documented_or_has_a_scope() -> None:
    for route in shared_app().routes:
        path = getattr(route, "path", "")
        if path.startswith("/v1") and path not in OPEN:
            assert (getattr(route, "openapi_extra", None) or {}).get(SCOPE_FIELD), path


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Bearer irk_",
        "Bearer irk_admin_",
        "Bearer irk_admin_wrong",
        "Basic " + KEYS[Scope.ADMIN],
        KEYS[Scope.ADMIN],
        "Bearer IRK_" + KEYS[Scope.ADMIN][4:],
        "Bearer " + KEYS[Scope.ADMIN] + "x",
        "Bearer " + KEYS[Scope.ADMIN][:-1],
        "Bearer irk_read_" + KEYS[Scope.ADMIN][10:],
        "Bearer ż",
    ],
)
async def test_wrong_key_is_unauthorised(sqlite_house: House, header: str) -> None:
    async with client_of(sqlite_house, None) as client:
        answer = await client.get("/v1/teams", headers={"Authorization": header.encode()})
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthorised")


async def test_revoked_key_is_refused_at_once(client: httpx.AsyncClient) -> None:
    made = (
        await client.post(
            "/v1/api-keys", json={"id": "website", "name": "Form", "scopes": ["intake", "read"]}
        )
    ).json()
    bearer = {"Authorization": f"Bearer {made['key']}"}
    assert (await client.get("/v1/teams", headers=bearer)).status_code == 200
    assert (await client.delete("/v1/api-keys/website")).status_code == 204
    assert (await client.delete("/v1/api-keys/website")).status_code == 204
    assert (await client.get("/v1/teams", headers=bearer)).status_code == 401
    listed = {key["id"]: key for key in (await client.get("/v1/api-keys")).json()["items"]}
    assert listed["website"]["revoked_at"] is not None
    assert "secret" not in str(listed)


async def test_key_ids_are_unique_and_the_last_admin_key_stays(client: httpx.AsyncClient) -> None:
    assert (
        await client.post("/v1/api-keys", json={"id": "read", "name": "again", "scopes": ["read"]})
    ).status_code == 409
    assert (await client.delete("/v1/api-keys/admin")).status_code == 409
    assert (await client.delete("/v1/api-keys/nobody")).status_code == 404


async def test_wrong_keys_are_rate_limited(sqlite_house: House) -> None:
    async with client_of(sqlite_house, None) as client:
        wrong = {"Authorization": "Bearer " + format_key("admin", "wrong")}
        answers = [
            await client.get("/v1/teams", headers=wrong) for _ in range(MAX_WRONG_KEYS_A_MINUTE + 2)
        ]
        statuses = [answer.status_code for answer in answers]
        assert statuses == [401] * MAX_WRONG_KEYS_A_MINUTE + [429] * 2
        assert 1 <= int(answers[-1].headers["retry-after"]) <= 61
        right = {"Authorization": f"Bearer {KEYS[Scope.READ]}"}
        assert (await client.get("/v1/teams", headers=right)).status_code == 200


def test_wrong_keys_are_forgotten_after_a_minute() -> None:
    counter = WrongKeys()
    waits = [counter.count("a", number) for number in range(MAX_WRONG_KEYS_A_MINUTE + 1)]
    assert waits[:-1] == [None] * MAX_WRONG_KEYS_A_MINUTE
    assert waits[-1] == 41
    assert counter.count("b", 20) is None
    assert counter.count("a", 200) is None


def test_secrets_are_compared_in_constant_time() -> None:
    """Only `hmac.compare_digest` may compare secrets; a model's checksum is no secret."""
    for path in set(Path("src").rglob("*.py")) - {
        Path("src/inquiry_router/classification/card.py")
    }:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Compare) and any(
                isinstance(op, ast.Eq | ast.NotEq) for op in node.ops
            ):
                for side in (node.left, *node.comparators):
                    name = (
                        side.attr
                        if isinstance(side, ast.Attribute)
                        else side.id
                        if isinstance(side, ast.Name)
                        else ""
                    )
                    assert not any(
                        word in name for word in ("secret", "sha256", "digest", "signature")
                    ), f"{path}:{node.lineno}"

"""Access control: every operation and page with every role; wrong, revoked and expired keys."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import httpx2 as httpx
import pytest
from starlette.routing import BaseRoute

from inquiry_router.access.roles import SCOPES, Role, Scope
from inquiry_router.api.web.routing import SCOPE_FIELD
from inquiry_router.configuration.api_keys import format_key
from inquiry_router.house import House
from inquiry_router.process.wrong_keys import MAX_WRONG_KEYS_A_MINUTE, WrongKeys
from tests.conftest import KEYS, client_of, shared_app

pytestmark = pytest.mark.anyio

OPEN = {"/health/live", "/health/ready", "/v1/errors"}
# Vendors prove themselves by their signatures, not by a key.
PROVEN = {"/v1/hooks/{source_id}"}
# Here a key without a person is refused, whatever its role, unless it has all teams.
OWN = {"/v1/telling/preferences/{member_id}"}
DOCUMENT = shared_app().openapi()
OPERATIONS = [
    (method, path, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]


GUARDED = [one for one in OPERATIONS if one[1] not in OPEN | PROVEN]
# What each role may do, apart from `get /v1/me`. Written out, so that no change goes unnoticed.
_NAMES = r"get /v1/(teams|categories|intents)"
_WATCH = (
    r"get /v1/(inquiries.*|callbacks|accounts|accounts/.account_id.|referrals|"
    r"referrals/.referral_id.|rewards|rewards/statement|hints|ask-scripts|referral-board|"
    r"referral-board/gifts|referral-gain|referral-effect|staff.*|policy/replays/.replay_id.)"
)
_WORK = (
    r"post /v1/inquiries/.*/(assignee|passing-on|correction|correction-links|answer|resolution)|"
    r"post /v1/inquiries/.*/(reopening|not-mine)|"
    r"post /v1/handovers|(get|put) /v1/telling/preferences/.*|"
    r"post /v1/callbacks/.*|post /v1/bypasses(/links)?|get /v1/relief/self-check|"
    r"post /v1/referrals(|/.*/(confirmation|consent|information|objection|outcome|appeal|links))|"
    r"put /v1/(referrals/.*/(feedback|handler|parties)|referral-board/choice)|"
    r"post /v1/(asks|ask-scripts|hints/.*|recommend-links)"
)
_ARRANGE = r"(post|delete) /v1/inquiries/.*/(merge|split|messages|links.*)"
_TRY = r"post /v1/(classify|accounts/match)"
_ACCOUNTS = (
    r"post /v1/invoices/import|(post|put|delete) /v1/accounts(|/.*)|get /v1/accounts/.*/merges"
)
_STAFF = r"(post|put|delete) /v1/staff.*"
_REFERRALS = (
    r"put /v1/referrals/.*/credit|post /v1/(referrals/.*/verdict|rewards/.*|"
    r"referral-board/seasons)|get /v1/(rewards/payroll|referral-board/coaching)"
)
_DESK = f"{_NAMES}|{_WATCH}|{_WORK}"
_READ = (
    r"get /v1/(policy.*|teams|matters/rules|promises/rules|referral-rules|providers|sources|"
    r"sources/.source_id.(/shadow-report)?|phone/settings|destinations.*|deliveries.*|quality|"
    r"models|configuration|privacy/counts|account-lookup|"
    r"setup/.*|system/invariants|promises/kept|relief/(inputs|monitoring|mentions)|baselines.*|"
    r"reports/.*|monitors.*|telling/(settings|notices)|introductions)|"
    r"post /v1/(monitors/preview|telling/(preview|acknowledgement/preview)|"
    r"policy/(draft/check|replays))|delete /v1/policy/replays/.*"
)
MAY = {
    Role.ADMIN: r".*",
    Role.MANAGER: (
        f"{_DESK}|{_ARRANGE}|{_TRY}|{_READ}|{_REFERRALS}|{_ACCOUNTS}|{_STAFF}|"
        "get /v1/audit.*|get /metrics"
    ),
    Role.AGENT: f"{_DESK}|{_ARRANGE}|{_TRY}",
    Role.SALESPERSON: _DESK,
    Role.SOURCE: r"post /v1/inquiries",
    Role.PHONE: r"post /v1/(phone/decide|bypasses/sms|call-logs)|get /v1/referrals-of",
    Role.READER: f"{_NAMES}|{_WATCH}|{_TRY}|{_READ}|get /metrics",
    Role.MONITOR: r"get /metrics",
}
# Pages and files for which no key is asked, each with its reason.
PAGES = {
    "/": "leads to the first page, to signing in, or to /docs",
    "/look/{name}": "the style sheet and the script of pages",
    "/in": "the key in the form is the proof",
    "/docs": "the documentation",
    "/docs/start.js": "the documentation",
    "/docs/look.css": "the documentation",
    "/docs/assets": "the documentation",
    "/openapi.json": "the documentation",
    "/in/{token}": "the token in the link is the proof",
    "/c/{token}": "the token in the link is the proof",
    "/n/{token}": "the token in the link is the proof",
    "/o/{token}": "the token in the link is the proof",
    "/p/{token}": "the token in the link is the proof",
    "/referral-status/{token}": "the token in the link is the proof",
    "/referral-outcome/{token}": "the token in the link is the proof",
    "/recommend/{token}": "the token in the link is the proof",
    "/s/{token}": "the token in the link is the proof",
    "/v1/hooks/{source_id}": "the vendor's signature is the proof",
    "/v1/hooks/{source_id}/": "the vendor's signature is the proof",
    "/v1/phone/lines/{source_id}": "the platform's signature is the proof",
    "/v1/phone/lines/{source_id}/": "the platform's signature is the proof",
    "/v1/phone/lines/{source_id}/assignment": "the platform's signature is the proof",
    "/v1/phone/lines/{source_id}/assignment/": "the platform's signature is the proof",
    "/v1/phone/recordings/{name}": "the name cannot be guessed",
}


def path_of(template: str) -> str:
    """The path with ids put in."""
    return (
        template.replace("{inquiry_id}", "latest")
        .replace("{delivery_id}", "latest")
        .replace("{destination_id}", "erp")
        .replace("{key_id}", "nobody")
        .replace("{callback_id}", "latest")
        .replace("{member_id}", "nobody")
        .replace("{referral_id}", "latest")
        .replace("{reward_id}", "latest")
        .replace("{hint_id}", "latest")
    )


def all_routes(routes: Iterable[BaseRoute]) -> Iterator[BaseRoute]:
    """Every route, also those of the routers that the app includes."""
    for route in routes:
        router = getattr(route, "original_router", None)
        yield from all_routes(router.routes) if router is not None else [route]


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
    for role in (None, *Role):
        async with client_of(sqlite_house, role) as client:
            answer = await client.request(
                method, url, json={} if method in ("post", "put") else None
            )
        if role is None:
            assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        elif re.fullmatch(f"{MAY[role]}|get /v1/me", f"{method} {path}"):
            refused = answer.status_code in (401, 403)
            assert not refused or (path in OWN and role in (Role.AGENT, Role.SALESPERSON)), role
        else:
            problem = answer.json()
            assert (answer.status_code, problem["required_scope"]) == (403, wanted), role
            assert f"'{wanted}'" in problem["detail"] or "all teams" in problem["detail"]
            assert "An admin gives it: PUT /v1/api-keys/" in problem["hint"]


def test_every_scope_is_used_and_given() -> None:
    assert {Scope(operation[SCOPE_FIELD]) for _, _, operation in GUARDED} <= set(Scope)
    assert set().union(*SCOPES.values()) == set(Scope)
    assert set(SCOPES) == set(Role)


def test_every_address_asks_for_a_key_or_is_on_the_list() -> None:
    """Default deny: a route without a scope is a mistake until somebody says why."""
    routes = list(all_routes(shared_app().routes))
    assert len(routes) > 80
    for route in routes:
        path = getattr(route, "path", "")
        has_scope = SCOPE_FIELD in (getattr(route, "openapi_extra", None) or {})
        assert has_scope != (path in OPEN | PROVEN | PAGES.keys()), path


@pytest.mark.parametrize(
    ("method", "path", "operation"), GUARDED, ids=[f"{m} {p}" for m, p, _ in GUARDED]
)
async def test_unknown_or_repeated_parameter_is_refused(
    method: str, path: str, operation: dict, unchanged_house: House
) -> None:
    if path == "/v1/phone/decide":
        return  # a caller is waiting, and phone platforms append what they like
    known = [one["name"] for one in operation.get("parameters", []) if one["in"] == "query"]
    given = [("urgent", "1"), ("<b>", "2"), *((name, "1") for name in known)]
    async with client_of(unchanged_house) as client:
        answer = await client.request(method, path_of(path), params=[*given, *given[2:]])
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (422, "invalid")
        assert [error["field"] for error in problem["errors"]] == ["urgent", "<b>", *known]
        assert problem["hint"].endswith(f": {', '.join(known) or 'none'}.")


async def test_key_is_checked_before_the_parameters(sqlite_house: House) -> None:
    async with client_of(sqlite_house, Role.SOURCE) as client:
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
        "Basic " + KEYS[Role.ADMIN],
        KEYS[Role.ADMIN],
        "Bearer IRK_" + KEYS[Role.ADMIN][4:],
        "Bearer " + KEYS[Role.ADMIN] + "x",
        "Bearer " + KEYS[Role.ADMIN][:-1],
        "Bearer irk_reader_" + KEYS[Role.ADMIN][10:],
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
            "/v1/api-keys", json={"id": "website", "name": "Form", "roles": ["source", "reader"]}
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
        await client.post(
            "/v1/api-keys", json={"id": "reader", "name": "again", "roles": ["reader"]}
        )
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
        right = {"Authorization": f"Bearer {KEYS[Role.READER]}"}
        assert (await client.get("/v1/teams", headers=right)).status_code == 200


def test_wrong_keys_are_forgotten_after_a_minute() -> None:
    counter = WrongKeys()
    waits = [counter.count("a", number) for number in range(MAX_WRONG_KEYS_A_MINUTE + 1)]
    assert waits[:-1] == [None] * MAX_WRONG_KEYS_A_MINUTE
    assert waits[-1] == 41
    assert counter.count("b", 20) is None
    assert counter.count("a", 200) is None


def test_secrets_are_compared_in_constant_time() -> None:
    """Only `hmac.compare_digest` may compare secrets; a checksum of a file is no secret."""
    for path in set(Path("src").rglob("*.py")) - {
        Path("src/inquiry_router/classification/card.py"),
        Path("src/inquiry_router/upkeep/backup.py"),
        Path("src/inquiry_router/relief/baseline_store.py"),  # of a file that was counted
        Path("src/inquiry_router/relief/mailbox_run.py"),  # of a mailbox
        Path("src/inquiry_router/relief/mailbox_store.py"),  # of a mailbox
        Path("src/inquiry_router/privacy/store.py"),  # of an Idempotency-Key
        Path("src/inquiry_router/configuration/entries.py"),  # an admin's own old and new one
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
                    name = name.replace("weekly_digest", "")  # a mail to salespeople
                    assert not any(
                        word in name for word in ("secret", "sha256", "digest", "signature")
                    ), f"{path}:{node.lineno}"

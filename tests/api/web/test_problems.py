"""Answers to bodies with very many mistakes: short, and made in time linear in the body."""

from typing import Any

import pytest

from inquiry_router.api.web.problems import MAX_FIELDS, invalid, listed
from inquiry_router.house import House
from inquiry_router.inquiry.errors import Invalid
from tests.conftest import client_of

pytestmark = pytest.mark.anyio
MANY = 16_000


def unknown_keys(many: int) -> dict[str, int]:
    return {f"k{number:05}": 1 for number in range(many)}


HOSTILE: dict[str, tuple[str, str, dict[str, Any]]] = {
    "unknown keys": ("POST", "/v1/inquiries", unknown_keys(MANY)),
    "unknown keys within": (
        "POST",
        "/v1/classify",
        {"channel": "chat", "text": "x", "contact": unknown_keys(MANY)},
    ),
    "wrong entries": (
        "PUT",
        "/v1/policy",
        {"rules": [{"when": {"category": [1] * (MANY // 100)}} for _ in range(100)]},
    ),
    "unknown settings": (
        "POST",
        "/v1/destinations",
        {"id": "x", "name": "x", "kind": "webhook", "settings": unknown_keys(MANY)},
    ),
    "unknown teams": (
        "PUT",
        "/v1/phone/settings",
        {"desks": {f"team{number}": {} for number in range(90)}},
    ),
    "a long key": ("POST", "/v1/inquiries", {"k" * 10 * MANY: 1}),
    "a long kind": (
        "POST",
        "/v1/destinations",
        {"id": "x", "name": "x", "kind": "k" * 10 * MANY, "settings": {}},
    ),
    "a long team": (
        "POST",
        "/v1/inquiries/latest/correction",
        {"who": "Celina", "team": "t" * 10 * MANY},
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_problem_of_many_errors_is_bounded(sqlite_house: House, name: str) -> None:
    method, path, body = HOSTILE[name]
    async with client_of(sqlite_house) as client:
        await client.post("/v1/inquiries", json={"channel": "chat", "text": "cieknie"})
        answer = await client.request(method, path, json=body, headers={"If-Match": '"1"'})
    assert answer.status_code == 422
    assert len(answer.content) < 20_000
    assert len(answer.json()["detail"]) < 1500
    assert len(answer.json().get("errors", [])) <= MAX_FIELDS


async def test_first_unknown_keys_are_named_and_the_rest_counted(sqlite_house: House) -> None:
    async with client_of(sqlite_house) as client:
        body = {"channel": "chat", "text": "x", **unknown_keys(MANY)}
        detail = (await client.post("/v1/inquiries", json=body)).json()["detail"]
    assert detail == "16000 fields are wrong: k00000, k00001, k00002, k00003, k00004 and 15995 more"


def test_short_list_is_named_in_full() -> None:
    one = invalid([{"loc": ("body", "text"), "msg": "is missing"}])
    assert one.detail == "1 field is wrong: text"
    assert listed(["a", "b", "c", "d", "e"]) == "a, b, c, d, e"
    assert listed(["a", "b", "c", "d", "e", "f"], separator="; ") == "a; b; c; d; e and 1 more"
    assert listed(["a"], beyond=3) == "a and 3 more"


@pytest.mark.parametrize(
    ("path", "body", "field", "known"),
    [
        ("/v1/categories", {"colour": 1}, "colour", "id, names, description"),
        ("/v1/inquiries", {"contact": {"e_mail": "x"}}, "contact.e_mail", "name, email, phone"),
    ],
)
async def test_unknown_field_is_answered_with_those_that_there_are(
    sqlite_house: House, path: str, body: dict[str, Any], field: str, known: str
) -> None:
    async with client_of(sqlite_house) as client:
        problem = (await client.post(path, json=body)).json()
    messages = {one["field"]: one["message"] for one in problem["errors"]}
    assert f"is unknown here; known are: {known}" in messages[field]


async def test_missing_body_is_answered_with_the_least_one(sqlite_house: House) -> None:
    async with client_of(sqlite_house) as client:
        problem = (await client.post("/v1/policy/draft/publish")).json()
    assert problem["errors"] == [{"field": "body", "message": "is missing: send JSON, {} at least"}]


def test_hint_speaks_of_errors_only_where_there_are_some() -> None:
    assert "'errors'" not in Invalid("'since' is after 'until'.").advice
    assert "'errors'" in Invalid("1 field", errors=[{"field": "x", "message": "y"}]).advice


async def test_body_that_nobody_reads_is_refused(sqlite_house: House) -> None:
    """Else a link that was meant for Jan Nowak would be made for whoever asks."""
    path = "/v1/bypasses/links"
    async with client_of(sqlite_house) as client:
        await client.put(
            "/v1/relief/monitoring", json={"announced": True}, headers={"If-Match": "*"}
        )
        refused = await client.post(path, json={"person": "Jan Nowak"})
        assert (await client.post(path, json={})).status_code == 201
    assert refused.status_code == 422
    assert refused.json()["detail"] == "This operation takes no body."
    assert "person" in refused.json()["hint"]

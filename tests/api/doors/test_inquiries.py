"""The door for inquiries, over HTTP, on both databases."""

import asyncio
import json
from datetime import UTC, datetime

import httpx2 as httpx
import pytest

from inquiry_router.access.roles import Role
from inquiry_router.api.schemas.inquiry_requests import EXAMPLE_INQUIRY
from inquiry_router.house import House
from tests.conftest import client_of

pytestmark = pytest.mark.anyio

DEFECT = {
    "channel": "email",
    "text": "Pompa kupiona w marcu od wczoraj nie działa i cieknie, proszę o naprawę gwarancyjną.",
}


async def send(client: httpx.AsyncClient, body: object = DEFECT, **headers: str) -> httpx.Response:
    return await client.post("/v1/inquiries", json=body, headers=headers)


async def test_attachments_are_kept_and_named_to_the_classifier(client: httpx.AsyncClient) -> None:
    file = {"name": "uszkodzenie.jpg", "type": "image/jpeg", "size": 48213}
    body = {"channel": "email", "text": "Proszę o pomoc.", "attachments": [file]}
    made = await send(client, body)
    assert made.status_code == 201, made.text
    shown = (await client.get(f"/v1/inquiries/{made.json()['id']}")).json()
    assert shown["passage"]["attachments"] == [file]
    assert made.json()["classification"]["category"] == "defect"


async def test_file_alone_is_an_inquiry_and_nothing_at_all_is_none(
    client: httpx.AsyncClient,
) -> None:
    made = await send(client, {"channel": "chat", "attachments": [{"name": "pompa.jpg"}]})
    assert made.status_code == 201, made.text
    for text in ("", "\u200b", " \u00ad\ufeff"):
        refused = await send(client, {"channel": "chat", "text": text, "subject": text[:1] or None})
        assert refused.status_code == 422
        assert "attachments are all empty" in refused.text


async def test_wrong_attachments_are_refused_with_the_place(client: httpx.AsyncClient) -> None:
    wrong = [{"name": ""}, {"name": "x", "size": -1}, {"size": 1}, {"name": "x", "bytes": "AA=="}]
    for file in wrong:
        refused = await send(client, {**DEFECT, "attachments": [file]})
        assert refused.status_code == 422, file
        assert "attachments" in refused.text
    assert (await send(client, {**DEFECT, "attachments": [{"name": "x"}] * 101})).status_code == 422


async def test_inquiry_is_stored_and_decided(client: httpx.AsyncClient) -> None:
    answer = await send(client, EXAMPLE_INQUIRY)
    body = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/v1/inquiries/{body['id']}"
    assert set(body) == {
        "id",
        "reference",
        "status",
        "received_at",
        "classification",
        "decision",
        "acknowledgement",
        "entities",
        "joined",
        "account",
        "maybe_accounts",
    }
    assert {
        "category",
        "confidence",
        "secondary",
        "ranking",
        "language",
        "method",
        "model",
        "evidence",
    } <= set(body["classification"])
    assert {"team", "assignee", "priority", "due_at", "rule", "policy_version", "reasons"} <= set(
        body["decision"]
    )
    assert set(body["acknowledgement"]) == {"language", "text"}
    assert (body["classification"]["category"], body["decision"]["team"], body["status"]) == (
        "defect",
        "customer_service",
        "routed",
    )
    assert abs(sum(entry["confidence"] for entry in body["classification"]["ranking"]) - 1) < 0.01


async def test_message_from_the_future_was_received_now(client: httpx.AsyncClient) -> None:
    """A wrong clock would keep it above all others in the list for years."""
    sent = {**DEFECT, "received_at": "2099-01-01T00:00:00Z"}
    received = datetime.fromisoformat((await send(client, sent)).json()["received_at"])
    assert received <= datetime.now(UTC)


async def test_same_idempotency_key_gets_the_stored_answer(client: httpx.AsyncClient) -> None:
    first = await send(client, DEFECT, **{"Idempotency-Key": "a b~1"})
    again = await send(client, DEFECT, **{"Idempotency-Key": "a b~1"})
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers
    assert again.json() == first.json()
    other = await send(client, {**DEFECT, "text": "inny"}, **{"Idempotency-Key": "a b~1"})
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")


async def test_concurrent_equal_requests_are_stored_once(client: httpx.AsyncClient) -> None:
    body = {**DEFECT, "source": {"system": "zammad", "id": "1"}}
    answers = await asyncio.gather(
        *(send(client, body, **{"Idempotency-Key": "k"}) for _ in range(64))
    )
    assert sorted({answer.status_code for answer in answers}) == [200, 201]
    assert sum(answer.status_code == 201 for answer in answers) == 1
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len((await client.get("/v1/inquiries")).json()["items"]) == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"channel": "email"}, "body"),
        ({"channel": "email", "text": " \n "}, "body"),
        ({"channel": "fax", "text": "a"}, "channel"),
        ({"text": "a"}, "channel"),
        ({"channel": "email", "text": 7}, "text"),
        ({"channel": "email", "text": None}, "text"),
        ({"channel": "email", "text": "a", "team": "sales"}, "team"),
        ({"channel": "email", "text": "a", "contact": {"vip": True}}, "contact.vip"),
        ({"channel": "email", "text": "a", "source": {"system": "z"}}, "source.id"),
        ({"channel": "email", "text": "a", "received_at": "2026-11-20"}, "received_at"),
        ({"channel": "email", "text": "a", "received_at": 1700000000}, "received_at"),
        (
            {"channel": "email", "text": "a", "received_at": "0001-01-01T00:00:00+14:00"},
            "received_at",
        ),
        ({"channel": "email", "text": "a", "contact": {"name": "x" * 1001}}, "contact.name"),
        ([], "body"),
        ("text", "body"),
    ],
)
async def test_invalid_fields_are_named(
    client: httpx.AsyncClient, body: object, field: str
) -> None:
    answer = await send(client, body)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "invalid")
    assert answer.headers["content-type"] == "application/problem+json"
    assert field in [entry["field"] for entry in problem["errors"]]
    assert problem["hint"] and problem["request_id"]
    assert (await client.get("/v1/inquiries")).json()["items"] == []


@pytest.mark.parametrize(
    ("content", "headers", "status", "code"),
    [
        (b"{", {}, 400, "bad_json"),
        (b'{"channel":"email","text":"a","text":"b"}', {}, 400, "bad_json"),
        (b'{"channel":"email","text":NaN}', {}, 400, "bad_json"),
        (b"\xff", {}, 400, "bad_json"),
        (b"", {}, 422, "invalid"),
        (
            b'{"channel":"email","text":"a"}',
            {"Content-Type": "text/plain"},
            415,
            "unsupported_media_type",
        ),
        (
            b'{"channel":"email","text":"a"}',
            {"Content-Encoding": "gzip"},
            415,
            "unsupported_media_type",
        ),
        (b'{"channel":"email","text":"' + b"a" * 262_144 + b'"}', {}, 413, "body_too_large"),
        (b'{"channel":"email","text":"a"}', {"Idempotency-Key": ""}, 400, "bad_header"),
        (b'{"channel":"email","text":"a"}', {"Idempotency-Key": "x" * 256}, 400, "bad_header"),
    ],
)
async def test_malformed_request_is_refused(
    client: httpx.AsyncClient, content: bytes, headers: dict, status: int, code: str
) -> None:
    answer = await client.post(
        "/v1/inquiries", content=content, headers={"Content-Type": "application/json", **headers}
    )
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize(
    "text",
    [
        "a\x00b",
        "a\ud800b",
        "\u202eabc",
        "a" * 200_000,
        "e\u0301" * 50_000,
        "🤷" * 1000,
        "\u0007\u001b[31m",
        "ﷺ" * 500,
    ],
)
async def test_no_character_is_refused(client: httpx.AsyncClient, text: str) -> None:
    content = json.dumps({"channel": "chat", "text": f"{text} x"}).encode()
    if len(content) > 262_144:
        content = json.dumps({"channel": "chat", "text": f"{text} x"}, ensure_ascii=False).encode(
            "utf-8", "replace"
        )
    answer = await client.post(
        "/v1/inquiries", content=content, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 201
    whole = (await client.get(f"/v1/inquiries/{answer.json()['id']}")).json()
    assert whole["text"].endswith("x")


async def test_long_text_is_kept_whole(client: httpx.AsyncClient) -> None:
    text = "słowo " * 30_000
    identifier = (await send(client, {"channel": "email", "text": text})).json()["id"]
    assert (await client.get(f"/v1/inquiries/{identifier}")).json()["text"] == text.strip()


async def test_dry_run_gives_the_same_answer_and_stores_nothing(client: httpx.AsyncClient) -> None:
    tried = (await client.post("/v1/classify", json=DEFECT)).json()
    assert (await client.get("/v1/inquiries")).json()["items"] == []
    taken = (await send(client)).json()
    assert tried["classification"] == taken["classification"]
    assert tried["decision"]["team"] == taken["decision"]["team"]


async def test_inquiry_is_read_by_id_and_reference(client: httpx.AsyncClient) -> None:
    taken = (await send(client, EXAMPLE_INQUIRY)).json()
    reference = taken["reference"]
    for written in (
        taken["id"],
        taken["id"].upper(),
        reference,
        reference.lower(),
        reference.replace("-", " "),
        "latest",
    ):
        whole = (await client.get(f"/v1/inquiries/{written}")).json()
        assert whole["id"] == taken["id"]
    assert whole["contact"] == {
        "name": "Anna Kowalska",
        "email": "anna@hydro-bud.example",
        "phone": "+48601234567",
        "company": "Hydro-Bud",
    }
    assert whole["source"]["id"] == "48213"
    assert [entry["kind"] for entry in whole["timeline"]] == ["routed"]
    assert whole["timeline"][0]["details"]["decision"]["reasons"] == taken["decision"]["reasons"]


async def test_phone_is_kept_with_its_extension(client: httpx.AsyncClient) -> None:
    contact = {"phone": "022 123 45 67 wew. 12"}
    taken = (await send(client, {"channel": "form", "text": "Stoi.", "contact": contact})).json()
    whole = (await client.get(f"/v1/inquiries/{taken['reference']}")).json()
    (listed,) = (await client.get("/v1/inquiries")).json()["items"]
    for shown in (whole["contact"], listed["contact"]):
        assert (shown["phone"], shown["extension"]) == ("+48221234567", "12")


@pytest.mark.parametrize(
    "written",
    ["nothing", "AAAA-AAAB", "01a1ff9f-3640-740a-8383-7792efea150b", "%00", "x" * 64, "🤷"],
)
async def test_missing_inquiry_is_not_found(client: httpx.AsyncClient, written: str) -> None:
    answer = await client.get(f"/v1/inquiries/{written}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_inquiry_is_corrected_and_resolved(client: httpx.AsyncClient) -> None:
    taken = (await send(client)).json()
    path = f"/v1/inquiries/{taken['reference']}"
    corrected = await client.post(
        f"{path}/correction",
        json={"category": "new_purchase", "who": "Celina", "why": "chce kupić drugą"},
    )
    assert corrected.json()["decision"]["team"] == "sales"
    resolved = await client.post(f"{path}/resolution", json={"who": "Bartek"})
    assert resolved.json()["status"] == "resolved"
    whole = (await client.get(path)).json()
    assert [entry["kind"] for entry in whole["timeline"]] == [
        "routed",
        "corrected",
        "routed",
        "resolved",
    ]
    assert whole["timeline"][1]["details"]["why"] == "chce kupić drugą"
    assert (
        len((await client.get("/v1/inquiries", params={"status": "resolved"})).json()["items"]) == 1
    )


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"who": "Celina"}, 422),
        ({"category": "nonsense", "who": "Celina"}, 422),
        ({"team": "nobody", "who": "Celina"}, 422),
        ({"category": "other", "team": "sales", "who": "Celina"}, 422),
        ({"category": "defect", "who": ""}, 422),
        ({"category": "defect", "who": "C", "confidence": 1}, 422),
    ],
)
async def test_invalid_correction_is_refused(
    client: httpx.AsyncClient, body: dict, status: int
) -> None:
    await send(client)
    assert (await client.post("/v1/inquiries/latest/correction", json=body)).status_code == status
    assert (
        await client.post(
            "/v1/inquiries/nothing/correction", json={"category": "defect", "who": "C"}
        )
    ).status_code == 404


async def test_intake_key_cannot_read(house: House) -> None:
    async with client_of(house, Role.SOURCE) as website:
        assert (await send(website)).status_code == 201
        answer = await website.get("/v1/inquiries")
        assert (answer.status_code, answer.json()["required_scope"]) == (403, "inquiries")

"""Health, metrics, the list of errors, unknown paths."""

import asyncio
import re
from datetime import UTC, datetime

import httpx2 as httpx
import pytest
from sqlalchemy import update

from inquiry_router.delivery.tables import deliveries
from inquiry_router.house import House
from tests.conftest import client_of, shared_app
from tests.database.slow import read_for_ever
from tests.switched_model import SwitchedModel

pytestmark = pytest.mark.anyio


async def test_health_checks_answer(client: httpx.AsyncClient) -> None:
    assert (await client.get("/health/live")).json()["status"] == "ok"
    ready = (await client.get("/health/ready")).json()
    assert (ready["status"], ready["takes_in"], ready["delivers"]) == ("ready", True, True)
    assert {ready["checks"][name] for name in ("database", "classifier", "outbox")} == {"ok"}


async def test_old_outbox_is_named_and_takes_in(house: House) -> None:
    async with client_of(house) as client:
        await client.post("/v1/inquiries", json={"channel": "chat", "text": "cieknie"})
        old = datetime(2026, 1, 1, tzinfo=UTC)
        await house.database.write(
            lambda c: c.execute(update(deliveries).values(due_at=old, created_at=old))
        )
        ready = await client.get("/health/ready")
        told = ready.json()
        assert (ready.status_code, told["status"]) == (200, "ready")
        assert (told["takes_in"], told["delivers"]) == (True, False)
        assert "an 'inquiry-router work' run?" in told["checks"]["outbox"]


async def test_slow_readers_do_not_make_the_service_unready(house: House) -> None:
    readers = [asyncio.create_task(house.database.read(read_for_ever)) for _ in range(8)]
    await asyncio.sleep(0.1)
    async with client_of(house) as client:
        assert (await client.get("/health/ready")).json()["status"] == "ready"
        assert 'deliveries{state="pending"} 0.0' in (await client.get("/metrics")).text
    for reader in readers:
        reader.cancel()
    await asyncio.gather(*readers, return_exceptions=True)


async def test_what_waits_for_the_classifier_is_counted(
    house: House, client: httpx.AsyncClient
) -> None:
    house.classifier._model = SwitchedModel()
    for text in ("pompa cieknie", "czuć gaz"):  # the second one is urgent, and seen at once
        await client.post("/v1/inquiries", json={"channel": "chat", "text": text})
    told = (await client.get("/metrics")).text
    assert 'messages_waiting_for_classifier{shown="no"} 1.0' in told
    assert 'messages_waiting_for_classifier{shown="yes"} 1.0' in told
    assert 'inquiries_accepted_total{category="waiting",channel="chat",team="triage"} 1.0' in told
    assert 'inquiries_flagged_total{flag="unclassified"} 1.0' in told


async def test_metrics_are_exposed(client: httpx.AsyncClient) -> None:
    for _ in range(2):
        await client.post(
            "/v1/inquiries",
            json={"channel": "chat", "text": "pompa cieknie"},
            headers={"Idempotency-Key": "k"},
        )
    await client.get("/v1/inquiries/nothing")
    text = (await client.get("/metrics")).text
    assert re.search(
        r'inquiries_accepted_total\{category="\w+",channel="chat",team="\w+"\} 1\.0', text
    )
    assert "inquiries_deduplicated_total 1.0" in text
    assert 'deliveries{state="pending"} 1.0' in text
    assert "intake_queue_depth 0.0" in text
    assert "classifier_ready 1.0" in text
    assert 'route="/v1/inquiries/{inquiry_id}",status="404"' in text
    assert "nothing" not in text


@pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/metrics"])
async def test_health_and_metrics_answer_head(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.head(path)).status_code == 200


async def test_unknown_paths_and_methods_are_problems(client: httpx.AsyncClient) -> None:
    missing = await client.get("/v2/inquiries")
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
    wrong = await client.delete("/v1/inquiries")
    assert (wrong.status_code, wrong.json()["code"], wrong.headers["allow"]) == (
        405,
        "method_not_allowed",
        "GET, POST",
    )
    assert (await client.get("/v1/inquiries/")).status_code == 404


async def test_wrong_method_waits_for_no_document(
    sqlite_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_app(), "openapi", None)
    async with client_of(sqlite_house) as client:
        wrong = await client.delete("/v1/referral-rules")
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "GET, PUT")


async def test_errors_are_listed(client: httpx.AsyncClient) -> None:
    items = {item["code"]: item for item in (await client.get("/v1/errors")).json()["items"]}
    assert items["key_reused"]["status"] == 422
    assert all(item["hint"] and item["title"] for item in items.values())

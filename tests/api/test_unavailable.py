"""Answers while the database is away or too slow: reads and writes have different titles."""

import asyncio
from typing import Any

import httpx2 as httpx
import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from inquiry_router.house import House
from inquiry_router.inquiries import listing, store
from inquiry_router.reports import quality
from tests.conftest import client_of, running_house, settings_for, shared_app
from tests.database.slow import read_for_ever

pytestmark = pytest.mark.anyio
NOT_READ, NOT_STORED = "It could not be read now", "It could not be stored now"
INQUIRY = {"channel": "chat", "text": "pompa cieknie"}


def refuse(*_: Any) -> None:
    raise OperationalError("a statement", None, Exception("the disk is full"))


def check(answer: httpx.Response, code: str, title: str, hint: str) -> None:
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["title"]) == (503, code, title)
    assert hint in problem["hint"]
    assert answer.headers["retry-after"] == "5"


async def test_slow_read_is_unavailable(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow_page(connection: Connection, *_: Any) -> None:
        read_for_ever(connection)

    monkeypatch.setattr(listing, "list_inquiries", slow_page)
    settings = settings_for(database_url, answer_timeout_s=0.5)
    async with running_house(settings) as house, client_of(house) as client:
        answer = await client.get("/v1/inquiries")
        check(answer, "read_unavailable", NOT_READ, "Nothing was changed")
        assert answer.json()["detail"] == "The database did not answer."


async def test_failed_read_is_unavailable(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "list_inquiries", refuse)
    async with client_of(house) as client:
        answer = await client.get("/v1/inquiries")
    check(answer, "read_unavailable", NOT_READ, "Nothing was changed")


async def test_failed_write_is_unavailable(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "record_change", refuse)
    async with client_of(house) as client:
        await client.post("/v1/inquiries", json=INQUIRY)
        answer = await client.post("/v1/inquiries/latest/resolution", json={"who": "Celina"})
    check(answer, "unavailable", NOT_STORED, "Nothing was lost")


async def test_document_distinguishes_reads_from_writes() -> None:
    titles = {"get": NOT_READ, "put": NOT_STORED, "delete": NOT_STORED}
    document = shared_app().openapi()
    paths, shared = document["paths"], document["components"]["responses"]
    for path in ("/v1/inquiries", "/v1/policy", "/v1/destinations/{destination_id}"):
        for method in paths[path].keys() & titles.keys():
            code = paths[path][method]["responses"]["503"]["$ref"].rpartition("/")[2]
            assert shared[code]["description"] == titles[method], (path, method)


async def test_slow_lists_and_reports_hold_nothing_up(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once four calls of the report on quality made the service unready for minutes."""

    def slow(connection: Connection, *_: Any) -> None:
        read_for_ever(connection)

    monkeypatch.setattr(listing, "list_inquiries", slow)
    monkeypatch.setattr(quality, "read_entries", slow)
    async with client_of(house) as client:
        asked = ("/v1/quality", "/v1/quality", *["/v1/inquiries"] * 8)
        reads = [asyncio.create_task(client.get(path)) for path in asked]
        await asyncio.sleep(0.1)
        stored = await client.post("/v1/inquiries", json=INQUIRY)
        assert stored.status_code == 201
        assert (await client.get(f"/v1/inquiries/{stored.json()['id']}")).status_code == 200
        call = {"call_id": "c-1", "caller": "+48601234567", "speech": "Pompa cieknie."}
        assert (await client.post("/v1/phone/decide", json=call)).status_code == 200
        assert (await client.get("/health/ready")).json()["status"] == "ready"
        assert (await client.get("/metrics")).status_code == 200
        assert not any(read.done() for read in reads)
        answers = await asyncio.gather(*reads)
    assert {answer.status_code for answer in answers} == {503}

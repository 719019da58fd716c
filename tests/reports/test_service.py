"""Reading the entries of the quality report, and taking turns, on both databases."""

import asyncio

import httpx2 as httpx
import pytest

from inquiry_router.house import House
from inquiry_router.inquiry.rendering import read_time
from inquiry_router.reports import quality, service
from inquiry_router.reports.quality import (
    MAX_TEXT_CHARS,
    QualityEntry,
    read_entries,
    read_texts,
)
from tests.database.slow import read_for_ever
from tests.switched_model import SwitchedModel

pytestmark = pytest.mark.anyio
DEFECT = "Pompa cieknie spod uszczelki i nie pompuje, proszę o serwis."


async def create_inquiry(client: httpx.AsyncClient, **more: str) -> str:
    created = await client.post("/v1/inquiries", json={"channel": "chat", "text": DEFECT, **more})
    assert created.status_code == 201
    return str(created.json()["id"])


async def read(
    house: House, since: str | None = None, until: str | None = None
) -> list[QualityEntry]:
    first, last = read_time(since), read_time(until)
    return await house.database.scan(lambda connection: read_entries(connection, first, last))


async def read_newest_texts(
    house: House, since: str | None = None, until: str | None = None
) -> list[str]:
    first, last = read_time(since), read_time(until)
    return await house.database.scan(lambda connection: read_texts(connection, first, last))


async def post_change(client: httpx.AsyncClient, path: str, **body: str) -> None:
    answer = await client.post(f"/v1/inquiries/{path}", json={"who": "Celina", **body})
    assert answer.status_code == 200


async def test_inquiry_that_waits_for_the_classifier_is_no_entry(
    house: House, client: httpx.AsyncClient
) -> None:
    model = house.classifier._model = SwitchedModel()
    waits = await client.post("/v1/inquiries", json={"channel": "chat", "text": DEFECT})
    assert (waits.status_code, await read(house)) == (202, [])
    model.answers = True
    await house.late.decide_all()
    assert [entry.first_category for entry in await read(house)] == ["defect"]


async def test_entries_have_first_and_present_category(
    house: House, client: httpx.AsyncClient
) -> None:
    corrected, resolved, _ = [await create_inquiry(client) for _ in range(3)]
    await post_change(client, f"{corrected}/correction", category="other")
    await post_change(client, f"{corrected}/correction", category="order_support")
    await post_change(client, f"{resolved}/resolution")
    entries = await read(house)
    assert [(entry.first_category, entry.category) for entry in entries] == [
        ("defect", "defect"),
        ("defect", "defect"),
        ("defect", "order_support"),
    ]
    assert [entry.right for entry in entries] == [True, True, False]
    assert [entry.looked_at for entry in entries] == [False, True, True]


async def test_entries_have_the_intent_that_a_person_gave_to_the_present_category(
    house: House, client: httpx.AsyncClient
) -> None:
    said = {"category": "defect", "intent": "safety"}
    other = {"category": "other", "intent": "private"}
    for corrections in ([said], [said, other], [said, other, {"category": "defect"}], [other, {}]):
        made = await create_inquiry(client)
        for correction in corrections:
            await post_change(
                client, f"{made}/correction", **(correction or {"category": "defect"})
            )
    entries = await read(house)
    assert [entry.said_intent for entry in reversed(entries)] == [
        "safety",
        "private",
        "safety",
        None,
    ]


async def test_entries_of_a_period_are_newest_first(
    house: House, client: httpx.AsyncClient
) -> None:
    for day in range(1, 5):
        await create_inquiry(client, subject=f"day {day}", received_at=f"2026-11-0{day}T12:00:00Z")
    since, until = "2026-11-02T12:00:00Z", "2026-11-04T12:00:00Z"
    assert len(await read(house, since, until)) == 2
    texts = await read_newest_texts(house, since, until)
    assert [text[:5] for text in texts] == ["day 3", "day 2"]


async def test_long_texts_are_cut(house: House, client: httpx.AsyncClient) -> None:
    await create_inquiry(client, text="pompa cieknie " * 1000, subject="s")
    [text] = await read_newest_texts(house)
    assert len(text) == MAX_TEXT_CHARS + len("s ")


async def test_slow_reports_leave_database_readers_free(
    client: httpx.AsyncClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(quality, "read_entries", lambda connection, *_: read_for_ever(connection))
    reports = [asyncio.create_task(client.get("/v1/quality")) for _ in range(8)]
    await asyncio.sleep(0.1)
    assert (await client.get("/v1/inquiries")).status_code == 200
    assert not any(report.done() for report in reports)
    for report in reports:
        report.cancel()
    await asyncio.gather(*reports, return_exceptions=True)


async def test_report_gives_up_waiting_for_another(
    client: httpx.AsyncClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(quality, "read_entries", lambda connection, *_: read_for_ever(connection))
    monkeypatch.setattr(service, "MAX_WAIT_S", 0.1)
    first = asyncio.create_task(client.get("/v1/quality"))
    await asyncio.sleep(0.1)
    answer = await client.get("/v1/quality")
    assert (answer.status_code, answer.json()["code"]) == (503, "read_unavailable")
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)

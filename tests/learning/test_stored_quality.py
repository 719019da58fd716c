"""Reading the inquiries that the figures of quality are made of, on both databases."""

import httpx2 as httpx
import pytest

from inquiry_router.app import House
from inquiry_router.inquiry.rendering import read_time
from inquiry_router.learning.quality import MAX_CHARACTERS, Seen, seen

pytestmark = pytest.mark.anyio
DEFECT = "Pompa cieknie spod uszczelki i nie pompuje, proszę o serwis."


async def take_in(client: httpx.AsyncClient, **more: str) -> str:
    made = await client.post("/v1/inquiries", json={"channel": "chat", "text": DEFECT, **more})
    assert made.status_code == 201
    return str(made.json()["id"])


async def read(house: House, since: str | None = None, until: str | None = None) -> list[Seen]:
    return await house.database.read(lambda connection: seen(connection, read_time(since), read_time(until)))


async def test_the_first_category_is_told_from_the_present_one(house: House, client: httpx.AsyncClient) -> None:
    corrected, resolved, _ = [await take_in(client) for _ in range(3)]
    for category in ("other", "order_support"):
        said = {"who": "Celina", "category": category}
        assert (await client.post(f"/v1/inquiries/{corrected}/correction", json=said)).status_code == 200
    assert (await client.post(f"/v1/inquiries/{resolved}/resolution", json={"who": "Celina"})).status_code == 200
    entries = await read(house)
    assert [(entry.first_category, entry.category) for entry in entries] == [
        ("defect", "defect"),
        ("defect", "defect"),
        ("defect", "order_support"),
    ]
    assert [(entry.right, entry.looked_at) for entry in entries] == [(True, False), (True, True), (False, True)]


async def test_a_period_is_read_from_its_end(house: House, client: httpx.AsyncClient) -> None:
    for day in range(1, 5):
        await take_in(client, subject=f"day {day}", received_at=f"2026-11-0{day}T12:00:00Z")
    entries = await read(house, "2026-11-02T12:00:00Z", "2026-11-04T12:00:00Z")
    assert [entry.text[:5] for entry in entries] == ["day 3", "day 2"]


async def test_of_a_long_text_only_the_beginning_is_read(house: House, client: httpx.AsyncClient) -> None:
    await take_in(client, text="pompa cieknie " * 1000, subject="s")
    [entry] = await read(house)
    assert len(entry.text) == MAX_CHARACTERS + len("s ")

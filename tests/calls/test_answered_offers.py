"""A customer answers two offered times at the front door, and is rung at the one they chose."""

from typing import Any

import httpx2 as httpx
import pytest
from sqlalchemy import select

from inquiry_router.calls.tables import callbacks
from inquiry_router.house import House
from inquiry_router.inquiry.rendering import format_time
from inquiry_router.relief.tables import phone_tag_offers
from inquiry_router.telling.tables import notices
from tests.api.doors.test_monitors import missed_twice

pytestmark = pytest.mark.anyio
QUOTED = """2

W dniu 20.11.2026 o 12:30 Pompex napisał(a):
> Proponujemy dwa terminy: 1) pn 10:00, 2) pn 14:00.
"""


async def send(client: httpx.AsyncClient, text: str, phone: str, channel: str = "chat") -> Any:
    body = {"channel": channel, "text": text, "contact": {"phone": phone}}
    made = await client.post("/v1/inquiries", json=body)
    assert made.status_code in (200, 201), made.text
    return made.json()


async def told(house: House) -> list[Any]:
    query = select(notices).where(notices.c.kind == "time_chosen").order_by(notices.c.id)
    return await house.database.read(lambda connection: connection.execute(query).all())


async def state(house: House) -> tuple[int | None, str | None]:
    query = select(phone_tag_offers.c.chosen, callbacks.c.due_at).join(callbacks)
    row = await house.database.read(lambda connection: connection.execute(query).one())
    return row.chosen, format_time(row.due_at)


async def test_answer_of_the_customer_is_understood(
    client: httpx.AsyncClient, house: House
) -> None:
    callback = await missed_twice(client, house)
    times = (await client.post(f"/v1/callbacks/{callback}/two-times")).json()
    inquiry = (await client.get("/v1/callbacks")).json()["items"][0]
    unchosen = (None, times["first_at"])
    # Somebody else, or other words: a message like any other.
    await send(client, "2", "+48602000000")
    await send(client, "Proszę o 2 sztuki", "+48601234567")
    assert await state(house) == unchosen and await told(house) == []

    answered = await send(client, QUOTED, "601 234 567", "email")
    assert answered["reference"] == inquiry["reference"]
    assert "the customer chose a time" in answered["joined"]["reasons"][0]
    assert await state(house) == (2, times["second_at"])
    (notice,) = await told(house)
    assert notice.facts["chosen_at"][:16] == times["second_at"][:16]
    assert notice.inquiry_id == inquiry["inquiry_id"]
    # They change their mind.
    await send(client, "Ten pierwszy", "+48 601 234 567")
    assert await state(house) == (1, times["first_at"]) and len(await told(house)) == 2
    # What was answered already is not asked any more.
    await client.post(f"/v1/inquiries/{inquiry['inquiry_id']}/resolution", json={"who": "Celina"})
    await send(client, "2", "601234567")
    assert (await state(house))[0] == 1 and len(await told(house)) == 2

"""Calls told step by step, and the list of those who wait for a call."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2 as httpx

from inquiry_router.calls.reminding import Reminder
from inquiry_router.calls.situations import Line
from inquiry_router.house import House
from inquiry_router.phone.model import Heard
from tests.calls.conftest import Ring
from tests.phone.people import ANNA, LINE

DAWID = "+48602222222"
# A Monday at 10:00 in Warsaw.
MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
URL = "https://media.example.com/1"


async def waiting(phone: httpx.AsyncClient, **filters: str) -> list[dict[str, Any]]:
    listed = await phone.get("/v1/callbacks", params=filters)
    assert listed.status_code == 200, listed.text
    return list(listed.json()["items"])


async def nobody_answers(ring: Ring, call_id: str = "call-1", **more: Any) -> dict[str, Any]:
    """Ring both of customer service in vain; return the offer."""
    await ring(call_id=call_id, **more)
    await ring(call_id=call_id, step="1", digits="1", **more)
    await ring(call_id=call_id, step="2", dial_status="no-answer", **more)
    return await ring(call_id=call_id, step="3", dial_status="no-answer", **more)


async def promise(ring: Ring, call_id: str = "call-1", **more: Any) -> dict[str, Any]:
    """Have a callback promised."""
    offer = await nobody_answers(ring, call_id, **more)
    promised = await ring(call_id=call_id, step=offer["step"], digits="1", **more)
    assert promised["action"] == "callback"
    return promised


def heard(**more: Any) -> Heard:
    return Heard(**{"call_id": "call-1", "caller": ANNA, "called": LINE, **more})


async def hang_up_while_ringing(house: House, line: Line) -> None:
    await house.calls.answer(line, heard(), MONDAY)
    await house.calls.answer(line, heard(step="1", digits="1"), MONDAY)
    await house.calls.answer(line, heard(ended=True), MONDAY + timedelta(minutes=3))


def reminder_at(house: House, now: datetime) -> Reminder:
    return Reminder(house.database, house.configuration, house.calls, lambda: None, lambda: now)

"""Calls about a danger: people on duty ring at night, and nobody's silence goes unnoticed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2 as httpx
import pytest

from inquiry_router.calls.situations import Line
from inquiry_router.house import House
from inquiry_router.phone.model import Abilities, Action, DialStatus, Move
from tests.calls.conftest import SETTINGS
from tests.calls.stories import heard
from tests.phone.people import ANNA

pytestmark = pytest.mark.anyio
LINE = Line("line-1", Abilities())
# A Tuesday at 20:00 in Warsaw, when the office is closed.
NIGHT = datetime(2026, 12, 1, 19, 0, tzinfo=UTC)
DUTY = "+48220000098"
GAS = "czuć gaz w kotłowni od waszego pieca"


async def set_duty(client: httpx.AsyncClient) -> None:
    settings = {**SETTINGS, "on_duty": [DUTY]}
    changed = await client.put("/v1/phone/settings", json=settings, headers={"If-Match": '"1"'})
    assert changed.status_code == 200, changed.text


async def say_at_night(house: House, speech: str) -> Move:
    await house.calls.answer(LINE, heard(), NIGHT)
    return await house.calls.answer(LINE, heard(step="1", speech=speech), NIGHT)


async def show(client: httpx.AsyncClient, reference: str | None) -> dict[str, Any]:
    return dict((await client.get(f"/v1/inquiries/{reference}")).json())


async def test_gas_at_night_rings_people_on_duty_after_the_advice(
    house: House, client: httpx.AsyncClient
) -> None:
    await set_duty(client)
    ringing = await say_at_night(house, GAS)
    assert (ringing.action, ringing.number) == (Action.TRANSFER, DUTY)
    assert "112" in ringing.say[0].text and "nieczynne" not in ringing.text
    inquiry = await show(client, ringing.reference)
    assert inquiry["decision"]["priority"] == "urgent"
    assert [one["value"] for one in inquiry["entities"] if one["kind"] == "danger"] == ["gas"]


async def test_nobody_on_duty_answers_and_everybody_who_wants_calls_is_alarmed(
    house: House, client: httpx.AsyncClient
) -> None:
    await set_duty(client)
    ringing = await say_at_night(house, GAS)
    unanswered = heard(step=ringing.step, dial_status=DialStatus.NO_ANSWER)
    message = await house.calls.answer(LINE, unanswered, NIGHT + timedelta(seconds=30))
    assert message.action is Action.VOICEMAIL
    recorded = heard(step=message.step, recording_url="https://media.example.com/1")
    await house.calls.answer(LINE, recorded, NIGHT + timedelta(seconds=60))
    inquiry = await show(client, ringing.reference)
    alarms = [one["details"] for one in inquiry["timeline"] if one["kind"] == "alarm"]
    assert alarms == [{"dangers": ["gas"], "number": ANNA, "rung": 1}]
    (waiting,) = (await client.get("/v1/callbacks")).json()["items"]
    assert (waiting["kind"], waiting["number"]) == ("voicemail", ANNA)
    due = datetime.fromisoformat(waiting["due_at"])
    assert due <= NIGHT + timedelta(minutes=1)


async def test_caller_in_danger_who_was_reached_alarms_nobody(
    house: House, client: httpx.AsyncClient
) -> None:
    await set_duty(client)
    ringing = await say_at_night(house, GAS)
    talked = heard(step=ringing.step, dial_status=DialStatus.COMPLETED, dial_seconds=60)
    await house.calls.answer(LINE, talked, NIGHT + timedelta(minutes=2))
    inquiry = await show(client, ringing.reference)
    assert "alarm" not in [one["kind"] for one in inquiry["timeline"]]

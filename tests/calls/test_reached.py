"""A mailbox that picks up has not reached the caller; neither has a call of three seconds."""

from datetime import timedelta
from typing import Any

import httpx2 as httpx
import pytest

from inquiry_router.calls.situations import Line
from inquiry_router.house import House
from inquiry_router.phone.model import Abilities, DialReport, DialStatus
from tests.calls.conftest import Ring
from tests.calls.stories import MONDAY, hang_up_while_ringing, heard, waiting
from tests.calls.test_service import events, inquiries

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("report", "reached"),
    [
        ({"dial_status": "completed", "dial_seconds": 3}, False),
        ({"dial_status": "answered", "dial_seconds": "3"}, False),
        ({"dial_status": "completed"}, False),
        ({"dial_status": "completed", "dial_seconds": 0}, False),
        ({"dial_status": "completed", "dial_seconds": 45}, True),
        ({"dial_status": "answered", "dial_seconds": 10}, True),
        ({"dial_status": "answered"}, True),
    ],
)
async def test_mailbox_of_an_agent_has_not_reached_the_caller(
    phone: httpx.AsyncClient, ring: Ring, report: dict[str, Any], reached: bool
) -> None:
    await ring()
    ringing = await ring(step="1", digits="1")
    next_move = await ring(step="2", **report)
    assert next_move["action"] == ("goodbye" if reached else "transfer")
    told = [kind for kind, _ in await events(phone, ringing["reference"])]
    assert ("reached" in told) is reached
    await ring(step="3", ended=True)
    assert len(await waiting(phone)) == (0 if reached else 1)


async def test_least_length_of_a_connection_is_a_setting(
    phone: httpx.AsyncClient, ring: Ring
) -> None:
    settings = (await phone.get("/v1/phone/settings")).json()
    changed = {**settings, "least_talk_seconds": 0}
    put = await phone.put("/v1/phone/settings", json=changed, headers={"If-Match": '"2"'})
    assert put.status_code == 200, put.text
    await ring()
    ringing = await ring(step="1", digits="1")
    await ring(step="2", dial_status="completed", dial_seconds=1)
    assert "reached" in [kind for kind, _ in await events(phone, ringing["reference"])]


APART = Line("line-1", Abilities(dial_report=DialReport.APART))
UNKNOWN = Line("line-1", Abilities(dial_report=DialReport.UNKNOWN))


async def test_result_that_comes_after_the_hang_up_says_if_the_caller_was_reached(
    house: House, phone: httpx.AsyncClient
) -> None:
    await hang_up_while_ringing(house, APART)
    assert await waiting(phone) == []
    completed = heard(step="2", dial_status=DialStatus.COMPLETED, dial_seconds=170)
    await house.calls.answer(APART, completed, MONDAY + timedelta(minutes=3))
    assert await house.calls.end_hung_up(MONDAY + timedelta(hours=1)) == 0
    assert await waiting(phone) == []
    (inquiry,) = await inquiries(phone)
    told = [kind for kind, _ in await events(phone, inquiry["reference"])]
    assert told == ["routed", "called", "reached"]


async def test_result_that_never_comes_makes_a_missed_call(
    house: House, phone: httpx.AsyncClient
) -> None:
    await hang_up_while_ringing(house, APART)
    assert await house.calls.end_hung_up(MONDAY + timedelta(minutes=3, seconds=30)) == 0
    assert await house.calls.end_hung_up(MONDAY + timedelta(minutes=5)) == 1
    await house.calls.store_spooled(MONDAY + timedelta(minutes=5))  # if the machine was too slow
    assert await house.calls.end_hung_up(MONDAY + timedelta(minutes=6)) == 0
    (missed,) = await waiting(phone)
    assert missed["kind"] == "missed"


async def test_platform_that_leaves_to_dial_can_come_back_and_makes_no_missed_call(
    house: House, phone: httpx.AsyncClient
) -> None:
    await hang_up_while_ringing(house, UNKNOWN)
    assert await house.calls.end_hung_up(MONDAY + timedelta(hours=1)) == 0
    assert await waiting(phone) == []
    busy = heard(step="2", dial_status=DialStatus.NO_ANSWER)
    move = await house.calls.answer(UNKNOWN, busy, MONDAY + timedelta(minutes=3))
    assert move.sip is not None

"""A team is reminded of callbacks while it works, and not without end."""

from datetime import timedelta

import httpx2 as httpx
import pytest

from inquiry_router.calls.situations import Line
from inquiry_router.house import House
from inquiry_router.inquiry.rendering import read_time
from inquiry_router.phone.model import Abilities, DialStatus
from tests.calls.stories import MONDAY, hang_up_while_ringing, heard, reminder_at, waiting
from tests.calls.test_service import events

pytestmark = pytest.mark.anyio


async def open_in_office_hours(phone: httpx.AsyncClient) -> None:
    teams = (await phone.get("/v1/teams")).json()
    days = ("mon", "tue", "wed", "thu", "fri")
    for team in teams["teams"]:
        team["hours"] = {day: ["08:00-16:00"] for day in days}
    changed = await phone.put("/v1/teams", json=teams, headers={"If-Match": '"2"'})
    assert changed.status_code == 200, changed.text


async def promise_on_monday(house: House) -> None:
    """Have a callback promised for 10:30, half an hour after the call."""
    line = Line("line-1", Abilities())
    failed = [DialStatus.NO_ANSWER, DialStatus.NO_ANSWER]
    requests = [heard(), heard(step="1", digits="1")]
    requests += [heard(step=str(n), dial_status=one) for n, one in enumerate(failed, start=2)]
    for request in [*requests, heard(step="4", digits="1")]:
        move = await house.calls.answer(line, request, MONDAY)
    assert move.callback_at == MONDAY + timedelta(minutes=30)


async def test_team_is_reminded_in_its_working_time_and_not_without_end(
    house: House, phone: httpx.AsyncClient
) -> None:
    await open_in_office_hours(phone)
    await promise_on_monday(house)
    reminded = [
        minute
        for minute in range(0, 3 * 24 * 60, 10)
        if await reminder_at(house, MONDAY + timedelta(minutes=minute)).remind()
    ]
    assert reminded == [30, 60, 90]
    (callback,) = await waiting(phone)
    assert (callback["reminders"], callback["escalated"]) == (3, True)
    told = [more for kind, more in await events(phone, callback["reference"]) if kind == "reminded"]
    assert [one["escalated"] for one in told] == [False, False, True]


async def test_nobody_is_reminded_after_work_or_on_a_day_off(
    house: House, phone: httpx.AsyncClient
) -> None:
    await open_in_office_hours(phone)
    await promise_on_monday(house)
    saturday, next_monday = MONDAY + timedelta(days=5), MONDAY + timedelta(days=7)
    assert await reminder_at(house, saturday).remind() == 0
    assert await reminder_at(house, next_monday - timedelta(hours=3)).remind() == 0
    assert await reminder_at(house, next_monday).remind() == 1


async def test_attempt_that_failed_is_reminded_of_again(
    house: House, phone: httpx.AsyncClient
) -> None:
    await promise_on_monday(house)
    for minutes in (30, 60, 90):
        assert await reminder_at(house, MONDAY + timedelta(minutes=minutes)).remind() == 1
    assert await reminder_at(house, MONDAY + timedelta(days=1)).remind() == 0
    (callback,) = await waiting(phone)
    address = f"/v1/callbacks/{callback['id']}/attempts"
    tried = await phone.post(address, json={"who": "Celina", "reached": False})
    assert (tried.json()["reminders"], tried.json()["escalated"]) == (0, True)
    late = read_time(tried.json()["due_at"])
    assert late is not None
    assert await reminder_at(house, late + timedelta(minutes=1)).remind() == 1


async def test_nobody_is_reminded_of_a_missed_call(house: House, phone: httpx.AsyncClient) -> None:
    await hang_up_while_ringing(house, Line("line-1", Abilities()))
    assert len(await waiting(phone, kind="missed")) == 1
    assert await reminder_at(house, MONDAY + timedelta(days=2)).remind() == 0

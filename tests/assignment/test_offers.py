"""Offers: accepted or passed on to the next, the substitute, the pool; nobody is asked twice."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import httpx2 as httpx
import pytest
from sqlalchemy import select

from inquiry_router.assignment.service import HandingOut
from inquiry_router.assignment.tables import assignments
from inquiry_router.house import House
from inquiry_router.inquiry.model import Receipt
from inquiry_router.intake.recognition import sending_of
from inquiry_router.routing.fields import DAYS
from inquiry_router.telling.tables import notices
from tests.assignment.test_assigning import DEFECT, different, enter, receive, set_assign
from tests.conftest import NOW

pytestmark = pytest.mark.anyio
OFFER = {"to": "in_turn", "accept_within_minutes": 30}


class Clock:
    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> datetime:
        return self.at


def handing_out(house: House, clock: Clock) -> HandingOut:
    async def link(inquiry_id: str, member_id: str, ends_at: datetime) -> str:
        return f"https://router.example.com/o/{member_id}"

    return HandingOut(house.database, house.configuration, link, lambda: None, clock)


async def told(house: House) -> list[tuple[str, str | None]]:
    rows = await house.database.read(
        lambda c: c.execute(
            select(notices.c.kind, notices.c.member_id).order_by(notices.c.id)
        ).all()
    )
    return [tuple(row) for row in rows]


async def person(client: httpx.AsyncClient, receipt: Receipt) -> tuple[str | None, bool]:
    decision = (await client.get(f"/v1/inquiries/{receipt.id}")).json()["decision"]
    return decision["assignee"], decision.get("is_offer", False)


async def state(house: House) -> list[Any]:
    rows = await house.database.read(
        lambda c: c.execute(select(assignments).order_by(assignments.c.inquiry_id)).all()
    )
    return list(rows)


async def test_offer_runs_out_in_working_minutes_and_goes_round_once(
    house: House, client: httpx.AsyncClient
) -> None:
    clock, ids = Clock(), []
    for name in ("Osoba A", "Osoba B"):
        ids.append(await enter(client, name))
    await set_assign(client, "customer_service", OFFER)
    service = handing_out(house, clock)
    receipt = await receive(house, DEFECT, "k1")
    assert receipt.decision.is_offer
    assert await person(client, receipt) == ("Osoba A", True)
    await service.hand_out()
    assert await told(house) == [("offer", ids[0])]
    assert await service.hand_out() == 0  # told once
    clock.at = NOW + timedelta(minutes=29)
    await service.hand_out()
    assert await person(client, receipt) == ("Osoba A", True)
    clock.at = NOW + timedelta(minutes=30)
    await service.hand_out()
    assert await person(client, receipt) == ("Osoba B", True)
    await service.hand_out()
    assert await told(house) == [("offer", ids[0]), ("offer_lost", ids[0]), ("offer", ids[1])]
    clock.at = NOW + timedelta(minutes=61)
    await service.hand_out()
    assert await person(client, receipt) == (None, False)
    (row,) = await state(house)
    assert row.state == "pool"
    assert [one["why"] for one in row.passed] == ["timed_out", "timed_out"]
    assert ("alarm", None) in await told(house)


async def test_night_does_not_count(house: House, client: httpx.AsyncClient) -> None:
    clock = Clock()
    await enter(client, "Osoba A")
    await set_assign(client, "customer_service", OFFER)
    service = handing_out(house, clock)
    late = NOW.replace(hour=14, minute=50)  # ten minutes before the end of the day
    draft = replace(DEFECT, received_at=late)
    receipt = await house.journey.receive(draft, sending_of(draft, "api", "k1"), late)
    clock.at = late
    await service.hand_out()
    clock.at = late + timedelta(hours=15)
    await service.hand_out()
    assert await person(client, receipt) == ("Osoba A", True)
    clock.at = datetime(2026, 11, 20, 7, 20, tzinfo=NOW.tzinfo)
    await service.hand_out()
    assert await person(client, receipt) == (None, False)


async def test_accepting_and_passing_on_by_api(house: House, client: httpx.AsyncClient) -> None:
    always = {day: ["00:00-24:00"] for day in DAYS}  # this test uses the true clock
    for name in ("Osoba A", "Osoba B", "Osoba C"):
        await enter(client, name, hours=always, holidays=None)
    await set_assign(client, "customer_service", OFFER)
    receipt = await receive(house, DEFECT, "k1")
    url = f"/v1/inquiries/{receipt.id}"
    wrong = await client.post(f"{url}/passing-on", json={"member": "Osoba B"})
    assert wrong.status_code == 409
    passed = await client.post(f"{url}/passing-on", json={"member": "Osoba A", "why": "urlop"})
    assert passed.status_code == 200, passed.text
    assert await person(client, receipt) == ("Osoba B", True)
    taken = await client.post(f"{url}/assignee", json={"member": "Osoba B"})
    assert taken.status_code == 200, taken.text
    assert await person(client, receipt) == ("Osoba B", False)
    kinds = [one["kind"] for one in (await client.get(url)).json()["timeline"]]
    assert kinds.count("passed_on") == kinds.count("accepted") == 1
    # The turn that was declined comes back first.
    second = await receive(house, different(DEFECT, 2), "k2")
    assert second.decision.assignee == "Osoba A"


async def test_answering_accepts(house: House, client: httpx.AsyncClient) -> None:
    await enter(client, "Osoba A")
    await set_assign(client, "customer_service", OFFER)
    receipt = await receive(house, DEFECT, "k1")
    said = await client.post(f"/v1/inquiries/{receipt.id}/answer", json={"who": "osoba a"})
    assert said.status_code == 200, said.text
    assert await person(client, receipt) == ("Osoba A", False)
    assert [row.state for row in await state(house)] == ["held"]


async def test_substitute_comes_after_the_team(house: House, client: httpx.AsyncClient) -> None:
    clock = Clock()
    await enter(client, "Poza Zespołem", teams=[])
    await enter(client, "Osoba A", substitute="Poza Zespołem")
    await set_assign(client, "customer_service", OFFER)
    receipt = await receive(house, DEFECT, "k1")
    clock.at = NOW + timedelta(minutes=30)
    await handing_out(house, clock).hand_out()
    assert await person(client, receipt) == ("Poza Zespołem", True)


async def test_who_goes_away_loses_offers_at_once_and_unbegun_work_if_wanted(
    house: House, client: httpx.AsyncClient
) -> None:
    clock = Clock()
    first = await enter(client, "Osoba A")
    await enter(client, "Osoba B")
    await set_assign(client, "customer_service", {"to": "in_turn", "move_when_away": True})
    receipt = await receive(house, DEFECT, "k1")
    assert receipt.decision.assignee == "Osoba A"
    body = (await client.get(f"/v1/staff/{first}")).json()
    body["absences"] = [{"first": "2026-11-19", "last": "2026-11-20"}]
    tag = {"If-Match": '"1"'}
    assert (await client.put(f"/v1/staff/{first}", json=body, headers=tag)).status_code == 200
    await handing_out(house, clock).hand_out()
    assert await person(client, receipt) == ("Osoba B", False)


async def test_queue_is_served_the_longest_waiting_first(
    house: House, client: httpx.AsyncClient
) -> None:
    clock = Clock()
    await enter(client, "Osoba A", capacity=1)
    await set_assign(client, "customer_service", {"to": "in_turn"})
    receipts = []
    for n in range(3):
        draft = replace(different(DEFECT, n), received_at=NOW - timedelta(minutes=10 - n))
        receipts.append(await receive(house, draft, f"k{n}"))
    assert [one.decision.assignee for one in receipts] == ["Osoba A", None, None]
    done = f"/v1/inquiries/{receipts[0].id}/resolution"
    assert (await client.post(done, json={"who": "Osoba A"})).status_code == 200
    clock.at = NOW + timedelta(seconds=31)
    await handing_out(house, clock).hand_out()
    assert await person(client, receipts[1]) == ("Osoba A", False)
    assert await person(client, receipts[2]) == (None, False)


async def test_overflow_by_length_and_by_time(house: House, client: httpx.AsyncClient) -> None:
    clock = Clock()
    await enter(client, "Osoba A", capacity=1)
    await enter(client, "Pomoc", teams=["triage"], capacity=2)
    overflow = {"team": "triage", "above": 2, "after_minutes": 60}
    await set_assign(client, "customer_service", {"to": "in_turn", "overflow": overflow})
    receipts = [await receive(house, different(DEFECT, n), f"k{n}") for n in range(4)]
    # One is held, two wait, and the fourth finds two before it.
    assert [one.decision.assignee for one in receipts] == ["Osoba A", None, None, "Pomoc"]
    assert receipts[3].decision.team == "triage"
    clock.at = NOW + timedelta(minutes=61)
    await handing_out(house, clock).hand_out()
    assert await person(client, receipts[1]) == ("Pomoc", False)

"""Whoever neglects a gift loses the turn to the next one, and was told before."""

from datetime import UTC, datetime, timedelta

import httpx2 as httpx
import pytest
from sqlalchemy import Connection, select

from inquiry_router.house import House
from inquiry_router.referrals.keeping import ReferralKeeper
from inquiry_router.referrals.turns import (
    ReferralTurn,
    TurnClock,
    TurnEnd,
    count_working_days,
    due_of,
)
from inquiry_router.staff.model import Absence, Member, Roster
from inquiry_router.telling.tables import notices
from tests.phone.people import TEAMS

pytestmark = pytest.mark.anyio
DAY = timedelta(days=1)
# A Thursday at 11:00 in Warsaw.
THURSDAY = datetime(2026, 11, 19, 10, 0, tzinfo=UTC)
EWA = Member("m1", "Ewa Lis", "salesperson", teams=("sales",))
OFF = Member(
    "m2",
    "Jan Bąk",
    "salesperson",
    teams=("sales",),
    absences=(Absence(THURSDAY.date() + DAY, THURSDAY.date() + 5 * DAY),),
)
SAID = {
    "recommender": {"name": "Anna Kowalska"},
    "prospect": {"name": "Dawid Kos", "phone": "602 333 444"},
    "brought_by": [{"person": "Bartek Wilk"}],
    "consent": "told_recommender",
    "consent_note": "Anna asked him",
}


def test_weekends_and_absences_are_no_working_days() -> None:
    for after, count in ((0, 0), (1, 1), (2, 1), (3, 1), (4, 2), (7, 5)):
        at = THURSDAY + after * DAY
        assert count_working_days(EWA, TEAMS, THURSDAY, at) == count, after
        assert count_working_days(None, TEAMS, THURSDAY, at) == count, after
    assert count_working_days(OFF, TEAMS, THURSDAY, THURSDAY + 6 * DAY) == 1


def test_turn_is_over_a_working_day_after_the_warning_at_the_earliest() -> None:
    def due(after: float, warned: float | None = None, limit: int | None = 3) -> TurnEnd | None:
        warned_at = THURSDAY + warned * DAY if warned is not None else None
        clock = TurnClock(limit, Roster((EWA, OFF)), TEAMS, THURSDAY + after * DAY)
        return due_of(ReferralTurn("Ewa Lis", THURSDAY, warned_at), clock)

    assert (due(1), due(4), due(90)) == (None, TurnEnd.WARN, TurnEnd.WARN)
    assert (due(5, warned=4), due(4.2, warned=4), due(90, warned=90)) == (
        *(TurnEnd.OVER, None, None),
    )
    assert due(90, warned=4, limit=None) is None
    away = TurnClock(1, Roster((EWA, OFF)), TEAMS, THURSDAY + 4 * DAY)
    assert due_of(ReferralTurn("Jan Bąk", THURSDAY), away) is None


async def told(house: House) -> list[tuple[str | None, set[str]]]:
    def work(connection: Connection) -> list[tuple[str | None, set[str]]]:
        rows = connection.execute(select(notices).order_by(notices.c.id)).all()
        whats = {"given", "turn_ends", "turn_over", "passed_on"}
        return [(one.member_id, whats & set(one.facts)) for one in rows if whats & set(one.facts)]

    return await house.database.read(work)


async def test_neglected_gift_goes_to_the_next_one(house: House, client: httpx.AsyncClient) -> None:
    for name in ("Bartek Wilk", "Ewa Lis", "Ola Wit"):
        body = {"name": name, "kind": "salesperson", "teams": ["sales"]}
        assert (await client.post("/v1/staff", json=body)).status_code == 201
    made = (await client.post("/v1/referrals", json=SAID)).json()
    path = f"/v1/referrals/{made['id']}"
    assert (await client.put(f"{path}/handler", json={"person": "Nobody"})).status_code == 404
    given = await client.put(f"{path}/handler", json={"person": "ewa lis"})
    assert (given.status_code, given.json()["handled_by"]) == (200, "Ewa Lis")
    start = datetime.now(UTC)
    seen = []
    for day in range(60):
        keeper = ReferralKeeper(
            house.database,
            house.configuration,
            lambda: house.staff.roster,
            house.referrals.on_step,
            lambda: None,
            lambda day=day: start + day * DAY,
        )
        await keeper.keep()
        seen.append((await client.get(path)).json()["handled_by"])
    order = [one for place, one in enumerate(seen) if place == 0 or seen[place - 1] != one]
    assert order == ["Ewa Lis", "Ola Wit", "Bartek Wilk", None]
    after = (await client.get(path)).json()
    assert [(one["person"], one["percent"]) for one in after["credit"]] == [("Bartek Wilk", 100)]
    whats = [what for _, (what, *_) in await told(house)]
    assert whats[:6] == ["given", "passed_on", "turn_ends", "turn_over", "given", "passed_on"]
    kinds = [one["kind"] for one in after["timeline"]]
    assert (kinds.count("given"), kinds.count("neglected")) == (3, 3)

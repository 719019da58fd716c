"""Daily figures equal the sum of the inquiries, whatever happens to these; they outlive them."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import httpx2 as httpx
import pytest

from inquiry_router.house import House
from inquiry_router.inquiries.tables import inquiries
from inquiry_router.privacy.erasing import REQUEST, delete_inquiries
from inquiry_router.promises.tables import promises
from inquiry_router.relief.figures import FigureKey, Figures, bounds_of, days_between, runs_of
from inquiry_router.relief.rolling import Roller
from inquiry_router.relief.rollups import count_raw, days_to_roll, read_figures
from tests.conftest import NOW

pytestmark = pytest.mark.anyio
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 18)
TEXTS = (
    "Pompa cieknie od wczoraj, proszę o serwis.",
    "Proszę o duplikat faktury za październik.",
    "Proszę o wycenę 40 pomp obiegowych.",
)
KEYS = FigureKey._fields


async def send(client: httpx.AsyncClient, day: int, text: str, who: str = "anna") -> str:
    body = {
        "channel": "email",
        "text": text,
        "contact": {"email": f"{who}@hydro-bud.example"},
        "received_at": f"2026-11-{day:02}T09:00:00Z",
    }
    made = await client.post("/v1/inquiries", json=body)
    assert made.status_code == 201, made.text
    inquiry: str = made.json()["id"]
    return inquiry


async def fill(client: httpx.AsyncClient) -> list[str]:
    """Three inquiries on each of two days; the account has an owner."""
    account = {
        "name": "Hydro-Bud",
        "domains": ["hydro-bud.example"],
        "emails": ["anna@hydro-bud.example"],
        "roles": {"owner": "Bartek Wilk"},
    }
    assert (await client.post("/v1/accounts", json=account)).status_code == 201
    return [await send(client, day, text) for day in (3, 12) for text in TEXTS]


async def rolled(house: House) -> int:
    return await Roller(house.database, lambda: NOW).roll()


async def figures(house: House) -> dict[tuple, Figures]:
    found = {}
    for breakdown in ("flow", "owner", "assignee"):
        found |= await house.database.scan(
            lambda connection, by=breakdown: read_figures(connection, FIRST, LAST, by, KEYS)
        )
    return found


async def check_weeks(house: House) -> None:
    """Weeks add up to the same, also of days that are not rolled now."""
    by = ("week", "team")
    found = await house.database.scan(lambda c: read_figures(c, FIRST, LAST, "flow", by))
    wanted: dict[tuple, Figures] = {}
    for key, one in (await house.database.scan(lambda c: count_raw(c, FIRST, LAST))).items():
        if key.breakdown == "flow":
            group = (key.week, key.team)
            wanted[group] = wanted.get(group, Figures()).plus(one)
    assert found == wanted and {week.weekday() for week, _ in found} == {0}


async def raw(house: House) -> dict[tuple, Figures]:
    found = await house.database.scan(lambda connection: count_raw(connection, FIRST, LAST))
    return {tuple(key): one for key, one in found.items()}


async def act(client: httpx.AsyncClient, path: str, body: dict) -> None:
    done = await client.post(path, json=body)
    assert done.status_code in (200, 201), (path, done.text)


async def test_figures_follow_every_act(client: httpx.AsyncClient, house: House) -> None:
    ids = await fill(client)
    assert await figures(house) == await raw(house)
    assert await rolled(house) >= 10
    assert await figures(house) == await raw(house)
    acts: Sequence[tuple[str, dict]] = (
        (f"/v1/inquiries/{ids[0]}/correction", {"who": "Celina", "category": "catalog_request"}),
        (f"/v1/inquiries/{ids[1]}/answer", {"who": "Celina"}),
        (f"/v1/inquiries/{ids[1]}/resolution", {"who": "Celina"}),
        (f"/v1/inquiries/{ids[3]}/merge", {"into": ids[0], "who": "Celina"}),
    )
    for path, body in acts:
        before = await raw(house)
        await act(client, path, body)
        assert await raw(house) != before, path
        assert await figures(house) == await raw(house), path
        await check_weeks(house)
        assert await rolled(house) >= 1, path
        assert await figures(house) == await raw(house), path
    await check_weeks(house)
    assert sum(one.inquiries for key, one in (await raw(house)).items() if key[1] == "flow") == 5


async def test_split_is_counted(client: httpx.AsyncClient, house: House) -> None:
    ids = await fill(client)
    later = {"text": "Pompa nadal cieknie, ta sama sprawa.", "channel": "email"}
    await act(client, f"/v1/inquiries/{ids[0]}/messages", later)
    await rolled(house)
    message = (await client.get(f"/v1/inquiries/{ids[0]}")).json()["messages"][-1]["id"]
    await act(client, f"/v1/inquiries/{ids[0]}/split", {"message": message, "who": "Celina"})
    assert await figures(house) == await raw(house)


async def test_figures_outlive_what_is_deleted(client: httpx.AsyncClient, house: House) -> None:
    ids = await fill(client)
    await rolled(house)
    whole = await figures(house)
    gone = ids[:2]
    await house.database.write(lambda connection: delete_inquiries(connection, gone, REQUEST))
    left = await raw(house)
    assert sum(one.inquiries for key, one in left.items() if key[1] == "flow") == 4
    assert await figures(house) == whole
    await rolled(house)
    assert await figures(house) == whole
    # A second deletion adds to the first.
    await house.database.write(lambda connection: delete_inquiries(connection, ids, REQUEST))
    await rolled(house)
    assert await figures(house) == whole and await raw(house) == {}


async def test_erased_person_is_still_counted(client: httpx.AsyncClient, house: House) -> None:
    await fill(client)
    await rolled(house)
    before = await figures(house)
    person = {"emails": ["anna@hydro-bud.example"]}
    done = await client.post("/v1/privacy/erasures", json=person)
    assert done.status_code == 200, done.text
    flow = {key: one for key, one in (await figures(house)).items() if key[1] == "flow"}
    assert flow == {key: one for key, one in before.items() if key[1] == "flow"}


async def test_day_is_rolled_when_it_is_over(client: httpx.AsyncClient, house: House) -> None:
    await send(client, 18, TEXTS[0])
    evening = datetime.fromisoformat("2026-11-18T23:30:00+00:00")
    for now, days in ((evening, []), (evening + timedelta(hours=1), [date(2026, 11, 18)])):
        found = await house.database.scan(
            lambda connection, at=now: days_to_roll(connection, at, 9)
        )
        assert found == days


async def test_day_is_that_of_poland(client: httpx.AsyncClient, house: House) -> None:
    inquiry = await send(client, 4, TEXTS[0])
    late = datetime.fromisoformat("2026-11-04T23:30:00+00:00")
    await house.database.write(
        lambda connection: connection.execute(
            inquiries.update().where(inquiries.c.id == inquiry).values(received_at=late)
        )
    )
    assert {key[0] for key in await raw(house)} == {date(2026, 11, 5)}


def test_days_join_to_runs() -> None:
    days = [date(2026, 3, day) for day in (1, 2, 3, 7, 9, 10)]
    assert [(a.day, b.day) for a, b in runs_of(days)] == [(1, 3), (7, 7), (9, 10)]
    assert list(runs_of([])) == []


def test_days_of_clock_changes_have_23_and_25_hours() -> None:
    hours = {
        day: (bounds_of(day)[1] - bounds_of(day)[0]).total_seconds() / 3600
        for day in (date(2026, 3, 29), date(2026, 10, 25))
    }
    assert list(hours.values()) == [23, 25]
    assert len(days_between(date(2026, 3, 28), date(2026, 3, 30))) == 3


async def test_kept_promises_are_counted_by_week(client: httpx.AsyncClient, house: House) -> None:
    inquiry = await send(client, 12, TEXTS[0])
    begun, ended = bounds_of(date(2026, 11, 12))
    for kind, outcome in (("first_answer", "kept"), ("resolution", "broken")):
        row = {
            "inquiry_id": inquiry,
            "kind": kind,
            "began_at": begun,
            "team": "customer_service",
            "facts": {},
            "ended_at": ended,
            "outcome": outcome,
            "told": 0,
        }
        await house.database.write(
            lambda connection, values=row: connection.execute(promises.insert().values(values))
        )
    query = {"since": "2026-11-09", "until": "2026-11-15"}
    found = (await client.get("/v1/reports/promises", params=query)).json()
    assert found["tables"]["by_week"][0]["kept_share"] == 0.5
    assert (found["totals"]["kept"], found["totals"]["broken"]) == (1, 1)

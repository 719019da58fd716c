"""Retention deletes everything that is past due, nothing early, and keeps the counts."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from sqlalchemy import Connection, func, select, update

from inquiry_router.calls.recordings import Recordings
from inquiry_router.calls.tables import calls
from inquiry_router.corrections.links import use_link
from inquiry_router.corrections.tables import link_uses
from inquiry_router.delivery.tables import deliveries
from inquiry_router.house import House
from inquiry_router.inquiries.tables import inquiries, messages, timeline
from inquiry_router.privacy.retaining import Retainer
from inquiry_router.privacy.tables import erased_counts
from inquiry_router.process.clock import utc_now
from inquiry_router.sources.tables import thin_events
from inquiry_router.telling.tables import tellings
from tests.privacy.canary import World, rows_with_traces
from tests.recording.stories import Story

pytestmark = pytest.mark.anyio
DAY = timedelta(days=1)


async def put(client: httpx.AsyncClient, **rules: Any) -> None:
    read = await client.get("/v1/privacy/retention")
    tag = {"If-Match": read.headers["ETag"]}
    body = {**read.json(), **rules}
    changed = await client.put("/v1/privacy/retention", json=body, headers=tag)
    assert changed.status_code == 200, changed.text


async def run(house: House) -> dict[str, int]:
    return await house.retainer.delete_past_due()


async def age(house: House, inquiry_id: str, by: timedelta) -> None:
    """Let an inquiry, and all that happened to it, be older."""

    def work(connection: Connection) -> None:
        columns = {
            inquiries: ("id", "received_at", "created_at", "resolved_at"),
            messages: ("inquiry_id", "received_at", "created_at"),
            timeline: ("inquiry_id", "at"),
            deliveries: ("inquiry_id", "created_at", "finished_at"),
        }
        for table, (key, *times) in columns.items():
            rows = connection.execute(select(table).where(table.c[key] == inquiry_id)).all()
            for row in rows:
                mapped = row._mapping
                older = {name: mapped[name] - by for name in times if mapped[name] is not None}
                this = table.c.id == row.id
                connection.execute(update(table).where(this).values(older))

    await house.database.write(work)


async def count(house: House, table: Any) -> int:
    query = select(func.count()).select_from(table)
    return await house.database.read(lambda c: c.execute(query).scalar_one())


async def test_nothing_goes_by_default(house: House, client: httpx.AsyncClient) -> None:
    story = Story(client, house)
    opened = await story.open()
    await story.act(opened["id"], "resolution")
    await age(house, opened["id"], 9000 * DAY)
    assert sum((await run(house)).values()) == 0
    assert (await client.get(f"/v1/inquiries/{opened['id']}")).status_code == 200


@pytest.mark.parametrize("days", [1, 30, 1095])
async def test_resolved_inquiries_go_when_their_time_is_over_and_not_before(
    house: House, client: httpx.AsyncClient, days: int
) -> None:
    story = Story(client, house)
    over, early, still_open, spoken = [
        (await story.open(text, contact={"email": f"{number}@klient.example"}))["id"]
        for number, text in enumerate(("Pompa cieknie", "Prasa stoi", "Piec zgasł", "Młyn huczy"))
    ]
    for one in (over, early, spoken):
        await story.act(one, "resolution")
    await age(house, over, days * DAY + timedelta(minutes=5))
    await age(house, early, days * DAY - timedelta(minutes=5))
    await age(house, still_open, 5000 * DAY)
    await age(house, spoken, 5000 * DAY)
    await story.post(f"/{spoken}/reopening", {"who": "Celina"})
    await story.act(spoken, "resolution")
    await put(client, resolved_inquiries_days=days)
    counts = await run(house)
    assert counts["resolved_inquiries_days"] == 1
    left = await house.database.read(lambda c: set(c.scalars(select(inquiries.c.id))))
    assert left == {early, still_open, spoken}
    assert await run(house) | {"resolved_inquiries_days": 0} == await run(house)
    query = select(func.sum(erased_counts.c.inquiries))
    assert await house.database.read(lambda c: c.execute(query).scalar_one()) == 1


async def test_open_inquiries_have_a_rule_of_their_own(
    house: House, client: httpx.AsyncClient
) -> None:
    story = Story(client, house)
    quiet, answered = (await story.open())["id"], (await story.open("A prasa stoi"))["id"]
    for one in (quiet, answered):
        await age(house, one, 400 * DAY)
    await story.act(answered, "answer")
    await put(client, open_inquiries_days=365)
    assert (await run(house))["open_inquiries_days"] == 1
    assert (await client.get(f"/v1/inquiries/{quiet}")).status_code == 404
    assert (await client.get(f"/v1/inquiries/{answered}")).status_code == 200


async def test_preview_counts_what_the_rules_would_delete(
    house: House, client: httpx.AsyncClient
) -> None:
    story = Story(client, house)
    for number in range(3):
        await age(house, (await story.open(f"Pompa {number} cieknie"))["id"], number * 100 * DAY)
    for days, expected in ((1000, 0), (150, 1), (50, 2)):
        rules = {"open_inquiries_days": days}
        seen = await client.post("/v1/privacy/retention/preview", json=rules)
        assert seen.json()["counts"]["open_inquiries_days"] == expected
        assert "resolved_inquiries_days" not in seen.json()["counts"]
    assert await count(house, inquiries) == 3


async def test_deliveries_go_but_for_the_newest_decision(
    house: House, client: httpx.AsyncClient
) -> None:
    world = World(house, client)
    await world._configure()
    story = Story(client, house)
    opened = await story.open()
    await story.post(
        f"/{opened['id']}/correction", {"who": "Celina", "category": "catalog_request"}
    )
    old = utc_now() - 100 * DAY
    await house.database.write(
        lambda c: c.execute(update(deliveries).values(state="delivered", finished_at=old))
    )
    before = await count(house, deliveries)
    await put(client, deliveries_days=90, dead_letters_days=90)
    counts = await run(house)
    left = await house.database.read(lambda c: c.execute(select(deliveries)).all())
    assert counts["deliveries_days"] == before - len(left) > 0
    assert {one.event for one in left} == {"inquiry.corrected"}
    assert len({one.destination_id for one in left}) == len(left)
    await house.database.write(lambda c: c.execute(update(deliveries).values(state="dead")))
    assert (await run(house))["dead_letters_days"] == len(left)


async def test_calls_events_and_recordings_go_after_a_month(
    house: House, client: httpx.AsyncClient, tmp_path: Path
) -> None:
    world = World(house, client)
    await world.fill()
    now = utc_now()
    await house.database.write(lambda c: c.execute(update(thin_events).values(state="done")))
    assert sum((await run(house)).values()) == 0

    def later(by: timedelta) -> Retainer:
        recordings = Recordings(house.settings.phone_dir / "recordings")
        return Retainer(house.database, house.configuration, recordings, lambda: now + by)

    counts = await later(32 * DAY).delete_past_due()
    assert (counts["calls_days"], counts["recordings_days"]) == (1, 1)
    assert await count(house, calls) == 0
    assert (await later(32 * DAY).delete_past_due())["calls_days"] == 0


async def test_offers_notices_and_praise_go_with_their_inquiry(
    house: House, client: httpx.AsyncClient
) -> None:
    world = World(house, client)
    await world.fill()
    tables = {"assignments", "introductions", "tellings", "hints"}

    async def left() -> set[str]:
        lines = await house.database.read(rows_with_traces)
        return {line.partition(".")[0] for line in lines} & tables

    assert await left() == tables
    await age(house, world.ids["own"], 400 * DAY)
    await put(client, resolved_inquiries_days=365, deliveries_days=1)
    waiting = tellings.update().values(state="sent")
    await house.database.write(lambda c: c.execute(waiting))
    assert (await run(house))["resolved_inquiries_days"] == 1
    assert await left() == set()


async def test_rules_are_changed_by_api_and_refused_with_a_sentence(
    client: httpx.AsyncClient,
) -> None:
    read = await client.get("/v1/privacy/retention")
    assert read.json()["resolved_inquiries_days"] is None and read.json()["calls_days"] == 30
    for wrong in ({"calls_days": 0}, {"calls_days": None}, {"deliveries_days": "90"}, {"days": 1}):
        refused = await client.put(
            "/v1/privacy/retention", json=wrong, headers={"If-Match": read.headers["ETag"]}
        )
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid")


def test_moment_is_counted_back_from_now() -> None:
    from inquiry_router.configuration.retention import RetentionRules
    from inquiry_router.privacy.ageing import moments

    now = datetime.fromisoformat("2026-11-19T10:00:00+00:00")
    found = {one.name: before for one, before in moments(RetentionRules(), now)}
    assert found == {"calls_days": now - 30 * DAY, "events_days": now - 30 * DAY}


async def test_uses_of_links_that_ended_are_deleted(house: House) -> None:
    def use(connection: Connection) -> None:
        for name, age in (("ended", 367), ("valid", 365)):
            use_link(connection, name, 1, utc_now() - age * DAY)

    await house.database.write(use)
    await run(house)
    left = await house.database.read(lambda c: c.scalars(select(link_uses.c.link)).all())
    assert left == ["valid"]

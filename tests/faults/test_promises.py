"""Kill the service while it reminds, escalates and alarms: everybody is told once all the same."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from inquiry_router.house import House
from inquiry_router.inquiries.tables import inquiries, timeline
from inquiry_router.process.clock import utc_now
from inquiry_router.process.steps import STEPS
from inquiry_router.promises.tables import alarms
from inquiry_router.telling.tables import notices
from tests.conftest import running_house, settings_for
from tests.faults.process import victim
from tests.promises.stories import Watch

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

COUNT = 3


async def count(house: House, table, *conditions) -> int:
    query = select(func.count()).select_from(table).where(*conditions)
    return await house.database.read(lambda c: c.execute(query).scalar_one())


async def make_late(house: House) -> None:
    """Some inquiries whose answer was due an hour ago."""
    watch = Watch(house)
    for _ in range(COUNT):
        inquiry = await watch.open(utc_now() - timedelta(days=30))
        entry = select(timeline.c.id, timeline.c.details).where(timeline.c.inquiry_id == inquiry)
        ((entry_id, details),) = await watch.rows(entry)
        due_at = utc_now() - timedelta(hours=1)
        details["decision"]["due_at"] = due_at.isoformat()
        changed = timeline.update().where(timeline.c.id == entry_id).values(details=details)
        await house.database.write(lambda c, changed=changed: c.execute(changed) and None)


@pytest.mark.parametrize("step", [step for step in STEPS if step.startswith("watch")])
async def test_everybody_is_told_once_whenever_the_watchdog_dies(
    database_url: str, step: str, tmp_path: Path
) -> None:
    # Calls that other tests left in the usual folder would become inquiries here.
    async with running_house(settings_for(database_url, phone_dir=tmp_path)) as house:
        await make_late(house)
    async with victim(database_url, step, remind="true", phone_dir=str(tmp_path)) as service:
        await service.dead()
    async with running_house(settings_for(database_url, remind=True, phone_dir=tmp_path)) as house:
        async with asyncio.timeout(20):
            while await count(house, alarms, alarms.c.told_at.is_not(None)) < COUNT:
                await asyncio.sleep(0.05)
        await house.watchdog.watch()
        assert await count(house, timeline, timeline.c.kind == "escalated") == COUNT
        assert await count(house, timeline, timeline.c.kind == "alarmed") == COUNT
        assert await count(house, notices, notices.c.kind == "escalation") == COUNT
        found = select(notices.c.facts).where(notices.c.kind == "alarm")
        bundles = await house.database.read(lambda c: list(c.scalars(found)))
        assert sum(facts.get("count", 1) for facts in bundles) == COUNT
        assert await count(house, inquiries) == COUNT

"""Bypasses by week: weeks begin at local midnight, and add up to the period."""

from datetime import UTC, date, datetime

import pytest

from inquiry_router.house import House
from inquiry_router.relief.bypass_reading import find_people, read_groups, read_weeks
from inquiry_router.relief.model import Bypass
from inquiry_router.relief.store import add_bypasses
from tests.conftest import NOW

pytestmark = pytest.mark.anyio


async def test_weeks_are_local_and_whole(house: House) -> None:
    moments = (
        datetime(2026, 11, 7, 12, tzinfo=UTC),  # before the period
        datetime(2026, 11, 8, 23, 30, tzinfo=UTC),  # Monday already, in Poland
        datetime(2026, 11, 15, 22, 30, tzinfo=UTC),  # Sunday still
        datetime(2026, 11, 15, 23, 30, tzinfo=UTC),
        datetime(2026, 11, 18, 23, 30, tzinfo=UTC),  # after the period
    )
    people = ("Jan Kos", "jan kos", "Ewa Lis", "Ewa Lis", "Ewa Lis")
    found = [
        Bypass(at, who, how, "phone", str(at), category="defect", department="managers")
        for at, who, how in zip(moments, people, ("api", "api", *3 * ("forward",)), strict=True)
    ]
    period = (date(2026, 11, 9), date(2026, 11, 18))

    def work(connection):
        add_bypasses(connection, found, NOW)
        return read_weeks(connection, *period), read_groups(connection, *period, "department")

    weeks, departments = await house.database.write(work)
    assert sorted((one.group, one.person, one.count) for one in weeks) == [
        ("2026-11-09", "Ewa Lis", 1),
        ("2026-11-09", "jan kos", 1),
        ("2026-11-16", "Ewa Lis", 1),
    ]
    assert find_people(weeks) == {"jan kos": True, "ewa lis": False}
    assert sum(one.count for one in departments) == 3

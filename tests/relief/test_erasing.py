"""The numbers of calls go with the person whose they are, and by themselves after 90 days."""

from datetime import timedelta

import httpx2 as httpx
import pytest
from sqlalchemy import select

from inquiry_router.house import House
from inquiry_router.process.clock import utc_now
from inquiry_router.relief.model import Bypass
from inquiry_router.relief.rolling import NUMBERS_KEPT, Roller
from inquiry_router.relief.store import add_bypass
from inquiry_router.relief.tables import bypasses

pytestmark = pytest.mark.anyio
ANNA, EWA = "+48601000101", "+48601000102"


async def keep(house: House, number: str, days: int) -> None:
    now = utc_now()
    at = now - timedelta(days=days)
    one = Bypass(at, "Jan Nowak", "call_log", "phone", outgoing=False, met=True, number=number)
    await house.database.write(lambda connection: add_bypass(connection, one, now))


async def numbers(house: House) -> list[str | None]:
    query = select(bypasses.c.number).order_by(bypasses.c.id)
    return await house.database.read(lambda connection: list(connection.scalars(query)))


async def test_number_of_an_erased_person_is_masked(
    client: httpx.AsyncClient, house: House
) -> None:
    await keep(house, ANNA, 1)
    await keep(house, EWA, 1)
    erased = await client.post("/v1/privacy/erasures", json={"phones": [ANNA]})
    assert erased.status_code == 200, erased.text
    masked, other = await numbers(house)
    assert masked is not None and set(masked) == {"*"}
    assert other == EWA


async def test_numbers_are_forgotten_after_90_days(house: House) -> None:
    await keep(house, ANNA, NUMBERS_KEPT.days + 1)
    await keep(house, EWA, NUMBERS_KEPT.days - 1)
    await Roller(house.database).roll()
    assert await numbers(house) == [None, EWA]

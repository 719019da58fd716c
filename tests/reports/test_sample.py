"""The random sample of a week."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import httpx2 as httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inquiry_router.house import House
from inquiry_router.reports.sample import SAMPLE_SIZE, draw, read_sample, week_of

pytestmark = pytest.mark.anyio


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)))
def test_week_is_the_whole_one_before(moment: datetime) -> None:
    since, until = week_of(moment)
    assert since.weekday() == until.weekday() == 0
    assert until - since == timedelta(days=7)
    assert until <= moment < until + timedelta(days=7)


@given(st.lists(st.uuids().map(str), unique=True, max_size=40), st.text(max_size=5))
def test_lots_are_drawn_once_and_in_no_order_of_the_list(ids: list[str], salt: str) -> None:
    drawn = draw(ids, salt, 10)
    assert drawn == draw(reversed(ids), salt, 10)
    assert len(drawn) == min(10, len(ids)) and set(drawn) <= set(ids)


def test_every_inquiry_has_the_same_chance() -> None:
    ids = [f"0198c0de-{number:04}" for number in range(50)]
    counts = Counter(one for week in range(400) for one in draw(ids, str(week), 5))
    assert len(counts) == 50
    assert max(counts.values()) < 3 * min(counts.values())


async def test_sample_knows_what_people_have_looked_at(
    house: House, client: httpx.AsyncClient
) -> None:
    references = []
    for number in range(SAMPLE_SIZE + 3):
        body = {
            "channel": "email",
            "text": f"Pompa numer {number} cieknie.",
            "contact": {"email": f"a{number}@b.example"},
            "received_at": f"2026-11-1{number % 7}T10:00:00Z",
        }
        references.append((await client.post("/v1/inquiries", json=body)).json()["reference"])
    since = datetime(2026, 11, 9, tzinfo=UTC)

    async def sample() -> list:
        return await house.database.read(lambda c: read_sample(c, since, since + timedelta(days=7)))

    first = await sample()
    inside = [one for one in references if references.index(one) % 7 < 6]
    assert len(first) == min(SAMPLE_SIZE, len(inside))
    assert {one.row.reference for one in first} <= set(inside)
    assert not any(one.looked_at for one in first)
    one = first[3].row.reference
    said = {"who": "Celina", "category": "defect"}
    await client.post(f"/v1/inquiries/{one}/correction", json=said)
    again = await sample()
    assert [sampled.row.reference for sampled in again] == [s.row.reference for s in first]
    assert [s.row.reference for s in again if s.looked_at] == [one]

"""Moments and actors, in the words of the reader."""

from datetime import UTC, datetime

import pytest

from inquiry_router.house import House
from inquiry_router.pages.names import ReaderNames

NOON = datetime(2026, 11, 29, 11, tzinfo=UTC)


@pytest.mark.anyio
async def test_a_day_ends_at_24_and_not_on_the_next_one(sqlite_house: House) -> None:
    names = ReaderNames("pl", sqlite_house.configuration.current, NOON)
    assert names.until("2026-12-13T23:00:00.000Z") == "niedz. 13 gru, 24:00"
    assert names.until("2026-11-29T23:00:00.000Z") == "24:00"
    assert names.until("2026-12-13T22:59:00.000Z") == "niedz. 13 gru, 23:59"
    assert (names.who("router"), names.who("admin")) == ("system", "admin")
    assert (names.note("back to version 4"), names.note("gaz")) == ("powrót do wersji 4", "gaz")

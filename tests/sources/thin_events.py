"""Thin events in tests."""

from datetime import UTC, datetime

from sqlalchemy import update

from inquiry_router.house import House
from inquiry_router.sources.tables import thin_events

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


async def make_due(house: House) -> None:
    """Let the time pass until every event is due again."""
    await house.database.write(
        lambda connection: connection.execute(update(thin_events).values(due_at=LONG_AGO))
    )

"""What every command begins with."""

import contextlib
from collections.abc import AsyncIterator
from zoneinfo import available_timezones

from inquiry_router.database.session import Database
from inquiry_router.process.logs import configure
from inquiry_router.process.settings import Settings, WrongSettings, load_settings


def start() -> Settings:
    """The settings, with logging set up. Raises `WrongSettings`."""
    settings = load_settings()
    configure(settings)
    if "Europe/Warsaw" not in available_timezones():
        raise WrongSettings(
            "this system knows no time zones: install its package tzdata, or 'pip install tzdata'"
        )
    return settings


@contextlib.asynccontextmanager
async def opened(database: Database) -> AsyncIterator[Database]:
    """A started database, stopped afterwards."""
    await database.start()
    try:
        yield database
    finally:
        await database.stop()

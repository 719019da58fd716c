"""Parts that the commands share: settings, logging and an open database."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from functools import cache
from typing import TYPE_CHECKING, TypeVar

import typer

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from inquiry_router.audit.acts import ActUnderWay
    from inquiry_router.database.session import Database
    from inquiry_router.process.settings import Settings

T = TypeVar("T")
TIME_LIMIT_S = 30.0


def start() -> Settings:
    """Load the settings and set up logging. Raises `WrongSettings`."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    from inquiry_router.process.logs import configure
    from inquiry_router.process.settings import (
        WrongSettings,
        find_unknown_settings,
        load_settings,
    )

    settings = load_settings()
    configure(settings)
    for sentence in find_unknown_settings():
        _warn_once(sentence)
    try:
        ZoneInfo("Europe/Warsaw")
    except ZoneInfoNotFoundError:
        raise WrongSettings(
            "this system knows no time zones: install its package tzdata, or 'pip install tzdata'"
        ) from None
    return settings


@cache
def _warn_once(sentence: str) -> None:
    typer.secho(f"inquiry-router: {sentence}", err=True, fg=typer.colors.YELLOW)


def with_database(work: Callable[[Connection], T], operation: str = "command") -> T:
    """Run `work` in a transaction. With SQLite the service must be stopped: it has one writer.

    Changes of settings are recorded in the audit, under the name of the operation. The time limit
    is another one than for senders: nobody is on the line, and the machine may be busy.
    """
    from inquiry_router.audit.acts import doing
    from inquiry_router.audit.recording import with_audit
    from inquiry_router.database.opening import open_database

    settings = start().model_copy(update={"answer_timeout_s": TIME_LIMIT_S})

    async def run() -> T:
        async with opened(with_audit(open_database(settings))) as database:
            with doing(command_act(operation)):
                return await database.write(work)

    return asyncio.run(run())


def command_act(operation: str) -> ActUnderWay:
    """Return the act of a command."""
    from inquiry_router.audit.acts import ActUnderWay
    from inquiry_router.process.clock import utc_now

    return ActUnderWay(utc_now(), "cli", operation, "", "", changes_settings=True)


@contextlib.asynccontextmanager
async def opened(database: Database) -> AsyncIterator[Database]:
    """Start a database, and stop it afterwards."""
    await database.start()
    try:
        yield database
    finally:
        await database.stop()

"""The command that says what is wrong now."""

from __future__ import annotations

import asyncio
import stat
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Final

import typer

from inquiry_router.cli.shared import opened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from inquiry_router.process.settings import Settings
    from inquiry_router.upkeep.findings import Finding


class Language(StrEnum):
    """The languages of the sentences."""

    PL = "pl"
    EN = "en"
    DE = "de"


_NOTHING: Final = {
    Language.PL: "nic nie wymaga naprawy",
    Language.EN: "nothing is wrong",
    Language.DE: "nichts zu beheben",
}


def doctor(
    lang: Annotated[Language, typer.Option(help="The language of the sentences.")] = Language.EN,
) -> None:
    """Say what is wrong now, and the call that mends it. The service may run or not.

    It ends with 1 if something does not work. `GET /v1/setup/doctor` says the same of a running
    service, and what only that knows: its model, and its synthetic inquiries.
    """
    from inquiry_router.upkeep.texts import say_in

    found = list(_examine())
    for finding in found:
        sentence = say_in(lang.value, "findings", finding.id, finding.values)
        typer.echo(f"{finding.severity}: {sentence}\n    {finding.call}")
    if not found:
        typer.echo(_NOTHING[lang])
    if any(finding.severity == "error" for finding in found):
        raise typer.Exit(1)


def _examine() -> Iterator[Finding]:
    from inquiry_router.cli.shared import start
    from inquiry_router.inquiry.errors import RouterError
    from inquiry_router.process.settings import WrongSettings
    from inquiry_router.upkeep.findings import Finding

    try:
        settings = start()
        yield from _of_the_files(settings)
        yield from (
            asyncio.run(_of_postgres(settings)) if not settings.is_sqlite else _of_sqlite(settings)
        )
    except (WrongSettings, RouterError) as error:
        values = {"reason": str(error)}
        yield Finding("settings_wrong", "error", "inquiry-router config show --settings", values)


def _of_the_files(settings: Settings) -> Iterator[Finding]:
    from inquiry_router.process.secret_box import secret_key_file_of
    from inquiry_router.upkeep.findings import Finding

    database = settings.sqlite_path if settings.is_sqlite else None
    files = [settings.admin_key_file, secret_key_file_of(settings), database]
    for file in files:
        if file is not None and file.exists() and stat.S_IMODE(file.stat().st_mode) & 0o077:
            yield Finding("readable_by_others", "error", f"chmod 600 {file}", {"file": str(file)})


def _of_sqlite(settings: Settings) -> Iterator[Finding]:
    """Read beside a service that runs: nothing is written."""
    from inquiry_router.database.session import require_current_schema
    from inquiry_router.database.sqlite import sqlite_engine
    from inquiry_router.database.writer_lock import WriterLock
    from inquiry_router.process.secret_box import secret_box_of
    from inquiry_router.process.settings import PREFIX, WrongSettings
    from inquiry_router.upkeep.findings import Finding

    path = settings.sqlite_path
    if not path.is_file():
        raise WrongSettings(
            f"{PREFIX}DATABASE_URL: there is no database at {path}; run 'inquiry-router migrate'"
        )
    lock = WriterLock(path)
    try:
        lock.acquire()
    except WrongSettings:
        pass  # a service runs
    else:
        lock.release()
        yield Finding("not_running", "error", "inquiry-router serve")
    engine = sqlite_engine(path, read_only=True, box=secret_box_of(settings))
    try:
        with engine.connect() as connection:
            require_current_schema(connection)
            yield from _diagnose(connection, settings)
    finally:
        engine.dispose()


async def _of_postgres(settings: Settings) -> list[Finding]:
    from inquiry_router.database.opening import open_database

    async with opened(open_database(settings)) as database:
        return await database.read(lambda connection: _diagnose(connection, settings))


def _diagnose(connection: Connection, settings: Settings) -> list[Finding]:
    from inquiry_router.configuration import store
    from inquiry_router.process.clock import utc_now
    from inquiry_router.upkeep.facts import read_facts
    from inquiry_router.upkeep.findings import find_problems

    facts = read_facts(connection, store.load(connection), settings, utc_now())
    return find_problems(facts)

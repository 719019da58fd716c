"""Migrations: bring a database's schema to a version."""

import asyncio
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from inquiry_router.database.mistakes import VARIABLE, explain_connection, sqlite_file
from inquiry_router.database.postgres import postgres_engine
from inquiry_router.database.sqlite import make_private, sqlite_engine
from inquiry_router.database.writer_lock import WriterLock
from inquiry_router.process.private_files import make_file
from inquiry_router.process.settings import Settings, Unreachable, WrongSettings

MIGRATIONS = Path(__file__).parents[3] / "migrations"
if not MIGRATIONS.is_dir():  # installed from a wheel, which carries them inside the package
    MIGRATIONS = Path(__file__).parents[1] / "migrations"

# A statement may carry over every inquiry: 100,000 take half a minute, ten million an hour.
MAX_STATEMENT_S = 24 * 3600.0


def migrate(settings: Settings, revision: str = "head", *, down: bool = False) -> str:
    """Bring the schema to `revision`; create the SQLite file and its folder if they are missing.

    Returns the version that the schema is at then. Only with `down` it may go down: then what
    newer versions store is deleted. Raises `WrongSettings`, for example if another process writes
    to the SQLite file.
    """
    if settings.is_sqlite:
        with sqlite_file(settings.sqlite_path):
            return _migrate_sqlite(settings.sqlite_path, revision, down=down)
    return asyncio.run(_migrate_postgres(settings.database_url, revision, down=down))


def _migrate_sqlite(path: Path, revision: str, *, down: bool) -> str:
    lock = WriterLock(path)
    lock.acquire()
    try:
        # SQLite itself would make a file that everybody may read; its log gets the same rights.
        make_file(path)
        make_private(path)
        engine = sqlite_engine(path)
        try:
            with engine.begin() as connection:
                return bring_to(connection, revision, down=down)
        finally:
            engine.dispose()
    finally:
        lock.release()


async def _migrate_postgres(url: str, revision: str, *, down: bool) -> str:
    engine = postgres_engine(url, pool_size=1, timeout_s=MAX_STATEMENT_S, connect_s=60.0)
    try:
        async with engine.begin() as connection:
            # Replicas that start together migrate one after another.
            await connection.exec_driver_sql("SELECT pg_advisory_xact_lock(718281828)")
            return await connection.run_sync(bring_to, revision, down=down)
    except (DBAPIError, OSError, TimeoutError) as error:
        reason = explain_connection(error, engine.url)
        if reason is None:
            raise
        raise Unreachable(f"{VARIABLE}: {reason}") from None
    finally:
        await engine.dispose()


def bring_to(connection: Connection, revision: str, *, down: bool = False) -> str:
    """Bring the schema to a version inside the connection's transaction. Returns that version.

    Raises `WrongSettings` for a version that does not exist, for a schema of a newer version of
    inquiry-router, and for a way down that was not asked for.
    """
    # In the order of the chain, which need not be that of the numbers.
    known = [one.revision for one in _scripts().walk_revisions()][::-1]
    wanted = known[-1] if revision == "head" else revision
    if wanted not in known:
        raise WrongSettings(
            f"there is no schema version '{revision}': this version of inquiry-router knows "
            f"{known[0]} to {known[-1]}; 'head' is the newest"
        )
    present = MigrationContext.configure(connection).get_current_revision()
    if present is not None and present not in known:
        raise WrongSettings(
            f"{VARIABLE}: the schema is at {present}, which a newer version of inquiry-router has "
            "made: use that version, or restore a backup"
        )
    if present is None or known.index(present) <= known.index(wanted):
        upgrade(connection, wanted)
    elif down:
        downgrade(connection, wanted)
    else:
        raise WrongSettings(
            f"the schema is at {present}: going down to {wanted} deletes what newer versions "
            "store. Stop the service, make a backup, then add --down"
        )
    return wanted


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Run the upgrades on an open connection, inside its transaction."""
    config = _alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def downgrade(connection: Connection, revision: str) -> None:
    """Run the downgrades on an open connection, inside its transaction."""
    config = _alembic_config()
    config.attributes["connection"] = connection
    command.downgrade(config, revision)


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_alembic_config())


def _alembic_config() -> Config:
    """Make Alembic's settings without a file."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config

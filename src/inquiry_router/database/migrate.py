"""Migrations: bring a database's schema to a version."""

import asyncio
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from inquiry_router.database.postgres import postgres_engine
from inquiry_router.database.sqlite import WriterLock, make_private, sqlite_engine
from inquiry_router.process.private_files import make_file
from inquiry_router.process.settings import Settings

MIGRATIONS = Path(__file__).parents[3] / "migrations"
if not MIGRATIONS.is_dir():  # installed from a wheel, which carries them inside the package
    MIGRATIONS = Path(__file__).parents[1] / "migrations"

# A statement may carry over every inquiry: 100,000 take half a minute, ten million an hour.
MAX_STATEMENT_S = 24 * 3600.0


def migrate(settings: Settings, revision: str = "head") -> None:
    """Upgrade to `revision`; create the SQLite file and its folder if they are missing.

    Raises `WrongSettings` if another process writes to the SQLite file.
    """
    if settings.is_sqlite:
        lock = WriterLock(settings.sqlite_path)
        lock.acquire()
        try:
            # SQLite itself would make a file that everybody may read; its log gets the same rights.
            make_file(settings.sqlite_path)
            make_private(settings.sqlite_path)
            engine = sqlite_engine(settings.sqlite_path)
            with engine.begin() as connection:
                upgrade(connection, revision)
            engine.dispose()
        finally:
            lock.release()
    else:
        asyncio.run(_migrate_postgres(settings.database_url, revision))


async def _migrate_postgres(url: str, revision: str) -> None:
    engine = postgres_engine(url, pool_size=1, timeout_s=MAX_STATEMENT_S, connect_s=60.0)
    async with engine.begin() as connection:
        # Replicas that start together migrate one after another.
        await connection.exec_driver_sql("SELECT pg_advisory_xact_lock(718281828)")
        await connection.run_sync(upgrade, revision)
    await engine.dispose()


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


def _alembic_config() -> Config:
    """Make Alembic's settings without a file."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config

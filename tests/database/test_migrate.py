"""Migrations: up, down, and their numbers."""

import subprocess
import sys
from pathlib import Path

import pytest

from inquiry_router.database.metadata import SCHEMA
from inquiry_router.database.migrate import MIGRATIONS, downgrade, upgrade
from inquiry_router.database.session import require_current_schema
from inquiry_router.database.sqlite import sqlite_engine

pytestmark = pytest.mark.anyio


async def test_migrations_go_up_down_and_up(database_url: str) -> None:
    """Down to nothing, with data in the tables, and up again."""
    if database_url.startswith("sqlite"):
        engine = sqlite_engine(Path(database_url.removeprefix("sqlite:///")))
        with engine.begin() as connection:
            downgrade(connection, "base")
            assert connection.dialect.get_table_names(connection) == ["alembic_version"]
            upgrade(connection)
            require_current_schema(connection)
        engine.dispose()
    else:
        from inquiry_router.database.postgres import postgres_engine

        engine = postgres_engine(database_url, 1)
        async with engine.begin() as connection:
            await connection.run_sync(downgrade, "base")
            await connection.run_sync(upgrade)
            await connection.run_sync(require_current_schema)
        await engine.dispose()


def test_schema_is_the_newest_migration() -> None:
    """Migrations are numbered in order, so that a number says if a schema is older or newer."""
    names = sorted(path.name for path in MIGRATIONS.joinpath("versions").glob("*.py"))
    assert [name[:4] for name in names] == [f"{number:04}" for number in range(1, len(names) + 1)]
    assert names[-1].startswith(SCHEMA)


def test_serving_process_does_not_import_alembic() -> None:
    script = "import sys, inquiry_router.app; sys.exit('alembic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False, timeout=60).returncode == 0

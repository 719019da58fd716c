"""A database that cannot be used: refused with a reason, never made anew over data."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from inquiry_router.database.metadata import SCHEMA
from inquiry_router.database.migrate import MIGRATIONS, downgrade, upgrade
from inquiry_router.database.session import database_now, open_database, require_current_schema
from inquiry_router.database.sqlite import WriterLock, sqlite_engine
from inquiry_router.process.settings import WrongSettings
from inquiry_router.schema import metadata
from tests.conftest import NOW, settings_for
from tests.postgres_server import url_of

pytestmark = pytest.mark.anyio


async def refused(url: str) -> str:
    database = open_database(settings_for(url))
    with pytest.raises(WrongSettings) as caught:
        await database.start()
    return str(caught.value)


async def test_a_missing_file(tmp_path: Path) -> None:
    assert "inquiry-router migrate" in await refused(f"sqlite:///{tmp_path / 'none.db'}")
    assert not (tmp_path / "none.db").exists()


async def test_an_empty_file_and_a_corrupt_one(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    assert "migrate" in await refused(f"sqlite:///{tmp_path / 'empty.db'}")
    (tmp_path / "corrupt.db").write_bytes(b"SQLite format 3\x00" + b"garbage" * 1000)
    before = (tmp_path / "corrupt.db").read_bytes()
    assert "cannot be used" in await refused(f"sqlite:///{tmp_path / 'corrupt.db'}")
    assert (tmp_path / "corrupt.db").read_bytes() == before


async def test_a_newer_schema(database_url: str) -> None:
    database = open_database(settings_for(database_url))
    await database.start()
    await database.write(
        lambda c: c.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    )
    await database.stop()
    assert "newer version" in await refused(database_url)
    if database.dialect == "postgresql":  # the database is shared by this process's tests
        import asyncpg

        connection = await asyncpg.connect(database_url)
        await connection.execute("UPDATE alembic_version SET version_num = $1", SCHEMA)
        await connection.close()


async def test_a_second_process_on_sqlite(sqlite_template: Path, tmp_path: Path) -> None:
    path = tmp_path / "inquiries.db"
    path.write_bytes(sqlite_template.read_bytes())
    other = WriterLock(path)
    other.acquire()
    assert "another inquiry-router process" in await refused(f"sqlite:///{path}")
    other.release()


async def test_postgres_that_is_not_there() -> None:
    assert "cannot be reached" in await refused("postgresql://nobody@127.0.0.1:1/none")
    assert "cannot be reached" in await refused(url_of("no_such_database"))


async def test_the_databases_clock(database) -> None:
    first = await database.read(database_now)
    assert first.utcoffset() is not None and first > NOW.replace(year=2025)


async def test_migrations_go_up_down_and_up(database_url: str) -> None:
    """On data: what the first schema holds is gone after going down, and the way up works again."""
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


def test_sqlite_is_set_to_survive_a_power_cut(sqlite_template: Path, tmp_path: Path) -> None:
    path = tmp_path / "inquiries.db"
    path.write_bytes(sqlite_template.read_bytes())
    engine = sqlite_engine(path)
    with engine.begin() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    engine.dispose()


def test_every_table_is_on_the_one_page() -> None:
    assert {"inquiries", "timeline", "deliveries", "attempts", "corrections", "documents"} <= set(
        metadata.tables
    )
    assert sqlite3.sqlite_version_info >= (3, 35)


def test_the_schema_is_named_after_the_newest_migration() -> None:
    """Numbers in their order, each after the one before: so a number tells whether a schema is older or newer."""
    names = sorted(path.name for path in MIGRATIONS.joinpath("versions").glob("*.py"))
    assert [name[:4] for name in names] == [f"{number:04}" for number in range(1, len(names) + 1)]
    assert names[-1].startswith(SCHEMA)


def test_a_serving_process_does_without_alembic() -> None:
    script = "import sys, inquiry_router.app; sys.exit('alembic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False, timeout=60).returncode == 0

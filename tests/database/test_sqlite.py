"""SQLite: one writing process, durable commits, files for the owner only."""

import asyncio
import os
import stat
from pathlib import Path

import pytest

from inquiry_router.database import sqlite
from inquiry_router.database.migrate import migrate
from inquiry_router.database.opening import open_database
from inquiry_router.database.sqlite import sqlite_engine
from inquiry_router.database.writer_lock import WriterLock
from tests.conftest import settings_for
from tests.database.test_session import refused
from tests.disk import SHIPPED_PRAGMAS

pytestmark = pytest.mark.anyio


async def test_second_process_on_sqlite_is_refused(sqlite_template: Path, tmp_path: Path) -> None:
    path = tmp_path / "inquiries.db"
    path.write_bytes(sqlite_template.read_bytes())
    other = WriterLock(path)
    other.acquire()
    assert "another inquiry-router process" in await refused(f"sqlite:///{path}")
    other.release()


def test_sqlite_pragmas_survive_a_power_cut(
    sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "WRITER_PRAGMAS", SHIPPED_PRAGMAS)
    path = tmp_path / "inquiries.db"
    path.write_bytes(sqlite_template.read_bytes())
    engine = sqlite_engine(path)
    with engine.begin() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    engine.dispose()


async def test_files_of_an_installation_are_closed_to_other_users(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        settings = settings_for(f"sqlite:///{tmp_path}/var/inquiries.db")
        await asyncio.to_thread(migrate, settings)
        database = open_database(settings)
        await database.start()
        try:
            await database.write(lambda c: c.exec_driver_sql("CREATE TABLE more (id TEXT)"))
            files = list((tmp_path / "var").iterdir())
            assert {path.name for path in files} >= {"inquiries.db", "inquiries.db-wal"}
            assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
            assert stat.S_IMODE((tmp_path / "var").stat().st_mode) == 0o700
        finally:
            await database.stop()
    finally:
        os.umask(before)


async def test_files_of_an_older_version_are_closed_at_the_start(
    sqlite_template: Path, tmp_path: Path
) -> None:
    path = tmp_path / "inquiries.db"
    path.write_bytes(sqlite_template.read_bytes())
    path.chmod(0o644)
    database = open_database(settings_for(f"sqlite:///{path}"))
    await database.start()
    await database.stop()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600

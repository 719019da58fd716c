"""SQLite: one writing process, and durable commits."""

from pathlib import Path

import pytest

from inquiry_router.database.sqlite import WriterLock, sqlite_engine
from tests.database.test_session import refused

pytestmark = pytest.mark.anyio


async def test_second_process_on_sqlite_is_refused(sqlite_template: Path, tmp_path: Path) -> None:
    path = tmp_path / "inquiries.db"
    path.write_bytes(sqlite_template.read_bytes())
    other = WriterLock(path)
    other.acquire()
    assert "another inquiry-router process" in await refused(f"sqlite:///{path}")
    other.release()


def test_sqlite_pragmas_survive_a_power_cut(sqlite_template: Path, tmp_path: Path) -> None:
    path = tmp_path / "inquiries.db"
    path.write_bytes(sqlite_template.read_bytes())
    engine = sqlite_engine(path)
    with engine.begin() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    engine.dispose()

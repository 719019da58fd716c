"""The start: an unusable database is refused with a reason, never replaced."""

from pathlib import Path

import pytest
from sqlalchemy import text

from inquiry_router.database.metadata import SCHEMA
from inquiry_router.database.opening import open_database
from inquiry_router.database.session import database_now
from inquiry_router.process.settings import WrongSettings
from tests.conftest import NOW, settings_for
from tests.postgres_server import url_of

pytestmark = pytest.mark.anyio


async def refused(url: str) -> str:
    database = open_database(settings_for(url))
    with pytest.raises(WrongSettings) as caught:
        await database.start()
    return str(caught.value)


async def test_missing_file_is_refused(tmp_path: Path) -> None:
    assert "inquiry-router migrate" in await refused(f"sqlite:///{tmp_path / 'none.db'}")
    assert not (tmp_path / "none.db").exists()


async def test_empty_or_corrupt_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    assert "migrate" in await refused(f"sqlite:///{tmp_path / 'empty.db'}")
    (tmp_path / "corrupt.db").write_bytes(b"SQLite format 3\x00" + b"garbage" * 1000)
    before = (tmp_path / "corrupt.db").read_bytes()
    assert "cannot be used" in await refused(f"sqlite:///{tmp_path / 'corrupt.db'}")
    assert (tmp_path / "corrupt.db").read_bytes() == before


async def test_other_schema_is_refused(database_url: str) -> None:
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


async def test_unreachable_postgres_is_refused() -> None:
    assert "cannot be reached" in await refused("postgresql://nobody@127.0.0.1:1/none")
    assert "there is no database 'no_such_database'" in await refused(url_of("no_such_database"))


async def test_clock_of_the_database_is_aware(database) -> None:
    first = await database.read(database_now)
    assert first.utcoffset() is not None and first > NOW.replace(year=2025)

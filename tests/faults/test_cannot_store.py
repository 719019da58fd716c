"""Nothing can be stored: senders get 503, `/health/ready` and the log name the cause, it heals."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, MutableMapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import asyncpg
import httpx2 as httpx
import pytest

from inquiry_router.database import storing
from inquiry_router.house import House
from tests.conftest import client_of, running_house, settings_for
from tests.faults.test_database_away import away
from tests.postgres_server import VARIABLE

pytestmark = pytest.mark.anyio
BODY = {"channel": "email", "text": "Pompa od wczoraj cieknie, proszę o serwis."}
# What was not stored in time may be stored later, so senders repeat it with the same key.
SAME = {"Idempotency-Key": "k"}
Logs = list[MutableMapping[str, Any]]
Trouble = Callable[[House, str], AbstractAsyncContextManager[None]]


@asynccontextmanager
async def full(house: House, url: str) -> AsyncIterator[None]:
    ballast = Path(url.removeprefix("sqlite:///")).with_name("ballast")
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    yield
    ballast.unlink()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own, of 8 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(command, check=False).returncode:
        pytest.skip("a disk of its own takes the right to mount one")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def set_query_only(house: House, value: str) -> None:
    """Let the writing connection refuse to write, as it does on a read-only disk."""
    driver = house.database._connection.connection.driver_connection
    driver.execute(f"PRAGMA query_only = {value}")


@asynccontextmanager
async def read_only(house: House, url: str) -> AsyncIterator[None]:
    if url.startswith("sqlite"):
        set_query_only(house, "ON")
        yield
        set_query_only(house, "OFF")
        return
    name = url.partition("?")[0].rpartition("/")[2]
    admin = await asyncpg.connect(os.environ[VARIABLE])
    change = f"ALTER DATABASE {name} SET default_transaction_read_only"
    hang_up = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1"
    try:
        await admin.execute(f"{change} = on")
        await admin.execute(hang_up, name)
        yield
    finally:
        await admin.execute(f"{change} = off")
        await admin.execute(hang_up, name)
        await admin.close()


@asynccontextmanager
async def locked_or_away(house: House, url: str) -> AsyncIterator[None]:
    async with away(url):
        yield


@asynccontextmanager
async def file_moved(house: House, url: str) -> AsyncIterator[None]:
    path = Path(url.removeprefix("sqlite:///"))
    path.rename(path.with_suffix(".moved"))
    yield
    path.with_suffix(".moved").rename(path)


SQLITE: dict[str, tuple[Trouble, str]] = {
    "read-only": (read_only, "it is read-only"),
    "locked": (locked_or_away, "it does not answer in time"),
    "moved": (file_moved, "its file was deleted, moved or replaced"),
}
POSTGRES: dict[str, tuple[Trouble, str]] = {
    "read-only": (read_only, "it is read-only"),
    "away": (locked_or_away, "PostgreSQL refuses with SQLSTATE 55000"),
}


@pytest.mark.parametrize("trouble", SQLITE)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_sqlite_names_the_cause_and_heals(
    database_url: str, trouble: str, logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    await names_the_cause_and_heals(database_url, *SQLITE[trouble], logs, monkeypatch)


@pytest.mark.parametrize("trouble", POSTGRES)
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_postgres_names_the_cause_and_heals(
    database_url: str, trouble: str, logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    await names_the_cause_and_heals(database_url, *POSTGRES[trouble], logs, monkeypatch)


async def test_full_disk_is_named_and_heals(
    sqlite_template: Path, small_disk: Path, logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{shutil.copy(sqlite_template, small_disk / 'inquiries.db')}"
    await names_the_cause_and_heals(url, full, "its disk is full", logs, monkeypatch)


async def names_the_cause_and_heals(
    url: str, trouble: Trouble, cause: str, logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storing, "TRY_AGAIN_AFTER_S", 0.0)
    async with (
        running_house(settings_for(url, answer_timeout_s=0.6)) as house,
        client_of(house) as client,
    ):
        assert (await client.get("/health/ready")).json()["takes_in"] is True
        logs.clear()
        async with trouble(house, url):
            ready = await client.get("/health/ready")
            assert (ready.status_code, ready.json()["status"]) == (503, "unready")
            assert ready.json()["takes_in"] is False
            assert cause in ready.json()["checks"]["database"]
            for _ in range(3):
                assert (
                    await client.post("/v1/inquiries", json=BODY, headers=SAME)
                ).status_code == 503
            assert (await client.get("/health/live")).status_code == 200
        await until(lambda: _is_ready(client))
        stored = await client.post("/v1/inquiries", json=BODY, headers=SAME)
        assert stored.status_code in (200, 201)
        assert len((await client.get("/v1/inquiries")).json()["items"]) == 1
    told = [line for line in logs if line["event"] == "database.cannot_store"]
    assert cause in told[0]["reason"]
    assert len(told) <= 2  # a line for each change of the cause, not for each request
    assert "database.stores_again" in [line["event"] for line in logs]


async def _is_ready(client: httpx.AsyncClient) -> bool:
    return (await client.get("/health/ready")).status_code == 200


async def until(check: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(20):
        while not await check():
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_replaced_file_gets_no_false_promise(database_url: str) -> None:
    """A backup put in place under a running service: what is acknowledged would be lost."""
    path = Path(database_url.removeprefix("sqlite:///"))
    async with running_house(settings_for(database_url)) as house, client_of(house) as client:
        backup = path.read_bytes()
        path.unlink()
        path.write_bytes(backup)
        assert (await client.post("/v1/inquiries", json=BODY, headers=SAME)).status_code == 503


async def test_health_does_not_write_for_everybody_who_asks(house: House) -> None:
    writes = 0
    write = house.database.try_write

    async def count_writes() -> None:
        nonlocal writes
        writes += 1

    check = storing.Storing()
    for _ in range(20):
        assert await check.check(count_writes) is None
    assert writes == 1
    assert await write() is None

"""The database goes away and comes back: 503 with Retry-After, then everything works again."""

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import asyncpg
import pytest

from inquiry_router.access.roles import Role
from tests.conftest import client_of, running_house, settings_for
from tests.postgres_server import VARIABLE

pytestmark = pytest.mark.anyio
BODY = {
    "channel": "email",
    "text": "Pompa od wczoraj cieknie, proszę o serwis.",
    "source": {"system": "zammad", "id": "1"},
}


@asynccontextmanager
async def away(url: str) -> AsyncIterator[None]:
    """Keep everybody from using the database."""
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        connection.execute("BEGIN EXCLUSIVE")
        yield
        connection.execute("ROLLBACK")
        connection.close()
        return
    name = url.rpartition("/")[2] if "?" not in url else url.partition("?")[0].rpartition("/")[2]
    admin = await asyncpg.connect(os.environ[VARIABLE])
    await admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    await admin.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name
    )
    try:
        yield
    finally:
        await admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        await admin.close()


async def until(check: Callable[[], object], seconds: float = 8) -> None:
    for _ in range(int(seconds / 0.1)):
        if await check():
            return
        await asyncio.sleep(0.1)
    pytest.fail("it did not heal")


async def test_service_recovers_after_an_outage(database_url: str) -> None:
    async with (
        running_house(settings_for(database_url, answer_timeout_s=0.6)) as house,
        client_of(house) as client,
    ):
        assert (await client.get("/health/ready")).status_code == 200
        async with away(database_url):
            answer = await client.post("/v1/inquiries", json=BODY)
            assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
            assert 1 <= int(answer.headers["retry-after"]) <= 30
            assert (await client.get("/health/live")).status_code == 200
            if database_url.startswith("postgres"):  # SQLite's readers go on while its writer waits
                assert (await client.get("/v1/inquiries")).status_code == 503
                assert (await client.get("/health/ready")).status_code == 503
                assert (await client.get("/metrics")).status_code == 200

        async def healed() -> bool:
            return (await client.post("/v1/inquiries", json=BODY)).status_code in (200, 201)

        await until(healed)
        listed = (await client.get("/v1/inquiries")).json()["items"]
        assert len(listed) == 1
        assert (await client.get("/health/ready")).status_code == 200


async def test_full_disk_loses_nothing_and_recovers(sqlite_template, tmp_path) -> None:
    path = tmp_path / "inquiries.db"
    path.write_bytes(sqlite_template.read_bytes())
    async with (
        running_house(settings_for(f"sqlite:///{path}")) as house,
        client_of(house, Role.ADMIN) as client,
    ):
        pages = await house.database.write(
            lambda c: c.exec_driver_sql("PRAGMA page_count").scalar()
        )
        await house.database.write(
            lambda c: c.exec_driver_sql(f"PRAGMA max_page_count = {pages + 8}").scalar()
        )
        answers = []
        for number in range(60):
            body = {"channel": "email", "text": f"cieknie {number} " + "x" * 3000}
            answers.append((await client.post("/v1/inquiries", json=body)).status_code)
        assert set(answers) == {201, 503}
        kept = len((await client.get("/v1/inquiries", params={"limit": 200})).json()["items"])
        assert kept == answers.count(201)
        await house.database.write(
            lambda c: c.exec_driver_sql("PRAGMA max_page_count = 1000000").scalar()
        )
        assert (await client.post("/v1/inquiries", json=BODY)).status_code == 201
        assert (
            await house.database.read(
                lambda c: c.exec_driver_sql("PRAGMA integrity_check").scalar()
            )
            == "ok"
        )

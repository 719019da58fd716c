"""Starting and stopping what is measured, and asking the system what it used."""

import asyncio
import contextlib
import importlib
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import Connection

from benchmarks.load import LOOPBACK
from inquiry_router.access.roles import Role
from inquiry_router.configuration import store, yaml_file
from inquiry_router.configuration.api_key_store import add_api_key
from inquiry_router.configuration.api_keys import ApiKey, digest, format_key
from inquiry_router.configuration.model import Source
from inquiry_router.database.migrate import migrate
from inquiry_router.database.opening import open_database
from inquiry_router.process.settings import PREFIX, Settings, load_settings

_SECRET = "secret-of-the-benchmark-0123456789abcdefghij"
KEY = format_key("bench", _SECRET)
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
# By name, because the tests are not among what the type checker looks at.
_TESTS_SERVER = importlib.import_module("tests.postgres_server")
_PROCESSES = Path("/proc")


@dataclass(frozen=True, slots=True)
class Store:
    """A database with the default configuration and one key.

    `helpers` is the PID whose children work for it, if any.
    """

    kind: str
    url: str
    helpers: int | None = None

    def ask(self, query: str) -> int:
        """The one number that a query answers with."""
        if self.kind == "SQLite":
            with contextlib.closing(
                sqlite3.connect(self.url.removeprefix("sqlite:///"), timeout=10)
            ) as connection:
                return int(connection.execute(query).fetchone()[0])
        return int(asyncio.run(_fetch(self.url, query)))

    def run(self, statements: Iterable[str]) -> None:
        """Run statements that change rows, then let the database learn what is in the tables."""
        if self.kind == "SQLite":
            path = self.url.removeprefix("sqlite:///")
            with contextlib.closing(sqlite3.connect(path)) as connection, connection:
                for statement in statements:
                    connection.execute(statement)
            return
        for statement in (*statements, "VACUUM ANALYZE"):
            asyncio.run(_execute(self.url, statement))


@dataclass(slots=True)
class Server:
    """A running server process. Its CPU includes that of the database's processes."""

    process: subprocess.Popen[bytes]
    port: int
    store: Store | None = None

    def cpu_s(self) -> float:
        """CPU seconds used so far, those of the PostgreSQL processes included."""
        used = _cpu_s(self.process.pid)
        if self.store is not None and self.store.helpers is not None:
            used += _cpu_s(self.store.helpers) + sum(
                _cpu_s(child) for child in _children(self.store.helpers)
            )
        return used

    def memory_mb(self) -> float:
        """Proportional set size: its own memory, and its share of memory used with others."""
        for line in (_PROCESSES / str(self.process.pid) / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
        raise RuntimeError("the kernel does not tell the proportional set size")


@contextlib.contextmanager
def serving(
    kind: str, database: Store | None = None, *, dispatch: bool = False, **settings: object
) -> Iterator[Server]:
    """A server of `benchmarks.launch`, ready to be asked. `settings` are those of the service."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port = probe.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    environment["OPENBLAS_NUM_THREADS"] = "1"
    if database is not None:
        environment |= {
            f"{PREFIX}DATABASE_URL": database.url,
            f"{PREFIX}ADMIN_KEY_FILE": "",
            f"{PREFIX}DISPATCH": str(dispatch).lower(),
            f"{PREFIX}LOG_FORMAT": "json",
            **{f"{PREFIX}{name.upper()}": str(value) for name, value in settings.items()},
        }
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.launch", kind, str(port)],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=errors,
        )
        try:
            _wait_until_answering(process, port, errors)
            yield Server(process, port, database)
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_until_answering(process: subprocess.Popen[bytes], port: int, errors: Any) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection((LOOPBACK, port), timeout=1):
            return
        time.sleep(0.05)
    errors.seek(0)
    raise RuntimeError(f"a server did not start: {errors.read().decode(errors='replace')[-800:]}")


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """The address of a durable PostgreSQL: DATABASE_URL, else one of our own out of a wheel."""
    given = os.environ.get("DATABASE_URL")
    if given is not None:
        yield given
        return
    variable = _TESTS_SERVER.VARIABLE
    before = os.environ.pop(variable, None)
    server = _TESTS_SERVER.PostgresServer()
    server.start()
    try:
        asyncio.run(_make_durable(os.environ[variable]))
        yield os.environ[variable]
    finally:
        server.stop()
        if before is not None:
            os.environ[variable] = before


@contextlib.contextmanager
def sqlite_store(folder: Path, name: str) -> Iterator[Store]:
    """A fresh SQLite file."""
    made = Store("SQLite", f"sqlite:///{folder / name}.db")
    _fill(made.url)
    yield made


@contextlib.contextmanager
def postgres_store(server_url: str, name: str) -> Iterator[Store]:
    """A fresh database on the server, dropped in the end."""
    database = f"inquiry_router_bench_{name}_{os.getpid()}"
    asyncio.run(_execute(server_url, f"CREATE DATABASE {database}"))
    try:
        head, _, query = server_url.partition("?")
        url = f"{head.rpartition('/')[0]}/{database}" + (f"?{query}" if query else "")
        _fill(url)
        yield Store("PostgreSQL", url, asyncio.run(_postmaster(url)))
    finally:
        asyncio.run(_execute(server_url, f"DROP DATABASE {database} WITH (FORCE)"))


def settings_of(url: str) -> Settings:
    """Settings with long timeouts, for the benchmark itself, which writes much at once."""
    return load_settings(
        _env_file=None,
        database_url=url,
        admin_key_file=None,
        answer_timeout_s=30.0,
        log_level="error",
    )


def sync_ms(folder: Path) -> float:
    """Milliseconds to sync one page to disk, the median."""
    times = []
    with (folder / "probe").open("wb") as file:
        for _ in range(50):
            file.write(bytes(4096))
            file.flush()
            begun = time.perf_counter()
            os.fdatasync(file.fileno())
            times.append(time.perf_counter() - begun)
    return 1000 * sorted(times)[len(times) // 2]


def _fill(url: str) -> None:
    settings = settings_of(url)
    migrate(settings)

    def configure(connection: Connection) -> None:
        yaml_file.bootstrap(connection, _EPOCH)
        key = ApiKey("bench", "The benchmark", (Role.ADMIN,), digest(_SECRET), _EPOCH)
        add_api_key(connection, replace(key, requests_a_minute=1_000_000))
        source = Source("bench", "The benchmark", "console", {}, KEY, False, 1, _EPOCH)
        store.add_source(connection, source)

    async def run() -> None:
        database = open_database(settings)
        await database.start()
        await database.write(configure)
        await database.stop()

    asyncio.run(run())


def _cpu_s(pid: int) -> float:
    """CPU of all threads of a process, to the nanosecond if known; 0 if it has ended."""
    try:
        return sum(int((task / "schedstat").read_text().split()[0]) for task in _tasks(pid)) / 1e9
    except (FileNotFoundError, ProcessLookupError):
        return 0.0


def _tasks(pid: int) -> list[Path]:
    return list((_PROCESSES / str(pid) / "task").iterdir())


def _children(parent: int) -> list[int]:
    found = []
    for folder in _PROCESSES.iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                # The name in brackets may hold spaces; the parent is the second word after it.
                if int((folder / "stat").read_text().rpartition(")")[2].split()[1]) == parent:
                    found.append(int(folder.name))
    return found


async def _postmaster(url: str) -> int | None:
    """The process whose children serve connections; None for a server on another machine."""
    connection = await asyncpg.connect(url)
    backend = await connection.fetchval("SELECT pg_backend_pid()")
    try:
        name, _, rest = (_PROCESSES / str(backend) / "stat").read_text().rpartition(")")
    except OSError:
        return None
    finally:
        await connection.close()
    return int(rest.split()[1]) if "postgres" in name else None


async def _make_durable(url: str) -> None:
    """Undo what the tests do to be quick."""
    connection = await asyncpg.connect(url)
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        await connection.execute(f"ALTER SYSTEM SET {setting} = on")
    await connection.execute("SELECT pg_reload_conf()")
    await connection.close()
    for _ in range(100):
        if await _fetch(
            url, "SELECT count(*) FROM pg_settings WHERE name = 'fsync' AND setting = 'on'"
        ):
            return
        await asyncio.sleep(0.05)
    raise RuntimeError("PostgreSQL could not be made durable")


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(statement)
    await connection.close()


async def _fetch(url: str, query: str) -> Any:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()

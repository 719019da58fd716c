"""Shared by all tests: both databases, a running house, clients with keys. Loopback only."""

import asyncio
import copy
import gc
import logging
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import asyncpg
import httpx2 as httpx
import pytest
import structlog
from fastapi import FastAPI
from sqlalchemy import Connection
from starlette.datastructures import State

from inquiry_router.access.roles import Role
from inquiry_router.app import make_app
from inquiry_router.classification.classifier import Classifier, load_classifier
from inquiry_router.classification.corpus import read_corpus
from inquiry_router.classification.service import ClassifierService
from inquiry_router.configuration import yaml_file
from inquiry_router.configuration.api_key_store import add_api_key
from inquiry_router.configuration.api_keys import ApiKey, digest, format_key
from inquiry_router.database.migrate import migrate
from inquiry_router.database.opening import open_database
from inquiry_router.database.session import Database
from inquiry_router.house import House
from inquiry_router.process.memory import load_without_collecting
from inquiry_router.process.settings import Settings, load_settings
from tests.compiled import compile_once
from tests.disk import do_not_wait_for_the_disk
from tests.kept_rows import KeptRows
from tests.postgres_server import VARIABLE, PostgresServer, url_of

# A Thursday at 11:00 in Warsaw, the week after the Independence Day holiday.
NOW = datetime(2026, 11, 19, 10, 0, tzinfo=UTC)
SECRETS = {role: f"{role}-secret-of-the-tests-0123456789abcdef" for role in Role}
KEYS = {role: format_key(role, secret) for role, secret in SECRETS.items()}
# What a key with a role is made for, where it is not made for everything.
MADE_FOR = {Role.SOURCE: {"sources": ("*",)}, Role.SALESPERSON: {"teams": ("sales",)}}

_server = PostgresServer()


def pytest_configure(config: pytest.Config) -> None:
    """One PostgreSQL for the whole run; the workers of pytest-xdist find it in the environment."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    do_not_wait_for_the_disk()
    compile_once()
    load_without_collecting()
    if not hasattr(config, "workerinput"):
        _server.start()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        _server.stop()


def pytest_collection_finish() -> None:
    """Spare the garbage collector all that was imported: it stays to the end."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000)
    gc.enable()


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file with the default configuration, to be copied."""
    path = tmp_path_factory.mktemp("template") / "inquiries.db"
    settings = settings_for(f"sqlite:///{path}")
    migrate(settings)
    asyncio.run(_fill(open_database(settings)))
    return path


@pytest.fixture(scope="session")
def kept_rows(worker_name: str) -> Iterator[KeptRows]:
    """A migrated PostgreSQL database of this test process, and the rows that it begins with."""
    name = f"test_{worker_name}"
    asyncio.run(create_postgres_database(name))
    migrate(settings_for(url_of(name)))
    asyncio.run(_fill(open_database(settings_for(url_of(name)))))
    kept = KeptRows(url_of(name))
    yield kept
    kept.close()


@pytest.fixture(scope="session")
def postgres_url(kept_rows: KeptRows) -> str:
    return kept_rows.url


@pytest.fixture(scope="session")
def worker_name() -> str:
    return os.environ.get("PYTEST_XDIST_WORKER", "alone")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database with the default configuration and one key a role, once on each kind."""
    if request.param == "sqlite":
        path = tmp_path / "inquiries.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        return f"sqlite:///{path}"
    kept: KeptRows = request.getfixturevalue("kept_rows")
    kept.restore()
    return kept.url


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return settings_for(database_url, phone_dir=tmp_path / "phone")


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    """A started database."""
    opened = open_database(settings)
    await opened.start()
    yield opened
    await opened.stop()


@pytest.fixture
async def house(settings: Settings) -> AsyncIterator[House]:
    """A running house that does not deliver; tests start the worker if they need it."""
    async with running_house(settings) as rooms:
        yield rooms


@pytest.fixture
async def client(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """A client with all rights."""
    async with client_of(house) as made:
        yield made


@pytest.fixture(scope="module")
async def unchanged_house(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    """A running house on SQLite, one for a whole module: its tests change nothing in it."""
    path = tmp_path_factory.mktemp("unchanged") / "inquiries.db"
    shutil.copy(sqlite_template, path)
    settings = settings_for(f"sqlite:///{path}", phone_dir=path.parent / "phone")
    async with running_house(settings) as rooms:
        yield rooms


@asynccontextmanager
async def running_house(
    settings: Settings, classifier: ClassifierService | None = None
) -> AsyncIterator[House]:
    rooms = House(settings, open_database(settings), classifier or ClassifierService(shipped_model))
    async with rooms.open():
        yield rooms


def client_of(house: House, role: Role | None = Role.ADMIN) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {KEYS[role]}"} if role else {}
    transport = httpx.ASGITransport(app_of(house), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://router.test", headers=headers)


def app_of(house: House) -> FastAPI:
    """The app of a house. All share their routes: making them takes longer than most tests."""
    app = copy.copy(shared_app())
    app.state, app.middleware_stack = State({"house": house}), None
    return app


@cache
def shared_app() -> FastAPI:
    """The app that lends its routes and its document to all others. It serves nothing itself."""
    return make_app(settings_for("sqlite:///nowhere.db"))


async def correct_many(client: httpx.AsyncClient, count: int) -> None:
    """Store texts of the corpus and correct each to its label, so that there is enough to learn."""
    examples = [example for example in read_corpus() if example.author == "kuba"][:count]
    for example in examples:
        body = {"channel": example.channel, "text": example.text, "subject": example.subject}
        made = await client.post("/v1/inquiries", json=body)
        assert made.status_code == 201, made.text
        said = {"who": "Celina", "category": example.label}
        assert (
            await client.post(f"/v1/inquiries/{made.json()['id']}/correction", json=said)
        ).status_code == 200


def settings_for(url: str, **more: object) -> Settings:
    defaults = {
        "database_url": url,
        "admin_key_file": None,
        "dispatch": False,
        "fetch": False,
        "remind": False,
        "tell": False,
        "hand_out": False,
        "decide_late": False,
        "synthetic_every_minutes": 0,
        "postgres_pool_size": 4,
        "log_level": "error",
        "phone_dir": Path(tempfile.gettempdir()) / f"inquiry-router-tests-{os.getpid()}",
    }
    return load_settings(_env_file=None, **{**defaults, **more})


@cache
def shipped_model() -> Classifier:
    return load_classifier()


async def _fill(database: Database) -> None:
    await database.start()
    await database.write(_configure)
    await database.stop()


def _configure(connection: Connection) -> None:
    yaml_file.bootstrap(connection, NOW)
    for role, secret in SECRETS.items():
        name, hashed = f"{role} of the tests", digest(secret)
        key = ApiKey(role, name, (role,), hashed, NOW, **MADE_FOR.get(role, {}))
        add_api_key(connection, key)


async def create_postgres_database(name: str) -> None:
    connection = await asyncpg.connect(os.environ[VARIABLE])
    await connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    await connection.execute(f"CREATE DATABASE {name}")
    await connection.close()


@pytest.fixture
async def sqlite_house(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[House]:
    """A running house on SQLite, for behaviour that does not depend on the database."""
    path = tmp_path / "inquiries.db"
    shutil.copy(sqlite_template, path)
    async with running_house(settings_for(f"sqlite:///{path}")) as rooms:
        yield rooms

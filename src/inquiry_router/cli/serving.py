"""The commands that run the service or prepare it: serve, work, migrate, openapi."""

from __future__ import annotations

import asyncio
import contextlib
import os
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from inquiry_router.cli.shared import start, with_database

if TYPE_CHECKING:
    from fastapi import FastAPI
    from sqlalchemy import Connection

    from inquiry_router.process.settings import Settings


def serve(
    migrate_first: Annotated[
        bool, typer.Option("--migrate", help="Run `migrate` before serving, as containers do.")
    ] = False,
) -> None:
    """Serve the HTTP API, and deliver, until stopped.

    Settings come from the environment (INQUIRY_ROUTER_*, HOST, PORT) and from a file `.env`;
    `config show --settings` lists them. The schema must be current: run `migrate` first.
    """
    import uvicorn

    from inquiry_router.process.settings import share_metrics

    settings = start()
    if migrate_first:
        migrate()
    _require_database(settings)
    _log_start(settings)
    options = _server_options(settings)
    if settings.workers == 1:
        uvicorn.run(worker_app(), **options)
    else:
        target = "inquiry_router.cli.serving:worker_app"
        with tempfile.TemporaryDirectory(prefix="inquiry-router-metrics-") as folder:
            share_metrics(Path(folder))
            uvicorn.run(target, factory=True, workers=settings.workers, **options)


def worker_app() -> FastAPI:
    """Make the app of a serving process, from the environment that all of them share."""
    from inquiry_router.app import make_app
    from inquiry_router.process.memory import return_freed_memory

    return_freed_memory()
    return make_app(start())


def work() -> None:
    """Only deliver, without serving, until stopped.

    Any number of such processes may share one PostgreSQL. Set INQUIRY_ROUTER_DISPATCH=false for
    the serving processes when these do the delivering.
    """
    from inquiry_router.process.settings import PREFIX, WrongSettings

    settings = start()
    if settings.is_sqlite:
        raise WrongSettings(
            f"{PREFIX}DATABASE_URL: 'work' needs PostgreSQL; "
            "with SQLite the one serving process delivers by itself"
        )
    from inquiry_router.corrections.links import CorrectionLinks
    from inquiry_router.database.opening import open_database
    from inquiry_router.delivery.worker import run_alone
    from inquiry_router.process.metrics import Metrics
    from inquiry_router.process.metrics_server import serve_metrics
    from inquiry_router.upkeep.figures import render_metrics

    database = open_database(settings)
    links = CorrectionLinks(database, settings.public_url, settings.correction_link_days)
    metrics = Metrics()
    shown = serve_metrics(
        settings.metrics_address, partial(render_metrics, database, metrics), shared=False
    )
    asyncio.run(run_alone(database, settings, links, count=metrics.attempted, beside=shown))


def migrate(
    revision: Annotated[str, typer.Argument(help="The schema version to go to.")] = "head",
) -> None:
    """Create the database, or upgrade it to this version.

    On the first run the default configuration is installed, and an admin key is made and printed,
    once.
    """
    from inquiry_router.database.migrate import migrate as run

    settings = start()
    run(settings, revision)
    if revision == "head":
        _bootstrap(settings.admin_key_file)


def openapi() -> None:
    """Print the OpenAPI document as YAML."""
    from inquiry_router.api.web.openapi import render_yaml
    from inquiry_router.app import make_app
    from inquiry_router.process.settings import load_settings

    typer.echo(render_yaml(make_app(load_settings(_env_file=None)).openapi()), nl=False)


def _require_database(settings: Settings) -> None:
    """Try the database before the server starts, so that a problem ends in a sentence.

    A PostgreSQL that is away is none when phone lines can be answered without it.
    """
    from inquiry_router.house import last_known_of
    from inquiry_router.process.settings import Unreachable

    try:
        with_database(lambda _: None)
    except Unreachable:
        if last_known_of(settings).recall() is None:
            raise


def _log_start(settings: Settings) -> None:
    import structlog

    from inquiry_router import __version__
    from inquiry_router.process.settings import PREFIX, sqlite_warning

    log = structlog.get_logger()
    if settings.is_sqlite and (warning := sqlite_warning()):
        log.warning("sqlite.version", warning=warning)
    if settings.public_url is None:
        log.warning(
            "service.no_public_url",
            variable=f"{PREFIX}PUBLIC_URL",
            warning="addresses for vendors are those of your own requests, and notes in helpdesks "
            "have no correction links: set it to the address that the outside world uses",
        )
    log.info(
        "service.starting",
        version=__version__,
        address=settings.host,
        port=settings.port,
        workers=settings.workers,
    )


def _server_options(settings: Settings) -> dict[str, Any]:
    from inquiry_router.process.server import SERVER_OPTIONS

    return {
        "host": settings.host,
        "port": settings.port,
        "forwarded_allow_ips": settings.trusted_proxies,
        **SERVER_OPTIONS,
    }


def _bootstrap(key_file: Path | None) -> None:
    """Install the default configuration and the first admin key where there are none."""
    from inquiry_router.access.roles import Role
    from inquiry_router.configuration import yaml_file
    from inquiry_router.configuration.api_key_store import add_api_key, read_api_keys
    from inquiry_router.configuration.api_keys import (
        ApiKey,
        digest,
        format_key,
        new_secret,
    )
    from inquiry_router.process.clock import utc_now

    secret, now = new_secret(), utc_now()
    admin = ApiKey("admin", "The first admin key", (Role.ADMIN,), digest(secret), now)

    def work(connection: Connection) -> bool:
        yaml_file.bootstrap(connection, now)
        if read_api_keys(connection):
            return False
        add_api_key(connection, admin)
        return True

    if with_database(work):
        _hand_over_key(format_key("admin", secret), key_file)


def _hand_over_key(key: str, file: Path | None) -> None:
    if file is None:
        typer.echo(f"An admin key was made; it is shown only now:\n{key}")
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    with _private(file) as opened:
        opened.write(key + "\n")
    typer.echo(f"An admin key was made and written to {file} (only you can read it).")


@contextlib.contextmanager
def _private(path: Path) -> Iterator[TextIO]:
    """Open a file that only its owner can read."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        yield file

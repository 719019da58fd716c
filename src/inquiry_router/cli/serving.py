"""The commands that run the service or prepare it: serve, work, migrate, openapi."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from inquiry_router.cli.shared import opened, start

if TYPE_CHECKING:
    from fastapi import FastAPI

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
    _require_address(settings)
    _require_database(settings)
    _log_start(settings)
    if settings.workers == 1:
        uvicorn.run(worker_app(), **_server_options(settings))
    else:
        target = "inquiry_router.cli.serving:worker_app"
        with tempfile.TemporaryDirectory(prefix="inquiry-router-metrics-") as folder:
            share_metrics(Path(folder))
            options = _server_options(settings)
            uvicorn.run(target, factory=True, workers=settings.workers, **options)


def worker_app() -> FastAPI:
    """Make the app of a serving process, from the environment that all of them share.

    The model is loaded in a thread of its own while everything else is imported.
    """
    from inquiry_router.process.memory import load_without_collecting, return_freed_memory

    load_without_collecting()
    return_freed_memory()
    settings = start()
    from inquiry_router.classification.service import ClassifierService

    classifier = ClassifierService.from_folder(
        settings.model_dir, settings.classifier_timeout_s, settings.threads
    )
    classifier.begin()
    from inquiry_router.app import make_app

    return make_app(settings, classifier=classifier)


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
    from inquiry_router.configuration.service import ConfigurationService
    from inquiry_router.corrections.links import CorrectionLinks
    from inquiry_router.database.opening import open_database
    from inquiry_router.delivery.worker import run_alone
    from inquiry_router.house import last_known_of
    from inquiry_router.process.background import beside
    from inquiry_router.process.metrics import Metrics
    from inquiry_router.process.metrics_server import serve_metrics
    from inquiry_router.upkeep.figures import render_metrics

    database = open_database(settings)
    links = CorrectionLinks(database, settings.public_url, settings.correction_link_days)
    metrics = Metrics(serves=False)
    shown = serve_metrics(
        settings.metrics_address, partial(render_metrics, database, metrics), shared=False
    )
    configuration = ConfigurationService(database, lambda _: None, last_known_of(settings))

    @contextlib.asynccontextmanager
    async def around() -> AsyncIterator[None]:
        await configuration.load()
        async with shown, beside(configuration.follow()):
            yield

    asyncio.run(
        run_alone(
            database,
            settings,
            links,
            count=metrics.attempted,
            terms=lambda: configuration.terms,
            beside=around(),
        )
    )


def migrate(
    revision: Annotated[str, typer.Argument(help="The schema version to go to.")] = "head",
    down: Annotated[
        bool,
        typer.Option("--down", help="Go down too; that deletes what newer versions store."),
    ] = False,
) -> None:
    """Create the database, or upgrade it to this version.

    On the first run the default configuration is installed, and an admin key is made and written
    to INQUIRY_ROUTER_ADMIN_KEY_FILE, or printed, once. A key that encrypts secrets is made beside
    a new SQLite database, or where INQUIRY_ROUTER_SECRET_KEY_FILE says.
    """
    from inquiry_router.cli.admin_key import bootstrap, new_secret_key
    from inquiry_router.database.migrate import migrate as run

    settings = start()
    if revision == "head":
        with new_secret_key(settings):
            run(settings, down=down)
            bootstrap(settings.admin_key_file)
    else:
        typer.echo(f"The schema is at {run(settings, revision, down=down)}.")


def openapi() -> None:
    """Print the OpenAPI document as YAML."""
    from inquiry_router.api.web.openapi import render_yaml
    from inquiry_router.app import make_app
    from inquiry_router.process.settings import load_settings

    typer.echo(render_yaml(make_app(load_settings(_env_file=None)).openapi()), nl=False)


def _require_address(settings: Settings) -> None:
    """Try the address before the server starts, so that a problem ends in a sentence."""
    from inquiry_router.process.server import explain_address
    from inquiry_router.process.settings import PREFIX, WrongSettings

    if cure := explain_address(settings.host, settings.port):
        raise WrongSettings(
            f"{PREFIX}HOST and {PREFIX}PORT: {settings.host}:{settings.port} cannot be served: "
            f"{cure}"
        )


def _require_database(settings: Settings) -> None:
    """Try the database before the server starts, so that a problem ends in a sentence.

    A PostgreSQL that is away is none when phone lines can be answered without it.
    """
    from inquiry_router.database.opening import open_database
    from inquiry_router.process.settings import Unreachable

    async def open_it() -> None:
        async with opened(open_database(settings)):
            pass

    try:
        asyncio.run(open_it())
    except Unreachable:
        from inquiry_router.house import last_known_of

        if last_known_of(settings).recall() is None:
            raise


def _log_start(settings: Settings) -> None:
    import structlog

    from inquiry_router import __version__
    from inquiry_router.database.sqlite_version import sqlite_warning
    from inquiry_router.process.secret_box import secret_box_of
    from inquiry_router.process.settings import PREFIX

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
    if not secret_box_of(settings).encrypts:
        cure = f"set {PREFIX}SECRET_KEY or {PREFIX}SECRET_KEY_FILE, then run 'migrate'"
        log.warning("secrets.not_encrypted", cure=cure)
    log.info(
        "service.starting",
        version=__version__,
        address=settings.host,
        port=settings.port,
        workers=settings.workers,
    )


def _server_options(settings: Settings) -> dict[str, Any]:
    from inquiry_router.api.web.server import SERVER_OPTIONS

    return {
        "host": settings.host,
        "port": settings.port,
        "forwarded_allow_ips": settings.trusted_proxies,
        **SERVER_OPTIONS,
    }

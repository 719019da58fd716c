"""The commands. Each says what it does, and what to do when it cannot."""

import asyncio
import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO, TypeVar

import structlog
import typer
import yaml
from pydantic import ValidationError
from sqlalchemy import Connection

from inquiry_router import __version__
from inquiry_router.classification.linear import ModelUnusable
from inquiry_router.cli import model, sources
from inquiry_router.cli.shared import opened, start
from inquiry_router.configuration import document, store
from inquiry_router.configuration.api_keys import ApiKey, Scope, digest, new_secret, format_key
from inquiry_router.configuration.model import Configuration
from inquiry_router.database.session import open_database
from inquiry_router.inquiry.errors import RouterError
from inquiry_router.outside.addresses import Reach
from inquiry_router.process.clock import utc_now
from inquiry_router.process.server import SERVER_OPTIONS
from inquiry_router.process.settings import (
    PREFIX,
    Settings,
    Unreachable,
    WrongSettings,
    load_settings,
    sqlite_warning,
)

if TYPE_CHECKING:
    from fastapi import FastAPI  # takes a third of a second, and most commands do without

T = TypeVar("T")
log = structlog.get_logger()

app = typer.Typer(
    name="inquiry-router",
    help="One front door for customer inquiries: understood, routed, explained, kept, handed over.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
keys_app = typer.Typer(no_args_is_help=True, help="Make, list and revoke API keys.")
config_app = typer.Typer(
    no_args_is_help=True, help="See, export and import teams, policy and destinations as one file."
)
for command in (model.classify, model.evaluate, model.train, model.learn, sources.reconcile):
    app.command()(command)
app.add_typer(keys_app, name="keys")
app.add_typer(config_app, name="config")


def main() -> None:
    """The entry of the `inquiry-router` command: mistakes of the operator end in one sentence, not in a traceback."""
    try:
        app()
    except (WrongSettings, RouterError, ModelUnusable) as error:
        typer.secho(f"inquiry-router: {error}", err=True, fg=typer.colors.RED)
        if isinstance(error, RouterError):
            typer.echo(error.advice, err=True)
        sys.exit(2)


@app.command()
def serve(
    migrate_first: Annotated[
        bool, typer.Option("--migrate", help="Run `migrate` before serving, as containers do.")
    ] = False,
) -> None:
    """Serve the HTTP API, and deliver, until stopped.

    Settings come from the environment (INQUIRY_ROUTER_*, HOST, PORT) and from a file `.env`; `config show --settings` lists
    them. The schema must be current: run `migrate` first.
    """
    import uvicorn

    settings = start()
    if migrate_first:
        migrate()
    try:
        _with_database(
            lambda _: None
        )  # what cannot start says so in a sentence, before the server is there
    except Unreachable:
        from inquiry_router.house import last_known_of

        if last_known_of(settings).recall() is None:
            raise
    if settings.is_sqlite and (warning := sqlite_warning()):
        log.warning("sqlite.version", warning=warning)
    options: dict[str, Any] = {
        "host": settings.host,
        "port": settings.port,
        "forwarded_allow_ips": settings.trusted_proxies,
        **SERVER_OPTIONS,
    }
    log.info(
        "service.starting",
        version=__version__,
        address=settings.host,
        port=settings.port,
        workers=settings.workers,
    )
    if settings.workers == 1:
        uvicorn.run(worker_app(), **options)
    else:
        uvicorn.run(
            "inquiry_router.cli:worker_app", factory=True, workers=settings.workers, **options
        )


def worker_app() -> "FastAPI":
    """The app of a serving process, from the environment that all of them share."""
    from inquiry_router.app import make_app
    from inquiry_router.process.memory import return_freed_memory

    return_freed_memory()
    return make_app(start())


@app.command()
def work() -> None:
    """Only deliver, without serving, until stopped. Any number of such processes may share one PostgreSQL.

    Set INQUIRY_ROUTER_DISPATCH=false for the serving processes when these do the delivering.
    """
    settings = start()
    if settings.is_sqlite:
        raise WrongSettings(
            f"{PREFIX}DATABASE_URL: 'work' needs PostgreSQL; with SQLite the one serving process delivers by itself"
        )
    from inquiry_router.delivery.worker import run_alone

    asyncio.run(run_alone(open_database(settings), settings))


@app.command()
def migrate(
    revision: Annotated[str, typer.Argument(help="The schema version to go to.")] = "head",
) -> None:
    """Bring the database to this version's schema; make it, with the default configuration, when there is none.

    On the first run an admin key is made and printed, once.
    """
    from inquiry_router.database.migrate import migrate as run

    settings = start()
    run(settings, revision)
    if revision == "head":
        _bootstrap(settings)


@app.command()
def openapi() -> None:
    """Print the OpenAPI document as YAML."""
    from inquiry_router.app import make_app

    typer.echo(openapi_yaml(make_app(load_settings(_env_file=None)).openapi()), nl=False)


def openapi_yaml(document: object) -> str:
    """An OpenAPI document as YAML, always in the same form."""
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=120)


@keys_app.command("create")
def create_key(
    key_id: Annotated[
        str, typer.Argument(metavar="ID", help="Small letters, digits, dashes; part of the key.")
    ],
    scope: Annotated[list[Scope], typer.Option(help="May be given several times.")],
    name: Annotated[str, typer.Option(help="Who uses it.")] = "",
) -> None:
    """Make a key and print it, this once.

    Example: inquiry-router keys create website --scope intake --name "Contact form"
    """
    secret = new_secret()
    key = ApiKey(key_id, name or key_id, tuple(scope), digest(secret), utc_now())
    _with_database(lambda connection: store.add_api_key(connection, key))
    typer.echo(format_key(key_id, secret))


@keys_app.command("list")
def list_keys() -> None:
    """List all keys; never a secret."""
    for key in _with_database(store.load).api_keys.values():
        state = f"revoked {key.revoked_at:%Y-%m-%d}" if key.revoked_at else "valid"
        typer.echo(f"{key.id:20} {state:20} {','.join(key.scopes):20} {key.name}")


@keys_app.command("revoke")
def revoke_key(key_id: Annotated[str, typer.Argument(metavar="ID", help="The key's id.")]) -> None:
    """Revoke a key; running services notice within a second."""
    _with_database(lambda connection: store.revoke_api_key(connection, key_id, utc_now()))
    typer.echo(f"{key_id} is revoked")


@config_app.command("show")
def show_config(
    settings: Annotated[
        bool,
        typer.Option(
            "--settings", help="The settings of the process instead, with their variables."
        ),
    ] = False,
) -> None:
    """Print teams, policy and destinations in force, without secrets."""
    if settings:
        _show_settings(start())
        return
    typer.echo(document.as_yaml(_with_database(store.load)), nl=False)


@config_app.command("export")
def export_config(file: Annotated[Path, typer.Argument(help="The YAML file to write.")]) -> None:
    """Write teams, policy and destinations into one file, without secrets."""
    file.write_text(document.as_yaml(_with_database(store.load)), encoding="utf-8")
    typer.echo(f"written to {file}")


@config_app.command("import")
def import_config(
    file: Annotated[
        Path, typer.Argument(help="A YAML file as `export` writes it.", exists=True, dir_okay=False)
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only check it and say what would change.")
    ] = False,
) -> None:
    """Put the teams, policy and destinations of a file in force. Destinations that it does not name stay as they are."""
    try:
        wanted = document.read_file(file.read_text(encoding="utf-8"))
    except (ValidationError, ValueError) as error:
        raise WrongSettings(f"{file}: {error}") from None
    present = _with_database(store.load)
    settings = load_settings()
    reach = Reach.of(settings.allow_loopback_destinations_for_development, settings.own_hosts)
    changes = document.differences(present, wanted, reach)
    for line in changes or ["nothing would change" if dry_run else "nothing to change"]:
        typer.echo(line)
    if changes and not dry_run:
        _with_database(
            lambda connection: document.apply_file(
                connection, wanted, present, "cli", utc_now(), reach
            )
        )
        typer.echo("done")


def _with_database(work: Callable[[Connection], T]) -> T:
    """Run `work` in a transaction. On SQLite this needs the service to be stopped: it has one writing process."""
    settings = start()

    async def run() -> T:
        async with opened(open_database(settings)) as database:
            return await database.write(work)

    return asyncio.run(run())


def _bootstrap(settings: Settings) -> None:
    """The default configuration and the first admin key, when there are none."""
    secret = new_secret()
    now = utc_now()

    def work(connection: Connection) -> bool:
        document.bootstrap(connection, now)
        configuration: Configuration = store.load(connection)
        if configuration.api_keys:
            return False
        store.add_api_key(
            connection, ApiKey("admin", "The first admin key", (Scope.ADMIN,), digest(secret), now)
        )
        return True

    if _with_database(work):
        key = format_key("admin", secret)
        if settings.admin_key_file is not None:
            settings.admin_key_file.parent.mkdir(parents=True, exist_ok=True)
            with _private(settings.admin_key_file) as file:
                file.write(key + "\n")
            typer.echo(
                f"An admin key was made and written to {settings.admin_key_file} (only you can read it)."
            )
        else:
            typer.echo(f"An admin key was made; it is shown only now:\n{key}")


@contextlib.contextmanager
def _private(path: Path) -> Iterator[TextIO]:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        yield file


def _show_settings(settings: Settings) -> None:
    for name, field in Settings.model_fields.items():
        value = getattr(settings, name)
        shown = _without_password(str(value)) if name == "database_url" else value
        typer.echo(
            f"{PREFIX}{name.upper()}={shown if shown is not None else ''}\n    {field.description}"
        )


def _without_password(url: str) -> str:
    head, at, tail = url.rpartition("@")
    scheme, slashes, user = head.partition("://")
    return f"{scheme}{slashes}{user.partition(':')[0]}:***@{tail}" if at else url

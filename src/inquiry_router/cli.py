"""The commands. Each says what it does, and what to do when it cannot."""

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Annotated, Any, TextIO, TypeVar
from zoneinfo import available_timezones

import structlog
import typer
import yaml
from fastapi import FastAPI
from pydantic import ValidationError
from sqlalchemy import Connection

from inquiry_router import __version__
from inquiry_router.classification.linear import ModelUnusable
from inquiry_router.clock import utc_now
from inquiry_router.configuration import document, store
from inquiry_router.configuration.model import ApiKey, Configuration, Scope, digest, new_secret, written_key
from inquiry_router.database.session import Database, open_database
from inquiry_router.inquiry.errors import RouterError
from inquiry_router.labelled import Labelled, read_file
from inquiry_router.learning.store import Version
from inquiry_router.logs import configure
from inquiry_router.settings import PREFIX, Settings, WrongSettings, load_settings, sqlite_warning

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
config_app = typer.Typer(no_args_is_help=True, help="See, export and import teams, policy and destinations as one file.")
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
    migrate_first: Annotated[bool, typer.Option("--migrate", help="Run `migrate` before serving, as containers do.")] = False,
) -> None:
    """Serve the HTTP API, and deliver, until stopped.

    Settings come from the environment (INQUIRY_ROUTER_*, HOST, PORT) and from a file `.env`; `config show --settings` lists
    them. The schema must be current: run `migrate` first.
    """
    import uvicorn

    settings = _start()
    if migrate_first:
        migrate()
    _with_database(lambda _: None)  # what cannot start says so in a sentence, before the server is there
    if settings.is_sqlite and (warning := sqlite_warning()):
        log.warning("sqlite.version", warning=warning)
    options: dict[str, Any] = {
        "host": settings.host,
        "port": settings.port,
        "access_log": False,
        "log_config": None,
        "server_header": False,
        "date_header": True,
        "proxy_headers": True,
        "forwarded_allow_ips": settings.trusted_proxies,
        "timeout_graceful_shutdown": 8,
        "timeout_keep_alive": 30,
        "limit_concurrency": 2000,
        "loop": "auto",
        "http": "auto",
    }
    log.info("service.starting", version=__version__, address=settings.host, port=settings.port, workers=settings.workers)
    if settings.workers == 1:
        uvicorn.run(worker_app(), **options)
    else:
        uvicorn.run("inquiry_router.cli:worker_app", factory=True, workers=settings.workers, **options)


def worker_app() -> FastAPI:
    """The app of a serving process, from the environment that all of them share."""
    from inquiry_router.app import make_app, spare_the_collector

    spare_the_collector()
    return make_app(_start())


@app.command()
def work() -> None:
    """Only deliver, without serving, until stopped. Any number of such processes may share one PostgreSQL.

    Set INQUIRY_ROUTER_DISPATCH=false for the serving processes when these do the delivering.
    """
    settings = _start()
    if settings.is_sqlite:
        raise WrongSettings(
            f"{PREFIX}DATABASE_URL: 'work' needs PostgreSQL; with SQLite the one serving process delivers by itself"
        )
    from inquiry_router.worker import run_alone

    asyncio.run(run_alone(open_database(settings), settings))


@app.command()
def migrate(
    revision: Annotated[str, typer.Argument(help="The schema version to go to.")] = "head",
) -> None:
    """Bring the database to this version's schema; make it, with the default configuration, when there is none.

    On the first run an admin key is made and printed, once.
    """
    from inquiry_router.database.migrate import migrate as run

    settings = _start()
    run(settings, revision)
    if revision == "head":
        _bootstrap(settings)


@app.command()
def classify(
    text: Annotated[str, typer.Argument(help="What a customer wrote or said; `-` reads it from standard input.")],
    subject: Annotated[str | None, typer.Option(help="The subject line, where there is one.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say what a text is about, and why. Needs no database and stores nothing.

    Example: inquiry-router classify "Pompa cieknie od wczoraj, prosimy o serwis"
    """
    from inquiry_router.classification.classifier import load_classifier
    from inquiry_router.inquiry.model import Channel, Draft
    from inquiry_router.inquiry.rendering import classification_json
    from inquiry_router.intake.asking import asked
    from inquiry_router.intake.cleaning import clean

    settings = _start()
    said = sys.stdin.read() if text == "-" else text
    classification = load_classifier(settings.model_dir).classify(asked(clean(Draft(Channel.API, said, subject))))
    if as_json:
        typer.echo(json.dumps(classification_json(classification), ensure_ascii=False, indent=2))
        return
    typer.echo(f"{classification.category}  {classification.confidence:.2f}{'  (unsure)' if classification.unsure else ''}")
    for ranked in classification.ranking[1:]:
        typer.echo(f"  {ranked.category}  {ranked.confidence:.2f}")
    words = ", ".join(f"{entry.text} ({entry.weight:.2f})" for entry in classification.evidence)
    typer.echo(
        f"language: {classification.language}; model: {classification.model}; because of: {words or 'nothing in particular'}"
    )


@app.command()
def evaluate(
    file: Annotated[Path, typer.Argument(help="Labelled inquiries: .jsonl or .csv.", exists=True, dir_okay=False)],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
    predictions: Annotated[Path | None, typer.Option(help="Write what was made of each inquiry, a JSON object a line.")] = None,
    model: Annotated[Path | None, typer.Option(help="A folder with another model than the shipped one.")] = None,
) -> None:
    """Judge the model and the default policy on labelled inquiries, through the live path.

    A line is {"id", "lang", "channel", "subject", "text", "label", "secondary"?, "acceptable"?: [...]}; text and label suffice.
    """
    from rich.console import Console
    from rich.progress import track

    from inquiry_router import evaluation
    from inquiry_router.classification.classifier import load_classifier
    from inquiry_router.routing.policy import Teams

    settings = _start()
    classifier = load_classifier(model or settings.model_dir)
    items = _labelled(file, classifier.labels)
    defaults, now = document.default_file(), utc_now()
    teams = Teams(teams=defaults.teams)
    shown = track(items, "judging", console=Console(stderr=True), disable=as_json)
    judged = [entry for item in shown for entry in evaluation.judge([item], classifier.classify, defaults.policy, teams, now)]
    if predictions is not None:
        lines = [json.dumps(entry.as_line(), ensure_ascii=False) for entry in judged]
        predictions.write_text("\n".join(lines) + "\n", encoding="utf-8")
    figures = evaluation.figures(judged, defaults.policy, teams, now)
    if as_json:
        typer.echo(json.dumps(figures, ensure_ascii=False, indent=2))
    else:
        _show_figures(figures)


@app.command()
def train(
    data: Annotated[Path, typer.Option(help="Labelled texts: .csv or .jsonl with text and label.", exists=True, dir_okay=False)],
    out: Annotated[Path, typer.Option(help="The folder to write the model to.", file_okay=False)],
) -> None:
    """Teach the shipped encoder another set of labels; seconds for hundreds of texts, minutes for ten thousand.

    Example: inquiry-router train --data intents.csv --out var/intents; inquiry-router evaluate test.csv --model var/intents
    """
    from rich.console import Console
    from rich.progress import Progress

    from inquiry_router.classification.classifier import load_classifier
    from inquiry_router.classification.teaching import save_taught, teach
    from inquiry_router.intake.asking import asked
    from inquiry_router.intake.cleaning import clean

    settings = _start()
    base = load_classifier(settings.model_dir)
    items = _labelled(data, None)
    with Progress(console=Console(stderr=True)) as bars:
        tasks: dict[str, Any] = {}

        def say(doing: str, done: int, of: int) -> None:
            if doing not in tasks:
                tasks[doing] = bars.add_task(doing, total=of)
            bars.update(tasks[doing], completed=done, total=of)

        try:
            taught = teach([asked(clean(item.draft)) for item in items], [item.label for item in items], base, say)
        except ValueError as error:
            raise WrongSettings(f"{data}: {error}") from None
    save_taught(taught, base, data.stem, out)
    typer.echo(f"written to {out}; on held-out texts:")
    _show_figures(taught.figures)


@app.command()
def learn(
    why: Annotated[str, typer.Option(help="For the history.")] = "asked for",
) -> None:
    """Learn from what people corrected: a new head, used only if it is better and does no harm. From 20 corrections on.

    With SQLite the service must be stopped; while it runs, POST /v1/models does the same.
    """
    version = asyncio.run(_learn(_start(), why))
    for name, pair in version.figures.items():
        if isinstance(pair, dict):
            before, after = pair["before"], pair["after"]
            typer.echo(
                f"{name:24}{before['texts']:>6} texts   right {_percent(before['accuracy'])} -> {_percent(after['accuracy'])}"
            )
    for objection in version.objections:
        typer.echo(f"  against it: {objection}")
    typer.echo(f"taught-{version.number}, from {version.lessons} corrected inquiries, is {version.state}")


async def _learn(settings: Settings, why: str) -> Version:
    from inquiry_router.app import House
    from inquiry_router.classification.service import ClassifierService

    async with _opened(open_database(settings)) as database:
        house = House(settings, database, ClassifierService.from_folder(settings.model_dir))
        await house.configuration.load()
        await house.classifier.start()
        try:
            return await house.learning.learn("cli", why, utc_now())
        finally:
            await house.classifier.stop()


def _labelled(file: Path, labels: tuple[str, ...] | None) -> list[Labelled]:
    try:
        return read_file(file, labels)
    except ValueError as error:
        raise WrongSettings(str(error)) from None


def _show_figures(figures: dict[str, Any]) -> None:
    for name, value in figures.items():
        if not isinstance(value, dict):
            typer.echo(f"{name:24}{value:>10}" if isinstance(value, int) else f"{name:24}{_percent(value):>10}")
    for group in [name for name in ("by_label", "by_language", "by_channel") if name in figures]:
        typer.echo(f"\n{group:24}{'n':>10}{'right':>10}{'decided':>10}")
        for name, entry in figures[group].items():
            typer.echo(f"  {name:22}{entry['n']:>10}{_percent(entry['accuracy']):>10}{_percent(entry['coverage']):>10}")
    if "confusion" in figures:
        typer.echo("\nconfusion (label: what it was taken for)")
    for label, taken in figures.get("confusion", {}).items():
        typer.echo(f"  {label:22}" + "  ".join(f"{category} {count}" for category, count in taken.items()))


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"


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
    key_id: Annotated[str, typer.Argument(metavar="ID", help="Small letters, digits, dashes; part of the key.")],
    scope: Annotated[list[Scope], typer.Option(help="May be given several times.")],
    name: Annotated[str, typer.Option(help="Who uses it.")] = "",
) -> None:
    """Make a key and print it, this once.

    Example: inquiry-router keys create website --scope intake --name "Contact form"
    """
    secret = new_secret()
    key = ApiKey(key_id, name or key_id, tuple(scope), digest(secret), utc_now())
    _with_database(lambda connection: store.add_api_key(connection, key))
    typer.echo(written_key(key_id, secret))


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
        bool, typer.Option("--settings", help="The settings of the process instead, with their variables.")
    ] = False,
) -> None:
    """Print teams, policy and destinations in force, without secrets."""
    if settings:
        _show_settings(_start())
        return
    typer.echo(document.as_yaml(_with_database(store.load)), nl=False)


@config_app.command("export")
def export_config(file: Annotated[Path, typer.Argument(help="The YAML file to write.")]) -> None:
    """Write teams, policy and destinations into one file, without secrets."""
    file.write_text(document.as_yaml(_with_database(store.load)), encoding="utf-8")
    typer.echo(f"written to {file}")


@config_app.command("import")
def import_config(
    file: Annotated[Path, typer.Argument(help="A YAML file as `export` writes it.", exists=True, dir_okay=False)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only check it and say what would change.")] = False,
) -> None:
    """Put the teams, policy and destinations of a file in force. Destinations that it does not name stay as they are."""
    try:
        wanted = document.read_file(file.read_text(encoding="utf-8"))
    except (ValidationError, ValueError) as error:
        raise WrongSettings(f"{file}: {error}") from None
    present = _with_database(store.load)
    changes = document.differences(present, wanted)
    for line in changes or ["nothing would change" if dry_run else "nothing to change"]:
        typer.echo(line)
    if changes and not dry_run:
        _with_database(lambda connection: document.apply_file(connection, wanted, present, "cli", utc_now()))
        typer.echo("done")


def _start() -> Settings:
    settings = load_settings()
    configure(settings)
    if "Europe/Warsaw" not in available_timezones():
        raise WrongSettings("this system knows no time zones: install its package tzdata, or 'pip install tzdata'")
    return settings


def _with_database(work: Callable[[Connection], T]) -> T:
    """Run `work` in a transaction. On SQLite this needs the service to be stopped: it has one writing process."""
    settings = _start()

    async def run() -> T:
        async with _opened(open_database(settings)) as database:
            return await database.write(work)

    return asyncio.run(run())


@contextlib.asynccontextmanager
async def _opened(database: Database) -> AsyncIterator[Database]:
    await database.start()
    try:
        yield database
    finally:
        await database.stop()


def _bootstrap(settings: Settings) -> None:
    """The default configuration and the first admin key, when there are none."""
    secret = new_secret()
    now = utc_now()

    def work(connection: Connection) -> bool:
        document.bootstrap(connection, now)
        configuration: Configuration = store.load(connection)
        if configuration.api_keys:
            return False
        store.add_api_key(connection, ApiKey("admin", "The first admin key", (Scope.ADMIN,), digest(secret), now))
        return True

    if _with_database(work):
        key = written_key("admin", secret)
        if settings.admin_key_file is not None:
            settings.admin_key_file.parent.mkdir(parents=True, exist_ok=True)
            with _private(settings.admin_key_file) as file:
                file.write(key + "\n")
            typer.echo(f"An admin key was made and written to {settings.admin_key_file} (only you can read it).")
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
        typer.echo(f"{PREFIX}{name.upper()}={shown if shown is not None else ''}\n    {field.description}")


def _without_password(url: str) -> str:
    head, at, tail = url.rpartition("@")
    scheme, slashes, user = head.partition("://")
    return f"{scheme}{slashes}{user.partition(':')[0]}:***@{tail}" if at else url

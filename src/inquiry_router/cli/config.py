"""The commands about the configuration: show it, write it to a file, read it from a file.

With `--url` they ask a running service; else they use the database, which with SQLite is possible
only while the service is stopped.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from inquiry_router.cli.shared import start, with_database

if TYPE_CHECKING:
    from inquiry_router.cli.remote import Remote
    from inquiry_router.process.settings import Settings

MAX_SHOWN = 200
Url = Annotated[
    str | None,
    typer.Option(help="The address of a running service, such as http://127.0.0.1:8000."),
]
KeyFile = Annotated[
    Path | None,
    typer.Option(help="With --url: a file with an admin's key; INQUIRY_ROUTER_ADMIN_KEY_FILE."),
]

app = typer.Typer(
    no_args_is_help=True, help="See, export and import the whole configuration as one file."
)


@app.command("show")
def show_config(
    settings: Annotated[
        bool,
        typer.Option(
            "--settings", help="The settings of the process instead, with their variables."
        ),
    ] = False,
    url: Url = None,
    key_file: KeyFile = None,
) -> None:
    """Print the configuration in force, with the names of secrets in their place."""
    if settings:
        _show_settings(start())
    else:
        typer.echo(_in_force(url, key_file), nl=False)


@app.command("export")
def export_config(
    file: Annotated[Path, typer.Argument(help="The YAML file to write.")],
    secrets: Annotated[
        Path | None,
        typer.Option(help="A second file for the values of the secrets; only you can read it."),
    ] = None,
    url: Url = None,
    key_file: KeyFile = None,
) -> None:
    """Write teams, policy, categories, intents, phone, sources and destinations into one file.

    Secrets are there by their names only, such as ${sources.desk.secret}. API keys stay here.
    """
    if secrets is not None:
        _export_secrets(secrets, url)
    file.write_text(_in_force(url, key_file), encoding="utf-8")
    typer.echo(f"written to {file}")


@app.command("import")
def import_config(
    file: Annotated[
        Path, typer.Argument(help="A YAML file as `export` writes it.", exists=True, dir_okay=False)
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only check it and say what would change.")
    ] = False,
    secrets: Annotated[
        Path | None,
        typer.Option(help="A YAML file with values of secrets, by their names in the file."),
    ] = None,
    url: Url = None,
    key_file: KeyFile = None,
) -> None:
    """Put the configuration in a file in force, or none of it if there is any problem.

    Parts, sources and destinations that it does not name stay as they are.
    """
    data = _read(file)
    values = {name: str(value) for name, value in _read(secrets).items()} if secrets else {}
    if url is not None:
        result = _import_there(_remote(url, key_file), data, values, dry_run=dry_run)
    else:
        result = _import_here(file, values, dry_run=dry_run)
    lines = list(_lines(result))
    for line in lines or ["nothing would change" if dry_run else "nothing to change"]:
        typer.echo(line)
    if result["problems"]:
        from inquiry_router.process.settings import WrongSettings

        raise WrongSettings("\n".join((f"{file} cannot be imported:", *result["problems"])))
    if lines and not dry_run:
        typer.echo("done")


def _import_here(file: Path, values: Mapping[str, str], *, dry_run: bool) -> dict[str, Any]:
    """Import into the database, unless there are problems."""
    from inquiry_router.audit.changes import find_changes
    from inquiry_router.configuration import store, yaml_file
    from inquiry_router.configuration.importing import plan_import
    from inquiry_router.introductions.office import office_of
    from inquiry_router.outside.addresses import Reach
    from inquiry_router.process.clock import utc_now
    from inquiry_router.process.settings import WrongSettings, load_settings
    from inquiry_router.sources.importing import import_configuration
    from inquiry_router.staff.store import load_roster

    try:
        wanted = yaml_file.read_file(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise WrongSettings(f"{file}: {error}") from None
    settings, now = load_settings(), utc_now()
    reach = Reach.of(settings.allow_loopback_destinations_for_development, settings.own_hosts)
    present, roster = with_database(lambda it: (store.load(it), load_roster(it)))
    members = office_of(present, roster.members).colleagues.by_id
    plan = plan_import(present, wanted, values, reach, now, members)
    if plan.changes_anything and not plan.problems and not dry_run:
        with_database(
            lambda connection: import_configuration(connection, plan, "cli", now), "config import"
        )
    changes = find_changes(yaml_file.as_data(plan.before), yaml_file.as_data(plan.after))
    return {
        "problems": list(plan.problems),
        "changes": [
            {"path": path, "before": before, "after": after}
            for path, (before, after) in changes.items()
        ],
        "new_secrets": list(plan.new_secrets),
        "new_addresses": list(plan.new_tokens),
    }


def _import_there(
    remote: Remote, data: Mapping[str, Any], values: Mapping[str, str], *, dry_run: bool
) -> dict[str, Any]:
    """Let a running service import, unless there are problems."""
    body = {**data, "secrets": dict(values)}
    _, version = remote.call("GET", "/v1/configuration")
    tried, _ = remote.call("PUT", "/v1/configuration?dry_run=true", body)
    result: dict[str, Any] = tried
    if not dry_run and not result["problems"]:
        result, _ = remote.call("PUT", "/v1/configuration", body, version)
    return result


def _lines(result: Mapping[str, Any]) -> Iterable[str]:
    """Write a line for each change of an import."""
    for change in result["changes"]:
        before, after = _brief(change["before"]), _brief(change["after"])
        yield f"{change['path']}: {before} -> {after}"
    for name in result["new_secrets"]:
        yield f"{name}: another secret"
    for source in result["new_addresses"]:
        yield f"sources.{source}: another address; GET /v1/sources/{source}/setup shows it"


def _brief(value: Any) -> str:
    if value is None:
        return "none"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"


def _in_force(url: str | None, key_file: Path | None) -> str:
    from inquiry_router.configuration import store, yaml_file

    if url is None:
        return yaml_file.as_yaml(with_database(store.load))
    data, _ = _remote(url, key_file).call("GET", "/v1/configuration")
    return yaml_file.write_yaml(data)


def _export_secrets(file: Path, url: str | None) -> None:
    """Write the values of all secrets, for an import elsewhere."""
    from inquiry_router.configuration import store, yaml_file
    from inquiry_router.configuration.importing import secrets_of
    from inquiry_router.process.private_files import write_private
    from inquiry_router.process.settings import WrongSettings

    if url is not None:
        raise WrongSettings("--secrets: a running service shows no secrets; leave --url out")
    values = secrets_of(with_database(store.load))
    write_private(file, yaml_file.write_yaml(values))
    typer.echo(f"{len(values)} secrets are in {file}: delete it when they are imported")


def _remote(url: str, key_file: Path | None) -> Remote:
    from inquiry_router.cli.remote import remote_at

    settings = start()
    return remote_at(url, key_file or settings.admin_key_file or Path("var/admin.key"))


def _read(file: Path) -> dict[str, Any]:
    import yaml

    from inquiry_router.process.settings import WrongSettings
    from inquiry_router.text.yaml_reading import load_yaml

    try:
        data = load_yaml(file.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise WrongSettings(f"{file}: not readable as YAML: {error}") from None
    if not isinstance(data, dict):
        raise WrongSettings(f"{file}: it has no parts such as 'teams:' and 'policy:'")
    return data


def _show_settings(settings: Settings) -> None:
    from inquiry_router.process.settings import PREFIX

    for name, field in type(settings).model_fields.items():
        value = getattr(settings, name)
        shown = _without_password(str(value)) if name == "database_url" else value
        typer.echo(f"{PREFIX}{name.upper()}={'' if shown is None else shown}")
        typer.echo(f"    {field.description}")


def _without_password(url: str) -> str:
    head, at, tail = url.rpartition("@")
    scheme, slashes, user = head.partition("://")
    return f"{scheme}{slashes}{user.partition(':')[0]}:***@{tail}" if at else url

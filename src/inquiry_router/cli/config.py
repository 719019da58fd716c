"""The commands about the configuration: show it, write it to a file, read it from a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inquiry_router.cli.shared import start, with_database

if TYPE_CHECKING:
    from inquiry_router.configuration.yaml_file import ConfigurationFile
    from inquiry_router.process.settings import Settings

app = typer.Typer(
    no_args_is_help=True, help="See, export and import teams, policy and destinations as one file."
)


@app.command("show")
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
    else:
        typer.echo(_in_force(), nl=False)


@app.command("export")
def export_config(file: Annotated[Path, typer.Argument(help="The YAML file to write.")]) -> None:
    """Write teams, policy and destinations into one file, without secrets."""
    file.write_text(_in_force(), encoding="utf-8")
    typer.echo(f"written to {file}")


@app.command("import")
def import_config(
    file: Annotated[
        Path, typer.Argument(help="A YAML file as `export` writes it.", exists=True, dir_okay=False)
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only check it and say what would change.")
    ] = False,
) -> None:
    """Put the teams, policy and destinations of a file in force.

    Destinations that it does not name stay as they are.
    """
    from inquiry_router.configuration import store, yaml_file
    from inquiry_router.outside.addresses import Reach
    from inquiry_router.process.clock import utc_now
    from inquiry_router.process.settings import load_settings

    wanted = _read(file)
    present = with_database(store.load)
    settings = load_settings()
    reach = Reach.of(settings.allow_loopback_destinations_for_development, settings.own_hosts)
    changes = yaml_file.differences(present, wanted, reach)
    for line in changes or ["nothing would change" if dry_run else "nothing to change"]:
        typer.echo(line)
    if changes and not dry_run:
        with_database(
            lambda connection: yaml_file.apply_file(
                connection, wanted, present, "cli", utc_now(), reach
            ),
            "config import",
        )
        typer.echo("done")


def _in_force() -> str:
    from inquiry_router.configuration import store, yaml_file

    return yaml_file.as_yaml(with_database(store.load))


def _read(file: Path) -> ConfigurationFile:
    from pydantic import ValidationError

    from inquiry_router.configuration import yaml_file
    from inquiry_router.process.settings import WrongSettings

    try:
        return yaml_file.read_file(file.read_text(encoding="utf-8"))
    except (ValidationError, ValueError) as error:
        raise WrongSettings(f"{file}: {error}") from None


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

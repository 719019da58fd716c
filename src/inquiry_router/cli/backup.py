"""The commands about backups."""

from pathlib import Path
from typing import Annotated

import typer

from inquiry_router.cli.shared import start


def backup(
    file: Annotated[Path, typer.Argument(help="The new file.", dir_okay=False)],
) -> None:
    """Write a backup of everything to one file. The service may run.

    It has the database (with the write-ahead log; PostgreSQL by pg_dump), calls that wait to be
    stored, and recorded messages. Keep it as safe as the database: it holds customers' words.

    Example: inquiry-router backup /backups/router-$(date +%F).backup
    """
    from inquiry_router.process.clock import utc_now
    from inquiry_router.process.secret_box import secret_box_of, secret_key_file_of
    from inquiry_router.process.settings import PREFIX
    from inquiry_router.upkeep.backup import make_backup

    settings = start()
    made = make_backup(settings, file, utc_now())
    typer.echo(
        f"{file}: {made.inquiries} inquiries and {made.phone_files} files of the phone, "
        f"schema {made.schema}"
    )
    if secret_box_of(settings).encrypts:
        held = secret_key_file_of(settings) if settings.secret_key is None else None
        where = held or f"{PREFIX}SECRET_KEY"
        typer.echo(f"Its secrets need the key of {where}, which is not in it: keep a copy apart.")


def restore(
    file: Annotated[
        Path, typer.Argument(help="A file that `backup` wrote.", exists=True, dir_okay=False)
    ],
    replace: Annotated[
        bool, typer.Option("--replace", help="Put the present database aside, if there is one.")
    ] = False,
) -> None:
    """Put a backup in place. Every process of the service must be stopped.

    What was to be delivered when the backup was made is delivered again after the start.
    """
    from inquiry_router.process.clock import utc_now
    from inquiry_router.upkeep.backup import restore_backup

    restored = restore_backup(start(), file, utc_now(), replace=replace)
    made = restored.manifest
    typer.echo(f"{made.inquiries} inquiries of {made.made_at} are back")
    if restored.put_aside is not None:
        typer.echo(f"the earlier database is {restored.put_aside}; delete it when all is well")
    if restored.needs_migration:
        typer.echo("its schema is older: run 'inquiry-router migrate', then start the service")

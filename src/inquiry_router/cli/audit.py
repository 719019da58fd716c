"""The commands about the audit."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Annotated

import typer

from inquiry_router.cli.shared import opened, start, with_database

if TYPE_CHECKING:
    from inquiry_router.audit.store import ChainVerdict

app = typer.Typer(
    no_args_is_help=True,
    help="See who did what, and prove that nobody changed the record. With SQLite the service must "
    "be stopped; while it runs, GET /v1/audit does the same.",
)


@app.command("verify")
def verify_audit(
    expect: Annotated[
        str | None,
        typer.Option(help="The number and hash that an earlier run printed, such as 214:9f2c..."),
    ] = None,
) -> None:
    """Follow the chain of hashes from its beginning to its end. Exit code 1 if it is broken.

    Keep what it prints somewhere else: with --expect it also notices that the whole chain was
    written again.
    """
    verdict, is_known = asyncio.run(_verify(expect))
    problem = verdict.problem or (None if is_known else f"it has no entry {expect}")
    if problem is not None:
        typer.secho(f"the audit is broken: {problem}", err=True, fg=typer.colors.RED)
        raise typer.Exit(1)
    typer.echo(f"the audit is whole: {verdict.count} entries")
    typer.echo(f"{verdict.last.number}:{verdict.last.hash}")


@app.command("list")
def list_audit(
    actor: Annotated[str | None, typer.Option(help="Only acts of this key or person.")] = None,
    object_: Annotated[
        str | None, typer.Option("--object", help="Only acts on this, such as key:website.")
    ] = None,
    limit: Annotated[int, typer.Option(help="How many, the newest first.")] = 50,
) -> None:
    """List acts, the newest first."""
    from inquiry_router.audit.store import AuditFilters, list_entries

    filters = AuditFilters(actor=actor, object=object_)
    for row in with_database(lambda connection: list_entries(connection, filters, limit)):
        done = f"{row.actor} {row.operation} {row.object}"
        typer.echo(f"{row.number:>7} {row.at:%Y-%m-%d %H:%M:%S} {done}")
        for name, (before, after) in json.loads(row.changes).items():
            typer.echo(f"        {name}: {_written(before)} -> {_written(after)}")


async def _verify(expect: str | None) -> tuple[ChainVerdict, bool]:
    from inquiry_router.audit.service import AuditService
    from inquiry_router.database.opening import open_database
    from inquiry_router.process.settings import WrongSettings

    number, _, digest = (expect or "0:").partition(":")
    if not number.isdecimal():
        raise WrongSettings("--expect wants what 'audit verify' printed: a number, ':' and a hash")
    settings = start()
    async with opened(open_database(settings)) as database:
        audit = AuditService(database, settings.audit_days)
        is_known = expect is None or await audit.has_link(int(number), digest)
        return await audit.verify(), is_known


def _written(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)

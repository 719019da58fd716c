"""The commands about accounts."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inquiry_router.cli.shared import command_act, opened, start

if TYPE_CHECKING:
    from inquiry_router.accounts.importing import ImportOptions, ImportResult

app = typer.Typer(
    no_args_is_help=True,
    help="Import accounts. With SQLite the service must be stopped; while it runs, "
    "/v1/accounts/import does the same.",
)
_MAX_SHOWN = 50


@app.command("import")
def import_file(
    file: Annotated[
        Path,
        typer.Argument(help="A CSV file, or JSON with '.json'.", exists=True, dir_okay=False),
    ],
    column: Annotated[
        list[str],
        typer.Option(
            "--column",
            default_factory=list,
            show_default=False,
            help="HEADING=FIELD where it is not found out, several times.",
        ),
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    skip_errors: Annotated[
        bool, typer.Option("--skip-errors", help="Leave wrong rows out, import the others.")
    ] = False,
    encoding: Annotated[
        str | None, typer.Option(help="If the file is neither UTF-8 nor windows-1250.")
    ] = None,
) -> None:
    """Import accounts. Sent twice, nothing changes; what is not in the file stays.

    Example: inquiry-router accounts import klienci.csv --dry-run
    """
    from inquiry_router.accounts.importing import ImportOptions

    is_json = file.suffix.lower() == ".json"
    options = ImportOptions(is_json, _columns(column), encoding, dry_run, skip_errors)
    result = _import(file.read_bytes(), options)
    _show(result)
    if result.problems and not skip_errors:
        typer.echo("nothing was imported: mend the file, or leave these rows out: --skip-errors")
        raise typer.Exit(1)
    typer.echo("done" if result.stored else "nothing was imported: it is a dry run")


def _columns(given: list[str]) -> dict[str, str]:
    from inquiry_router.process.settings import WrongSettings

    wrong = next((one for one in given if "=" not in one), None)
    if wrong is not None:
        raise WrongSettings(f"--column {wrong}: write HEADING=FIELD, such as 'Skrót=external_id'")
    return {one.rpartition("=")[0].strip(): one.rpartition("=")[2].strip() for one in given}


def _import(content: bytes, options: ImportOptions) -> ImportResult:
    from inquiry_router.accounts.importing import import_accounts
    from inquiry_router.audit.acts import doing
    from inquiry_router.audit.recording import with_audit
    from inquiry_router.database.opening import open_database
    from inquiry_router.process.clock import utc_now

    settings = start()

    async def run() -> ImportResult:
        with typer.progressbar(length=100, label="accounts", file=sys.stderr) as bar:

            def progress(done: int, whole: int) -> None:
                bar.update(100 * done // max(1, whole) - bar.pos)

            async with opened(with_audit(open_database(settings))) as database:
                with doing(command_act("accounts import")):
                    return await import_accounts(database, content, options, utc_now(), progress)

    return asyncio.run(run())


def _show(result: ImportResult) -> None:
    for heading, field in result.columns.items():
        typer.echo(f"column {heading}: {field}")
    if result.ignored:
        typer.echo(f"columns that are not read: {', '.join(result.ignored)}")
    for problem in result.problems[:_MAX_SHOWN]:
        where = f"line {problem.line}" + (f", {problem.column}" if problem.column else "")
        typer.echo(f"{where}: {problem.message}")
    if len(result.problems) > _MAX_SHOWN:
        typer.echo(f"and {len(result.problems) - _MAX_SHOWN} problems more")
    for change in result.changes[:_MAX_SHOWN]:
        verb = "new" if change.before is None else "; ".join(change.said)
        typer.echo(f"{change.after.external_id or change.after.tax_id} {change.after.name}: {verb}")
    if len(result.changes) > _MAX_SHOWN:
        typer.echo(f"and {len(result.changes) - _MAX_SHOWN} accounts more")
    typer.echo(
        f"{result.rows} rows: {result.created} new, {result.updated} changed, "
        f"{result.unchanged} unchanged, {len(result.problems)} problems"
    )

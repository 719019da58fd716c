"""The `inquiry-router` command. Each command imports what it needs when it runs: help is quick."""

import sys

import typer

from inquiry_router.cli import (
    accounts,
    audit,
    backup,
    baseline,
    config,
    doctor,
    keys,
    model,
    policy,
    privacy,
    serving,
    sources,
)

app = typer.Typer(
    name="inquiry-router",
    help="One front door for customer inquiries: understood, routed, explained, kept, handed over.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for command in (
    model.classify,
    model.evaluate,
    model.train,
    model.learn,
    sources.reconcile,
    serving.serve,
    serving.work,
    serving.migrate,
    serving.openapi,
    baseline.baseline,
    backup.backup,
    backup.restore,
    doctor.doctor,
):
    app.command()(command)
app.add_typer(keys.app, name="keys")
app.add_typer(accounts.app, name="accounts")
app.add_typer(audit.app, name="audit")
app.add_typer(config.app, name="config")
app.add_typer(policy.app, name="policy")
app.add_typer(privacy.app, name="privacy")


def main() -> None:
    """Run the command. Mistakes of the operator end in one sentence, not in a traceback."""
    try:
        app()
    except Exception as error:
        if not _is_operators_mistake(error):
            raise
        typer.secho(f"inquiry-router: {error}", err=True, fg=typer.colors.RED)
        if advice := getattr(error, "advice", None):
            typer.echo(advice, err=True)
        sys.exit(2)


def _is_operators_mistake(error: Exception) -> bool:
    from inquiry_router.classification.linear import ModelUnusable
    from inquiry_router.inquiry.errors import RouterError
    from inquiry_router.process.settings import WrongSettings

    return isinstance(error, WrongSettings | RouterError | ModelUnusable)

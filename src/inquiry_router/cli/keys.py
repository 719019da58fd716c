"""The commands about API keys."""

from typing import Annotated

import typer

from inquiry_router.cli.shared import with_database
from inquiry_router.configuration.api_keys import ApiKey, Scope, digest, format_key, new_secret

app = typer.Typer(no_args_is_help=True, help="Make, list and revoke API keys.")


@app.command("create")
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
    from inquiry_router.configuration import store
    from inquiry_router.process.clock import utc_now

    secret = new_secret()
    key = ApiKey(key_id, name or key_id, tuple(scope), digest(secret), utc_now())
    with_database(lambda connection: store.add_api_key(connection, key))
    typer.echo(format_key(key_id, secret))


@app.command("list")
def list_keys() -> None:
    """List all keys; never a secret."""
    from inquiry_router.configuration import store

    for key in with_database(store.load).api_keys.values():
        state = f"revoked {key.revoked_at:%Y-%m-%d}" if key.revoked_at else "valid"
        typer.echo(f"{key.id:20} {state:20} {','.join(key.scopes):20} {key.name}")


@app.command("revoke")
def revoke_key(key_id: Annotated[str, typer.Argument(metavar="ID", help="The key's id.")]) -> None:
    """Revoke a key; running services notice within a second."""
    from inquiry_router.configuration import store
    from inquiry_router.process.clock import utc_now

    with_database(lambda connection: store.revoke_api_key(connection, key_id, utc_now()))
    typer.echo(f"{key_id} is revoked")

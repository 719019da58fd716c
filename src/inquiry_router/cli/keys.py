"""The commands about API keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from inquiry_router.access.roles import Role
from inquiry_router.cli.shared import with_database

if TYPE_CHECKING:
    from inquiry_router.configuration.api_keys import ApiKey

app = typer.Typer(
    no_args_is_help=True, help="Make, list, change, rotate and revoke API keys: who may do what."
)

KeyId = Annotated[str, typer.Argument(metavar="ID", help="The key's id.")]
Roles = Annotated[
    list[Role],
    typer.Option(
        "--role", default_factory=list, show_default=False, help="May be given several times."
    ),
]
Teams = Annotated[
    list[str],
    typer.Option(
        "--team",
        default_factory=list,
        show_default=False,
        help="Only inquiries of this team; several are possible.",
    ),
]
Sources = Annotated[
    list[str],
    typer.Option(
        "--source",
        default_factory=list,
        show_default=False,
        help="A source it may send inquiries for; * is any.",
    ),
]
Days = Annotated[float | None, typer.Option("--days", help="It expires after so many days.")]


@app.command("create")
def create_key(
    key_id: Annotated[
        str, typer.Argument(metavar="ID", help="Small letters, digits, dashes; part of the key.")
    ],
    role: Roles,
    scope: Annotated[
        list[str],
        typer.Option(
            default_factory=list,
            show_default=False,
            help="Old way to say a role: intake, read, agent, admin.",
        ),
    ],
    team: Teams,
    source: Sources,
    name: Annotated[str, typer.Option(help="Who uses it.")] = "",
    days: Days = None,
) -> None:
    """Make a key and print it, this once.

    Example: inquiry-router keys create website --role source --source website --name "Form"
    """
    from inquiry_router.access.actor import ANY_SOURCE
    from inquiry_router.access.roles import roles_of_old_scopes
    from inquiry_router.configuration.api_key_store import add_api_key
    from inquiry_router.configuration.api_keys import ApiKey, digest, format_key, new_secret
    from inquiry_router.process.clock import utc_now

    roles = (*role, *roles_of_old_scopes(scope))
    if not roles:
        raise typer.BadParameter(f"give at least one --role: {', '.join(Role)}")
    secret, now = new_secret(), utc_now()
    key = ApiKey(
        key_id,
        name or key_id,
        roles,
        digest(secret),
        now,
        teams=tuple(team),
        sources=tuple(source) or ((ANY_SOURCE,) if "intake" in scope else ()),
        expires_at=_end(now, days),
    )
    with_database(lambda connection: add_api_key(connection, key), "keys create")
    typer.echo(format_key(key_id, secret))


@app.command("list")
def list_keys() -> None:
    """List all keys; never a secret."""
    from inquiry_router.configuration.api_key_store import read_api_keys
    from inquiry_router.process.clock import utc_now

    now = utc_now()
    for key in with_database(read_api_keys).values():
        used = f"used {key.last_used_at:%Y-%m-%d %H:%M}" if key.last_used_at else "never used"
        end = f", until {key.expires_at:%Y-%m-%d}" if key.expires_at else ""
        bound = "".join(
            f", {word} {' '.join(names)}"
            for word, names in (("teams", key.teams), ("sources", key.sources))
            if names
        )
        roles = ",".join(key.roles)
        typer.echo(f"{key.id:20} {key.state(now) + end:24} {used:22} {roles}{bound}  {key.name}")


@app.command("change")
def change_key(
    key_id: KeyId,
    role: Roles,
    team: Teams,
    source: Sources,
    name: Annotated[str | None, typer.Option(help="Who uses it.")] = None,
    days: Days = None,
) -> None:
    """Change what is given; everything else stays, and so does the secret."""
    from inquiry_router.process.clock import utc_now

    given = {
        "roles": tuple(role),
        "name": name,
        "teams": tuple(team),
        "sources": tuple(source),
        "expires_at": _end(utc_now(), days),
    }
    changes: dict[str, Any] = {field: value for field, value in given.items() if value}
    _change(key_id, "keys change", lambda key: replace(key, **changes))
    typer.echo(f"{key_id} is changed")


@app.command("rotate")
def rotate_key(
    key_id: KeyId,
    overlap_hours: Annotated[
        float, typer.Option(help="Hours for which the present secret stays valid too.")
    ] = 24.0,
) -> None:
    """Give a key a new secret and print it, this once."""
    from inquiry_router.configuration.api_keys import format_key, new_secret
    from inquiry_router.process.clock import utc_now

    secret, now = new_secret(), utc_now()
    overlap = timedelta(hours=overlap_hours)
    _change(key_id, "keys rotate", lambda key: key.rotated(secret, now, overlap))
    typer.echo(format_key(key_id, secret))


@app.command("rotate-links")
def rotate_links() -> None:
    """Make every correction link invalid; new notes get links that work.

    Running services notice within seconds.
    """
    from inquiry_router.corrections.link_key import LINK_KEY, replace_key

    with_database(lambda connection: replace_key(connection, LINK_KEY, "cli"), "keys rotate-links")
    typer.echo("links that were made before are not valid any more")


@app.command("link")
def make_link(
    key_id: KeyId,
    hours: Annotated[float, typer.Option(help="Hours for which it can be opened.")] = 72.0,
) -> None:
    """Make a link that hands a key over to a person's browser, once, and print it."""
    from inquiry_router.configuration.api_keys import digest, format_key, new_secret
    from inquiry_router.process.clock import utc_now
    from inquiry_router.process.settings import PREFIX, WrongSettings, load_settings

    public_url = load_settings().public_url
    if public_url is None:
        raise WrongSettings(f"{PREFIX}PUBLIC_URL is not set, and a link begins with it")
    secret = new_secret()
    until = utc_now() + timedelta(hours=hours)
    changes: dict[str, Any] = {"link_sha256": digest(secret), "link_until": until}
    _change(key_id, "keys link", lambda key: replace(key, **changes))
    typer.echo(f"{public_url.rstrip('/')}/in/{format_key(key_id, secret)}")


@app.command("revoke")
def revoke_key(key_id: KeyId) -> None:
    """Revoke a key; running services notice within a second."""
    from inquiry_router.configuration.api_key_store import revoke_api_key
    from inquiry_router.process.clock import utc_now

    with_database(lambda connection: revoke_api_key(connection, key_id, utc_now()), "keys revoke")
    typer.echo(f"{key_id} is revoked")


def _change(key_id: str, operation: str, change: Callable[[ApiKey], ApiKey]) -> None:
    from inquiry_router.configuration.api_key_store import change_api_key
    from inquiry_router.process.clock import utc_now

    with_database(
        lambda connection: change_api_key(connection, key_id, change, utc_now()), operation
    )


def _end(now: datetime, days: float | None) -> datetime | None:
    return now + timedelta(days=days) if days is not None else None

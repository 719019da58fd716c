"""The first admin key: it is on disk before it is in the database, so it is never lost."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import typer
from sqlalchemy import Connection

from inquiry_router.access.roles import Role
from inquiry_router.cli.shared import with_database
from inquiry_router.configuration import yaml_file
from inquiry_router.configuration.api_key_store import add_api_key, read_api_keys
from inquiry_router.configuration.api_keys import ApiKey, digest, find_key, format_key, new_secret
from inquiry_router.corrections.link_key import encrypt_keys
from inquiry_router.database.encrypted import encrypt_stored
from inquiry_router.database.mistakes import explain_file
from inquiry_router.process.clock import utc_now
from inquiry_router.process.private_files import make_folder, write_private
from inquiry_router.process.secret_box import make_secret_key
from inquiry_router.process.settings import PREFIX, Settings, WrongSettings

# A key that was written, but perhaps not stored: a killed process leaves it.
UNFINISHED: Final = ".unfinished"
ANOTHER: Final = (
    "If no admin has a key any more, make one here: inquiry-router keys create ID --role admin"
)


def bootstrap(key_file: Path | None) -> None:
    """Install the default configuration and the first admin key where there are none."""
    secret, now = new_secret(), utc_now()
    admin = ApiKey("admin", "The first admin key", (Role.ADMIN,), digest(secret), now)
    key = format_key(admin.id, secret)

    def work(connection: Connection) -> dict[str, ApiKey]:
        yaml_file.bootstrap(connection, now)
        encrypt_stored(connection)
        encrypt_keys(connection)
        present = read_api_keys(connection)
        if not present:
            if key_file is not None:
                _write(_unfinished(key_file), key)
            add_api_key(connection, admin)
        return present

    present = with_database(work, "migrate")
    if present:
        _finish_earlier(present, key_file)
    elif key_file is None:
        typer.echo(f"An admin key was made; it is shown only now:\n{key}\n{ANOTHER}")
    else:
        _unfinished(key_file).replace(key_file)
        typer.echo(f"An admin key was made and written to {key_file} (only you can read it).")


@contextlib.contextmanager
def new_secret_key(settings: Settings) -> Iterator[None]:
    """Make the key that encrypts secrets, if it is to be made; take it back if it does not fit."""
    made = make_secret_key(settings)
    try:
        yield
    except WrongSettings:
        if made is not None:
            made.unlink(missing_ok=True)
        raise
    if made is not None:
        typer.echo(
            f"A key that encrypts the secrets in the database was made: {made}. Keep a copy of it "
            "apart from the backups, which cannot be used without it."
        )


def _finish_earlier(present: dict[str, ApiKey], key_file: Path | None) -> None:
    """Give the key of a process that was killed after the commit its place."""
    if key_file is None or not _unfinished(key_file).is_file():
        return
    key = _unfinished(key_file).read_text("ascii").strip()
    if find_key(present, key, utc_now()) is not None:
        _unfinished(key_file).replace(key_file)
        typer.echo(f"The admin key of an interrupted start was put in {key_file}.")
    else:
        _unfinished(key_file).unlink()


def _unfinished(key_file: Path) -> Path:
    return key_file.with_name(key_file.name + UNFINISHED)


def _write(path: Path, key: str) -> None:
    """Write the key to disk. Raises `WrongSettings` with the cure if that is not possible."""
    try:
        make_folder(path.parent)
        write_private(path, key + "\n")
    except OSError as error:
        raise WrongSettings(
            f"{PREFIX}ADMIN_KEY_FILE: {error.filename or path} cannot be written: "
            f"{explain_file(error)}; or leave the variable empty and the key is printed"
        ) from None

"""Encrypt secrets for the database: a copy of it gives nobody the helpdesk."""

import base64
import hashlib
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from inquiry_router.process.private_files import make_folder, write_private
from inquiry_router.process.settings import PREFIX, Settings, WrongSettings

_MARK: Final = "encrypted:"
MIN_CHARS: Final = 32


class SecretBox:
    """Encrypts with the first of some passwords, and decrypts with any of them.

    Without a password it leaves texts as they are.
    """

    def __init__(self, passwords: Sequence[str] = ()) -> None:
        keys = [Fernet(_key_of(password)) for password in passwords]
        self._keys = MultiFernet(keys) if keys else None

    @property
    def encrypts(self) -> bool:
        """True if there is a password."""
        return self._keys is not None

    def lock(self, text: str) -> str:
        """Encrypt a text."""
        if self._keys is None:
            return text
        return _MARK + self._keys.encrypt(text.encode()).decode("ascii")

    def unlock(self, stored: str) -> str:
        """Decrypt a text. One that was stored before there was a password is as it is.

        Raises `WrongSettings` without the right password.
        """
        if not stored.startswith(_MARK):
            return stored
        try:
            if self._keys is not None:
                return self._keys.decrypt(stored.removeprefix(_MARK)).decode()
        except InvalidToken:
            pass
        raise WrongSettings(
            f"{PREFIX}SECRET_KEY: the secrets in the database are encrypted with another key; set "
            "the one that they were stored with, alone or behind the new one and a comma"
        )


# Leaves everything as it is.
OPEN_BOX: Final = SecretBox()
_ATTRIBUTE: Final = "inquiry_router_box"


def use_box(dialect: object, box: SecretBox) -> None:
    """Let the columns of an engine use a box. `dialect` is the engine's own."""
    setattr(dialect, _ATTRIBUTE, box)


def box_of(dialect: object) -> SecretBox:
    """Return the box of an engine."""
    box: SecretBox = getattr(dialect, _ATTRIBUTE, OPEN_BOX)
    return box


def secret_box_of(settings: Settings) -> SecretBox:
    """Make the box of the settings. Raises `WrongSettings` if its password cannot be used."""
    given = settings.secret_key.get_secret_value() if settings.secret_key is not None else ""
    variable = f"{PREFIX}SECRET_KEY"
    if not given and (file := secret_key_file_of(settings)) is not None:
        variable = f"{PREFIX}SECRET_KEY_FILE"
        try:
            given = file.read_text("utf-8")
        except (OSError, ValueError):
            raise WrongSettings(
                f"{variable}: {file} cannot be read; put the key back that the secrets in the "
                "database were stored with, or run 'inquiry-router migrate', which makes a new one"
            ) from None
    passwords = [one.strip() for one in given.split(",") if one.strip()]
    if any(len(password) < MIN_CHARS for password in passwords):
        raise WrongSettings(
            f"{variable}: a key has at least {MIN_CHARS} characters; make one with "
            "'openssl rand -base64 32'"
        )
    return SecretBox(passwords)


def secret_key_file_of(settings: Settings) -> Path | None:
    """Return the file of the key: the one that is set, or the one beside the SQLite database."""
    if settings.secret_key_file is not None:
        return settings.secret_key_file
    beside = _beside_database(settings)
    return beside if beside is not None and beside.exists() else None


def make_secret_key(settings: Settings) -> Path | None:
    """Write a new key if the file that is set is missing, or beside a new SQLite database.

    Return the file; None if there is nothing to make. Raises `WrongSettings`.
    """
    if settings.secret_key is not None:
        return None
    file = settings.secret_key_file
    if file is None and settings.is_sqlite and not settings.sqlite_path.exists():
        file = _beside_database(settings)
    if file is None or file.exists():
        return None
    try:
        make_folder(file.parent)
        write_private(file, secrets.token_urlsafe(MIN_CHARS) + "\n")
    except OSError as error:
        if settings.secret_key_file is None:  # what stops it stops the database, which says more
            return None
        reason = error.strerror or type(error).__name__
        raise WrongSettings(
            f"{PREFIX}SECRET_KEY_FILE: {file} cannot be written: {reason}"
        ) from None
    return file


def _beside_database(settings: Settings) -> Path | None:
    return settings.sqlite_path.with_name("secret.key") if settings.is_sqlite else None


def _key_of(password: str) -> bytes:
    """Return the key of a password. It is random and long, so that one hash is enough."""
    return base64.urlsafe_b64encode(hashlib.sha256(password.encode()).digest())

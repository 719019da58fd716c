"""Mistakes of operators with a database, told in one sentence with the variable and the cure."""

import contextlib
import errno
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError

from inquiry_router.process.settings import PREFIX, WrongSettings

VARIABLE: Final = f"{PREFIX}DATABASE_URL"

# By PostgreSQL's own codes (its manual, appendix A).
_BY_CODE: Final = {
    "28P01": "PostgreSQL at {place} refuses the password of the user '{user}': correct it in the "
    "address; in a password write @ as %40, : as %3A, / as %2F and % as %25",
    "28000": "PostgreSQL at {place} refuses the user '{user}': correct the name, create the user "
    "(CREATE ROLE), or let it in in pg_hba.conf",
    "3D000": "there is no database '{name}' at {place}: create it (CREATE DATABASE), or correct "
    "the name at the end of the address",
    "42501": "the user '{user}' may not do that in the database '{name}': make it the owner of the "
    "database, or GRANT ALL ON SCHEMA public TO it",
    "53300": "PostgreSQL at {place} has no free connection: raise its max_connections, or lower "
    f"{PREFIX}POSTGRES_POOL_SIZE",
    "57P03": "PostgreSQL at {place} is starting or stopping: try again in a moment",
    "25006": "the database '{name}' at {place} can only be read: name the primary server",
}
_BY_FILE_ERROR: Final = {
    errno.EACCES: "this user may not write to it: give it to the user of the service (chown), or "
    "name another place",
    errno.EPERM: "this user may not write to it: give it to the user of the service (chown), or "
    "name another place",
    errno.EROFS: "it is on a file system that can only be read: name another place",
    errno.ENOSPC: "the disk is full: make room",
    errno.ENOTDIR: "a part of its path is a file and no folder: name another place",
    errno.EEXIST: "a part of its path is a file and no folder: name another place",
    errno.EISDIR: "it is a folder: name a file in it",
}
_BY_SQLITE_TEXT: Final = {
    "not a database": "it is no SQLite database, or damaged: restore a backup, or name another "
    "file",
    "malformed": "it is damaged: restore a backup, or name another file",
    "readonly": "this user may only read it, or its folder: give both to the user of the service "
    "(chown), or name another place",
    "unable to open": "it cannot be opened: give the file and its folder to the user of the "
    "service (chown), or name another place",
    "is full": "the disk is full: make room",
    "is locked": "another program writes to it: end that program",
}


def explain_connection(error: BaseException, url: URL) -> str | None:
    """Explain why PostgreSQL cannot be reached or used; None for an error of another kind."""
    place = f"{url.host or url.query.get('host') or 'localhost'}:{url.port or 5432}"
    known = {"place": place, "user": url.username, "name": url.database or url.username}
    code = getattr(getattr(error, "orig", None), "sqlstate", None)
    if code in _BY_CODE:
        return _BY_CODE[code].format(**known)
    if isinstance(error, DBAPIError) and not (code or "08").startswith("08"):
        return None
    return f"PostgreSQL cannot be reached: {_explain_network(error, place)}"


def explain_file(error: BaseException) -> str | None:
    """Explain why a file cannot be used, without its name; None for an error of another kind."""
    if isinstance(error, OSError):
        return _BY_FILE_ERROR.get(error.errno or 0, error.strerror or type(error).__name__)
    if not isinstance(error, DBAPIError):
        return None
    said = str(error.orig)
    return next((text for word, text in _BY_SQLITE_TEXT.items() if word in said), None)


@contextlib.contextmanager
def sqlite_file(path: Path) -> Iterator[None]:
    """Turn mistakes with this file into `WrongSettings` with the variable and the cure."""
    try:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, "is a folder", str(path))
        yield
    except (OSError, DBAPIError) as error:
        cure = explain_file(error)
        if cure is None:
            raise
        named = getattr(error, "filename", None) or path
        raise WrongSettings(f"{VARIABLE}: {named} cannot be used: {cure}") from None


def _explain_network(error: BaseException, place: str) -> str:
    if isinstance(error, socket.gaierror):
        return f"nobody knows the host of {place}: correct it in the address"
    if isinstance(error, ConnectionRefusedError):
        return f"nobody listens at {place}: start PostgreSQL, or correct host and port"
    if isinstance(error, FileNotFoundError):
        return f"there is no socket of PostgreSQL at {place}: start it, or correct the folder"
    if isinstance(error, TimeoutError):
        return f"{place} does not answer: correct host and port, or let the firewall pass them"
    if isinstance(error, ssl.SSLError) or "SSL" in str(error):
        return (
            f"{place} and the router do not agree on TLS: add ?ssl=require or ?ssl=disable to the "
            "address"
        )
    return str(getattr(error, "orig", error)) or type(error).__name__

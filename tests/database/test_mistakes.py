"""Errors of databases as sentences; `tests/cli/test_mistakes.py` has them at the commands."""

import errno
import ssl

import pytest
from sqlalchemy.exc import OperationalError

from inquiry_router.database.mistakes import explain_connection, explain_file
from inquiry_router.database.postgres import read_address

URL = read_address("postgresql://router:hush@db:5433/desk")


class FromPostgres(Exception):
    """An error of the driver, with PostgreSQL's code."""

    def __init__(self, sqlstate: str | None) -> None:
        super().__init__("as PostgreSQL says it")
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("28P01", "refuses the password of the user 'router'"),
        ("28000", "refuses the user 'router'"),
        ("3D000", "there is no database 'desk' at db:5433"),
        ("42501", "the user 'router' may not do that in the database 'desk'"),
        ("53300", "has no free connection"),
        ("57P03", "starting or stopping"),
        ("25006", "name the primary server"),
        ("08006", "cannot be reached: as PostgreSQL says it"),
        (ssl.SSLError("bad"), "add ?ssl=require or ?ssl=disable"),
        (ConnectionError("server rejected SSL upgrade"), "add ?ssl=require or ?ssl=disable"),
        (TimeoutError(), "db:5433 does not answer"),
    ],
)
def test_error_of_postgresql_is_a_sentence(error: str | Exception, words: str) -> None:
    if isinstance(error, str):
        error = OperationalError(None, None, FromPostgres(error))
    sentence = explain_connection(error, URL)
    assert sentence is not None and words in sentence
    assert "hush" not in sentence


def test_mistake_of_a_programmer_is_not_explained_away() -> None:
    error = OperationalError(None, None, FromPostgres("42601"))
    assert explain_connection(error, URL) is None
    assert explain_file(OperationalError(None, None, Exception("no such column: x"))) is None


def test_address_with_sslmode_is_read() -> None:
    address = read_address("postgres://router@db/desk?sslmode=require")
    assert (address.drivername, dict(address.query)) == ("postgresql+asyncpg", {"ssl": "require"})


def test_full_disk_says_so() -> None:
    assert explain_file(OSError(errno.ENOSPC, "No space")) == "the disk is full: make room"

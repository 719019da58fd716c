"""Mistakes of operators: every command ends in one sentence with the variable and the cure."""

import asyncio
import os
import shutil
import socket
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.commands import run
from tests.conftest import create_postgres_database, url_of

DATABASE = "INQUIRY_ROUTER_DATABASE_URL"
COMMANDS = (["serve"], ["work"], ["migrate"], ["keys", "list"], ["config", "show"])


def refusing_postgres(code: str, text: str) -> Iterator[int]:
    """A server that refuses everybody with this code of PostgreSQL."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        fields = b"SFATAL\0VFATAL\0C" + code.encode() + b"\0M" + text.encode() + b"\0\0"
        refusal = b"E" + (len(fields) + 4).to_bytes(4, "big") + fields

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                    with connection:
                        if connection.recv(1024)[4:8] == b"\x04\xd2\x16\x2f":  # asks for TLS
                            connection.sendall(b"N")
                            connection.recv(1024)
                        connection.sendall(refusal)
                except OSError:
                    return

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]


@pytest.fixture
def own(installed: Path, tmp_path: Path) -> Path:
    """A new installation that a test may spoil."""
    return shutil.copytree(installed, tmp_path / "own")


@pytest.fixture
def wrong_password() -> Iterator[int]:
    yield from refusing_postgres("28P01", "password authentication failed")


def assert_sentence(folder: Path, arguments: list[str], *words: str, **settings: str) -> None:
    """Run a command that must end in a single line with these words."""
    ended = run(folder, *arguments, **settings)
    assert ended.returncode == 2, (ended.returncode, ended.stdout, ended.stderr)
    (sentence,) = ended.stderr.strip().splitlines()
    assert all(word in sentence for word in words), sentence


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_wrong_password(tmp_path: Path, wrong_password: int, arguments: list[str]) -> None:
    url = f"postgresql://router:wrong@127.0.0.1:{wrong_password}/router"
    words = (DATABASE, "refuses the password of the user 'router'", "@ as %40")
    assert_sentence(tmp_path, arguments, *words, database_url=url)


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql://u@127.0.0.1:1/x", "nobody listens at 127.0.0.1:1: start PostgreSQL"),
        ("postgresql://u@nohost.invalid/x", "nobody knows the host of nohost.invalid:5432"),
        ("postgresql://u@/x?host=/nowhere", "there is no socket of PostgreSQL at /nowhere"),
        ("postgresql://u:p@ss@127.0.0.1/x", "in a name or password write @ as %40"),
        ("postgresql://u:p@127.0.0.1:port/x", "the port 'port' is no number from 1 to 65535"),
        ("postgresql://u:p@127.0.0.1:99999/x", "the port '99999' is no number"),
        ("postgresql://u@127.0.0.1/x?sslrotcert=y", "the parameter 'sslrotcert' is unknown"),
        ("mysql://u@127.0.0.1/x", "starts with neither sqlite:/// nor postgresql://"),
        ("sqlite:///", "names no file"),
    ],
)
def test_address_that_leads_nowhere(
    tmp_path: Path, arguments: list[str], url: str, words: str
) -> None:
    assert_sentence(tmp_path, arguments, DATABASE, words, database_url=url)


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_missing_database_and_user(tmp_path: Path, arguments: list[str], postgres_url: str) -> None:
    missing = url_of("nonesuch")
    words = (DATABASE, "there is no database 'nonesuch'", "create it (CREATE DATABASE)")
    assert_sentence(tmp_path, arguments, *words, database_url=missing)
    nobody = url_of("nonesuch").replace("postgres@", "nobody@")
    words = (DATABASE, "refuses the user 'nobody'", "CREATE ROLE")
    assert_sentence(tmp_path, arguments, *words, database_url=nobody)


def test_user_without_rights_in_the_database(tmp_path: Path, worker_name: str) -> None:
    name = f"rights_{worker_name}"
    asyncio.run(create_postgres_database(name))
    url = url_of(name)
    asyncio.run(make_user_without_rights(url))
    url = url.replace("postgres@", "powerless@")
    words = (DATABASE, "the user 'powerless' may not do that", "GRANT ALL ON SCHEMA public")
    assert_sentence(tmp_path, ["migrate"], *words, database_url=url)


async def make_user_without_rights(url: str) -> None:
    import asyncpg

    connection = await asyncpg.connect(url)
    await connection.execute("DROP ROLE IF EXISTS powerless")
    await connection.execute("CREATE ROLE powerless LOGIN")
    await connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    await connection.close()


def damage(own: Path) -> None:
    (own / "inquiries.db").write_bytes(b"no database at all, but a long enough text" * 100)


def damage_a_page(own: Path) -> None:
    with (own / "inquiries.db").open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 4096)


def age_into_the_future(own: Path) -> None:
    with sqlite3.connect(own / "inquiries.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


def remove(own: Path) -> None:
    (own / "inquiries.db").unlink()


def make_a_folder(own: Path) -> None:
    remove(own)
    (own / "inquiries.db").mkdir()


@pytest.mark.parametrize("arguments", [["serve"], ["keys", "list"], ["migrate"]], ids=" ".join)
@pytest.mark.parametrize(
    ("mistake", "words"),
    [
        (damage, "it is no SQLite database, or damaged: restore a backup"),
        (damage_a_page, "damaged"),
        (age_into_the_future, "a newer version of inquiry-router"),
        (make_a_folder, "is a folder: name a file in it"),
    ],
)
def test_file_that_cannot_be_used(
    own: Path, arguments: list[str], mistake: object, words: str
) -> None:
    assert callable(mistake)
    mistake(own)
    assert_sentence(own, arguments, DATABASE, words)


@pytest.mark.parametrize("arguments", [["serve"], ["keys", "list"], ["config", "show"]])
def test_missing_file(own: Path, arguments: list[str]) -> None:
    remove(own)
    words = (DATABASE, "there is no database at", "run 'inquiry-router migrate'")
    assert_sentence(own, arguments, *words)


def test_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("no folder")
    url = f"sqlite:///{tmp_path}/data/inquiries.db"
    words = (DATABASE, "a part of its path is a file and no folder")
    assert_sentence(tmp_path, ["migrate"], *words, database_url=url)


@pytest.mark.parametrize("arguments", [["serve"], ["keys", "list"], ["migrate"]], ids=" ".join)
def test_folder_that_may_only_be_read(own: Path, arguments: list[str]) -> None:
    for name in ("inquiries.db", "inquiries.db.lock"):
        (own / name).chmod(0o400)
    own.chmod(0o500)
    if os.access(own / "inquiries.db", os.W_OK):
        pytest.skip("this user may write everywhere")
    try:
        assert_sentence(own, arguments, DATABASE, "give", "chown")
    finally:
        own.chmod(0o700)


@pytest.mark.parametrize("revision", ["0000", "9999", "banana", "0003x"])
def test_unknown_schema_version(tmp_path: Path, revision: str) -> None:
    words = (f"there is no schema version '{revision}'", "'head' is the newest")
    assert_sentence(tmp_path, ["migrate", revision], *words)


def test_schema_goes_down_only_when_told_so(own: Path) -> None:
    words = ("going down to 0003 deletes what newer versions store", "add --down")
    assert_sentence(own, ["migrate", "0003"], *words)
    down = run(own, "migrate", "0003", "--down")
    assert (down.returncode, down.stdout) == (0, "The schema is at 0003.\n"), down.stderr
    assert_sentence(own, ["keys", "list"], DATABASE, "the schema is at 0003")
    assert run(own, "migrate").returncode == 0
    assert "admin" in run(own, "keys", "list").stdout


def test_taken_port(own: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        words = ("INQUIRY_ROUTER_PORT", "another program listens there: end it")
        assert_sentence(own, ["serve"], *words, port=str(server.getsockname()[1]))


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"host": "256.1.1.1"}, "nobody knows this host"),
        ({"host": "192.0.2.1"}, "this machine has no such address"),
        ({"own_hosts": "https://helpdesk.lan"}, "'https://helpdesk.lan' is no host"),
        ({"trusted_proxies": "10.0.0.0/33"}, "'10.0.0.0/33' is no IP address"),
        ({"trusted_proxies": "proxy.lan"}, "'proxy.lan' is no IP address"),
    ],
)
def test_impossible_value(own: Path, settings: dict[str, str], words: str) -> None:
    assert_sentence(own, ["serve"], "INQUIRY_ROUTER_", words, **settings)


def test_misspelt_variable_is_named_with_the_one_that_was_meant(own: Path) -> None:
    ended = run(own, "keys", "list", publicurl="https://router.acme.example.com")
    assert ended.returncode == 0
    assert ended.stderr.strip() == (
        "inquiry-router: INQUIRY_ROUTER_PUBLICURL is no setting and is ignored; "
        "did you mean INQUIRY_ROUTER_PUBLIC_URL?"
    )


def test_key_file_that_cannot_be_written_loses_no_key(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("no folder")
    words = ("INQUIRY_ROUTER_ADMIN_KEY_FILE", "a part of its path is a file", "key is printed")
    assert_sentence(tmp_path, ["migrate"], *words, admin_key_file=f"{tmp_path}/keys/admin.key")
    assert run(tmp_path, "migrate").returncode == 0
    assert (tmp_path / "admin.key").read_text().startswith("irk_admin_")


def test_key_of_a_migration_that_was_killed_is_found(own: Path) -> None:
    key, left = own / "admin.key", own / "admin.key.unfinished"
    shutil.move(key, left)
    written = left.read_text()
    again = run(own, "migrate")
    assert "was put in" in again.stdout
    assert key.read_text() == written and not left.exists()
    left.write_text("irk_admin_of-another-database\n")
    assert run(own, "migrate").returncode == 0
    assert key.read_text() == written and not left.exists()


def test_printed_key_comes_with_the_way_to_another(tmp_path: Path) -> None:
    made = run(tmp_path, "migrate", admin_key_file="")
    assert "irk_admin_" in made.stdout
    assert "inquiry-router keys create ID --role admin" in made.stdout

"""The commands that prepare or run the service."""

import asyncio
import stat
from pathlib import Path

import pytest

from tests.cli.commands import run
from tests.conftest import create_postgres_database, url_of


def test_first_migration_writes_a_private_admin_key(installed: Path) -> None:
    key = installed / "admin.key"
    assert key.read_text().startswith("irk_admin_")
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    before = key.read_text()
    assert run(installed, "migrate").returncode == 0
    assert key.read_text() == before


@pytest.mark.parametrize(
    ("arguments", "settings", "words"),
    [
        (["serve"], {}, "run 'inquiry-router migrate'"),
        (["serve"], {"workers": "3"}, "exactly one writing process"),
        (["serve"], {"port": "high"}, "INQUIRY_ROUTER_PORT"),
        (["serve"], {"database_url": "postgresql://nobody@127.0.0.1:1/none"}, "cannot be reached"),
        (["work"], {}, "'work' needs PostgreSQL"),
        (["keys", "list"], {}, "run 'inquiry-router migrate'"),
    ],
)
def test_failed_start_prints_one_sentence(
    tmp_path: Path, arguments: list[str], settings: dict[str, str], words: str
) -> None:
    refused = run(tmp_path, *arguments, **settings)
    assert refused.returncode not in (0, 1) or "serve" in arguments
    assert words in refused.stderr
    assert "Traceback" not in refused.stderr


def test_empty_postgres_is_migrated(worker_name: str) -> None:
    name = f"cli_{worker_name}"
    asyncio.run(create_postgres_database(name))
    made = run(Path.cwd(), "migrate", database_url=url_of(name), admin_key_file="")
    assert made.returncode == 0
    assert "irk_admin_" in made.stdout


def test_first_migration_writes_a_private_key_that_encrypts_secrets(tmp_path: Path) -> None:
    assert run(tmp_path, "migrate").returncode == 0
    key = tmp_path / "secret.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    before = key.read_text()
    assert run(tmp_path, "migrate").returncode == 0 and key.read_text() == before
    done = run(tmp_path, "backup", str(tmp_path / "a.backup"))
    assert done.returncode == 0 and str(key) in done.stdout, "a backup says what else it needs"


def test_lost_key_is_not_replaced_by_another(tmp_path: Path) -> None:
    assert run(tmp_path, "migrate").returncode == 0
    assert run(tmp_path, "keys", "rotate-links").returncode == 0
    (tmp_path / "secret.key").rename(tmp_path / "elsewhere.key")
    new = str(tmp_path / "new.key")
    refused = run(tmp_path, "migrate", secret_key_file=new)
    assert refused.returncode != 0 and "another key" in refused.stderr
    assert not (tmp_path / "new.key").exists()
    found = run(tmp_path, "migrate", secret_key_file=str(tmp_path / "elsewhere.key"))
    assert found.returncode == 0, found.stderr


def test_older_database_gets_a_key_where_the_variable_says(tmp_path: Path) -> None:
    (tmp_path / "inquiries.db").touch()
    assert run(tmp_path, "migrate").returncode == 0
    assert not (tmp_path / "secret.key").exists(), "its backups would miss a key nobody knows of"
    made = run(tmp_path, "migrate", secret_key_file=str(tmp_path / "our.key"))
    assert made.returncode == 0 and "our.key" in made.stdout
    assert (tmp_path / "our.key").exists()

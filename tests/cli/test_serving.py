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

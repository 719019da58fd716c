"""The command that says what is wrong now."""

import asyncio
from pathlib import Path

from inquiry_router.database.writer_lock import WriterLock
from tests.cli.commands import run
from tests.conftest import create_postgres_database, url_of


def test_problems_are_said_with_their_cure(installed: Path) -> None:
    (installed / "inquiries.db").chmod(0o644)
    said = run(installed, "doctor", "--lang", "pl")
    assert said.returncode == 1
    assert "Usługa nie działa" in said.stdout
    assert f"chmod 600 {installed / 'inquiries.db'}" in said.stdout
    assert "Traceback" not in said.stderr


def test_healthy_installation_beside_a_running_service(installed: Path) -> None:
    (installed / "inquiries.db").chmod(0o600)
    running = WriterLock(installed / "inquiries.db")
    running.acquire()
    try:
        said = run(installed, "doctor")
    finally:
        running.release()
    assert (said.returncode, said.stdout) == (0, "nothing is wrong\n"), said.stderr


def test_database_that_is_missing_or_away_is_a_finding(tmp_path: Path) -> None:
    missing = run(tmp_path, "doctor")
    away = run(tmp_path, "doctor", database_url="postgresql://nobody@127.0.0.1:1/none")
    for said, words in ((missing, "migrate"), (away, "INQUIRY_ROUTER_DATABASE_URL")):
        assert said.returncode == 1
        assert said.stdout.startswith("error: ")
        assert words in said.stdout


def test_postgres_is_examined(worker_name: str) -> None:
    name = f"doctor_{worker_name}"
    asyncio.run(create_postgres_database(name))
    url = url_of(name)
    assert run(Path.cwd(), "migrate", database_url=url, admin_key_file="").returncode == 0
    said = run(Path.cwd(), "doctor", database_url=url, admin_key_file="")
    assert (said.returncode, said.stdout) == (0, "nothing is wrong\n"), said.stderr

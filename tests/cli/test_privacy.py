"""The commands about personal data."""

import asyncio
import json
import shutil
from pathlib import Path

import pytest

from tests.cli.commands import run
from tests.conftest import client_of, running_house, settings_for

ANNA = {"name": "Anna Łoś", "email": "anna@mlyn.example", "phone": "+48601234567"}


@pytest.fixture
def told(sqlite_template: Path, tmp_path: Path) -> Path:
    """A stopped installation with one inquiry."""
    file = tmp_path / "inquiries.db"
    shutil.copy(sqlite_template, file)
    asyncio.run(_tell(file))
    return tmp_path


async def _tell(file: Path) -> None:
    body = {"channel": "email", "text": "Pompa cieknie", "contact": ANNA}
    settings = settings_for(f"sqlite:///{file}")
    async with running_house(settings) as house, client_of(house) as client:
        assert (await client.post("/v1/inquiries", json=body)).status_code == 201


def test_person_is_exported_and_erased(told: Path) -> None:
    export = json.loads(run(told, "privacy", "export", "--email", "anna@mlyn.example").stdout)
    assert [row["text"] for row in export["tables"]["messages"]] == ["Pompa cieknie"]
    lines = run(told, "privacy", "export", "--phone", "601234567", "--csv").stdout.splitlines()
    assert lines[0] == "table,row,column,value" and "inquiries,1,contact_name,Anna Łoś" in lines
    seen = run(told, "privacy", "erase", "--email", "anna@mlyn.example")
    assert "nothing was erased" in seen.stdout and "inquiries" in seen.stdout
    named = run(told, "privacy", "erase", "--name", "Anna Łoś")
    assert "candidate" in named.stdout and "anna@mlyn.example" in named.stdout
    done = run(told, "privacy", "erase", "--email", "anna@mlyn.example", "--note", "7", "--yes")
    assert (done.returncode, "erased; the record is" in done.stdout) == (0, True)
    assert b"anna@mlyn" not in (told / "inquiries.db").read_bytes()
    export = json.loads(run(told, "privacy", "export", "--email", "anna@mlyn.example").stdout)
    assert export["tables"] == {}


def test_name_alone_is_refused(told: Path) -> None:
    refused = run(told, "privacy", "erase", "--name", "Anna Łoś", "--yes")
    assert (refused.returncode, "A name alone is nobody" in refused.stderr) == (2, True)
    assert "--confirmed" in refused.stderr or "confirmed" in refused.stderr


@pytest.mark.parametrize(
    "given", [(), ("--email", "anna"), ("--phone", "x"), ("--name", "Anna")], ids=str
)
def test_values_that_name_nobody_are_refused(installed: Path, given: tuple[str, ...]) -> None:
    refused = run(installed, "privacy", "export", *given)
    assert refused.returncode == 2 and "Traceback" not in refused.stderr
    assert refused.stderr.startswith("inquiry-router: ")


def test_past_due_is_counted_and_deleted(installed: Path) -> None:
    seen = run(installed, "privacy", "retain", "--dry-run")
    assert "calls_days" in seen.stdout and "resolved_inquiries_days" not in seen.stdout
    assert run(installed, "privacy", "retain").stdout == seen.stdout


def test_map_is_printed_without_a_database(tmp_path: Path) -> None:
    assert run(tmp_path, "privacy", "map").stdout.startswith("| table | holds |")

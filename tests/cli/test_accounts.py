"""The command that imports accounts."""

import shutil
from pathlib import Path

import pytest

from tests.cli.commands import run

FILE = "Skrót;Nazwa;NIP;Telefon\nAGRO;Agro-Max;774-000-14-54;602 333 444\n"


@pytest.fixture
def folder(sqlite_template: Path, tmp_path: Path) -> Path:
    shutil.copy(sqlite_template, tmp_path / "inquiries.db")
    (tmp_path / "klienci.csv").write_bytes(FILE.encode("cp1250"))
    return tmp_path


def test_file_is_tried_imported_and_known(folder: Path) -> None:
    options = ("accounts", "import", "klienci.csv", "--column", "Skrót=external_id")
    tried = run(folder, *options, "--dry-run")
    assert "column Skrót: external_id" in tried.stdout
    assert "AGRO Agro-Max: new" in tried.stdout and "it is a dry run" in tried.stdout
    done = run(folder, *options)
    assert "1 rows: 1 new, 0 changed, 0 unchanged, 0 problems" in done.stdout
    assert "accounts" in done.stderr and done.returncode == 0
    assert "0 new, 0 changed, 1 unchanged" in run(folder, *options).stdout


def test_mistakes_end_in_a_sentence(folder: Path) -> None:
    (folder / "wrong.csv").write_text("Kod;NIP\nA;123\n", encoding="utf-8")
    wrong = run(folder, "accounts", "import", "wrong.csv")
    assert "line 2, NIP: '123' has 3 digits; a NIP has 10" in wrong.stdout
    assert "--skip-errors" in wrong.stdout and wrong.returncode == 1
    unknown = run(folder, "accounts", "import", "klienci.csv", "--column", "Skr")
    assert unknown.returncode == 2 and "HEADING=FIELD" in unknown.stderr
    none = run(folder, "accounts", "import", "wrong.csv", "--column", "X=name")
    assert "There is no column 'X'" in none.stderr

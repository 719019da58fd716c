"""The commands about the audit."""

import sqlite3
from pathlib import Path

from tests.cli.commands import run


def test_acts_of_commands_are_listed_and_verified(installed: Path) -> None:
    run(installed, "keys", "create", "erp", "--role", "reader")
    run(installed, "keys", "change", "erp", "--role", "agent")
    listed = run(installed, "audit", "list", "--actor", "cli").stdout
    assert "cli keys create" in listed
    assert 'api_keys.erp.roles: ["reader"] -> ["agent"]' in listed
    verified = run(installed, "audit", "verify")
    assert (verified.returncode, verified.stdout.startswith("the audit is whole: ")) == (0, True)
    noted = verified.stdout.splitlines()[-1]
    assert run(installed, "audit", "verify", "--expect", noted).returncode == 0
    other = run(installed, "audit", "verify", "--expect", noted[:-1] + "x")
    assert (other.returncode, "it has no entry" in other.stderr) == (1, True)
    odd = run(installed, "audit", "verify", "--expect", "abc")
    assert (odd.returncode, "--expect wants" in odd.stderr) == (2, True)


def test_changed_entry_is_found(installed: Path) -> None:
    run(installed, "keys", "create", "crm", "--role", "reader")
    (path,) = installed.rglob("inquiries.db")
    with sqlite3.connect(path) as connection:
        newest = "(SELECT max(number) FROM audit)"
        kept = connection.execute(f"SELECT actor FROM audit WHERE number = {newest}").fetchone()
        connection.execute(f"UPDATE audit SET actor = 'nobody' WHERE number = {newest}")
    broken = run(installed, "audit", "verify")
    assert (broken.returncode, "was changed" in broken.stderr) == (1, True)
    with sqlite3.connect(path) as connection:
        connection.execute(f"UPDATE audit SET actor = ? WHERE number = {newest}", kept)
    assert run(installed, "audit", "verify").returncode == 0

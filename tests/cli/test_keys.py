"""The commands about API keys."""

from pathlib import Path

from tests.cli.commands import run


def test_keys_are_created_listed_and_revoked(installed: Path) -> None:
    made = run(installed, "keys", "create", "website", "--scope", "intake", "--name", "Form")
    assert made.stdout.startswith("irk_website_")
    assert "website" in run(installed, "keys", "list").stdout
    assert made.stdout.strip().rpartition("_")[2] not in run(installed, "keys", "list").stdout
    desk = run(installed, "keys", "create", "desk", "--scope", "agent", "--scope", "intake")
    assert desk.returncode == 0
    assert "agent,intake" in run(installed, "keys", "list").stdout
    twice = run(installed, "keys", "create", "website", "--scope", "intake")
    assert (twice.returncode, "Take another id" in twice.stderr) == (2, True)
    assert run(installed, "keys", "revoke", "website").returncode == 0
    last = run(installed, "keys", "revoke", "admin")
    assert (last.returncode, "Make another admin key first" in last.stderr) == (2, True)

"""The commands about API keys."""

from pathlib import Path

from tests.cli.commands import run


def test_keys_are_created_listed_and_revoked(installed: Path) -> None:
    made = run(installed, "keys", "create", "website", "--role", "source", "--source", "website")
    assert made.stdout.startswith("irk_website_")
    assert "website" in run(installed, "keys", "list").stdout
    secret = max(made.stdout.strip().split("_"), key=len)
    assert secret not in run(installed, "keys", "list").stdout
    desk = run(installed, "keys", "create", "desk", "--scope", "agent", "--scope", "intake")
    assert desk.returncode == 0
    assert "agent,source,phone, sources *" in run(installed, "keys", "list").stdout
    twice = run(installed, "keys", "create", "website", "--role", "source")
    assert (twice.returncode, "Take another id" in twice.stderr) == (2, True)
    assert run(installed, "keys", "revoke", "website").returncode == 0
    last = run(installed, "keys", "revoke", "admin")
    assert (last.returncode, "Make another admin key first" in last.stderr) == (2, True)


def test_keys_are_changed_and_rotated(installed: Path) -> None:
    run(installed, "keys", "create", "screen", "--role", "agent", "--days", "30")
    assert "valid, until " in run(installed, "keys", "list").stdout
    changed = run(installed, "keys", "change", "screen", "--role", "manager", "--team", "sales")
    assert changed.stdout == "screen is changed\n"
    assert "manager, teams sales" in run(installed, "keys", "list").stdout
    rotated = run(installed, "keys", "rotate", "screen", "--overlap-hours", "1")
    assert rotated.stdout.startswith("irk_screen_")
    bare = run(installed, "keys", "create", "nobody")
    assert (bare.returncode, "at least one --role" in bare.stderr) == (2, True)
    unbound = run(installed, "keys", "change", "screen", "--role", "admin")
    assert (unbound.returncode, "cannot be bound" in unbound.stderr) == (2, True)

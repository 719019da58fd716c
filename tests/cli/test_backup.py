"""The commands about backups."""

from pathlib import Path

from tests.cli.commands import run


def test_backup_is_restored_and_the_earlier_database_is_named(installed: Path) -> None:
    made = run(installed, "backup", "b.backup")
    assert made.returncode == 0, made.stderr
    assert "0 inquiries and 0 files of the phone, schema" in made.stdout
    refused = run(installed, "restore", "b.backup")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "--replace" in refused.stderr
    done = run(installed, "restore", "b.backup", "--replace")
    assert done.returncode == 0, done.stderr
    assert "inquiries.db.before-" in done.stdout
    assert run(installed, "keys", "list").returncode == 0


def test_mistakes_end_in_a_sentence(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no backup", "utf-8")
    for arguments in (
        ["restore", str(tmp_path / "text"), "--replace"],
        ["backup", str(tmp_path / "text")],
        ["backup", "/proc/nowhere/b"],
    ):
        refused = run(installed, *arguments)
        assert refused.returncode == 2
        assert "Traceback" not in refused.stderr
        assert len(refused.stderr.splitlines()) == 1, refused.stderr

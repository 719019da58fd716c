"""The commands about sources."""

from pathlib import Path

from tests.cli.commands import run


def test_reconciliation_without_helpdesks_says_so(installed: Path) -> None:
    said = run(installed, "reconcile")
    assert (said.returncode, "there is nothing to ask" in said.stdout) == (0, True)


def test_reconciliation_of_an_unknown_source_is_refused(installed: Path) -> None:
    refused = run(installed, "reconcile", "nowhere")
    assert refused.returncode == 2
    assert "there is no source 'nowhere'" in refused.stderr

"""The walk-throughs run as they are printed, and mistakes end in one sentence."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from tests.cli.commands import environment_of, run
from tests.nursery import nursery

BLOCK = re.compile(r"^ *```sh\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
LOG = str(Path("docs/samples/3cx.csv").resolve())


def do_walk(page: str, folder: Path) -> list[str]:
    """Run the commands of a page against an empty database; return what each printed."""
    environment = environment_of(folder, {})
    printed = []
    for block in BLOCK.findall(Path(page).read_text("utf-8")):
        program, *arguments = command = shlex.split(block.replace("\\\n", ""))
        if program == "inquiry-router":
            done = nursery().run(arguments, environment, Path.cwd(), stdin="")
        else:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (command, done.stderr)
        printed.append(done.stdout)
    return printed


@pytest.mark.parametrize(
    ("page", "assumed", "measured", "person"),
    [
        ("docs/relief-walkthrough.md", "source: assumption", "skrzynka-jan.mbox", "salesperson"),
        ("docs/relief-walkthrough.pl.md", "źródło: założenie", "skrzynka-jan.mbox", "handlowiec"),
    ],
)
def test_walk_through_works_as_printed(
    page: str, assumed: str, measured: str, person: str, tmp_path: Path
) -> None:
    _, _, first, _, diary, second, third = do_walk(page, tmp_path)
    assert assumed in first and "zł" in first
    assert "dzienniczek.csv" in diary
    assert "Rolmax" in second and (measured in second or "dzienniczek.csv" in second)
    assert f"\n{person} " not in second and f"\n{person} " in third and "Jan Nowak" in third


def test_log_without_salespeople_is_refused(installed: Path) -> None:
    done = run(installed, "baseline", LOG)
    assert done.returncode == 2
    assert "a call log needs the salespeople's numbers" in done.stderr


def test_first_look_needs_no_database(tmp_path: Path) -> None:
    people = str(Path("docs/samples/handlowcy.csv").resolve())
    for language, sentences in {
        "pl": ("Kosztowało to firmę około", "Znasz tę część", "Nic nie zapisano", "0.40,0.55"),
        "en": ("That cost the company about", "Nothing was kept"),
    }.items():
        done = run(tmp_path, "baseline", LOG, "--salespeople", people, "--language", language)
        assert done.returncode == 0, done.stderr
        assert [one for one in sentences if one not in done.stdout] == []
    assert list(tmp_path.glob("**/*.db")) == []
    refused = run(tmp_path, "baseline", LOG, "--monitoring-announced", "Regulamin")
    assert refused.returncode == 2 and "inquiry-router migrate" in refused.stderr


def test_mailbox_without_domain_is_refused(installed: Path) -> None:
    path = str(Path("docs/samples/skrzynka-jan.mbox").resolve())
    done = run(installed, "baseline", path)
    assert done.returncode == 2
    assert "--own-domain" in done.stderr


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--column", "x"], "write HEADING=FIELD"),
        (["--timezone", "Mars"], "there is no such time zone"),
        (["--salespeople", "nowhere.csv"], "No such file"),
        (["--service-share", "1"], "write low, likely and high"),
    ],
)
def test_wrong_option_is_said(installed: Path, options: list[str], sentence: str) -> None:
    done = run(installed, "baseline", LOG, *options)
    assert done.returncode == 2
    assert sentence in done.stderr

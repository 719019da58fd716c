"""A migrated installation for the commands."""

from pathlib import Path

import pytest

from tests.cli.commands import run_anew


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installed")
    assert run_anew(folder, "migrate").returncode == 0
    return folder

"""The import contracts notice what they claim to notice: here each is broken on purpose."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

BIN = Path(sys.executable).parent
# A contract, and an import that it forbids: the module that gets it, and the line.
BREAKS = {
    "Each floor imports only the floors below it": (
        "providers/zendesk.py",
        "from inquiry_router.delivery.schedule import SCHEDULE",
    ),
    "Decisions are pure": (
        "routing/working_hours.py",
        "from inquiry_router.process.clock import utc_now",
    ),
    "Only outside/ knows the HTTP client": ("sources/fetching.py", "import httpx2"),
}


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The report of lint-imports on a copy of the source with every break and a room of its own."""
    copy = tmp_path_factory.mktemp("broken")
    shutil.copy("pyproject.toml", copy)
    package = copy / "src" / "inquiry_router"
    data = shutil.ignore_patterns("model", "corpus", "__pycache__")
    shutil.copytree("src/inquiry_router", package, ignore=data)
    for module, line in BREAKS.values():
        with (package / module).open("a", encoding="utf-8") as file:
            file.write(f"\n{line}\n")
    (package / "attic").mkdir()
    (package / "attic" / "__init__.py").touch()
    done = subprocess.run(
        [BIN / "lint-imports", "--no-cache"],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy / "src"), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("contract", BREAKS)
def test_forbidden_import_breaks_its_contract(checked: str, contract: str) -> None:
    verdicts = [line for line in checked.splitlines() if line.startswith(contract)]
    assert any(" BROKEN" in line for line in verdicts)


def test_every_break_is_named(checked: str) -> None:
    for module, line in BREAKS.values():
        imported = line.split()[1]
        dotted = "inquiry_router." + module.removesuffix(".py").replace("/", ".")
        assert f"{dotted} -> {imported}" in checked


def test_room_without_a_floor_breaks_the_contract(checked: str) -> None:
    assert "attic" in checked


@pytest.mark.parametrize(
    "line",
    [
        "import time\n\nNOW = time.time()\n",
        "import time\n\nNOW = time.time_ns()\n",
        "from datetime import UTC, datetime\n\nNOW = datetime.now(UTC)\n",
        "from datetime import date\n\nTODAY = date.today()\n",
        "import os\n\nHOME = os.environ\n",
    ],
)
def test_clock_and_environment_are_read_in_one_module_each(line: str) -> None:
    done = subprocess.run(
        [BIN / "ruff", "check", "--stdin-filename", "src/inquiry_router/routing/new.py", "-"],
        input=f'"""New."""\n\n{line}',
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "TID251" in done.stdout

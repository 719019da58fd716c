"""Runs commands, as operators type them."""

import os
import subprocess
import sys
from pathlib import Path

from inquiry_router.process.settings import PREFIX
from tests.nursery import nursery


def run(
    folder: Path, *arguments: str, stdin: str = "", **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run a command in a forked process that has imported the service already."""
    return nursery().run(arguments, environment_of(folder, settings), folder, stdin)


def run_anew(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command as an operator does, in a new interpreter."""
    command = [sys.executable, "-m", "inquiry_router", *arguments]
    environment = environment_of(folder, {}) | {"PYTHONPATH": str(Path("src").resolve())}
    return subprocess.run(
        command,
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def environment_of(folder: Path, settings: dict[str, str]) -> dict[str, str]:
    others = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    values = {
        "database_url": f"sqlite:///{folder / 'inquiries.db'}",
        "admin_key_file": str(folder / "admin.key"),
        **settings,
    }
    return others | {PREFIX + name.upper(): value for name, value in values.items()}

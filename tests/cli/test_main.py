"""The `inquiry-router` command itself."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.commands import run, run_anew


def test_help_lists_commands_and_examples() -> None:
    shown = run_anew(Path.cwd(), "--help").stdout
    for command in ("serve", "work", "migrate", "classify", "keys", "config", "openapi"):
        assert command in shown
    assert "Example:" in run(Path.cwd(), "classify", "--help").stdout


@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        ("cli", {"fastapi", "numpy", "onnxruntime", "pydantic", "rich", "sqlalchemy", "structlog"}),
        ("delivery.worker", {"onnxruntime"}),
    ],
)
def test_module_does_not_import_heavy_libraries(module: str, heavy: set[str]) -> None:
    script = f"import sys, inquiry_router.{module}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert heavy & set(done.stdout.split()) == set()

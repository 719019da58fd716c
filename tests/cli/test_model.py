"""The commands about the model."""

import json
from pathlib import Path

from tests.cli.commands import run


def test_classify_needs_no_database(tmp_path: Path) -> None:
    said = run(tmp_path, "classify", "Poproszę aktualny cennik i katalog", "--json")
    assert json.loads(said.stdout)["category"] == "catalog_request"
    said = run(tmp_path, "classify", "-", stdin="pompa cieknie i nie działa, reklamacja")
    assert said.stdout.startswith("defect")
    assert "because of" in said.stdout

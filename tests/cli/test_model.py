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


def test_learning_needs_twenty_corrections(installed: Path) -> None:
    refused = run(installed, "learn")
    assert refused.returncode == 2
    assert "learning begins at 20" in refused.stderr


def test_evaluation_writes_figures_and_predictions(tmp_path: Path) -> None:
    file, predictions = tmp_path / "labelled.jsonl", tmp_path / "predictions.jsonl"
    file.write_text('{"text": "pompa cieknie", "label": "defect"}\n', encoding="utf-8")
    said = run(tmp_path, "evaluate", str(file), "--predictions", str(predictions))
    assert "accuracy" in said.stdout and "by_label" in said.stdout
    assert json.loads(predictions.read_text(encoding="utf-8"))["category"] == "defect"

"""Teaching another set of labels from the command line, with figures on held-out texts."""

import csv
import json
import random
from pathlib import Path

import pytest

from inquiry_router.classification.classifier import load_classifier
from inquiry_router.classification.corpus import read_corpus
from inquiry_router.classification.linear import ModelUnusable
from inquiry_router.classification.teaching import teach
from inquiry_router.inquiry.model import Channel, Draft
from tests.cli.commands import run
from tests.conftest import shipped_model


def write(path: Path, rows: list[tuple[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("text", "label"), *rows])
    return path


@pytest.mark.slow
def test_other_labels_can_be_taught_and_evaluated(tmp_path: Path) -> None:
    """The labels are languages, which have nothing to do with our categories."""
    dice = random.Random(5)
    by_label = {
        lang: [
            (e.text, lang)
            for e in read_corpus()
            if e.lang == lang and e.subject is None and 3 < len(e.text.split()) < 30
        ]
        for lang in ("pl", "en", "de")
    }
    rows = [row for part in by_label.values() for row in dice.sample(part, 40)]
    dice.shuffle(rows)
    seen, unseen = (
        write(tmp_path / "seen.csv", rows[:80]),
        write(tmp_path / "unseen.csv", rows[80:]),
    )
    said = run(tmp_path, "train", "--data", str(seen), "--out", str(tmp_path / "model"))
    assert said.returncode == 0, said.stderr
    assert "accuracy" in said.stdout
    judged = run(tmp_path, "evaluate", str(unseen), "--model", str(tmp_path / "model"), "--json")
    figures = json.loads(judged.stdout)
    assert figures["n"] == 40
    assert figures["accuracy"] >= 0.85
    assert "team_accuracy" not in figures
    found = load_classifier(tmp_path / "model").classify(
        Draft(Channel.API, "Dzień dobry, proszę o fakturę i termin dostawy")
    )
    assert found.category == "pl"
    assert found.evidence

    card = json.loads((tmp_path / "model" / "card.json").read_text("utf-8"))
    card["about"]["encoder"] = "0" * 64
    (tmp_path / "model" / "card.json").write_text(json.dumps(card), "utf-8")
    with pytest.raises(ModelUnusable, match="another encoder.*train it again"):
        load_classifier(tmp_path / "model")


@pytest.mark.parametrize(
    ("labels", "words"),
    [(["a", "a", "b"], "at least 2 texts; too few have: b"), (["a", "a"], "only one label")],
)
def test_too_few_texts_or_labels_are_refused(labels: list[str], words: str) -> None:
    drafts = [Draft(Channel.API, f"text {number}") for number in range(len(labels))]
    with pytest.raises(ValueError, match=words):
        teach(drafts, labels, shipped_model(), lambda *_: None)


def test_wrong_line_is_named_and_no_model_is_written(tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text("text,label\na,b\nc\n", "utf-8")
    said = run(tmp_path, "train", "--data", "bad.csv", "--out", "model")
    assert said.returncode == 2
    assert "line 3" in said.stderr
    assert not (tmp_path / "model").exists()

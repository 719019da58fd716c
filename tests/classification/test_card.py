"""The card of a model and the checksums of its files."""

import json
from pathlib import Path
from typing import Any

import pytest

from inquiry_router.classification.card import CARD_FILE, Card, read_card, write_card
from inquiry_router.classification.linear import ModelUnusable

CARD = Card("test-1", ("a", "b"), 1.5, 0.5, 0.8, 0.1, 0.4, {"limits": ["żadne"]}, {}, 0.45)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "head.npz").write_bytes(b"head")
    write_card(CARD, tmp_path, ["head.npz"])
    return tmp_path


def test_written_card_is_read_with_checksums(folder: Path) -> None:
    card = read_card(folder)
    assert list(card.files) == ["head.npz"]
    assert Card(**{name: getattr(card, name) for name in CARD.__slots__ if name != "files"}) == CARD


def test_card_of_a_model_that_names_no_intents_is_read(folder: Path) -> None:
    written = json.loads((folder / CARD_FILE).read_text("utf-8"))
    del written["intent_at_least"]
    (folder / CARD_FILE).write_text(json.dumps(written), "utf-8")
    assert read_card(folder).intent_at_least == 1.0


def test_changed_file_is_named(folder: Path) -> None:
    (folder / "head.npz").write_bytes(b"other")
    with pytest.raises(ModelUnusable, match=r"head\.npz .* is cut off or not the one"):
        read_card(folder)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": 99}, "has format 99"),
        ({"files": {"gone.npz": "0" * 64}}, r"no readable gone\.npz"),
        ({"threshold": "high"}, "cannot be read"),
        ({"labels": None}, "cannot be read"),
    ],
)
def test_unusable_card_is_refused(folder: Path, change: dict[str, Any], message: str) -> None:
    written = json.loads((folder / CARD_FILE).read_text("utf-8"))
    (folder / CARD_FILE).write_text(json.dumps(written | change), "utf-8")
    with pytest.raises(ModelUnusable, match=message):
        read_card(folder)

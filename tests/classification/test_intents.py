"""Intents: the likeliest one of the decided category, its probability, and files of heads."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from inquiry_router.classification.card import write_card
from inquiry_router.classification.classifier import load_classifier
from inquiry_router.classification.head import Head
from inquiry_router.classification.intents import (
    INTENTS_FILE,
    intents_of_bytes,
    likeliest_intent,
    load_intents,
)
from inquiry_router.classification.linear import ModelUnusable
from inquiry_router.inquiry.intents import INTENTS
from inquiry_router.inquiry.model import Channel, Classification, Draft
from tests.conftest import shipped_model
from tests.intents_model import intents_head, model_with_intents

WANTS = "Chcemy kupić 12 biurek, proszę o wycenę."
LACKS = "W paczce brakuje jednego zaworu, przysłali Państwo dziewięć zamiast dziesięciu."


def classify(text: str, at_least: float = 0.3, **changes: float) -> Classification:
    model = model_with_intents(at_least)
    model = replace(model, card=replace(model.card, **changes))
    return model.classify(Draft(Channel.EMAIL, text))


@pytest.mark.parametrize(
    ("text", "category", "intent"),
    [(WANTS, "new_purchase", "quote_request"), (LACKS, "defect", "missing_item")],
)
def test_intent_of_the_category_is_named(text: str, category: str, intent: str) -> None:
    found = classify(text)
    assert (found.category, found.intent) == (category, intent)
    assert found.intent_confidence is not None
    assert 0.3 <= found.intent_confidence <= found.confidence


def test_intent_is_left_empty_below_its_limit() -> None:
    named = classify(LACKS).intent_confidence
    assert named is not None
    for limit, is_named in ((named - 0.001, True), (named + 0.001, False)):
        found = classify(LACKS, intent_at_least=limit)
        assert (found.intent is not None, found.intent_confidence is not None) == (is_named,) * 2


def test_intent_is_left_empty_if_the_category_is_unsure() -> None:
    found = classify(LACKS, threshold=1.01)
    assert (found.unsure, found.intent, found.intent_confidence) == (True, None, None)


def test_model_without_intents_names_none() -> None:
    found = replace(shipped_model(), intents=None).classify(Draft(Channel.EMAIL, LACKS))
    assert (found.unsure, found.intent) == (False, None)


def test_rival_is_the_second_of_the_ranking_with_its_own_evidence() -> None:
    found = classify("Pompa cieknie, proszę o naprawę. Przy okazji poproszę katalog.")
    words = {found.category: found.evidence, found.ranking[1].category: found.rival_evidence}
    assert words.keys() == {"defect", "catalog_request"}
    assert "naprawę" in [one.text for one in words["defect"]]
    assert "katalog" in [one.text for one in words["catalog_request"]]


HEAD = Head(
    ("defect/a", "defect/b", "rental/", "rental/haul", "other/z"),
    np.array([[1.0, 0.0, 0.0, 1.0, 9.0]], dtype=np.float32),
    np.array([0.0, 2.0, 0.5, 0.0, 0.0], dtype=np.float32),
)


@pytest.mark.parametrize(
    ("category", "value", "intent", "share"),
    [
        ("defect", 0.0, "b", 1 / (1 + np.exp(-2.0))),
        ("defect", 4.0, "a", 1 / (1 + np.exp(-2.0))),
        ("rental", 2.0, "haul", 1 / (1 + np.exp(-1.5))),
        ("rental", 0.0, None, None),
        ("other", -3.0, "z", 1.0),
        ("catalog_request", 0.0, None, None),
    ],
)
def test_share_is_among_the_intents_of_the_category(
    category: str, value: float, intent: str | None, share: float | None
) -> None:
    found = likeliest_intent(HEAD, np.array([value], dtype=np.float32), category)
    assert (found and found[0]) == intent
    assert found is None or found[1] == pytest.approx(share)


def test_labels_of_a_file_are_intents_or_written_with_their_category() -> None:
    plain = Head(tuple(one.id for one in INTENTS), np.zeros((2, 67)), np.zeros(67))
    read = intents_of_bytes(plain.as_bytes())
    assert read.labels == tuple(f"{one.category}/{one.id}" for one in INTENTS)
    assert intents_of_bytes(HEAD.as_bytes()).labels == HEAD.labels
    strange = replace(HEAD, labels=("defect/a", "nothing", "rental/", "rental/haul", "other/z"))
    with pytest.raises(ValueError, match="no intent 'nothing'"):
        intents_of_bytes(strange.as_bytes())


def model_folder(tmp_path: Path, *names: str) -> Path:
    """The shipped model with a file of intents, and a card that names these files more."""
    model = shipped_model()
    for path in model.folder.iterdir():
        (tmp_path / path.name).symlink_to(path)
    (tmp_path / INTENTS_FILE).unlink(missing_ok=True)
    (tmp_path / INTENTS_FILE).write_bytes(intents_head().as_bytes())
    (tmp_path / "card.json").unlink()
    files = [name for name in model.card.files if name != INTENTS_FILE]
    write_card(replace(model.card, intent_at_least=0.25), tmp_path, (*files, *names))
    return tmp_path


def test_file_of_intents_is_read_if_the_card_names_it(tmp_path: Path) -> None:
    folder = model_folder(tmp_path, INTENTS_FILE)
    model = load_classifier(folder)
    assert model.intents is not None
    assert model.intents.labels == load_intents(folder).labels == intents_head().labels
    assert model.card.intent_at_least == 0.25
    found = model.classify(Draft(Channel.EMAIL, LACKS))
    assert (found.intent, found.model) == ("missing_item", shipped_model().name)


def test_file_of_intents_may_be_missing_but_not_damaged(tmp_path: Path) -> None:
    assert load_classifier(model_folder(tmp_path)).intents is None
    folder = tmp_path / "damaged"
    folder.mkdir()
    model_folder(folder, INTENTS_FILE)
    (folder / INTENTS_FILE).write_bytes(b"PK")
    with pytest.raises(ModelUnusable, match=rf"{INTENTS_FILE}.*install"):
        load_classifier(folder)

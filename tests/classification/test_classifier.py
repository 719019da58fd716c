"""The classifier: clear cases, unsure ones, second categories, and damaged model files."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from inquiry_router.classification import classifier as module
from inquiry_router.classification.classifier import Classifier, load_classifier
from inquiry_router.classification.linear import ModelUnusable
from inquiry_router.inquiry.categories import CATEGORY_IDS
from inquiry_router.inquiry.model import Channel, Classification, Draft
from tests.conftest import shipped_model

SHIPPED = Path(module.__file__).parent / "model"
CLEAR = [
    (
        "pl",
        (
            "Pompa, którą kupiliśmy u was w marcu, przestała działać i cieknie. Proszę o "
            "naprawę gwarancyjną."
        ),
        "defect",
    ),
    (
        "en",
        "The drill you delivered last week arrived broken, I want to make a complaint.",
        "defect",
    ),
    ("de", "Die gelieferte Maschine ist defekt, bitte schicken Sie einen Techniker.", "defect"),
    (
        "pl",
        "Gdzie jest moje zamówienie? Miało przyjść we wtorek, a kuriera nie ma.",
        "order_support",
    ),
    ("pl", "Proszę o przesłanie aktualnego katalogu i cennika.", "catalog_request"),
    (
        "en",
        "Could you send me your latest catalogue and the datasheets, please?",
        "catalog_request",
    ),
    ("pl", "Chcemy kupić 20 krzeseł biurowych, proszę o wycenę.", "new_purchase"),
    ("pl", "Polecił mi Państwa firmę pan Nowak z Poznania.", "referral"),
    ("pl", "Aplikuję na stanowisko magazyniera, w załączeniu CV.", "other"),
]


def classify(
    text: str, subject: str | None = None, model: Classifier | None = None
) -> Classification:
    return (model or shipped_model()).classify(Draft(Channel.EMAIL, text, subject))


@pytest.mark.parametrize("lang, text, category", CLEAR)
def test_clear_case_is_classified(lang: str, text: str, category: str) -> None:
    found = classify(text)
    assert (found.category, found.language) == (category, lang)


def test_ranking_holds_every_category_and_adds_up() -> None:
    found = classify("Pompa cieknie")
    assert {entry.category for entry in found.ranking} == set(CATEGORY_IDS)
    assert sum(entry.confidence for entry in found.ranking) == pytest.approx(1.0, abs=0.001)
    assert [entry.confidence for entry in found.ranking] == sorted(
        (e.confidence for e in found.ranking), reverse=True
    )
    assert found.confidence == found.ranking[0].confidence


@pytest.mark.parametrize("text", ["", "dzień dobry", "?", "asdf qwer"])
def test_text_without_content_is_never_surely_sales(text: str) -> None:
    found = classify(text)
    assert found.unsure or found.category not in ("new_purchase", "referral")


def test_classification_below_threshold_or_margin_is_unsure() -> None:
    model, text = shipped_model(), "Pompa cieknie, proszę o naprawę gwarancyjną."
    found = classify(
        text, model=replace(model, card=replace(model.card, threshold=0.0, margin=0.0))
    )
    assert not found.unsure
    lead = found.ranking[0].confidence - found.ranking[1].confidence
    for threshold, margin, unsure in (
        (found.confidence + 0.0001, 0.0, True),
        (found.confidence, 0.0, False),
        (0.0, lead + 0.0001, True),
        (0.0, lead - 0.0001, False),
    ):
        card = replace(model.card, threshold=threshold, margin=margin, thresholds={})
        strict = replace(model, card=card)
        assert classify(text, model=strict).unsure is unsure


def test_second_category_is_named_from_its_limit_and_is_never_other() -> None:
    model, text = (
        shipped_model(),
        "Pompa cieknie, proszę o naprawę. Przy okazji: ile kosztuje taka sama nowa?",
    )
    generous = replace(model, card=replace(model.card, second_at_least=0.0))
    found = classify(text, model=generous)
    assert found.secondary not in (None, "other", found.category)
    assert (
        classify(
            text, model=replace(model, card=replace(model.card, second_at_least=1.01))
        ).secondary
        is None
    )
    assert (
        classify("Aplikuję na stanowisko magazyniera, w załączeniu CV.", model=generous).secondary
        is None
    )


def test_declared_language_wins() -> None:
    assert (
        shipped_model().classify(Draft(Channel.EMAIL, "Proszę o cennik", language="de-DE")).language
        == "de"
    )


def test_card_holds_notice_limits_and_figures() -> None:
    about = shipped_model().card.about
    assert "MIT" in about["notice"]
    assert about["limits"]
    assert {"by_language", "by_channel", "by_label", "by_author"} <= set(
        about["figures_on_unseen_authors"]
    )


def test_model_files_are_small() -> None:
    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) <= 45_000_000


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _spoil(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _other_version(path: Path) -> None:
    path.write_text(
        json.dumps({**json.loads(path.read_text(encoding="utf-8")), "format": 99}), encoding="utf-8"
    )


@pytest.mark.parametrize("damage", [Path.unlink, _cut, _spoil])
@pytest.mark.parametrize(
    "name",
    [
        "model.onnx",
        "tokenizer.json",
        "head.npz",
        "second.npz",
        "linear.npz",
        "language.npz",
        "examples.npz",
    ],
)
def test_damaged_file_is_named(name: str, damage: Callable[[Path], None], tmp_path: Path) -> None:
    folder = shutil.copytree(SHIPPED, tmp_path / "model")
    damage(folder / name)
    with pytest.raises(ModelUnusable, match=rf"{name}.*install"):
        load_classifier(folder)


@pytest.mark.parametrize(
    "damage, said",
    [(Path.unlink, "has no card.json"), (_cut, "card.json"), (_other_version, "format 99")],
)
def test_unusable_card_is_named(damage: Callable[[Path], None], said: str, tmp_path: Path) -> None:
    folder = shutil.copytree(SHIPPED, tmp_path / "model")
    damage(folder / "card.json")
    with pytest.raises(ModelUnusable, match=f"{said}.*install"):
        load_classifier(folder)


def test_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelUnusable, match="nowhere has no card.json"):
        load_classifier(tmp_path / "nowhere")

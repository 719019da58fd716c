"""Sentences with a danger, and as many harmless neighbours, in pl, en, de, cs and uk.

The wordings were tuned on sentences that also train the model's signals; those of `danger.tsv` were
written before them. Strangers' sentences need the model too (tests/classification).
"""

from pathlib import Path

import pytest

from inquiry_router.entities.danger import DANGERS
from tests.entities.found import found

HARMLESS = "none"
_HERE = Path(__file__).parent
_TUNING = (_HERE.parents[1] / "training/signals.tsv").read_text("utf-8").splitlines()
_HELD_OUT = (_HERE / "danger.tsv").read_text("utf-8").splitlines()
# Half, language, kind, text.
SENTENCES = [
    *(("tuning", *line.split("\t")[1:]) for line in _TUNING if line.startswith("first\t")),
    *(("held_out", *line.split("\t")) for line in _HELD_OUT),
]
SENTENCES = [one for one in SENTENCES if one[2] in (*DANGERS, HARMLESS)]


def _dangers(text: str) -> set[str | None]:
    return {value for kind, _, value in found(text) if kind == "danger"}


@pytest.mark.parametrize("half", ["tuning", "held_out"])
def test_dangers_are_found_and_their_neighbours_are_not(half: str) -> None:
    dangers = [text for one, _, kind, text in SENTENCES if one == half and kind != HARMLESS]
    neighbours = [text for one, _, kind, text in SENTENCES if one == half and kind == HARMLESS]
    missed = [text for text in dangers if not _dangers(text)]
    false = [text for text in neighbours if _dangers(text)]
    assert len(dangers) >= 100 and len(neighbours) >= 100
    assert len(missed) <= 0.03 * len(dangers), missed
    assert len(false) <= 0.01 * len(neighbours), false


def test_kind_of_a_danger_is_right() -> None:
    """A sentence may state two dangers, and the words of one kind may lie within another's."""
    stated = [(kind, text) for _, _, kind, text in SENTENCES if kind != HARMLESS]
    wrong = [text for kind, text in stated if kind not in _dangers(text)]
    assert {kind for kind, _ in stated} == set(DANGERS)
    assert len(wrong) <= 0.03 * len(stated), wrong


def test_half_of_the_sentences_are_polish() -> None:
    languages = [language for _, language, _, _ in SENTENCES]
    assert set(languages) == {"pl", "en", "de", "cs", "uk"}
    assert languages.count("pl") >= 0.5 * len(languages)


@pytest.mark.parametrize(
    "text",
    [
        "nie ma żadnego dymu ani ognia",
        "kuchenka nie śmierdzi gazem",
        "nikt nie jest ranny",
        "jeśli czuć gaz, proszę zadzwonić",
        "in case of fire",
        "w razie pożaru",
        "es brennt gar nicht",
        "No smoke is coming out of it",
        "it isn't smoking",
        "nobody is trapped in the lift",
        "bei uns brennt nichts, es blinkt nur",
        "W 2010 zalało nam piwnicę, teraz szukamy pompy",
        "In 2012 our warehouse was flooded, please quote ten barriers",
        "V roce 2009 hořela stodola, stavíme novou",
        "Promocja pali się tylko do niedzieli",
        "Bei uns brennt heute die Hütte, die Messe beginnt",
    ],
)
def test_denied_and_supposed_dangers_are_none(text: str) -> None:
    assert _dangers(text) == set()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("gaz czuć", "gas"),
        ("czuć strasznie mocno w całej kuchni gaz", "gas"),
        ("PALI SIĘ PRALKA", "fire"),
        ("pozar u sasiada zaraz", "fire"),
        ("Ogień! Proszę szybko", "fire"),
        ("w 2026 zalewa nas drugi raz, woda po kostki", "flooding"),
        ("ekspres do kawy kopie prądem", "electric_shock"),
    ],
)
def test_danger_is_found_in_any_order_and_spelling(text: str, kind: str) -> None:
    assert _dangers(text) == {kind}

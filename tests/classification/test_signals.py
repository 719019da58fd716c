"""Signals beside the subject: dangers and callers who want a person, as strangers say it."""

import asyncio
from pathlib import Path

import numpy as np
import pytest

from inquiry_router.classification.encoder import Encoding
from inquiry_router.classification.head import Head
from inquiry_router.classification.signals import NONE, PERSON, SIGNAL_LABELS, Limits, SignalReader
from inquiry_router.entities.finding import find_entities
from inquiry_router.entities.signals import doubt_harmless, heed_signals
from inquiry_router.inquiry.model import DANGERS, Channel, Classification, Draft, EntityKind
from inquiry_router.inquiry.signals import Signals
from inquiry_router.phone.persons import PersonRequest, person_request
from tests.conftest import shipped_model

# Sentences of authors whom no training has seen: kind, language, text.
_LINES = Path(__file__).with_name("signals.tsv").read_text("utf-8").splitlines()
SENTENCES = [tuple(line.split("\t")) for line in _LINES]


def _encoding(**weights: float) -> Encoding:
    """A text "hej pali" whose two words have these coordinates, one for each label."""
    parts = np.zeros((2, len(SIGNAL_LABELS)), dtype=np.float32)
    for label, weight in weights.items():
        parts[1, SIGNAL_LABELS.index(label)] = weight
    return Encoding("hej pali", 0, parts, ((0, 3), (4, 8)))


def _read(encoding: Encoding, **limits: float) -> Signals:
    count = len(SIGNAL_LABELS)
    head = Head(SIGNAL_LABELS, np.eye(count, dtype=np.float32), np.zeros(count, dtype=np.float32))
    given = {"danger_at_least": 0.5, "harmless_below": 0.2, "person_at_least": 0.5, **limits}
    return SignalReader(head, Limits(**given)).read(encoding)


def test_kind_of_danger_and_its_strongest_word_are_read() -> None:
    assert _read(_encoding(fire=6.0)) == Signals(danger="fire", danger_word="pali")


def test_danger_needs_its_limit_whatever_its_kind() -> None:
    unclear = _encoding(fire=2.0, smoke=2.0, none=3.0)
    assert _read(unclear, danger_at_least=0.3).danger == "fire"
    assert _read(unclear, danger_at_least=0.99) == Signals()


def test_what_is_surely_no_danger_is_harmless() -> None:
    assert _read(_encoding(none=9.0)) == Signals(harmless=True)
    assert _read(_encoding(none=9.0), harmless_below=0.0) == Signals()


def test_long_text_rules_out_no_danger() -> None:
    short = _encoding(none=9.0)
    long = Encoding("hej pali " + "słowo " * 60, 0, short.parts, short.spans)
    assert _read(long) == Signals()


def test_wish_for_a_person_is_read() -> None:
    assert _read(_encoding(person=9.0)).wants_person
    assert not _read(_encoding(person=9.0), person_at_least=1.01).wants_person


async def _ask(draft: Draft) -> Classification:
    return shipped_model().classify(draft)


def _danger(text: str, subject: str | None = None) -> str | None:
    draft = Draft(Channel.PHONE, text, subject)
    entities = tuple(find_entities(subject, text))
    signals = shipped_model().classify(draft).signals
    signals = asyncio.run(doubt_harmless(draft, entities, signals, _ask))
    found = heed_signals(draft, entities, signals)
    return next((one.value for one in found if one.kind is EntityKind.DANGER), None)


def _wants_person(text: str) -> bool:
    said = person_request(text) is PersonRequest.ONLY
    return said or shipped_model().classify(Draft(Channel.PHONE, text)).signals.wants_person


def test_strangers_in_danger_are_found_and_their_neighbours_are_not() -> None:
    dangers = [text for kind, _, text in SENTENCES if kind in DANGERS]
    neighbours = [text for kind, _, text in SENTENCES if kind == NONE]
    missed = [text for text in dangers if _danger(text) is None]
    false = [text for text in neighbours if _danger(text) is not None]
    assert len(dangers) >= 100 and len(neighbours) >= 100
    assert len(missed) <= 0.06 * len(dangers), missed
    assert len(false) <= 0.015 * len(neighbours), false


DANGERS_IN_WORDS = (
    *(
        "czuć gaz przy pompie",
        "pali się silnik",
        "z obudowy leci dym",
        "kopie prąd przy dotknięciu",
    ),
    *("kolega jest ranny", "ulatnia się gaz", "czujka czadu wyje", "dymi się z rozdzielni"),
    *("ktoś utknął w windzie", "it is on fire", "we smell gas", "es riecht nach Gas"),
)


@pytest.mark.parametrize(
    "around",
    [
        "{}. Proszę o kontakt w sprawie serwisu.",
        "Kiedy przyjedzie serwis? Pozdrawiam, Jan. {}",
        "Pompa nie działa i cieknie, proszę o naprawę gwarancyjną do zamówienia nr 12345. {}.",
        "Dzień dobry, {}, proszę o przysłanie serwisanta.",
        "dzień dobry {} proszę o przysłanie serwisanta",
        "W załączniku przesyłam zdjęcia i kartę gwarancyjną. {}.",
    ],
)
def test_usual_request_beside_a_danger_does_not_rule_it_out(around: str) -> None:
    """The model reads the whole text as harmless; the words of the danger alone it does not."""
    assert [one for one in DANGERS_IN_WORDS if _danger(around.format(one)) is None] == []


@pytest.mark.parametrize("cry", ["ratunku", "pomocy", "o Boże", "na pomoc", "help", "Hilfe"])
def test_cry_for_help_before_a_danger_does_not_rule_it_out(cry: str) -> None:
    dangers = ("pali się", "czuć gaz", "leci dym", "kolega jest ranny")
    assert [one for one in dangers if _danger(f"{cry} {one}") is None] == []


def test_danger_in_the_subject_is_heard() -> None:
    text = "Pompa nie działa i cieknie, proszę o naprawę gwarancyjną."
    assert [one for one in DANGERS_IN_WORDS if _danger(text, one) is None] == []


def test_strangers_who_want_a_person_are_found() -> None:
    phrases = [text for kind, _, text in SENTENCES if kind == PERSON]
    missed = [text for text in phrases if not _wants_person(text)]
    assert len(phrases) >= 30
    assert len(missed) <= 0.05 * len(phrases), missed


@pytest.mark.parametrize(
    "text",
    [
        "Chciałbym zamówić 12 czujników dymu i gaśnicę",
        "Proszę o ofertę na kominek gazowy",
        "pan kowalski sprzedał mi wadliwą pompę",
    ],
)
def test_usual_inquiries_have_no_sign(text: str) -> None:
    signals = shipped_model().classify(Draft(Channel.EMAIL, text)).signals
    assert (signals.danger, signals.wants_person) == (None, False)

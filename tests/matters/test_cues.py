"""Cues: told of before, something else."""

import pytest

from inquiry_router.matters.cues import Cues, find_cues
from inquiry_router.text.folding import read_words


def _cues(text: str, subject: str | None = None) -> Cues:
    return find_cues(read_words(subject, text))


@pytest.mark.parametrize(
    "text",
    [
        "Tak jak mówiłem przez telefon, kocioł jest wgnieciony",
        "Dzwoniłam rano, opisuję sprawę",
        "ja pisałam wczoraj z kontem do zwrotu",
        "Prosiliśmy o to tydzień temu",
        "Ponawiam pytanie o termin",
        "Czekam na odpowiedź w sprawie zamówienia",
        "Państwa oferta: bierzemy",
        "As told on the phone, the valve hisses",
        "Any news on my order?",
        "i emailed you tuesday about forty pallets",
        "Thanks for your quote, we accept",
        "Mąż do państwa pisał w poniedziałek",
        "w imieniu Huberta Sikory",
        "Herr Ott hat angerufen, wegen der Lampe",
        "Wie telefonisch besprochen, hier die Maße",
        "Ich habe Ihnen gestern geschrieben",
        "volal jsem vám včera",
        "Děkuji za nabídku",
    ],
)
def test_they_have_told_of_it_before(text: str) -> None:
    assert _cues(text).told


@pytest.mark.parametrize(
    "text",
    [
        "Dzień dobry, pompa cieknie od spodu",
        "Proszę o katalog i cennik",
        "Nie działa drukarka w pokoju 3",
        "Please send the current price list",
        "Bitte senden Sie mir Ihren Katalog zu",
        "Kiedy przyjdzie stół?",
        "",
    ],
)
def test_a_first_message_tells_of_nothing_before(text: str) -> None:
    cues = _cues(text)
    assert not cues.told
    assert not cues.something_else


@pytest.mark.parametrize(
    "text",
    [
        "inna sprawa niż klej, proszę o oddzielny protokół",
        "To osobne zgłoszenie proszę",
        "Teraz co innego: proszę o ofertę",
        "Proszę o nowe zamówienie jak 90331",
        "This is another matter, please open a separate case",
        "Das ist eine andere Sache",
        "neue Anfrage: Rüttelplatte",
    ],
)
def test_something_else(text: str) -> None:
    assert _cues(text).something_else


def test_in_person_is_not_apart() -> None:
    assert not _cues("Klient przyszedł osobiście i zostawił rower").something_else

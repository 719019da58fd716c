"""Cues: told before, goes on, somebody wrote, something else, opens, one more."""

import pytest

from inquiry_router.matters.cues import NO_CUES, Cues, find_cues
from inquiry_router.text.folding import read_words


def _cues(text: str, subject: str | None = None) -> Cues:
    return find_cues(read_words(subject, text), text)


@pytest.mark.parametrize(
    "text",
    [
        "Tak jak mówiłem przez telefon, kocioł jest wgnieciony",
        "Dzwoniłam rano, opisuję sprawę",
        "ja pisałam wczoraj z kontem do zwrotu",
        "Prosiliśmy o to tydzień temu",
        "Ponawiam pytanie o termin",
        "Czekam na odpowiedź w sprawie zamówienia",
        "Dziękuję za ofertę, bierzemy",
        "As told on the phone, the valve hisses",
        "Any news on my order?",
        "i emailed you tuesday about forty pallets",
        "Thanks for your quote, we accept",
        "Wie telefonisch besprochen, hier die Maße",
        "Gibt es schon was zum Preis?",
        "Ich habe Ihnen gestern geschrieben",
        "posílám fotku, jak jste chtěli",
        "Děkuji za nabídku",
        "Tak, proszę wysłać",
        "Yes, go on",
    ],
)
def test_they_have_told_of_it_before(text: str) -> None:
    assert _cues(text).told_before


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
    assert not cues.told_before
    assert not cues.somebody_wrote
    assert not cues.something_else


@pytest.mark.parametrize(
    "text",
    ["i tu zdjęcie", "Zdjęcia 1-9.", "KOREKTA: jednak 60", "hier das Foto", "ad. 3 bez zmian"],
)
def test_it_goes_on(text: str) -> None:
    assert _cues(text).goes_on


@pytest.mark.parametrize(
    "text",
    [
        "Mąż do państwa pisał w poniedziałek",
        "Tom is off until Thursday so I've picked this up",
        "w imieniu Huberta Sikory",
        "Herr Ott hat angerufen, wegen der Lampe",
    ],
)
def test_somebody_wrote(text: str) -> None:
    assert _cues(text).somebody_wrote


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


@pytest.mark.parametrize("text", ["czy macie farbę?", "Could you quote?", "Bitte um Angebot"])
def test_it_opens_a_matter(text: str) -> None:
    assert _cues(text).opens


@pytest.mark.parametrize("text", ["druga winda stoi", "the other pump", "die zweite Pumpe"])
def test_one_more_of_a_kind(text: str) -> None:
    assert _cues(text).one_more


def test_a_long_text_with_a_photo_is_not_only_sent_on() -> None:
    text = (
        "Szanowni Państwo, na zdjęciach jest kocioł, który został wczoraj dostarczony do hurtowni"
    )
    assert _cues(f"{text} przez kierowcę") == NO_CUES

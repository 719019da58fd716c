"""Short replies under the subject of an older mail: their words decide, if they say something."""

from dataclasses import replace

import pytest

from inquiry_router.classification.replies import MAX_WORDS, heed_words, may_be_stale
from inquiry_router.inquiry.model import Channel, Classification, Draft
from inquiry_router.inquiry.signals import Signals
from tests.conftest import shipped_model

OFFERS = (
    *("Re: Oferta na kocioł", "Odp: Wycena pompy ciepła 12 kW", "AW: Preisliste 2026"),
    *("RE: Your quote for the boiler", "Re: Nasz katalog 2026", "RE: Quotation - 20 pumps"),
)
SERVICE = {
    "defect": (
        *("Kocioł cieknie.", "Grzejnik zimny.", "Nadal nie działa", "Przyszedł zły kolor."),
        *("It leaks", "Boiler is down", "Die Pumpe tropft", "Heizung geht nicht"),
    ),
    "order_support": ("Faktura się nie zgadza", "Kiedy będzie dostawa?", "Where is my order?"),
}


def reading(category: str, *, unsure: bool = False, danger: str | None = None) -> Classification:
    signals = Signals(danger=danger)
    return Classification(category, 0.9, "pl", "model", "m", unsure=unsure, signals=signals)


def classify(text: str, subject: str | None) -> Classification:
    return shipped_model().classify(Draft(Channel.EMAIL, text, subject))


@pytest.mark.parametrize("category", SERVICE)
def test_stale_subject_of_an_offer_leads_no_service_matter_to_sales(category: str) -> None:
    wrong = [
        (text, subject, found.category, found.unsure)
        for text in SERVICE[category]
        for subject in OFFERS
        for found in [classify(text, subject)]
        if found.category != category or found.unsure
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "subject", "category"),
    [
        ("Tak.", "Re: Oferta nr 12/2026", "new_purchase"),
        ("Prezes klepnął.", "Re: Oferta na klimatyzację biura v3", "new_purchase"),
        ("Zamawiamy 20 sztuk.", "Re: Potwierdzenie zamówienia 5530", "new_purchase"),
        ("Chuck delivery in and it's a deal.", "Re: Re: your quote (tiles)", "new_purchase"),
    ],
)
def test_sale_stays_a_sale(text: str, subject: str, category: str) -> None:
    found = classify(text, subject)
    assert (found.category, found.unsure) == (category, False)


def test_request_for_service_under_an_offer_is_not_surely_a_sale() -> None:
    for subject in OFFERS:
        found = classify("Proszę o serwis", subject)
        assert found.unsure or found.category == "defect", subject


def test_only_short_replies_are_read_twice() -> None:
    draft = Draft(Channel.EMAIL, "Nie grzeje", "Re: Oferta")
    assert may_be_stale(draft)
    assert not may_be_stale(replace(draft, subject="Oferta"))
    assert not may_be_stale(replace(draft, text="słowo " * (MAX_WORDS + 1)))
    assert not may_be_stale(replace(draft, text=""))


def test_danger_of_either_reading_stays() -> None:
    doubt, fault = reading("new_purchase", unsure=True), reading("defect")
    assert heed_words(replace(doubt, signals=Signals(danger="gas")), fault).signals.danger == "gas"
    alone = replace(fault, signals=Signals(danger="fire"))
    assert heed_words(doubt, alone).signals.danger == "fire"

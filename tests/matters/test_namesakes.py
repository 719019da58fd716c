"""Joining: customers of one surname, general subjects, and letters that many quote."""

from dataclasses import replace

import pytest

from inquiry_router.inquiry.model import Contact
from tests.matters.samples import LATER, draft, joined

JAN = Contact("Jan Kowalski", "jan.kowalski@klient-a.example")
ANNA = Contact("Anna Kowalska", "anna.kowalska@klient-b.example")
GENERAL_SUBJECTS = (
    *("Oferta", "Zamówienie", "Zapytanie ofertowe", "Faktura", "Reklamacja", "Zamówienie 2026"),
    *("Offer", "Order", "Inquiry", "Quote request", "Invoice", "Price request"),
    *("Angebot", "Bestellung", "Anfrage", "Rechnung", "Reklamation", "Ihre Anfrage"),
    *("Nabídka", "Poptávka", "Замовлення"),
)


@pytest.mark.parametrize("subject", GENERAL_SUBJECTS)
@pytest.mark.parametrize("other", [ANNA, Contact("Anna Kowalska", "akowalska@poczta.example")])
def test_namesakes_under_a_general_subject_are_two_customers(subject: str, other: Contact) -> None:
    first = draft("Dziękuję za ofertę na 40 pomp, przyjmujemy.", JAN, subject=f"Re: {subject}")
    second = draft("Dziękuję za ofertę na pompy, proszę o rabat.", other, subject=f"Re: {subject}")
    assert joined(first, second, hours=1).matter is None
    assert joined(first, second, hours=1).hints == ()


@pytest.mark.parametrize("subject", GENERAL_SUBJECTS)
def test_a_general_subject_is_no_sign(subject: str) -> None:
    first = draft("Proszę o cenę 40 pomp.", JAN, subject=subject)
    second = draft("Kiedy przyjadą zawory?", JAN, subject=f"Re: {subject}")
    assert joined(first, second).matter is None


@pytest.mark.parametrize("subject", ["Oferta na pompy", "Oferta 77/2104", "Anfrage Pumpen"])
def test_a_subject_that_names_something_is_a_sign(subject: str) -> None:
    first = draft("Proszę o cenę 40 sztuk.", JAN, subject=subject)
    assert joined(first, draft("do piątku", JAN, subject=f"Re: {subject}")).matter is not None
    assert joined(first, draft("do piątku", ANNA, subject=f"Re: {subject}")).matter is None


def test_two_customers_quote_the_same_letter_of_the_company() -> None:
    letter = (
        "\n\nW dniu 3.11.2026 o 9:12 Biuro <biuro@firma.example> napisał(a):\n"
        "> Przesyłam nowy katalog pomp, zaworów i armatury oraz rabaty jesienne.\n"
    )
    at_home = Contact("Jan Kowalski", "jkowalski@poczta.example")
    first = draft(f"Biorę cztery.{letter}", at_home, subject="Re: Katalog jesienny")
    second = draft(f"Dla nas dwie.{letter}", replace(at_home, email="jan71@poczta.example"))
    second = replace(second, subject="Re: Katalog jesienny")
    assert joined(first, second).matter is None


def test_a_wife_tells_of_what_her_husband_wrote() -> None:
    first = draft(
        "Pompa obiegowa w kotłowni cieknie.", Contact("Jan Kowalski", "jk@poczta.example")
    )
    wife = Contact("Anna Kowalska", "ak@poczta.example")
    second = draft("Mąż pisał, że cieknie pompa w kotłowni.", wife)
    assert joined(first, second, sense=LATER).matter is not None
    namesake = draft("Pisałam, że cieknie pompa w kotłowni.", wife)
    assert joined(first, namesake, sense=LATER).matter is None

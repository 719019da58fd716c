"""Mails of forms name the person and keep the message; a customer's own lines are no form."""

import pytest

from inquiry_router.inquiry.model import Contact
from inquiry_router.intake.mail.parsing import parse_mail

JAN = Contact("Jan Rek", "jan@klient.example", "600 100 200")
FORMS = {
    "labels": (
        "Formularz",
        (
            "Nowa wiadomość z formularza\n\nImię i nazwisko: Jan Rek\nE-mail: jan@klient.example\n"
            "Telefon: 600 100 200\nWiadomość: pompa cieknie od wczoraj"
        ),
        JAN,
        "Wiadomość: pompa cieknie od wczoraj",
    ),
    "values below": (
        "Zgłoszenie ze strony",
        (
            "Imię:\nJan\n\nNazwisko:\nRek\n\nAdres e-mail:\njan@klient.example\n\nTreść:\n"
            "pompa cieknie\nod wczoraj"
        ),
        Contact("Jan Rek", "jan@klient.example"),
        "Treść:\npompa cieknie\nod wczoraj",
    ),
    "a table": (
        "Kontakt",
        "Imię | Jan Rek\nE-mail | jan@klient.example\nTelefon | 600 100 200\nTreść | pompa cieknie",
        JAN,
        "Treść | pompa cieknie",
    ),
    "dashes": (
        "Nowe zgłoszenie",
        (
            "Nowe zgłoszenie ze strony www\n\n--\nImię – Jan Rek\nTelefon – 600 100 200\n"
            "Treść – pompa cieknie"
        ),
        Contact("Jan Rek", None, "600 100 200"),
        "Treść – pompa cieknie",
    ),
    "an envelope": (
        "Kontakt",
        (
            "From: Jan Rek <jan@klient.example>\nSubject: Chairs\n\nMessage Body:\n"
            "We need 40 chairs.\n\n"
            "-- \nThis e-mail was sent from a contact form on Acme (https://acme.example)"
        ),
        Contact("Jan Rek", "jan@klient.example"),
        "Subject: Chairs\n\nMessage Body:\nWe need 40 chairs.",
    ),
    "an introduced envelope": (
        "Formularz",
        (
            "Otrzymano nową wiadomość z formularza kontaktowego:\n\n"
            "Od: Jan Rek <jan@klient.example>\n"
            "Temat: Cena\n\nProszę o ofertę na 40 krzeseł."
        ),
        Contact("Jan Rek", "jan@klient.example"),
        "Temat: Cena\n\nProszę o ofertę na 40 krzeseł.",
    ),
    "English": (
        "New enquiry",
        (
            "You have a new message\n\nYour name: Jan Rek\nYour email: jan@klient.example\n"
            "Phone (optional): 600 100 200\nOrder number: 4711\nYour message: the pump leaks"
        ),
        JAN,
        "Order number: 4711\nYour message: the pump leaks",
    ),
    "German": (
        "Kontaktformular",
        (
            "Neue Nachricht\n\nVorname: Jan\nNachname: Rek\nTelefonnummer: 600 100 200\n"
            "E-Mail-Adresse: jan@klient.example\nIhre Nachricht: Pumpe ist undicht"
        ),
        JAN,
        "Ihre Nachricht: Pumpe ist undicht",
    ),
    "stars and bullets": (
        "Lead",
        "- **Imię:** Jan Rek\n- **Telefon:** 600 100 200\n- **Wiadomość:** pompa cieknie",
        Contact("Jan Rek", None, "600 100 200"),
        "- **Wiadomość:** pompa cieknie",
    ),
    "labels without marks": (
        "New submission from Contact",
        "Name\nJan Rek\n\nEmail\njan@klient.example\n\nMessage\nThe pump leaks.",
        Contact("Jan Rek", "jan@klient.example"),
        "Message\nThe pump leaks.",
    ),
    "names of fields": (
        "Lead",
        "full_name: Jan Rek\nphone_number: 600 100 200\nmessage: the pump leaks",
        Contact("Jan Rek", None, "600 100 200"),
        "message: the pump leaks",
    ),
    "labels that say whose": (
        "Nowe zgłoszenie",
        (
            "Zgłaszający: Jan Rek\nE-mail klienta: jan@klient.example\nTel. klienta: 600 100 200\n"
            "Treść zgłoszenia: pompa cieknie"
        ),
        JAN,
        "Treść zgłoszenia: pompa cieknie",
    ),
    "labels before tabs": (
        "Formularz",
        "Imię i nazwisko\tJan Rek\nE-mail\tjan@klient.example\nWiadomość\tpompa cieknie",
        Contact("Jan Rek", "jan@klient.example"),
        "Wiadomość\tpompa cieknie",
    ),
    "a label that says from whom": (
        "Pytanie ze strony",
        "Pytanie od klienta: Jan Rek\nemail: jan@klient.example\ntreść: pompa cieknie",
        Contact("Jan Rek", "jan@klient.example"),
        "treść: pompa cieknie",
    ),
    "labels in brackets": (
        "Formularz",
        (
            "[Imię] Jan Rek\n[Telefon] 600 100 200\n[E-mail] jan@klient.example\n"
            "[Wiadomość] pompa cieknie"
        ),
        JAN,
        "[Wiadomość] pompa cieknie",
    ),
    "a company": (
        "Formularz",
        "Imię i nazwisko: Jan Rek\nFirma: Hydro-Bud\nWiadomość: pompa cieknie",
        Contact("Jan Rek", None, None, "Hydro-Bud"),
        "Wiadomość: pompa cieknie",
    ),
}


@pytest.mark.parametrize("name", FORMS)
def test_form_names_the_person_and_keeps_the_message(name: str) -> None:
    subject, text, person, kept = FORMS[name]
    mail = parse_mail(subject, text)
    assert mail.form == person
    assert mail.text == kept


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        # A signature, below a request.
        ("Pompa", "Proszę o serwis pompy.\n\nPozdrawiam\nJan Rek\nTel.: 600 100 200"),
        # Data that the customer wants to be changed.
        (
            "Zmiana danych",
            (
                "Proszę zmienić dane na:\nImię i nazwisko: Anna Rek\nTelefon: 600 100 200\n"
                "Uwagi: od maja"
            ),
        ),
        (
            "Invoice",
            "Please send the invoice to:\nName: Anna Rek\nEmail: a@x.example\nComment: soon",
        ),
        ("Rechnung", "Bitte ändern Sie:\nName: Anna Rek\nTelefon: 030 1234567\nFrage: ab wann?"),
        # No person in it.
        ("Zapytanie", "Produkt: pompa\nOpis: 2 sztuki\nUwagi: na piątek"),
        # No message in it.
        ("Kontakt", "Imię: Jan\nTelefon: 600 100 200"),
        # A reply, which may hold anything.
        ("Re: Formularz", "Imię: Jan\nTelefon: 600 100 200\nWiadomość: pompa cieknie"),
    ],
)
def test_labelled_lines_of_a_customer_are_no_form(subject: str, text: str) -> None:
    mail = parse_mail(subject, text)
    assert mail.form is None
    assert "form_field" not in {cut.kind for cut in mail.cut}


@pytest.mark.parametrize(
    ("intro", "said"),
    [
        ("Użytkownik jan_12 napisał(a) 24.11.2025 o 10:12:", "Pompa cieknie od wczoraj."),
        (
            "Masz nową wiadomość od kupującego.\n\nUżytkownik jan_12 napisał 24.11.2025 10:12:",
            "> Pompa cieknie\n> od wczoraj.",
        ),
        ("Buyer jan_12 wrote on 24 Nov 2025 at 10:12:", "The pump leaks."),
        ("Der Käufer jan_12 schrieb am 24.11.2025 um 10:12:", "Die Pumpe ist undicht."),
        ("Kupujący jan_12 napisał do Ciebie 24.11.2025 o 10:12:", "Pompa cieknie."),
    ],
)
def test_words_that_a_marketplace_passes_on_stay(intro: str, said: str) -> None:
    assert said in parse_mail("Nowa wiadomość", f"{intro}\n\n{said}").text

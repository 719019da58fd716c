"""Texts of acknowledgements, and the customers who get one."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from inquiry_router.inquiry.account import KnownAccount, Recognised
from inquiry_router.inquiry.model import (
    Acknowledgement,
    Channel,
    Classification,
    Contact,
    Decision,
    Draft,
    Flag,
    Origin,
    Priority,
    Provenance,
    Receipt,
    Status,
)
from inquiry_router.routing.acknowledgement import Confirmation
from inquiry_router.telling.acknowledging import (
    acknowledgement_notice,
    answer_subject,
    write_acknowledgement,
)
from inquiry_router.telling.settings import AcknowledgementSettings, CustomerText

NOW = datetime(2026, 11, 19, 10, 0, tzinfo=UTC)
SETTINGS = AcknowledgementSettings(by="mail", channel="mail")
DRAFT = Draft(
    Channel.EMAIL, "Pompa cieknie.", subject="Pompa", contact=Contact("Anna", "anna@klient.example")
)
DECISION = Decision("customer_service", Priority.NORMAL, "defects", 1, ())
RECEIPT = Receipt(
    "i1",
    "K7MA-4XEH",
    Status.ROUTED,
    NOW,
    Classification("defect", 0.99, "pl", "model", "m"),
    DECISION,
    Acknowledgement("pl", "Dziękujemy."),
)
SENTENCES = Confirmation(
    "pl",
    "Dziękujemy za wiadomość.",
    "Państwa sprawę przekazaliśmy do zespołu „Obsługa klienta”.",
    "Numer sprawy: K7MA-4XEH.",
    "Odpowiemy w ciągu 2 dni roboczych.",
)
WORDS = {"number": "K7MA-4XEH", "subject": "Pompa", "name": "Anna", "our_name": "ACME"}


def notice(settings: AcknowledgementSettings = SETTINGS, **changed: Any) -> Any:
    draft = changed.pop("draft", DRAFT)
    return acknowledgement_notice(settings, replace(RECEIPT, **changed), draft, SENTENCES)


def facts(**more: Any) -> dict[str, Any]:
    return {**notice().facts, **more}


def test_inquiry_is_acknowledged_once() -> None:
    assert (notice().key, notice().inquiry_id) == ("acknowledgement:i1", "i1")


@pytest.mark.parametrize(
    "changed",
    [
        {"settings": AcknowledgementSettings()},
        {"acknowledgement": None},  # machines and suppliers
        {"draft": replace(DRAFT, provenance=Provenance(shadow=True))},
        {"draft": replace(DRAFT, channel=Channel.NOTE)},
        {"draft": replace(DRAFT, contact=Contact("Anna"))},
        {"draft": replace(DRAFT, contact=Contact("Anna", phone="+48601234567"))},
        {"decision": replace(DECISION, flags=(Flag.UNDECIDED,))},
        {"decision": replace(DECISION, flags=(Flag.UNCLASSIFIED,)), "status": Status.NEW},
        {
            "settings": AcknowledgementSettings(by="helpdesk", but_not_from=["shop"]),
            "draft": replace(DRAFT, origin=Origin("shop", "7")),
        },
    ],
)
def test_nobody_is_acknowledged_who_must_not_be(changed: dict[str, Any]) -> None:
    assert notice(**changed) is None


def test_caller_is_acknowledged_by_a_short_message() -> None:
    caller = replace(DRAFT, channel=Channel.PHONE, contact=Contact(phone="+48601234567"))
    with_sms = AcknowledgementSettings(by="mail", channel="mail", phone_channel="sms")
    assert notice(with_sms, draft=caller) is not None


def test_usual_text_in_polish() -> None:
    said = write_acknowledgement([], facts(), "defect", WORDS).written
    assert said.subject == "Re: Pompa [K7MA-4XEH]"
    assert said.text == (
        "Dziękujemy za wiadomość. Państwa sprawę przekazaliśmy do zespołu „Obsługa klienta”.\n"
        "Numer sprawy: K7MA-4XEH.\n"
        "Odpowiemy w ciągu 2 dni roboczych.\n\n"
        "Jeśli chcą Państwo coś dodać, wystarczy odpowiedzieć na tę wiadomość.\n\n"
        "ACME"
    )


def test_assigned_person_is_named() -> None:
    words = {**WORDS, "assignee": "Ewa Lis"}
    text = write_acknowledgement([], facts(), "defect", words).written.text
    assert "Osoba, która się nią zajmuje: Ewa Lis." in text


def test_form_without_a_subject_gets_the_usual_one() -> None:
    words = {**WORDS, "subject": None}
    said = write_acknowledgement([], facts(language="de"), "defect", words).written
    assert said.subject == "Wir haben Ihre Anfrage K7MA-4XEH erhalten"


TEXTS = [
    CustomerText(text="any"),
    CustomerText(language="pl", text="pl"),
    CustomerText(language="pl", category="defect", text="pl defect", subject="Awaria {number}"),
    CustomerText(language="uk", text="uk"),
    CustomerText(brand="Polpomp", language="pl", category="defect", text="brand"),
    CustomerText(source="shop", text="shop", sender_name="Sklep"),
]


@pytest.mark.parametrize(
    ("more", "category", "text"),
    [
        ({"language": "de", "spoken": "de"}, "defect", "any"),
        ({}, "order_support", "pl"),
        ({}, "defect", "pl defect"),
        ({"language": "en", "spoken": "uk"}, "order_support", "uk"),
        ({"brand": "POLPOMP"}, "defect", "brand"),
        ({"source": "shop", "language": "en", "spoken": "en"}, "defect", "shop"),
    ],
)
def test_text_that_fits_best_is_chosen(more: dict[str, Any], category: str, text: str) -> None:
    said = write_acknowledgement(TEXTS, facts(**more), category, WORDS)
    assert said.written.text == text
    assert said.sender_name == ("Sklep" if text == "shop" else None)
    assert (said.written.subject == "Awaria K7MA-4XEH") == (text == "pl defect")


def test_brand_comes_from_the_account() -> None:
    known = Recognised(KnownAccount("a1", "Polpomp", "nip", brand="Polpomp"))
    assert notice(draft=replace(DRAFT, account=known)).facts["brand"] == "Polpomp"


def test_line_with_an_empty_place_is_left_out() -> None:
    own = CustomerText(text="Witaj {name}!\n{thanks} {promise}\nTwoja firma: {company}\nStopka")
    text = write_acknowledgement([own], facts(promise=""), "defect", WORDS).written.text
    assert text == "Witaj Anna!\nDziękujemy za wiadomość.\nStopka"


@pytest.mark.parametrize("text", ["{nmae}", "{}", "{0}", "{name.__class__}"])
def test_unknown_place_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="there is no place"):
        CustomerText(text=text)


def test_mail_needs_a_channel() -> None:
    with pytest.raises(ValueError, match="name the destination"):
        AcknowledgementSettings(by="mail")


@pytest.mark.parametrize(
    ("subject", "answer"),
    [
        ("Pompa", "Re: Pompa [K7MA-4XEH]"),
        ("RE: Pompa", "RE: Pompa [K7MA-4XEH]"),
        ("Odp: Pompa", "Odp: Pompa [K7MA-4XEH]"),
        ("Sprawa K7MA-4XEH", "Re: Sprawa K7MA-4XEH"),
        ("a\r\nBcc: x", "Re: a Bcc: x [K7MA-4XEH]"),
        (" ", None),
        (None, None),
    ],
)
def test_subject_of_an_answer(subject: str | None, answer: str | None) -> None:
    assert answer_subject(subject, "K7MA-4XEH") == answer


def test_advice_to_ring_112_stands_first_in_texts_of_ones_own_too() -> None:
    danger = facts(safety="Proszę zadzwonić pod 112.")
    own = CustomerText(text="Witaj {name}!")
    for texts in ([], [own]):
        text = write_acknowledgement(texts, danger, "defect", WORDS).written.text
        assert text.startswith("Proszę zadzwonić pod 112.\n\n")
    placed = CustomerText(text="Witaj {name}!\n{safety}")
    text = write_acknowledgement([placed], danger, "defect", WORDS).written.text
    assert text == "Witaj Anna!\nProszę zadzwonić pod 112."

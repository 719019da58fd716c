"""Notices as people read them."""

import re
from zoneinfo import ZoneInfo

import pytest

from inquiry_router.configuration.documents import TEAMS
from inquiry_router.configuration.yaml_file import default_file
from inquiry_router.telling.texts import LANGUAGES, Wordbook, WrittenNotice, _load, bundle, write

OWN = {"invoice_dispute": {"pl": "spór o fakturę", "en": "invoice dispute"}}
WORDS = Wordbook(default_file().documents[TEAMS].by_id, OWN, ZoneInfo("Europe/Warsaw"))
FACTS = {
    "reference": "K7MA-4XEH",
    "customer": "Hurtownia Nowak",
    "category": "defect",
    "priority": "high",
    "team": "customer_service",
    "due_at": "2026-11-30T11:00:00.000Z",
    "url": "https://help.acme.example.com/#ticket/7",
}
PLACE = re.compile(r"\{([a-z_]+)\}")


def test_reminder_in_polish() -> None:
    assert write("reminder", FACTS, "pl", WORDS) == WrittenNotice(
        "Termin pon. 30.11, 12:00: Hurtownia Nowak (K7MA-4XEH)",
        "Klient czeka na odpowiedź w sprawie K7MA-4XEH: reklamacja.\n"
        "Klient: Hurtownia Nowak\n"
        "Termin: pon. 30.11, 12:00\n"
        "W helpdesku: https://help.acme.example.com/#ticket/7",
    )


def test_offer_in_german_and_english() -> None:
    facts = {**FACTS, "category": "new_purchase", "accept_url": "https://r.example/a"}
    german = write("offer", facts, "de", WORDS)
    assert german.subject == "Hurtownia Nowak: Kaufanfrage – übernehmen Sie? (K7MA-4XEH)"
    assert "Priorität: hoch." in german.text
    assert "Annehmen: https://r.example/a" in german.text
    assert "Weitergeben" not in german.text  # there is no such link
    english = write("offer", {**facts, "category": "invoice_dispute"}, "en", WORDS)
    assert english.text.startswith("Inquiry K7MA-4XEH: invoice dispute, priority: high.")


def test_line_without_its_fact_is_left_out_and_the_subject_stays_whole() -> None:
    written = write("reminder", {"reference": "K7MA-4XEH", "customer": None}, "en", WORDS)
    assert written == WrittenNotice("Due by: (K7MA-4XEH)", "")


def test_kind_without_a_text_says_its_facts() -> None:
    written = write("odd", {"text": "Something.", "reference": "K7MA-4XEH"}, "en", WORDS)
    assert written == WrittenNotice("About inquiry K7MA-4XEH", "Something.")


def test_braces_of_a_customer_are_no_places() -> None:
    assert "{team}" in write("alarm", {"text": "{team}"}, "en", WORDS).text


def test_several_notices_are_one_message() -> None:
    one = WrittenNotice("First", "line a\nline b")
    assert bundle([one], "pl") is one
    both = bundle([one, WrittenNotice("Second", "")], "pl")
    assert both.subject == "2 wiadomości z systemu"
    assert both.text == "2 wiadomości:\n\n1. First\n   line a\n   line b\n\n2. Second"


@pytest.mark.parametrize("kind", sorted(_load()))
def test_every_kind_says_the_same_in_every_language(kind: str) -> None:
    texts = _load()[kind]
    assert tuple(texts) == LANGUAGES
    places = [
        (PLACE.findall(text["subject"]), [PLACE.findall(line) for line in text["lines"]])
        for text in texts.values()
    ]
    assert places[0] == places[1] == places[2]

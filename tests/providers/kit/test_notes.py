"""The texts that the router writes into a helpdesk."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from inquiry_router.inquiry.model import Contact
from inquiry_router.outside.addresses import PUBLIC
from inquiry_router.providers.kit import notes
from inquiry_router.providers.kit.helpdesk_settings import UrlSettings
from inquiry_router.providers.kit.news_texts import CALLS, CHANNELS, LINKS, NEWS
from inquiry_router.providers.kit.notes import (
    is_noted,
    is_own,
    note_html,
    note_lines,
    note_text,
    opening_html,
    opening_lines,
    referenced_title_of,
    title_of,
)
from inquiry_router.providers.kit.routed import RoutedInquiry, read_handovers
from tests.providers.kit import CORRECTION_URL, MARK, NOW, REFERENCE, handover

SETTINGS = UrlSettings.from_stored(
    {"url": "https://desk.example.com", "source": "door"}, reach=PUBLIC
)


def inquiry(**changes: Any) -> RoutedInquiry:
    (read,) = read_handovers(SETTINGS, handover("7"), NOW)
    assert read is not None
    return replace(read, **changes)


def test_note_in_both_languages() -> None:
    assert note_lines(inquiry(group="5"), "en") == [
        MARK,
        "Category: purchase (sure)",
        "Deciding words: 'cennik'",
        "Team: sales, priority: high (rule: purchases)",
        f"Wrong decision? Correct it here: {CORRECTION_URL}",
    ]
    assert note_lines(inquiry(), "pl")[1:4] == [
        "Kategoria: zakup (pewne)",
        "Zadecydowały słowa: „cennik”",
        "Zespół: dział sprzedaży, priorytet: wysoki (reguła: purchases)",
    ]
    assert "zgłoszenie zostaje tutaj" in note_text(inquiry(), "pl")


def test_note_says_why_in_its_own_language_as_far_as_other_lines_do_not() -> None:
    facts = (
        {"code": "looks_like", "category": "defect", "confidence": 0.9, "evidence": []},
        {"code": "rule", "rule": "plain", "conditions": [["channel", [["api"]], False]]},
        {
            "code": "rule",
            "rule": "gas",
            "conditions": [["words", [["czuć gaz"]], False]],
            "found": ["czuć gaz"],
        },
        {"code": "raises", "words": ["czuć gaz"], "priority": "urgent"},
        {"code": "sales_guard", "team": "triage", "wanted": "sales"},
    )
    (polish,) = [one for one in note_lines(inquiry(why=facts), "pl") if one.startswith("Dlaczego")]
    assert polish == (
        "Dlaczego: pasuje reguła „gas”: słowa w treści: „czuć gaz” (w treści: „czuć gaz”); "
        "słowa „czuć gaz” podnoszą priorytet na: pilny; ochrona działu sprzedaży: sprawa trafia do "
        "zespołu „obsługa klienta (do rozstrzygnięcia)” zamiast „dział sprzedaży”, bo sprawy "
        "niepewne i kategoria „inne” nigdy nie trafiają do działu sprzedaży"
    )
    assert not any(one.startswith("Dlaczego") for one in note_lines(inquiry(why=facts[:2]), "pl"))


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"confidence": 0.9}, "sure"),
        ({"confidence": 0.8}, "likely"),
        ({"confidence": 0.69}, "unsure, please check"),
        ({"confidence": 0.99, "unsure": True}, "unsure, please check"),
    ],
)
def test_note_says_how_sure_the_decision_is(changes: dict[str, Any], word: str) -> None:
    assert note_lines(inquiry(**changes), "en")[1] == f"Category: purchase ({word})"


@pytest.mark.parametrize(
    ("language", "changes", "line"),
    [
        ("en", {}, "Looks like the acceptance of an offer (purchase: sure)"),
        ("pl", {}, "Wygląda na: przyjęcie oferty (zakup: pewne)"),
        ("pl", {"confidence": 0.8}, "Wygląda na: przyjęcie oferty (zakup: prawdopodobne)"),
        ("pl", {"corrected_by": "Celina"}, "To przyjęcie oferty (zakup)"),
        ("en", {"corrected_by": "Celina"}, "This is the acceptance of an offer (purchase)"),
        (
            "pl",
            {"category": "rental", "intent": "haul"},
            "Wygląda na: haul (rental: pewne)",
        ),
    ],
)
def test_note_names_the_intent_in_words(language: str, changes: dict[str, Any], line: str) -> None:
    accepts = inquiry(**{"intent": "offer_acceptance", **changes})
    assert note_lines(accepts, language)[1] == line


def test_intent_of_the_delivery_is_read() -> None:
    told = json.loads(handover("7").payload)
    told["data"]["classification"] |= {"intent": "tender", "intent_confidence": 0.7}
    (read,) = read_handovers(SETTINGS, replace(handover("7"), payload=json.dumps(told)), NOW)
    assert (read.intent, inquiry().intent) == ("tender", None)


def test_note_of_a_correction_names_the_person() -> None:
    lines = note_lines(inquiry(corrected_by="Celina"), "en")
    assert lines[1:3] == ["Category: purchase", "Corrected by: Celina"]
    assert not any(line.startswith("Deciding words") for line in lines)


def test_own_note_is_recognized_as_text_and_as_html() -> None:
    routed = inquiry()
    for note in (note_text(routed, "pl"), f"<div>{note_html(routed, 'pl')}</div>"):
        assert is_noted(routed, "pl", [None, "Dzień dobry", note])
        assert not is_noted(routed, "pl", [f"Pisze: {note}"])
        assert not is_noted(inquiry(category="defect"), "pl", [note])
        assert not is_noted(inquiry(corrected_by="Celina"), "pl", [note])


def test_mark_counts_only_at_the_beginning() -> None:
    assert is_own(f" {MARK}\nx")
    assert not is_own(f"> {MARK}") and not is_own(None) and not is_own("[inquiry-router]")


def test_opening_has_the_contact_and_the_escaped_words_of_the_customer() -> None:
    lines = opening_lines(inquiry(), "en")
    assert lines[:3] == [
        MARK,
        "Channel: phone",
        "Contact: Anna Nowak, anna@klient.example.com, +48220000101",
    ]
    assert lines[3:] == ["", "Poproszę ofertę na <10> pomp & zawory.", "Pilne."]
    assert "&lt;10&gt; pomp &amp; zawory" in opening_html(inquiry(), "en")
    assert opening_lines(inquiry(contact=Contact()), "pl")[1:3] == ["Kanał: phone", ""]
    dialled = inquiry(contact=Contact(phone="+48221234567", extension="12"))
    assert opening_lines(dialled, "pl")[2] == "Kontakt: +48221234567 wew. 12"


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ({"subject": "Cennik"}, "Cennik"),
        ({"text": "Proszę\n o  cennik"}, "Proszę o cennik"),
        ({"text": "x" * 200}, "x" * 120),
        ({"text": " "}, REFERENCE),
    ],
)
def test_title_is_the_subject_or_the_beginning_of_the_text(
    changes: dict[str, Any], title: str
) -> None:
    assert title_of(inquiry(**changes)) == title
    assert referenced_title_of(inquiry(**changes)) == f"{title} ({REFERENCE})"


def test_note_has_the_due_time_and_no_small_words() -> None:
    told = json.loads(handover("7").payload)
    told["data"]["decision"]["due_at"] = "2026-11-30T11:00:00.000Z"
    told["data"]["classification"]["evidence"] = [
        {"text": word, "weight": 1.0} for word in ("tym", "die", "będzie", "cennik")
    ]
    (read,) = read_handovers(SETTINGS, replace(handover("7"), payload=json.dumps(told)), NOW)
    lines = note_lines(read, "pl")
    assert "Odpowiedź do: pon. 30.11, 12:00" in lines
    assert "Zadecydowały słowa: „cennik”" in lines
    assert "Answer by: Mon 30.11, 12:00" in note_lines(read, "en")


def test_html_note_has_a_link_in_place_of_the_address() -> None:
    link = f'Błędna decyzja? <a href="{CORRECTION_URL}">Popraw tutaj</a>'
    assert note_html(inquiry(), "pl").endswith(link)
    assert note_text(inquiry(), "pl").endswith(f"Popraw tutaj: {CORRECTION_URL}")


def test_german_note_names_own_teams_and_categories() -> None:
    names = {
        "team:returns": {"en": "returns", "de": "Retouren"},
        "category:dispute": {"en": "dispute", "de": "Rechnungsstreit"},
    }
    own = inquiry(team="returns", category="dispute", intent=None, names=names)
    text = note_text(own, "de")
    assert "Kategorie: Rechnungsstreit" in text
    assert "Team: Retouren, Priorität:" in text
    assert "Falsch entschieden? Hier berichtigen" in text
    assert "Team: returns," in note_text(replace(own, names={}), "de")
    assert "Zespół: returns," in note_text(own, "pl")  # without a Polish name, the English one


@pytest.mark.parametrize("texts", [notes._TEXTS, NEWS, LINKS, CALLS, CHANNELS])
def test_texts_are_the_same_in_every_language(texts: dict[str, dict[str, str]]) -> None:
    places = {
        language: {key: sorted(set(re.findall(r"{\w+}", text))) for key, text in said.items()}
        for language, said in texts.items()
    }
    assert places["pl"].keys() == places["en"].keys() == places["de"].keys()
    assert places["en"] == places["de"]

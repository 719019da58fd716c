"""Confirmations for customers, in the words of native speakers."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from inquiry_router.configuration.documents import POLICY, TEAMS
from inquiry_router.configuration.yaml_file import default_file
from inquiry_router.inquiry.model import (
    DANGERS,
    Channel,
    Contact,
    Decision,
    Draft,
    Entity,
    EntityKind,
    Priority,
)
from inquiry_router.routing.acknowledgement import acknowledge, confirm, language_of
from inquiry_router.routing.decide import Rulebook

TEAM = default_file().documents[TEAMS].teams[0]
RULEBOOK = Rulebook(default_file().documents[POLICY], 1, default_file().documents[TEAMS])
DUE = datetime(2026, 11, 24, 13, 30, tzinfo=UTC)  # a Tuesday, 14:30 in Warsaw


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (60, "w ciągu 1 godziny roboczej"),
        (120, "w ciągu 2 godzin roboczych"),
        (300, "w ciągu 5 godzin roboczych"),
        (1320, "w ciągu 22 godzin roboczych"),
        (1, "w ciągu 1 minuty roboczej"),
        (22, "w ciągu 22 minut roboczych"),
        (45, "w ciągu 45 minut roboczych"),
        (90, "w ciągu 90 minut roboczych"),
    ],
)
def test_polish_plural_forms(minutes: int, words: str) -> None:
    assert words in confirm("pl", "K7MA-4XEH", TEAM, DUE, minutes).text


def test_polish_confirmation() -> None:
    said = confirm("pl", "K7MA-4XEH", TEAM, DUE, 240)
    assert said.language == "pl"
    assert said.text == (
        "Dziękujemy za wiadomość. Państwa sprawę przekazaliśmy do zespołu „Obsługa klienta”. "
        "Numer sprawy: K7MA-4XEH. Odpowiemy w ciągu 4 godzin roboczych, "
        "najpóźniej we wtorek, 24 listopada do godz. 14:30."
    )


@pytest.mark.parametrize(
    ("language", "thanks"),
    [
        ("pl", "Dziękujemy za telefon."),
        ("en", "Thank you for your call."),
        ("de", "Vielen Dank für Ihren Anruf."),
    ],
)
def test_callers_are_thanked_for_their_call(language: str, thanks: str) -> None:
    assert confirm(language, "K7MA-4XEH", TEAM, DUE, 60, is_call=True).text.startswith(thanks)


@pytest.mark.parametrize(
    ("language", "minutes", "span"),
    [
        ("pl", 480, "w ciągu 1 dnia roboczego"),
        ("pl", 960, "w ciągu 2 dni roboczych"),
        ("en", 960, "within 2 working days"),
        ("de", 480, "innerhalb von 1 Arbeitstag"),
        ("de", 240, "innerhalb von 4 Stunden unserer Geschäftszeit"),
    ],
)
def test_whole_working_days_are_days(language: str, minutes: int, span: str) -> None:
    assert span in confirm(language, "K7MA-4XEH", TEAM, DUE, minutes).text


def test_english_and_german_confirmations() -> None:
    assert (
        "by Tuesday, 24 November at 14:30 at the latest"
        in confirm("en", "K7MA-4XEH", TEAM, DUE, 60).text
    )
    assert "within 1 working hour," in confirm("en", "K7MA-4XEH", TEAM, DUE, 60).text
    german = confirm("de", "K7MA-4XEH", TEAM, DUE, 240).text
    assert "spätestens am Dienstag, dem 24. November, um 14:30 Uhr" in german
    assert "Kundenservice" in german


@pytest.mark.parametrize(
    ("language", "spoken"), [("cs", "en"), ("uk", "en"), ("fr", "en"), ("xx", "en")]
)
def test_other_languages_get_english(language: str, spoken: str) -> None:
    assert confirm(language, "K7MA-4XEH", TEAM, DUE, 60).language == spoken


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("pl", "Dziękujemy za wiadomość. Numer sprawy: K7MA-4XEH."),
        ("en", "Thank you for your message. Your reference: K7MA-4XEH."),
        ("de", "Vielen Dank für Ihre Nachricht. Ihre Vorgangsnummer: K7MA-4XEH."),
    ],
)
def test_confirmation_while_nothing_is_decided_names_no_team(language: str, text: str) -> None:
    assert confirm(language, "K7MA-4XEH", None).text == text


@pytest.mark.parametrize(
    ("contact", "text", "language"),
    [
        (Contact(phone="+4930123456"), "123 ???", "de"),
        (Contact(phone="+48601234567"), "", "pl"),
        (Contact(email="info@firma.at"), "...", "de"),
        (Contact(email="info@example.com"), "...", "pl"),
        (Contact(email="info@firma.de"), "Pompa cieknie", "pl"),  # the words tell it
    ],
)
def test_country_decides_only_without_words(contact: Contact, text: str, language: str) -> None:
    draft = Draft(Channel.EMAIL, text, contact=contact)
    assert language_of(draft, "pl") == language


def test_confirmation_without_a_promise() -> None:
    assert "najpóźniej" not in confirm("pl", "K7MA-4XEH", TEAM, None, None).text


def answer_to(
    danger: str | None,
    priority: Priority,
    language: str = "pl",
    channel: Channel = Channel.EMAIL,
) -> str:
    decision = Decision(TEAM.id, priority, "danger", 1, (), DUE)
    found = () if danger is None else (Entity(EntityKind.DANGER, "x", danger, 0, 1),)
    said = acknowledge(
        Draft(channel, "Ulatnia się gaz"), language, "K7MA-4XEH", decision, RULEBOOK, found
    )
    assert said is not None
    return said.text


def test_danger_to_life_is_answered_with_112_before_anything_else() -> None:
    for danger in DANGERS:
        text = answer_to(danger, Priority.URGENT)
        assert text.startswith("Jeśli coś zagraża") is (danger != "flooding")
        assert ("112" in text) is ("pilne" in text) is (danger != "flooding")
    assert "112" not in answer_to(None, Priority.URGENT)
    assert "pilne" not in answer_to("gas", Priority.NORMAL)
    assert "call 112 right away" in answer_to("gas", Priority.URGENT, "en")
    assert "wählen Sie sofort die 112" in answer_to("gas", Priority.URGENT, "de")


@pytest.mark.parametrize(("language", "working"), [("pl", "robocz"), ("en", "working")])
def test_caller_in_danger_is_promised_no_working_hours(language: str, working: str) -> None:
    """Their promise runs by the clock, also on Sunday at night."""
    assert working in answer_to("gas", Priority.URGENT, language)
    by_clock = answer_to("gas", Priority.URGENT, language, Channel.PHONE)
    assert (
        working not in by_clock and f"{DUE.astimezone(ZoneInfo(TEAM.timezone)):%H:%M}" in by_clock
    )

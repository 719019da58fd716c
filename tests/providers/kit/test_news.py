"""News of an inquiry in words, as notes in a helpdesk."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from inquiry_router.inquiry.model import Event
from inquiry_router.outside.addresses import PUBLIC
from inquiry_router.providers.kit.helpdesk_settings import UrlSettings
from inquiry_router.providers.kit.naming import CompanyTerms
from inquiry_router.providers.kit.news_texts import CALLS
from inquiry_router.providers.kit.notes import is_noted, note_html, note_lines, note_text
from inquiry_router.providers.kit.routed import RoutedInquiry, read_handovers
from tests.providers.kit import MARK, NOW, handover, later

SETTINGS = UrlSettings.from_stored(
    {"url": "https://desk.example.com", "source": "door"}, reach=PUBLIC
)
CALLBACKS = "src/inquiry_router/api/doors/callbacks.py"
OTHER = "3WYA-EE71"
# The envelope of these deliveries was written at 16:00 UTC.
AT_PL, AT_EN = "21.11.2026 o 17:00", "21 November 2026 at 17:00"
SPOKEN = {"Pompa", "cieknie"}
REMINDED = (
    f"Przypomnienie z {AT_PL}: oddzwonić pod numer +48220000101, termin minął 21.11.2026 o 16:00."
)


def told(event: str, ticket_id: str = "7", **parts: Any) -> RoutedInquiry:
    """The first that a delivery tells."""
    return read_handovers(SETTINGS, handover(ticket_id, event, **parts), NOW)[0]


def lines(event: str, language: str = "pl", **parts: Any) -> list[str]:
    first, *others = note_lines(told(event, **parts), language)
    assert first == MARK
    return others


def test_message_that_came_another_way_is_told_with_its_words() -> None:
    assert lines("inquiry.message", **later(subject="Pompa")) == [
        "Klient odezwał się ponownie (telefon, 23.11.2026 o 9:05, Jan Nowak):",
        "Temat: Pompa",
        "Woda leje się",
        "do <piwnicy>!",
    ]
    assert lines("inquiry.message", "en", **later(contact=None, channel="email"))[0] == (
        "The customer spoke again (e-mail, 23 November 2026 at 9:05):"
    )


def test_times_are_those_of_the_team_else_of_the_policy() -> None:
    terms = CompanyTerms(zones={"sales": ZoneInfo("Europe/London")}, zone=ZoneInfo("Asia/Tokyo"))
    for team, hour in (("sales", "8:05"), ("customer_service", "17:05")):
        given = handover("7", "inquiry.message", team=team, **later())
        told_there = read_handovers(SETTINGS, replace(given, terms=terms), NOW)[0]
        assert f"23.11.2026 o {hour}" in note_text(told_there, "pl")


def test_raised_priority_is_told_with_the_words_that_raised_it() -> None:
    reasons = ["'zalewa' raises the priority from normal to urgent"]
    raised = later("raised", ("door", "7"), priority_before="normal", reasons=reasons)
    assert lines("inquiry.message", priority="urgent", **raised) == [
        "Priorytet zmieniony z „zwykły” na „pilny” po wiadomości z 23.11.2026 o 9:05: „zalewa”"
    ]
    elsewhere = later("raised", priority_before="normal")
    assert lines("inquiry.message", "en", priority="urgent", **elsewhere)[::3] == [
        "Priority raised from normal to urgent after the message of 23 November 2026 at 9:05.",
        "do <piwnicy>!",
    ]


def test_decision_by_a_later_message_is_told_as_the_first_one() -> None:
    written = lines("inquiry.message", "en", **later("decided", ("door", "7")))
    assert written[0].startswith("Decided after another message of the customer, 23 November")
    assert written[1] == "Category: purchase (sure)"
    assert "Team: sales, priority: high (rule: purchases)" in written


def test_other_matter_that_is_only_noted_is_told_in_its_own_ticket() -> None:
    assert lines("inquiry.message", **later("split", ("door", "7"))) == [
        "Klient pyta też o coś innego, dla innego zespołu (wiadomość z 23.11.2026 o 9:05)."
    ]
    assert lines("inquiry.message", "en", **later("split", ("door", "7"))) == [
        "The customer also asks for something else, for another team (23 November 2026 at 9:05)."
    ]


def test_reopened_inquiry_is_told() -> None:
    assert lines("inquiry.message", **later("reopened"))[0] == (
        "Sprawa otwarta na nowo: klient odezwał się 23.11.2026 o 9:05."
    )
    by_person = {"who": "Ewa", "note": "Klient\ndzwonił"}
    assert lines("inquiry.reopened", reopening=by_person) == [
        f"Sprawa otwarta na nowo, {AT_PL}.",
        "Kto: Ewa",
        "Notatka: Klient dzwonił",
    ]
    nameless = {"who": "?", "note": None}
    assert lines("inquiry.resolved", resolution=nameless) == [f"Sprawa załatwiona, {AT_PL}."]
    assert lines("inquiry.resolved", "en", resolution={"who": "Ewa", "note": None}) == [
        f"Resolved on {AT_EN}.",
        "By: Ewa",
    ]


@pytest.mark.parametrize(
    ("link", "wanted"),
    [
        ({"kind": "split"}, f"Klient pyta też o coś innego: to osobna sprawa {OTHER}"),
        ({"kind": "split", "came_from": True}, f"Tę sprawę wydzielono ze sprawy {OTHER}"),
        ({"kind": "perhaps"}, f"Być może to ta sama sprawa co {OTHER}"),
        ({"kind": "continues"}, f"Klient wrócił do tej sprawy później: nowa sprawa {OTHER}"),
        ({"kind": "by_hand"}, f"Ta sprawa wiąże się ze sprawą {OTHER}"),
        ({"kind": "by_comet"}, f"Ta sprawa wiąże się ze sprawą {OTHER}"),
    ],
)
def test_link_names_the_other_inquiry_and_its_team(link: dict[str, Any], wanted: str) -> None:
    link = {"inquiry": "x", "reference": OTHER, "why": None, **link}
    assert lines("inquiry.linked", link=link) == [f"{wanted}."]
    with_team = lines("inquiry.linked", link={**link, "team": "sales"})
    assert with_team == [f"{wanted} (zespół: dział sprzedaży)."]


def test_link_has_a_reason_in_the_language_of_the_note() -> None:
    number = "the same company and the number FV/2026/118 of 3 days ago"
    link = {"reference": OTHER, "kind": "perhaps", "why": number}
    assert lines("inquiry.linked", link=link)[1:] == ["Powód: FV/2026/118"]
    assert lines("inquiry.linked", "en", link=link)[1:] == [f"Reason: {number}"]
    other = {**link, "kind": "split", "why": "it is surely new_purchase"}
    assert lines("inquiry.linked", link=other)[1:] == []
    by_person = {**link, "kind": "by_hand", "why": "Celina: ten sam budynek"}
    assert lines("inquiry.linked", link=by_person)[1:] == ["Powód: Celina: ten sam budynek"]


def test_merge_is_told_on_both_sides() -> None:
    here, gone = ({"into": "K7MA-4XEH", "from": OTHER}, {"into": OTHER, "from": "K7MA-4XEH"})
    assert lines("inquiry.merged", merge={**here, "who": "Ewa"}) == [
        f"Do tej sprawy dołączono sprawę {OTHER}.",
        "Kto: Ewa",
    ]
    assert lines("inquiry.merged", "en", merge=gone) == [
        f"This inquiry is now part of {OTHER}; it goes on there."
    ]
    assert lines("inquiry.unmerged", merge={**here, "who": "Ewa"}) == [
        f"Sprawę {OTHER} ponownie wydzielono z tej sprawy.",
        "Kto: Ewa",
    ]
    assert lines("inquiry.unmerged", "en", merge=gone) == [
        f"This inquiry is one of its own again, no longer part of {OTHER}."
    ]
    assert lines("inquiry.unlinked", link={"reference": OTHER, "who": "Ewa"}) == [
        f"Ta sprawa nie jest już powiązana ze sprawą {OTHER}.",
        "Kto: Ewa",
    ]


@pytest.mark.parametrize(
    ("kind", "details", "wanted"),
    [
        ("called", {"attempt": 2}, [f"Klient dzwonił {AT_PL}, próba 2."]),
        (
            "called",
            {"attempt": 3, "escalated": True},
            [f"Klient dzwonił {AT_PL}, próba 3.", "To się powtarza: proszę zająć się tym od razu."],
        ),
        ("missed", {"attempt": 1}, [f"Klient dzwonił {AT_PL} i nikt nie odebrał (próba 1)."]),
        (
            "callback",
            {"due_at": "2026-07-01T10:30:00.000Z", "attempt": 1},
            ["Obiecano klientowi oddzwonić: 1.07.2026 o 12:30."],
        ),
        (
            "voicemail",
            {"url": "https://phone.example.com/r/1", "seconds": 12},
            [f"Klient nagrał wiadomość {AT_PL}: https://phone.example.com/r/1"],
        ),
        (
            "voicemail",
            {"text": "Pompa\ncieknie"},
            [f"Klient nagrał wiadomość {AT_PL}:", "Pompa", "cieknie"],
        ),
        ("reached", {"attempt": 1}, [f"Klient dodzwonił się {AT_PL}."]),
        (
            "reminded",
            {
                "number": "+48220000101",
                "due_at": "2026-11-21T15:00:00.000Z",
                "owner": "Darek",
                "attempts": 0,
                "escalated": True,
            },
            [
                REMINDED,
                "Oddzwania: Darek",
                "To się powtarza: proszę zająć się tym od razu.",
            ],
        ),
        (
            "rung_back",
            {"who": "Darek", "reached": True, "attempts": 0, "escalated": False},
            [f"Oddzwoniono do klienta {AT_PL} i odebrał (Darek)."],
        ),
        (
            "rung_back",
            {"who": "Darek", "reached": False, "attempts": 2},
            [f"Oddzwoniono {AT_PL}, klient nie odebrał (Darek, próba 2)."],
        ),
    ],
)
def test_call_is_told_in_both_languages(
    kind: str, details: dict[str, Any], wanted: list[str]
) -> None:
    call = {"kind": kind, "details": details}
    assert lines("inquiry.call", call=call, channel="email") == wanted
    english = lines("inquiry.call", "en", call=call, channel="email")
    assert len(english) == len(wanted) and not set(english) & (set(wanted) - SPOKEN)


def test_every_kind_of_a_call_has_a_text() -> None:
    sources = [*Path("src/inquiry_router/calls").glob("*.py"), Path(CALLBACKS)]
    written = "".join(path.read_text(encoding="utf-8") for path in sources)
    kinds = set(re.findall(r'Entry\("(\w+)"', written))
    assert {"called", "missed", "rung_back"} <= kinds
    for texts in CALLS.values():
        assert kinds <= set(texts)


def test_second_matter_and_missing_words_are_told_with_the_decision() -> None:
    both = lines("inquiry.routed", classification={"secondary": "catalog_request"})
    assert (
        "W wiadomości jest też druga sprawa: prośba o materiały. Proszę przekazać ją osobom, "
        "które się tym zajmują." in both
    )
    own = lines("inquiry.routed", "en", classification={"secondary": "spare_parts"})
    assert any("second matter: spare_parts." in line for line in own)
    long = lines("inquiry.routed", decision={"flags": ["shortened"]})
    assert any("tylko jej początek (1 MB)" in line for line in long)
    silent = lines("inquiry.routed", "en", decision={"flags": ["undecided"]})
    assert silent[0] == "Category: purchase (unsure, please check)"
    assert "The customer has not said yet what they want. Their next message decides." in silent


def test_note_says_that_the_classifier_has_not_answered() -> None:
    silent = told("inquiry.routed", decision={"flags": ["unclassified"]})
    assert note_lines(silent, "pl")[1].startswith("System nie zdążył jeszcze zrozumieć")
    known = told("inquiry.routed")
    assert not is_noted(known, "pl", [note_text(silent, "pl")])
    assert is_noted(silent, "pl", [note_text(silent, "pl")])


def test_inquiry_of_its_own_names_the_one_it_came_from() -> None:
    link = {"reference": OTHER, "kind": "split", "team": "customer_service"}
    written = note_text(told("inquiry.routed", link=link), "pl")
    assert f"Tę sprawę wydzielono ze sprawy {OTHER} (zespół: obsługa klienta)." in written


@pytest.mark.parametrize("change", ["kept", "raised", "decided", "reopened"])
def test_own_note_is_recognized_and_another_events_is_not(change: str) -> None:
    one = told("inquiry.message", **later(change))
    other = told("inquiry.message", **later(change, received_at="2026-11-23T09:05:00.000Z"))
    decided = told("inquiry.routed")
    for note in (
        note_text(one, "pl"),
        f"<div>{note_html(one, 'pl')}</div>",
        note_html(one, "pl").replace("<br>", "<br />\n  "),
    ):
        assert is_noted(one, "pl", [note])
        assert not is_noted(other, "pl", [note])
        assert is_noted(decided, "pl", [note]) is (change == "decided")


def test_every_event_but_decisions_is_news() -> None:
    no_news = (Event.ROUTED, Event.CORRECTED, Event.ACKNOWLEDGED, Event.NOTICE)
    news = {event for event in Event if event not in no_news}
    parts = {
        Event.MESSAGE: later(),
        Event.LINKED: {"link": {"kind": "perhaps", "reference": OTHER}},
        Event.MERGED: {"merge": {"into": OTHER, "from": "K7MA-4XEH"}},
        Event.UNLINKED: {"link": {"reference": OTHER}},
        Event.ASSIGNED: {"assignment": {"who": "Celina Maj", "why": "accepted"}},
        Event.UNMERGED: {"merge": {"into": OTHER, "from": "K7MA-4XEH"}},
        Event.RESOLVED: {"resolution": {"who": "Ewa", "note": None}},
        Event.REOPENED: {"reopening": {"who": "Ewa", "note": None}},
        Event.CALL: {"call": {"kind": "missed", "details": {}}},
    }
    assert set(parts) == news
    for event, more in parts.items():
        for language in ("pl", "en", "de"):
            assert lines(event, language, **more)

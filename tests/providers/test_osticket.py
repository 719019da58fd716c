"""Tickets of osTicket, both ways, and its alert mails."""

from dataclasses import replace
from typing import Any

import pytest

from inquiry_router.inquiry.model import Channel, Contact
from inquiry_router.providers.kit.osticket_alerts import read_alert
from inquiry_router.providers.kit.provider import Refused
from inquiry_router.providers.kit.source import Ignored, TicketState, Unreadable
from inquiry_router.providers.osticket import OsTicket, OsTicketSettings, OsTicketSource
from tests.providers.kit import (
    MARK,
    NOW,
    REFERENCE,
    assert_expected,
    body_of,
    drive,
    handover,
    incoming,
    later,
    read_one,
    sample,
    steps,
)
from tests.providers.samples_on_disk import payload

SOURCE = OsTicketSource()
URL = "https://support.example.com"
SETTINGS = OsTicketSettings.model_validate(
    {
        "url": URL,
        "api_key": "hush",
        "sender": "router@acme.example.com",
        "source": "door",
        "groups": {"sales": "2"},
        "create": True,
    }
)


def test_sample_ticket() -> None:
    ticket = read_one(SOURCE, sample("osticket-plugin-ticket-created"))
    assert_expected(ticket, "osticket-plugin-ticket-created")
    assert ticket.delivery_key == "623118"


def read(**body: Any) -> Any:
    return read_one(
        SOURCE,
        incoming({"number": "623118", "subject": "Zwrot", "message": "Chcę zwrócić", **body}),
    )


def test_later_message_has_an_id() -> None:
    ticket = read(entry_id=9, poster="customer", channel="Phone")
    assert (ticket.message_id, ticket.delivery_key, ticket.channel) == (
        "9",
        "623118/9",
        Channel.PHONE,
    )
    assert read(number=None, ticket_id=5123).external_id == "5123"


@pytest.mark.parametrize(
    "body",
    [
        {"entry_id": 9, "poster": "system"},
        {"event": "changed"},
        {"entry_id": 9, "message": ""},
        {"message": f"{MARK}\n"},
        {"message": None, "subject": ""},
    ],
)
def test_messages_not_by_customers_are_ignored(body: dict[str, Any]) -> None:
    assert isinstance(read(**body), Ignored)


CHANGE = {
    "state": "open",
    "department": "Serwis",
    "assignee": "Celina Kowal",
    "at": "2026-11-21T16:00:00+00:00",
}


def test_agents_reply_is_an_answer() -> None:
    found = read(entry_id=9, poster="staff", **CHANGE)
    assert found == TicketState(
        external_id="623118",
        at=NOW,
        status="open",
        groups=("Serwis",),
        owner="Celina Kowal",
        answered=True,
    )
    assert found == read(entry_id=9, poster="staff", **CHANGE)


@pytest.mark.parametrize(
    "reply", [{"poster": "system"}, {"poster": "staff", "message": f"{MARK}\n"}, {"message": ""}]
)
def test_automatic_and_empty_replies_are_no_answers(reply: dict[str, Any]) -> None:
    found = read(**{"entry_id": 9, "poster": "staff", **CHANGE, **reply})
    assert isinstance(found, TicketState) and not found.answered


def test_change_tells_the_state() -> None:
    found = read(event="changed", **{**CHANGE, "assignee": ""})
    assert (found.status, found.owner, found.answered) == ("open", "", False)
    closed = read(event="changed", **{**CHANGE, "state": "closed"})
    assert (closed.status, closed.owner) == ("closed", None)
    odd = read(event="changed", department="BOK", state="unheard of", assignee=[], at=[])
    assert (odd.status, odd.groups, odd.owner, odd.at) == (None, ("BOK",), "", None)


def test_body_without_a_number_is_refused_with_advice() -> None:
    with pytest.raises(Unreadable, match="Copy the text of the plugin"):
        read(number=[])


def test_alert_mail_is_read_as_the_ticket() -> None:
    given = payload("osticket-email-alert-fallback")
    alert, expect = read_alert(given["body"]["text"]), given["expect"]
    assert alert is not None
    assert (alert.number, alert.text) == (expect["external_id"], expect["text"])
    assert alert.contact == Contact(name=expect["requester_name"], email=expect["requester_email"])


def test_alert_mail_in_osticket_layout() -> None:
    text = (
        "Hi Celina,\r\n\r\nNew ticket #A-17 created\r\n\r\n"
        "From:  Anna Nowak <anna@klient.example.com>\r\nDepartment: BOK\r\n\r\n"
        "Pompa cieknie.\r\nProszę o pomoc.\r\n\r\n-----\r\n"
        "To view or respond to the ticket, please login to the system.\r\n"
    )
    alert = read_alert(text)
    assert alert is not None
    assert (alert.number, alert.text) == ("A-17", "Pompa cieknie.\nProszę o pomoc.")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Pompa cieknie.",
        "New ticket #17 created\nDepartment: BOK\n\nx",
        "New ticket #17 created\nFrom: Anna\n\nx",
        "From: A <a@b>\n",
    ],
)
def test_other_mails_are_no_alerts(text: str) -> None:
    assert read_alert(text) is None


def test_call_becomes_a_ticket_with_the_note() -> None:
    asked, _ = drive(OsTicket().hand_over(SETTINGS, handover(None), NOW))
    assert steps(asked) == [f"POST {URL}/api/tickets.json"]
    assert asked[0].headers["x-api-key"] == "hush"
    made = body_of(asked[0])
    assert (made["topicId"], made["priorityId"], made["source"], made["autorespond"]) == (
        2,
        3,
        "Phone",
        False,
    )
    assert (made["name"], made["email"], made["phone"]) == (
        "Anna Nowak",
        "anna@klient.example.com",
        "+48220000101",
    )
    assert made["subject"].endswith(f"({REFERENCE})")
    assert made["message"].startswith(f"{MARK}\nKategoria: zakup (pewne)")
    assert "\nPilne." in made["message"]
    assert isinstance(read(message=made["message"]), Ignored)


def test_caller_without_an_address_has_the_routers() -> None:
    contact = {"name": None, "email": None, "phone": None, "company": None}
    asked, _ = drive(
        OsTicket().hand_over(SETTINGS, handover(None, team="triage", contact=contact), NOW)
    )
    made = body_of(asked[0])
    assert (made["name"], made["email"]) == (REFERENCE, "router@acme.example.com")
    assert "topicId" not in made and "phone" not in made


@pytest.mark.parametrize(
    "delivery",
    [
        handover("5123"),
        replace(handover(None, "inquiry.corrected", correction="Celina"), first=False),
        handover(None, "inquiry.resolved"),
        handover(None, "inquiry.message", **later()),
    ],
)
def test_own_tickets_and_later_news_are_left_alone(delivery: Any) -> None:
    assert drive(OsTicket().hand_over(SETTINGS, delivery, NOW)) == ([], None)


def test_correction_that_took_the_place_of_the_first_decision_creates_the_ticket() -> None:
    corrected = handover(None, "inquiry.corrected", correction="Celina")
    (asked,), _ = drive(OsTicket().hand_over(SETTINGS, corrected, NOW))
    assert (asked.method, asked.url.rpartition("/")[2]) == ("POST", "tickets.json")


def test_topic_must_be_a_number() -> None:
    with pytest.raises(Refused, match="no number"):
        drive(
            OsTicket().hand_over(
                SETTINGS.model_copy(update={"groups": {"sales": "Zwroty"}}), handover(None), NOW
            )
        )


def test_plugin_contains_the_address_and_balanced_brackets() -> None:
    said = SOURCE.setup("https://router.example.com/v1/hooks/door?token=t")
    for language in (said.pl, said.en):
        assert 4 <= len(language) <= 9
        plugin = language[2]
        assert "curl_init('https://router.example.com/v1/hooks/door?token=t')" in plugin
        assert all(
            plugin.count(opening) == plugin.count(closing)
            for opening, closing in ("()", "[]", "{}")
        )

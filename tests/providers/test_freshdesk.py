"""Freshdesk: automation rules in; groups, tags and notes out."""

import base64
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

import pytest

from inquiry_router.inquiry.model import Contact
from inquiry_router.providers.freshdesk import Freshdesk
from inquiry_router.providers.freshdesk_source import FreshdeskSource
from inquiry_router.providers.kit.provider import Refused
from inquiry_router.providers.kit.signatures import NotGenuine
from inquiry_router.providers.kit.source import Listed, Secrets, TicketState, Unreadable
from tests.providers.kit import (
    INQUIRY,
    NOW,
    asked_for,
    assert_expected,
    assert_news_is_noted_once,
    checked,
    event,
    handed_over,
    incoming,
    is_ignored,
    later,
    lines,
    located,
    one,
    read,
    sample,
    settings_of,
    state,
    ticket,
)

SOURCE = FreshdeskSource()
API: dict[str, Any] = {"api_url": "https://acme.freshdesk.com", "api_token": "key"}
BODY = {"ticket_id": 7, "subject": "Pompa", "description_text": "Cieknie.", "source": "Email"}
SETTINGS = {
    "url": "https://acme.freshdesk.com",
    "api_key": "key",
    "source": "source-1",
    "groups": {"customer_service": "11"},
    "note_language": "en",
}


@pytest.mark.parametrize("name", ["freshdesk-automation-simple", "freshdesk-automation-advanced"])
def test_simple_and_advanced_bodies(name: str) -> None:
    (found,) = read(SOURCE, sample(name))
    made = assert_expected(found, name)
    assert made.message_id is None
    assert made.delivery_key is not None and made.delivery_key.startswith(made.external_id + "-")


def test_delivery_key_depends_on_the_body() -> None:
    assert ticket(SOURCE, BODY).delivery_key == ticket(SOURCE, BODY).delivery_key
    assert (
        ticket(SOURCE, BODY).delivery_key != ticket(SOURCE, {**BODY, "subject": "x"}).delivery_key
    )


@pytest.mark.parametrize("source", ["Portal", "portal", 2, "2", "Feedback Widget", 9])
def test_channel_by_name_and_by_number(source: object) -> None:
    assert ticket(SOURCE, {**BODY, "source": source}).channel == "form"


def test_token_in_address_header_or_basic_credentials() -> None:
    secrets = Secrets("token-of-the-source")
    basic = base64.b64encode(b"router:token-of-the-source").decode()
    for request in (
        incoming({}, url="https://router.example.com/v1/hooks/f?token=token-of-the-source"),
        incoming({}, {"X-Router-Token": "token-of-the-source"}),
        incoming({}, {"Authorization": f"Basic {basic}"}),
    ):
        SOURCE.authenticate(settings_of(SOURCE), secrets, request, NOW)
    with pytest.raises(NotGenuine):
        SOURCE.authenticate(
            settings_of(SOURCE), secrets, incoming({}, {"X-Router-Token": "other"}), NOW
        )


def test_contact_of_newer_versions_is_the_customer() -> None:
    named = {f"ticket_contact_{name}": f"{name} of Jan" for name in ("name", "email", "phone")}
    made = ticket(SOURCE, {"freshdesk_webhook": {**BODY, **named}})
    assert made.contact == Contact("name of Jan", "email of Jan", "phone of Jan")
    ticked = {"ticket_id": 7, "ticket_subject": "Pompa", "ticket_requester_mobile": "600 100 200"}
    assert ticket(SOURCE, {"freshdesk_webhook": ticked}).contact.phone == "600 100 200"


REPLY = {
    "event": "customer_replied",
    "ticket_id": "7",
    "subject": "Pompa",
    "comment": "Jan Nowak : <div>Kiedy serwis?</div>",
    "requester_name": "Jan Nowak",
    "requester_email": "jan@klient.example.com",
    "tags": "inquiry-router",
}


def test_reply_of_a_customer_is_a_message() -> None:
    made = ticket(SOURCE, REPLY)
    assert (made.external_id, made.text, made.html) == ("7", "", "<div>Kiedy serwis?</div>")
    assert made.message_id == ticket(SOURCE, {**REPLY, "subject": "x"}).message_id is not None
    assert made.message_id != ticket(SOURCE, {**REPLY, "comment": "x"}).message_id
    assert is_ignored(SOURCE, {**REPLY, "comment": None, "subject": None})
    assert is_ignored(SOURCE, REPLY, own_user="jan@klient.example.com")


CHANGE = {
    "event": "ticket_updated",
    "ticket_id": "7",
    "status": "Waiting on Customer",
    "group": "Serwis",
    "agent_email": "emma@acme.example.com",
    "author": "emma@acme.example.com",
}


def test_state_by_a_rule_for_updates() -> None:
    assert state(SOURCE, CHANGE) == TicketState(
        external_id="7",
        status="pending",
        groups=("Serwis",),
        owner="emma@acme.example.com",
        who="emma@acme.example.com",
    )
    assert state(SOURCE, {**CHANGE, "event": "ticket_answered"}).answered is True
    assert is_ignored(SOURCE, CHANGE, own_user="emma@acme.example.com")
    ticked = {
        "ticket_id": 7,
        "ticket_status": "Closed",
        "ticket_agent_email": "",
        "triggered_event": "{status:{from:2,to:5}}",
    }
    told = state(SOURCE, {"freshdesk_webhook": ticked})
    assert (told.status, told.owner, told.answered) == ("closed", "", False)
    with pytest.raises(Unreadable, match="ticket_id"):
        one(SOURCE, {"event": "ticket_updated", "status": "Open"})


def test_states_are_listed_by_their_changes() -> None:
    since = datetime(2026, 11, 21, 10, tzinfo=UTC)
    row: dict[str, Any] = {
        "id": 1,
        "status": 2,
        "group_id": 11,
        "responder_id": 42,
        "updated_at": "2026-11-21T10:30:00Z",
        "stats": {"agent_responded_at": "2026-11-21T10:30:00Z", "requester_responded_at": None},
    }
    before = {"agent_responded_at": "2026-11-21T09:59:00Z"}
    asked_again = {**row["stats"], "requester_responded_at": "2026-11-21T10:31:00Z"}
    rows = [
        row,
        {**row, "id": 2, "status": 5, "responder_id": None, "stats": before},
        {**row, "id": 3, "status": 6, "stats": asked_again},
        {**row, "id": 4, "status": 99, "group_id": None, "stats": None},
        {**row, "id": 5, "spam": True},
        {"id": None},
        None,
        *[{"id": 6}] * 93,
    ]
    found, sent = asked_for(
        SOURCE.poll_states(settings_of(SOURCE, **API), since), API["api_url"], rows, []
    )
    assert [(one.external_id, one.status, one.owner, one.answered) for one in found] == [
        ("1", "open", "42", True),
        ("2", "closed", "", False),
        ("3", "pending", "42", False),
        ("4", None, "42", False),
    ]
    assert (found[0].groups, found[0].at) == (("11",), datetime(2026, 11, 21, 10, 30, tzinfo=UTC))
    query = "updated_since=2026-11-21T10:00:00Z&include=stats&order_by=updated_at&order_type=asc"
    assert sent[0] == f"GET /api/v2/tickets?{query}&per_page=100&page=1"
    assert asked_for(SOURCE.poll_states(settings_of(SOURCE), since), "x")[0] == []
    endless = [[row] * 100] * 5
    states, _ = asked_for(
        SOURCE.poll_states(settings_of(SOURCE, **API), since), API["api_url"], *endless
    )
    assert len(states) == 500
    strange = SOURCE.poll_states(settings_of(SOURCE, **API), since)
    assert asked_for(strange, API["api_url"], {"error": "x"})[0] == []


def test_messages_not_by_customers_are_ignored() -> None:
    assert is_ignored(SOURCE, {**BODY, "triggered_event": "{ticket_status:{from:2,to:4}}"})
    assert is_ignored(SOURCE, {**BODY, "source": "Outbound Email"})
    assert is_ignored(SOURCE, {**BODY, "tags": "vip, inquiry-router"})
    assert is_ignored(
        SOURCE,
        {
            **BODY,
            "description_text": "",
            "description": "<div> [inquiry-router K7MA-4XEH]<br>x</div>",
        },
    )
    assert is_ignored(
        SOURCE,
        {**BODY, "requester_email": "router@acme.example.com"},
        own_user="router@acme.example.com",
    )
    assert is_ignored(SOURCE, {"ticket_id": 7})
    with pytest.raises(Unreadable, match="ticket_id"):
        one(SOURCE, {"freshdesk_webhook": None, "subject": "x"})


def test_missed_tickets_are_found_on_several_pages() -> None:
    since = datetime(2026, 11, 20, tzinfo=UTC)
    row = {
        "id": 1,
        "subject": "Pompa",
        "description": "<p>Cieknie</p>",
        "created_at": "2026-11-21T10:00:00Z",
        "source": 3,
    }
    requester = {"name": "Anna", "email": None, "phone": None, "mobile": "+48220000101"}
    old, sent, spam = {"created_at": "2026-11-19T10:00:00Z"}, {"source": 10}, {"spam": True}
    full = [
        {**row, "requester": requester},
        {**row, **old},
        {**row, **sent},
        {**row, **spam},
        {**row, "tags": ["inquiry-router"]},
    ]
    found, asked = asked_for(
        SOURCE.poll(settings_of(SOURCE, **API), since),
        API["api_url"],
        full + [None] * 95,
        [{**row, "id": 2}],
    )
    assert [(one.external_id, one.channel, one.contact.phone) for one in found.tickets] == [
        ("1", "phone", "+48220000101"),
        ("2", "phone", None),
    ]
    assert asked[1] == (
        "GET /api/v2/tickets?updated_since=2026-11-20T00:00:00Z&include=requester,description"
        "&order_by=created_at&order_type=asc&per_page=100&page=2"
    )
    assert asked_for(SOURCE.poll(settings_of(SOURCE), since), "x")[0] == Listed()


def test_polling_is_bounded_and_tells_how_far_it_came() -> None:
    row = {"id": 1, "subject": "Pompa", "description": "<p>Cieknie</p>", "source": 3}
    pages = [[{**row, "created_at": f"2026-11-21T10:{page:02}:00Z"}] * 100 for page in range(40)]
    asking = SOURCE.poll(settings_of(SOURCE, **API), datetime(2026, 11, 20, tzinfo=UTC))
    found, _ = asked_for(asking, API["api_url"], *pages)
    assert (len(found.tickets), found.to_the_end, found.until) == (
        4000,
        False,
        datetime(2026, 11, 21, 10, 39, tzinfo=UTC),
    )


def test_ticket_is_moved_and_noted_and_keeps_its_tags() -> None:
    said = handed_over(
        Freshdesk(), SETTINGS, [{"tags": ["vip", "defect"]}, {}, (201, {})], event(ticket_id="7")
    )
    assert lines(said) == [
        "GET /api/v2/tickets/7",
        "PUT /api/v2/tickets/7",
        "POST /api/v2/tickets/7/notes",
    ]
    assert said[1].body == {
        "priority": 4,
        "tags": ["vip", "defect", "inquiry-router"],
        "group_id": 11,
    }
    assert said[2].body["private"] is True
    assert (
        said[2].body["body"].startswith("[inquiry-router K7MA-4XEH]<br>Category: defect (sure)<br>")
    )
    assert "&lt;b&gt;reklamacja" in said[2].body["body"]
    assert base64.b64decode(said[0].headers["authorization"].split()[1]) == b"key:X"


def test_repeated_delivery_leaves_one_note() -> None:
    note = handed_over(Freshdesk(), SETTINGS, [{}, {}, {}])[2].body["body"]
    full = [{"body": "<p>x</p>"}] * 100
    said = handed_over(
        Freshdesk(), SETTINGS, [{}, {}, full, [{"body": f"<div>{note}</div>"}]], repeated=True
    )
    assert lines(said)[3] == "GET /api/v2/tickets/35436/conversations?per_page=100&page=2"
    assert (
        lines(handed_over(Freshdesk(), SETTINGS, [{}, {}, [], {}], repeated=True))[-1]
        == "POST /api/v2/tickets/35436/notes"
    )


def test_correction_leaves_a_note_of_its_own() -> None:
    note = handed_over(Freshdesk(), SETTINGS, [{}, {}, {}])[2].body["body"]
    corrected = event(correction={"who": "Celina"})
    said = handed_over(
        Freshdesk(),
        SETTINGS,
        [{}, {}, [{"body": note}], {}],
        corrected,
        "inquiry.corrected",
        repeated=True,
    )
    assert "Corrected by: Celina" in said[-1].body["body"]


def test_inquiry_that_came_another_way_is_created_once() -> None:
    settings, written = {**SETTINGS, "create": True}, event(source=None)
    said = handed_over(
        Freshdesk(), settings, [{"results": []}, (201, {"id": 9}), {"tags": []}, {}, {}], written
    )
    assert (
        unquote(said[0].path) == "/api/v2/search/tickets?query=\"tag:'inquiry-router-K7MA-4XEH'\""
    )
    made = said[1].body
    assert (made["email"], made["name"], made["source"], made["status"]) == (
        "anna@klient.example.com",
        "Anna Nowak",
        3,
        2,
    )
    assert made["description"].startswith(
        "[inquiry-router K7MA-4XEH]<br>Channel: phone<br>Contact: Anna Nowak, "
    )
    assert "&lt;pomoc&gt;" in made["description"]
    assert "inquiry-router-K7MA-4XEH" in made["tags"] and all(
        len(tag) <= 32 for tag in made["tags"]
    )
    rows = [{"id": 8, "tags": ["inquiry-router"]}, {"id": 9, "tags": ["inquiry-router-K7MA-4XEH"]}]
    again = handed_over(
        Freshdesk(), settings, [{"results": []}, rows, {}, {}, [], {}], written, repeated=True
    )
    assert lines(again)[2] == "GET /api/v2/tickets/9"


@pytest.mark.parametrize(
    ("contact", "name", "value"),
    [
        ({"phone": "+48220000101"}, "phone", "+48220000101"),
        ({}, "unique_external_id", f"inquiry-router-{INQUIRY}"),
    ],
)
def test_customer_without_an_address_has_an_external_id(
    contact: dict[str, str], name: str, value: str
) -> None:
    written = event(
        source=None,
        contact={"name": None, "email": None, "phone": None, "company": None, **contact},
    )
    said = handed_over(
        Freshdesk(), {**SETTINGS, "create": True}, [{}, {"id": 9}, {}, {}, {}], written
    )
    assert said[1].body[name] == value
    assert "email" not in said[1].body


def test_check_lists_groups() -> None:
    groups, asked = checked(Freshdesk(), SETTINGS, [[{"id": 11, "name": "Serwis"}]])
    assert (groups, asked) == ([("11", "Serwis")], ["GET /api/v2/groups?per_page=100"])
    with pytest.raises(Refused):
        checked(Freshdesk(), SETTINGS, ["<html>"])


def test_setup_steps_contain_the_address_and_the_body() -> None:
    steps = SOURCE.setup("https://router.example.com/v1/hooks/f")
    for written in (steps.pl, steps.en):
        assert 4 <= len(written) <= 9
        assert "https://router.example.com/v1/hooks/f" in " ".join(
            written
        ) and "{{ticket.id}}" in " ".join(written)


def test_ticket_is_located_in_its_group() -> None:
    assert located(Freshdesk(), SETTINGS, {"id": 35436, "group_id": 11}) == (
        "11",
        ["GET /api/v2/tickets/35436"],
    )
    assert located(Freshdesk(), SETTINGS, {"id": 35436, "group_id": None})[0] is None


def test_news_is_noted_once() -> None:
    assert_news_is_noted_once(
        Freshdesk(), SETTINGS, lambda body: str(body["body"]), lambda note: [{"body": note}]
    )
    (said,) = handed_over(Freshdesk(), SETTINGS, [{}], event(**later()), "inquiry.message")
    assert (said.method, said.path) == ("POST", "/api/v2/tickets/35436/notes")
    assert said.body["private"] is True and "&lt;piwnicy&gt;" in said.body["body"]


def test_raised_priority_is_set_and_noted_and_reopened_ticket_opened() -> None:
    raised = event(**later("raised", priority_before="normal", keeps_group=True))
    said = handed_over(Freshdesk(), SETTINGS, [{}, {}, {}], raised, "inquiry.message")
    assert (said[1].body["priority"], "group_id" in said[1].body) == (4, False)
    assert "from normal to urgent" in said[2].body["body"]
    opened = event(**later("reopened"))
    said = handed_over(Freshdesk(), SETTINGS, [{}, {}, {}, {}], opened, "inquiry.message")
    assert (said[0].method, said[0].body) == ("PUT", {"status": 2})


def test_ticket_for_news_is_also_looked_for_among_the_newest() -> None:
    newest = [{"id": 91, "tags": ["inquiry-router-K7MA-4XEH"]}]
    said = handed_over(
        Freshdesk(),
        {**SETTINGS, "create": True},
        [{"results": []}, newest, {}],
        event(source=None, **later()),
        "inquiry.message",
    )
    assert lines(said)[-1] == "POST /api/v2/tickets/91/notes"

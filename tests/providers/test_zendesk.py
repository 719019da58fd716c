"""Zendesk: triggers and events in; tags, groups and notes out."""

import base64
import copy
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from inquiry_router.inquiry.model import Contact
from inquiry_router.outside.messages import Reply
from inquiry_router.providers.kit.provider import Refused
from inquiry_router.providers.kit.source import (
    Ignored,
    Listed,
    Thin,
    Ticket,
    TicketState,
    TicketStatus,
    Unreadable,
)
from inquiry_router.providers.zendesk import Zendesk
from inquiry_router.providers.zendesk_source import ZendeskSource
from tests.providers.kit import (
    INQUIRY,
    asked_for,
    assert_expected,
    assert_news_is_noted_once,
    assert_vectors,
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
from tests.providers.samples_on_disk import payload

SOURCE = ZendeskSource()
API: dict[str, Any] = {
    "api_url": "https://acme.zendesk.com",
    "api_token": "key",
    "api_user": "router@acme.example.com",
}
TRIGGER = {
    "event": "ticket_created",
    "ticket_id": "7",
    "subject": "Pompa",
    "description": "Cieknie.",
    "tags": "pl vip",
}
SETTINGS = {
    "url": "https://acme.zendesk.com",
    "email": "router@acme.example.com",
    "api_token": "key",
    "source": "source-1",
    "groups": {"customer_service": "360001"},
}


def event_of(kind: str, **changes: Any) -> dict[str, Any]:
    body = copy.deepcopy(payload(kind)["body"])
    for place, value in changes.items():
        *path, last = place.split("__")
        at = body
        for name in path:
            at = at[name]
        at[last] = value
    return dict(body)


def test_signature_vectors() -> None:
    assert_vectors(SOURCE, "zendesk")


def test_trigger() -> None:
    (found,) = read(SOURCE, sample("zendesk-trigger-ticket-created"))
    made = assert_expected(found, "zendesk-trigger-ticket-created")
    assert made.url == "https://acme.zendesk.example.com/agent/tickets/35436"
    assert made.delivery_key == "8350205582"
    assert made.message_id is None


def test_event_and_its_requester() -> None:
    (found,) = read(SOURCE, sample("zendesk-event-ticket-created"))
    made = assert_expected(found, "zendesk-event-ticket-created")
    assert made.delivery_key == "01JD8Z3K5QW0000000000TCKT1"
    assert made.received_at == datetime(2026, 11, 21, 16, tzinfo=UTC)
    (thin,) = read(SOURCE, sample("zendesk-event-ticket-created"), **API)
    assert isinstance(thin, Thin) and thin.ticket == made
    request = SOURCE.fetch(settings_of(SOURCE, **API), thin)
    assert request is not None and request.method == "GET"
    assert request.url == "https://acme.zendesk.com/api/v2/users/8447388090494.json"
    assert (
        base64.b64decode(request.headers["authorization"].split()[1])
        == b"router@acme.example.com/token:key"
    )
    assert SOURCE.fetch(settings_of(SOURCE), thin) is None
    reply = Reply(
        200,
        {},
        b'{"user": {"name": "Olivia Brandt", "email": "olivia@buyer.example.com", "phone": null}}',
    )
    known = SOURCE.fetched(settings_of(SOURCE, **API), thin, reply)
    assert isinstance(known, Thin)
    comments = SOURCE.fetch(settings_of(SOURCE, **API), known)
    assert comments is not None
    assert comments.url.endswith(f"/api/v2/tickets/{made.external_id}/comments.json?sort_order=asc")
    files = b'[{"id": 1, "attachments": [{"file_name": "oferta.pdf", "size": 7}]}, {"id": 2}]'
    whole = SOURCE.fetched(
        settings_of(SOURCE, **API), known, Reply(200, {}, b'{"comments": ' + files + b"}")
    )
    assert isinstance(whole, Ticket) and whole.contact == Contact(
        "Olivia Brandt", "olivia@buyer.example.com"
    )
    assert [file.name for file in whole.attachments] == ["oferta.pdf"]


def test_customers_messages_are_read_and_others_ignored() -> None:
    (found,) = read(SOURCE, sample("zendesk-event-messaging-message-added"))
    made = assert_expected(found, "zendesk-event-messaging-message-added")
    assert made.message_id == "67ab5f55155becd183e284cb"
    assert made.received_at == datetime(2026, 11, 21, 16, 5, 5, 254571, UTC)
    photo = {"id": "m1", "attachments": [{"filename": "pompa.jpg", "content_type": "image/jpeg"}]}
    sent = event_of("zendesk-event-messaging-message-added", event__message=photo)
    (found,) = read(SOURCE, incoming(sent))
    assert isinstance(found, Ticket)
    assert [file.name for file in found.attachments] == ["pompa.jpg"]
    for actor in ("trigger", "system", None):
        assert is_ignored(
            SOURCE, event_of("zendesk-event-messaging-message-added", event__actor__type=actor)
        )


def changed(kind: str = "status_changed", **changes: Any) -> dict[str, Any]:
    """An event about the sample ticket, by agent 42."""
    there = {"detail__actor_id": "42", "detail__group_id": "360001", "detail__assignee_id": "42"}
    written = {"type": f"zen:event-type:ticket.{kind}", **there, "detail__status": "OPEN"}
    return event_of("zendesk-event-ticket-created", **written, **changes)


def commented(text: str, author: Mapping[str, Any], **comment: Any) -> dict[str, Any]:
    said = {"id": "71", "body": text, "is_public": True, "author": author, **comment}
    return changed("comment_added", event={"comment": said})


EMMA = {"id": "42", "is_staff": True, "name": "Emma"}
OLIVIA = {"id": "8447388090494", "is_staff": False, "name": "Olivia"}


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("NEW", "open"),
        ("HOLD", "open"),
        ("PENDING", "pending"),
        ("SOLVED", "closed"),
        ("CLOSED", "closed"),
        ("comet", None),
    ],
)
def test_change_of_a_ticket_tells_its_state(word: str, status: str | None) -> None:
    told = state(SOURCE, {**changed(), "detail": {**changed()["detail"], "status": word}})
    assert told == TicketState(
        external_id="35437",
        at=datetime(2026, 11, 21, 16, 0, 0, 123456, UTC),
        status=cast("TicketStatus | None", status),
        groups=("360001",),
        owner="42",
        who="42",
    )
    for kind in ("group_assignment_changed", "agent_assignment_changed"):
        assert state(SOURCE, changed(kind)).groups == ("360001",)
    nobody = changed("agent_assignment_changed")
    nobody["detail"].update(assignee_id=None, group_id=None)
    assert (state(SOURCE, nobody).owner, state(SOURCE, nobody).groups) == ("", ())


def test_answer_of_an_agent_is_told_with_the_state() -> None:
    told = state(SOURCE, commented("We will send it.", EMMA))
    assert (told.answered, told.who, told.status) == (True, "Emma", "open")
    assert state(SOURCE, commented("Ask Darek.", EMMA, is_public=False)).answered is False
    machine = {"id": "-1", "is_staff": True, "name": "Zendesk"}
    by_machine = state(SOURCE, commented("Received.", machine))
    assert (by_machine.answered, by_machine.who) == (False, None)
    opening = changed()["detail"]["description"]
    assert state(SOURCE, commented(opening, EMMA)).answered is False
    chat = event_of("zendesk-event-messaging-message-added", event__actor__type="agent")
    assert state(SOURCE, chat).answered is True


def test_later_comment_of_a_customer_is_a_message() -> None:
    made = ticket(SOURCE, commented("And the manual?", OLIVIA))
    assert (made.external_id, made.message_id, made.text) == ("35437", "71", "And the manual?")
    assert made.contact.name == "Olivia"
    (thin,) = read(SOURCE, incoming(commented("And the manual?", OLIVIA)), **API)
    assert isinstance(thin, Thin) and thin.known == {"requester": OLIVIA["id"]}
    opening = ticket(SOURCE, commented(changed()["detail"]["description"], OLIVIA))
    assert opening.message_id is None


def test_state_by_a_trigger() -> None:
    body = {
        "event": "ticket_answered",
        "ticket_id": "7",
        "status": "Pending",
        "group_id": "360001",
        "group": "Serwis",
        "assignee": "emma@acme.example.com",
        "author": "emma@acme.example.com",
        "comment": "Wymienimy.",
        "updated_at": "2026-11-21T16:00:00Z",
    }
    told = state(SOURCE, body)
    assert (told.answered, told.status, told.groups) == (True, "pending", ("360001", "Serwis"))
    assert (told.owner, told.at) == (
        "emma@acme.example.com",
        datetime(2026, 11, 21, 16, tzinfo=UTC),
    )
    assert state(SOURCE, {**body, "event": "ticket_updated"}).answered is False
    assert state(SOURCE, {**body, "comment": "[inquiry-router K7MA-4XEH]"}).answered is False
    assert state(SOURCE, {**body, "assignee": ""}).owner == ""
    with pytest.raises(Unreadable, match="ticket_id"):
        one(SOURCE, {"event": "ticket_updated"})


def test_acts_of_the_own_user_are_ignored() -> None:
    assert is_ignored(SOURCE, changed(), own_user="42")
    assert is_ignored(SOURCE, commented("x", EMMA), own_user="42")
    assert is_ignored(SOURCE, commented("[inquiry-router K7MA-4XEH]\nx", EMMA, is_public=False))
    by_trigger = {"event": "ticket_updated", "ticket_id": "7", "author": "r@acme.example.com"}
    assert is_ignored(SOURCE, {**by_trigger, "status": "open"}, own_user="R@acme.example.com")


def test_messages_not_by_customers_are_ignored() -> None:
    own = "[inquiry-router K7MA-4XEH]\nKategoria: defect"
    assert is_ignored(SOURCE, {**TRIGGER, "description": own})
    assert is_ignored(SOURCE, {**TRIGGER, "tags": "pl inquiry-router defect"})
    assert is_ignored(
        SOURCE, {**TRIGGER, "author": "Router@acme.example.com"}, own_user="router@acme.example.com"
    )
    assert is_ignored(SOURCE, {**TRIGGER, "event": "comment_added"})
    assert is_ignored(SOURCE, {**TRIGGER, "subject": " ", "description": None})
    assert is_ignored(SOURCE, TRIGGER, {"X-Inquiry-Router-Hops": "4"})
    assert ticket(SOURCE, TRIGGER, {"X-Inquiry-Router-Hops": "3"}).hops == 3
    assert is_ignored(
        SOURCE,
        event_of("zendesk-event-ticket-created", type="zen:event-type:ticket.subject_changed"),
    )
    assert is_ignored(
        SOURCE, event_of("zendesk-event-ticket-created", detail__is_public=False), **API
    )
    assert is_ignored(SOURCE, event_of("zendesk-event-ticket-created"), own_user="8447388090494")
    assert isinstance(one(SOURCE, event_of("zendesk-event-ticket-created"), own_user="8"), Ticket)


@pytest.mark.parametrize(
    "body",
    [
        {"subject": "x"},
        {"ticket_id": None, "subject": "x"},
        {"ticket_id": {}, "description": "x"},
        {"type": "zen:event-type:ticket.created"},
        {"type": "zen:event-type:ticket.created", "detail": {"id": None}, "subject": None},
    ],
)
def test_ticket_without_an_id_is_refused_with_advice(body: Any) -> None:
    with pytest.raises(Unreadable, match="id"):
        one(SOURCE, body)


def test_missed_tickets_are_found_on_several_pages() -> None:
    since = datetime(2026, 11, 20, tzinfo=UTC)
    row = {
        "id": 1,
        "subject": "Pompa",
        "description": "Cieknie",
        "created_at": "2026-11-21T10:00:00Z",
        "requester_id": 9,
    }
    first = {
        "tickets": [
            {**row, "via": {"channel": "email"}},
            {**row, "id": 2, "created_at": "2026-11-19T10:00:00Z"},
            {**row, "id": 3, "tags": ["inquiry-router"]},
            {**row, "id": 4, "status": "deleted"},
            {**row, "id": 5, "is_public": False},
            None,
        ],
        "users": [
            {"id": 9, "name": "Anna", "email": "anna@klient.example.com", "phone": "+48220000101"}
        ],
        "after_cursor": "abc=",
        "end_of_stream": False,
    }
    second = {
        "tickets": [{**row, "id": 6}],
        "users": None,
        "after_cursor": "def",
        "end_of_stream": True,
    }
    found, sent = asked_for(
        SOURCE.poll(settings_of(SOURCE, **API), since), API["api_url"], first, second
    )
    assert [(one.external_id, one.channel, one.contact.email) for one in found.tickets] == [
        ("1", "email", "anna@klient.example.com"),
        ("6", "form", None),
    ]
    export = "/api/v2/incremental/tickets/cursor.json"
    assert sent == [
        f"GET {export}?start_time={int(since.timestamp())}&include=users",
        "GET /api/v2/incremental/tickets/cursor.json?cursor=abc%3D&include=users",
    ]
    assert asked_for(SOURCE.poll(settings_of(SOURCE), since), "x")[0] == Listed()


def test_polling_is_bounded() -> None:
    endless = {"tickets": [], "after_cursor": "abc", "end_of_stream": False}
    asking = SOURCE.poll(settings_of(SOURCE, **API), datetime(2026, 11, 20, tzinfo=UTC))
    found, _ = asked_for(asking, API["api_url"], *[endless] * 40)
    assert found == Listed([], to_the_end=False)


def test_ticket_is_tagged_then_moved_and_noted_in_one_request() -> None:
    said = handed_over(Zendesk(), SETTINGS, [{}, {}])
    assert lines(said) == ["PUT /api/v2/tickets/35436/tags.json", "PUT /api/v2/tickets/35436.json"]
    assert said[0].body == {"tags": ["inquiry-router", "defect"]}
    changes = said[1].body["ticket"]
    assert (changes["group_id"], changes["priority"]) == (360001, "urgent")
    assert changes["comment"]["public"] is False
    assert changes["comment"]["body"].startswith(
        "[inquiry-router K7MA-4XEH]\nKategoria: reklamacja (pewne)\n"
    )
    assert "https://router.example.com/c/abc" in changes["comment"]["body"]
    assert (
        base64.b64decode(said[1].headers["authorization"].split()[1])
        == b"router@acme.example.com/token:key"
    )
    oauth = handed_over(
        Zendesk(), {name: value for name, value in SETTINGS.items() if name != "email"}, [{}, {}]
    )
    assert oauth[0].headers["authorization"] == "Bearer key"


def test_repeated_delivery_leaves_one_note() -> None:
    note = handed_over(Zendesk(), SETTINGS, [{}, {}])[1].body["ticket"]["comment"]["body"]
    there = {
        "comments": [
            {"body": "Dzień dobry"},
            {"body": None},
            None,
            {"body": note.replace("/c/abc", "/c/older")},
        ]
    }
    said = handed_over(Zendesk(), SETTINGS, [{}, there, {}], repeated=True)
    assert lines(said)[1] == "GET /api/v2/tickets/35436/comments.json?sort_order=desc"
    assert "comment" not in said[2].body["ticket"]
    said = handed_over(
        Zendesk(), SETTINGS, [{}, {"comments": [{"body": f"> {note}"}]}, {}], repeated=True
    )
    assert said[2].body["ticket"]["comment"]["body"] == note


def test_correction_leaves_a_note_of_its_own() -> None:
    note = handed_over(Zendesk(), SETTINGS, [{}, {}])[1].body["ticket"]["comment"]["body"]
    corrected = event(correction={"who": "Celina"})
    there = {"comments": [{"body": note}]}
    said = handed_over(
        Zendesk(), SETTINGS, [{}, there, {}], corrected, kind="inquiry.corrected", repeated=True
    )
    assert "Poprawione przez: Celina" in said[2].body["ticket"]["comment"]["body"]


def test_inquiry_that_came_another_way_is_created_once() -> None:
    settings = {**SETTINGS, "create": True}
    written = event(source=None)
    said = handed_over(
        Zendesk(), settings, [{"tickets": []}, (201, {"ticket": {"id": 77}}), {}, {}], written
    )
    assert lines(said) == [
        f"GET /api/v2/tickets.json?external_id=inquiry-router-{INQUIRY}",
        "POST /api/v2/tickets.json",
        "PUT /api/v2/tickets/77/tags.json",
        "PUT /api/v2/tickets/77.json",
    ]
    made = said[1].body["ticket"]
    assert made["subject"] == "Pompa pękła. Proszę o <pomoc>."
    assert made["comment"]["body"].splitlines() == [
        "[inquiry-router K7MA-4XEH]",
        "Kanał: phone",
        "Kontakt: Anna Nowak, anna@klient.example.com, +48220000101",
        "",
        "Pompa pękła.",
        "Proszę o <pomoc>.",
    ]
    assert made["requester"] == {"name": "Anna Nowak", "email": "anna@klient.example.com"}
    assert made["tags"] == ["inquiry-router", "defect"]
    assert said[1].headers["idempotency-key"] == made["external_id"] == f"inquiry-router-{INQUIRY}"
    there = {
        "tickets": [
            {"id": 5, "external_id": "other"},
            {"id": 77, "external_id": made["external_id"]},
        ]
    }
    again = handed_over(
        Zendesk(), settings, [there, {}, {"comments": []}, {}], written, repeated=True
    )
    assert lines(again)[1] == "PUT /api/v2/tickets/77/tags.json"
    assert handed_over(Zendesk(), SETTINGS, [], written) == []


def test_impossible_settings_are_refused_for_good() -> None:
    with pytest.raises(Refused, match="is no number"):
        handed_over(Zendesk(), {**SETTINGS, "groups": {"customer_service": "Serwis"}}, [{}])
    with pytest.raises(Refused, match="tickets"):
        handed_over(Zendesk(), {**SETTINGS, "create": True}, ["<html>"], event(source=None))
    assert {401, 403, 404, 422} <= Zendesk().final and not {409, 429, 500, 503} & Zendesk().final


def test_check_lists_groups_on_several_pages() -> None:
    first = {
        "groups": [{"id": 1, "name": "Serwis"}, {"name": "x"}, None],
        "meta": {"has_more": True, "after_cursor": "c"},
    }
    groups, asked = checked(
        Zendesk(), SETTINGS, [first, {"groups": [{"id": 2}], "meta": {"has_more": False}}]
    )
    assert groups == [("1", "Serwis"), ("2", "2")]
    assert asked == [
        "GET /api/v2/groups.json?page%5Bsize%5D=100",
        "GET /api/v2/groups.json?page%5Bsize%5D=100&page%5Bafter%5D=c",
    ]


def test_thin_event_without_a_ticket_is_ignored() -> None:
    assert isinstance(SOURCE.fetched(settings_of(SOURCE), Thin("1", {}), Reply(200)), Ignored)


def test_setup_steps_contain_the_address_and_the_body() -> None:
    steps = SOURCE.setup("https://router.example.com/v1/hooks/zendesk-1")
    for written in (steps.pl, steps.en):
        assert 4 <= len(written) <= 9
        assert "https://router.example.com/v1/hooks/zendesk-1" in " ".join(written)
        assert '"ticket_id":"{{ticket.id}}"' in " ".join(written)


def test_ticket_is_located_in_its_group() -> None:
    assert located(Zendesk(), SETTINGS, {"ticket": {"id": 35436, "group_id": 360001}}) == (
        "360001",
        ["GET /api/v2/tickets/35436.json"],
    )
    assert located(Zendesk(), SETTINGS, {"ticket": {"id": 35436, "group_id": None}})[0] is None


def test_news_is_noted_once() -> None:
    assert_news_is_noted_once(
        Zendesk(),
        SETTINGS,
        lambda body: str(body["ticket"]["comment"]["body"]),
        lambda note: {"comments": [{"body": note}]},
    )
    (said,) = handed_over(Zendesk(), SETTINGS, [{}], event(**later()), "inquiry.message")
    assert (said.method, said.path) == ("PUT", "/api/v2/tickets/35436.json")
    assert [*said.body["ticket"]] == ["comment"] and not said.body["ticket"]["comment"]["public"]


def test_raised_priority_is_set_and_noted_and_reopened_ticket_opened() -> None:
    raised = event(**later("raised", priority_before="normal", keeps_group=True))
    said = handed_over(Zendesk(), SETTINGS, [{}, {}], raised, "inquiry.message")
    changes = said[1].body["ticket"]
    assert (changes["priority"], "group_id" in changes) == ("urgent", False)
    assert "z „zwykły” na „pilny”" in changes["comment"]["body"]
    opened = event(**later("reopened"))
    said = handed_over(Zendesk(), SETTINGS, [{}, {}, {}], opened, "inquiry.message")
    assert (said[0].method, said[0].body) == ("PUT", {"ticket": {"status": "open"}})

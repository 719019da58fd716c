"""Conversations of FreeScout, both ways."""

import hashlib
from datetime import UTC, datetime
from typing import Any

import pytest

from inquiry_router.inquiry.model import Attachment, Channel, Contact
from inquiry_router.outside.messages import Reply
from inquiry_router.providers.freescout import FreeScout, FreeScoutSettings, FreeScoutSource
from inquiry_router.providers.kit.notes import note_html
from inquiry_router.providers.kit.provider import Group, Refused
from inquiry_router.providers.kit.reading import OwnUserSettings
from inquiry_router.providers.kit.routed import read_handovers
from inquiry_router.providers.kit.source import Ignored, TicketState, Unreadable
from tests.providers.kit import (
    MARK,
    NOW,
    REFERENCE,
    assert_expected,
    assert_news_is_noted_once,
    body_of,
    drive,
    event,
    handed_over,
    handover,
    incoming,
    is_genuine,
    later,
    lines,
    read_one,
    sample,
    steps,
    vector_request,
)
from tests.providers.samples_on_disk import vectors

SOURCE = FreeScoutSource()
OWN = OwnUserSettings(own_user="33")
URL = "https://desk.example.com"
SETTINGS = FreeScoutSettings.model_validate(
    {
        "url": URL,
        "api_key": "hush",
        "user": 33,
        "source": "door",
        "groups": {"sales": "16"},
        "create": True,
    }
)


@pytest.mark.parametrize(
    ("name", "message", "key"),
    [
        ("freescout-convo-created", None, "convo.created 7 101"),
        ("freescout-convo-customer-reply-created", "101", "convo.customer.reply.created 7 101"),
    ],
)
def test_sample_conversations(name: str, message: str | None, key: str) -> None:
    ticket = read_one(SOURCE, sample(name), OWN)
    assert_expected(ticket, name)
    assert (ticket.message_id, ticket.delivery_key) == (message, key)


def test_only_requests_signed_with_the_secret_are_authentic() -> None:
    (row,) = vectors("freescout")
    request = vector_request(row)
    assert hashlib.md5(f"{row['app_key']}webhook_key".encode()).hexdigest() == row["secret"]
    assert is_genuine(SOURCE, request, "another", row["secret"])
    assert not is_genuine(SOURCE, request, "another")
    assert not is_genuine(SOURCE, request)
    changed = incoming(request.body + b" ", request.headers)
    assert not is_genuine(SOURCE, changed, row["secret"])
    assert not is_genuine(SOURCE, incoming(request.body), row["secret"])


def conversation(*threads: Any, event: str = "convo.created", **changes: Any) -> Any:
    body = {
        "id": 7,
        "type": "email",
        "subject": "Pompa",
        "customer": {"email": "anna@klient.example.com"},
        **changes,
    }
    body.setdefault("_embedded", {"threads": list(threads), "tags": changes.get("tags") or []})
    return read_one(SOURCE, incoming(body, {"X-FreeScout-Event": event}), OWN)


def said(
    number: int, text: str | None = "Cieknie", kind: str = "customer", **changes: Any
) -> dict[str, Any]:
    return {"id": number, "type": kind, "body": text, **changes}


def test_first_message_opens_and_latest_one_replies_in_any_order() -> None:
    threads = (said(9, "nowsze"), said(3, "pierwsze"), None, said(11, "nasze", "message"))
    assert conversation(*threads).html == "pierwsze"
    reply = conversation(*threads, event="convo.customer.reply.created")
    assert (reply.html, reply.message_id) == ("nowsze", "9")


def test_call_has_the_agents_record() -> None:
    customer = {"firstName": "Anna", "lastName": "Nowak", "phones": [{"value": "22 000 01 01"}]}
    ticket = conversation(
        said(3, "Dzwoniła pani w sprawie pompy", "note"), type="phone", customer=customer
    )
    assert (ticket.channel, ticket.html) == (Channel.PHONE, "Dzwoniła pani w sprawie pompy")
    assert ticket.contact == Contact("Anna Nowak", None, "22 000 01 01")


@pytest.mark.parametrize(
    ("changes", "channel"),
    [
        ({"source": {"type": "web", "via": "customer"}}, Channel.FORM),
        ({"source": {"type": "web", "via": "user"}}, Channel.EMAIL),
        ({"source": {"type": "api"}}, Channel.API),
        ({"type": "chat"}, Channel.CHAT),
        ({"type": None, "source": None}, Channel.EMAIL),
    ],
)
def test_channels(changes: dict[str, Any], channel: Channel) -> None:
    assert conversation(said(3), **changes).channel is channel


def test_attachments_are_named() -> None:
    files = [
        {"fileName": "pompa.jpg", "mimeType": "image/jpeg", "size": 2331},
        {"fileName": None},
        {"fileName": "x", "size": "1"},
    ]
    ticket = conversation(said(3, _embedded={"attachments": files}))
    assert ticket.attachments == (
        Attachment("pompa.jpg", "image/jpeg", 2331),
        Attachment("x", "application/octet-stream", 1),
    )


@pytest.mark.parametrize("event", ["convo.created", "convo.customer.reply.created"])
def test_photo_without_a_word_is_a_message(event: str) -> None:
    files = {"attachments": [{"fileName": "pompa.jpg", "mimeType": "image/jpeg", "size": 2331}]}
    ticket = conversation(said(3, None, _embedded=files), event=event, subject="")
    assert [file.name for file in ticket.attachments] == ["pompa.jpg"]


@pytest.mark.parametrize(
    "event",
    [
        conversation(said(3, kind="message")),
        conversation(said(3, f"<div>{MARK}<br>Kanał: phone</div>")),
        conversation(said(3), tags=[{"id": 1, "name": "inquiry-router"}]),
        conversation(said(3, createdBy={"id": 33, "type": "user"})),
        conversation(said(3, ""), subject=""),
        conversation(said(3, ""), event="convo.customer.reply.created"),
        conversation(event="convo.customer.reply.created"),
        conversation(said(3), event="convo.note.created"),
    ],
)
def test_messages_not_by_customers_are_ignored(event: Any) -> None:
    assert isinstance(event, Ignored)


USER = {"id": 5, "type": "user", "firstName": "Emma", "lastName": "Taylor"}
THERE = {
    "status": "active",
    "mailboxId": 15,
    "assignee": USER,
    "updatedAt": "2026-11-21T17:00:00Z",
}


def test_answer_of_an_agent_is_told_with_the_state() -> None:
    reply = said(9, "Wymienimy pompę.", "message", createdBy=USER)
    told = conversation(said(3), reply, event="convo.agent.reply.created", **THERE)
    assert told == TicketState(
        external_id="7",
        at=datetime(2026, 11, 21, 17, tzinfo=UTC),
        status="open",
        groups=("15",),
        owner="Emma Taylor",
        answered=True,
        who="Emma Taylor",
    )
    for other in (said(9, "x", "note", createdBy=USER), said(9, "x", "message"), said(9, MARK)):
        told = conversation(said(3), other, event="convo.agent.reply.created", **THERE)
        assert told.answered is False
    own = said(9, f"<div>{MARK}</div>", "message", createdBy=USER)
    assert not conversation(own, event="convo.agent.reply.created", **THERE).answered


@pytest.mark.parametrize("event", ["convo.status", "convo.moved", "convo.assigned"])
@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("active", "open"),
        ("pending", "pending"),
        ("closed", "closed"),
        ("spam", "closed"),
        ("comet", None),
    ],
)
def test_change_tells_the_state(event: str, word: str, status: str | None) -> None:
    line = said(9, None, "lineitem", createdBy=USER)
    told = conversation(said(3), line, event=event, **{**THERE, "status": word, "assignee": None})
    assert (told.status, told.owner, told.who) == (status, "", "Emma Taylor")
    assert told == conversation(line, event=event, **{**THERE, "status": word, "assignee": None})


def test_acts_of_the_own_user_are_ignored() -> None:
    router = {"id": 33, "type": "user"}
    line = said(9, None, "lineitem", createdBy=router)
    assert isinstance(conversation(line, event="convo.moved", **THERE), Ignored)
    reply = said(9, "x", "message", createdBy=router)
    assert isinstance(conversation(reply, event="convo.agent.reply.created", **THERE), Ignored)
    after_our_note = said(9, f"<div>{MARK}</div>", "note", createdBy=router)
    told = conversation(after_our_note, event="convo.status", **{**THERE, "status": "closed"})
    assert (told.status, told.who) == ("closed", None)


def test_customer_with_the_own_users_number_is_no_user() -> None:
    assert not isinstance(conversation(said(3, createdBy={"id": 33, "type": "customer"})), Ignored)


def test_reply_to_a_routed_conversation_is_read() -> None:
    reply = conversation(
        said(3), event="convo.customer.reply.created", tags=[{"name": "inquiry-router"}]
    )
    assert reply.message_id == "3"


@pytest.mark.parametrize(
    ("body", "headers"), [({"id": 1}, {}), ({"id": None}, {"X-FreeScout-Event": "convo.created"})]
)
def test_missing_fields_are_named(body: Any, headers: dict[str, str]) -> None:
    with pytest.raises(Unreadable, match="X-FreeScout-Event|'id'"):
        SOURCE.read(OWN, incoming(body, headers))


SHOWN = {"_embedded": {"tags": [{"id": 1, "name": "vip"}], "threads": [said(3)]}}


def test_conversation_is_moved_tagged_and_noted() -> None:
    delivery = handover("7")
    asked, _ = drive(FreeScout().hand_over(SETTINGS, delivery, NOW), {}, SHOWN)
    one = f"{URL}/api/conversations/7"
    assert steps(asked) == [
        f"PUT {one}",
        f"GET {one}?embed=threads,tags",
        f"PUT {one}/tags",
        f"POST {one}/threads",
    ]
    assert {request.headers["x-freescout-api-key"] for request in asked} == {"hush"}
    assert body_of(asked[0]) == {"byUser": 33, "mailboxId": 16}
    assert body_of(asked[2]) == {"tags": ["vip", "inquiry-router", "new_purchase", "high"]}
    (routed,) = read_handovers(SETTINGS, delivery, NOW)
    assert routed is not None
    assert body_of(asked[3]) == {"type": "note", "text": note_html(routed, "pl"), "user": 33}


def test_repeated_delivery_leaves_one_note_and_no_new_tags() -> None:
    first, _ = drive(FreeScout().hand_over(SETTINGS, handover("7"), NOW), {}, SHOWN)
    note = body_of(first[3])["text"].replace("<br>", "<br />")
    shown = {
        "_embedded": {
            "tags": [{"name": tag} for tag in body_of(first[2])["tags"]],
            "threads": [said(4, note, "note")],
        }
    }
    asked, _ = drive(FreeScout().hand_over(SETTINGS, handover("7", repeated=True), NOW), {}, shown)
    assert [request.method for request in asked] == ["PUT", "GET"]


def test_without_a_mailbox_the_conversation_stays() -> None:
    asked, _ = drive(
        FreeScout().hand_over(SETTINGS, handover("7", team="triage", priority="low"), NOW), SHOWN
    )
    assert [request.method for request in asked] == ["GET", "PUT", "POST"]
    assert body_of(asked[1]) == {"tags": ["vip", "inquiry-router", "new_purchase"]}


MADE = Reply(201, {"resource-id": "35"})


def test_call_becomes_a_conversation() -> None:
    asked, _ = drive(FreeScout().hand_over(SETTINGS, handover(None), NOW), MADE, {}, SHOWN)
    assert steps(asked)[:2] == [f"POST {URL}/api/conversations", f"PUT {URL}/api/conversations/35"]
    made = body_of(asked[0])
    assert (made["type"], made["mailboxId"]) == ("email", 16)
    assert made["subject"].endswith(f"({REFERENCE})")
    assert made["customer"] == {
        "email": "anna@klient.example.com",
        "phone": "+48220000101",
        "firstName": "Anna Nowak",
    }
    text = made["threads"][0]["text"]
    assert text.startswith(MARK) and "&lt;10&gt; pomp &amp; zawory" in text
    assert isinstance(conversation(said(1, text)), Ignored)


@pytest.mark.parametrize(
    ("contact", "customer"),
    [
        (
            {"name": None, "email": None, "phone": "+48220000101", "company": None},
            {"phone": "+48220000101"},
        ),
        ({"name": None, "email": None, "phone": None, "company": None}, {"firstName": REFERENCE}),
    ],
)
def test_caller_without_an_address_becomes_a_call(
    contact: dict[str, Any], customer: dict[str, str]
) -> None:
    asked, _ = drive(FreeScout().hand_over(SETTINGS, handover(None, contact=contact), NOW), MADE)
    assert (body_of(asked[0])["type"], body_of(asked[0])["customer"]) == ("phone", customer)


def test_conversation_of_an_earlier_attempt_is_found() -> None:
    rows = [
        {"id": 34, "subject": f"{REFERENCE} inne"},
        {"id": 35, "subject": f"Oferta ({REFERENCE})"},
    ]
    listed = {"_embedded": {"conversations": rows}}
    asked, _ = drive(
        FreeScout().hand_over(SETTINGS, handover(None, repeated=True), NOW), {}, listed
    )
    query = f"GET {URL}/api/conversations?subject={REFERENCE}&status="
    assert steps(asked)[:3] == [
        f"{query}active",
        f"{query}pending",
        f"PUT {URL}/api/conversations/35",
    ]
    asked, _ = drive(
        FreeScout().hand_over(SETTINGS, handover(None, repeated=True), NOW), {}, {}, {}, MADE
    )
    assert steps(asked)[3] == f"POST {URL}/api/conversations"


def test_impossible_deliveries_are_refused_for_good() -> None:
    with pytest.raises(Refused, match="set the mailbox"):
        drive(FreeScout().hand_over(SETTINGS, handover(None, team="triage"), NOW))
    with pytest.raises(Refused, match="Resource-ID"):
        drive(FreeScout().hand_over(SETTINGS, handover(None), NOW), {})
    with pytest.raises(Refused, match="no number"):
        drive(
            FreeScout().hand_over(
                SETTINGS.model_copy(update={"groups": {"sales": "x"}}), handover("7"), NOW
            )
        )


def test_check_lists_mailboxes() -> None:
    pages = [
        {"_embedded": {"mailboxes": [{"id": 15, "name": "BOK"}]}, "page": {"totalPages": 2}},
        {"_embedded": {"mailboxes": [{"id": 16, "name": "Sprzedaż"}]}, "page": {"totalPages": 2}},
    ]
    asked, groups = drive(FreeScout().check(SETTINGS), *pages)
    assert steps(asked)[0] == f"GET {URL}/api/mailboxes?userId=33&pageSize=100&page=1"
    assert groups == (Group("15", "BOK"), Group("16", "Sprzedaż"))


def test_setup_steps_contain_the_address() -> None:
    said_ = SOURCE.setup("https://router.example.com/v1/hooks/door")
    for language in (said_.pl, said_.en):
        assert 4 <= len(language) <= 9
        assert any("https://router.example.com/v1/hooks/door " in step for step in language)


def test_conversation_is_located_in_its_mailbox() -> None:
    asked, group = drive(FreeScout().locate(SETTINGS, "7"), {"id": 7, "mailboxId": 16})
    assert (steps(asked), group) == ([f"GET {URL}/api/conversations/7"], "16")


WRITTEN_BY_33 = {
    "url": URL,
    "api_key": "hush",
    "user": 33,
    "source": "source-1",
    "groups": {"customer_service": "15"},
}


def test_news_is_noted_once() -> None:
    assert_news_is_noted_once(
        FreeScout(),
        WRITTEN_BY_33,
        lambda body: str(body["text"]),
        lambda note: {"_embedded": {"threads": [{"type": "note", "body": note}]}},
    )
    (said,) = handed_over(FreeScout(), WRITTEN_BY_33, [{}], event(**later()), "inquiry.message")
    assert (said.method, said.path) == ("POST", "/api/conversations/35436/threads")
    assert (said.body["type"], said.body["user"]) == ("note", 33)


def test_raised_priority_is_tagged_and_noted_and_reopened_ticket_opened() -> None:
    raised = event(**later("raised", priority_before="normal", keeps_group=True))
    said = handed_over(FreeScout(), WRITTEN_BY_33, [{}, {}, {}], raised, "inquiry.message")
    assert said[1].body["tags"][-1] == "urgent"
    assert "z „zwykły” na „pilny”" in said[2].body["text"]
    opened = event(**later("reopened"))
    said = handed_over(FreeScout(), WRITTEN_BY_33, [{}] * 5, opened, "inquiry.message")
    assert (said[0].method, said[0].body) == ("PUT", {"byUser": 33, "status": "active"})


def test_conversation_for_news_is_looked_for_before_one_is_created() -> None:
    found = {"_embedded": {"conversations": [{"id": 91, "subject": "Pompa (K7MA-4XEH)"}]}}
    said = handed_over(
        FreeScout(),
        {**WRITTEN_BY_33, "create": True},
        [found, {}],
        event(source=None, **later()),
        "inquiry.message",
    )
    assert lines(said)[-1] == "POST /api/conversations/91/threads"

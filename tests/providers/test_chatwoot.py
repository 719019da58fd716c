"""Chatwoot: messages in; teams, priorities, labels and private notes out."""

import copy
from datetime import UTC, datetime
from typing import Any

import pytest

from inquiry_router.inquiry.model import Attachment
from inquiry_router.providers.chatwoot import Chatwoot
from inquiry_router.providers.chatwoot_source import ChatwootSource
from inquiry_router.providers.kit.provider import Refused
from inquiry_router.providers.kit.signatures import NotGenuine
from inquiry_router.providers.kit.source import Secrets, Ticket, TicketState, Unreadable
from inquiry_router.sources.arrival import list_keys
from tests.providers.kit import (
    INQUIRY,
    NOW,
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

SOURCE = ChatwootSource()
SETTINGS: dict[str, Any] = {
    "url": "https://chat.example.com",
    "account": 1,
    "api_token": "key",
    "source": "source-1",
    "groups": {"customer_service": "2"},
}
CONVERSATION = "/api/v1/accounts/1/conversations/35436"


def message(**changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(payload("chatwoot-message-created")["body"]), **changes}


def test_signature_vectors() -> None:
    assert_vectors(SOURCE, "chatwoot")


def test_token_is_required_without_a_secret() -> None:
    request = incoming({}, url="https://router.example.com/v1/hooks/c?token=token-of-the-source")
    SOURCE.authenticate(settings_of(SOURCE), Secrets("token-of-the-source"), request, NOW)
    with pytest.raises(NotGenuine):
        SOURCE.authenticate(
            settings_of(SOURCE), Secrets("token-of-the-source", ("secret",)), request, NOW
        )


def test_new_conversation() -> None:
    (found,) = read(SOURCE, sample("chatwoot-conversation-created"))
    made = assert_expected(found, "chatwoot-conversation-created")
    assert (made.message_id, made.opens) == ("501", True)
    assert made.delivery_key == "8b7a4c1e-2f0e-4b2e-8f4e-3f1f5a9f0c22"
    assert made.received_at == NOW


def test_every_message_has_its_id() -> None:
    (found,) = read(SOURCE, sample("chatwoot-message-created"))
    made = assert_expected(found, "chatwoot-message-created")
    assert (made.message_id, made.opens) == ("502", False)
    second = ticket(SOURCE, message(id=503, created_at=made.received_at and str(made.received_at)))
    assert (second.external_id, second.message_id) == ("1234", "503")


def test_message_that_two_events_tell_is_one() -> None:
    (begun,) = read(SOURCE, sample("chatwoot-conversation-created"))
    told = ticket(SOURCE, message(id=501))
    assert isinstance(begun, Ticket)
    keys, again = list_keys(begun, "door"), list_keys(told, "door")
    assert "message:door:1234:501" in keys and "message:door:1234:501" in again
    assert "ticket:door:1234" not in again


def test_photo_or_voice_message_alone_is_named() -> None:
    files = [
        {"file_type": "image", "data_url": "https://chat.example.com/x/p%C4%99kni%C4%99ta.jpg?a=1"},
        {"file_type": "audio", "data_url": None, "file_size": 35574},
        {},
    ]
    made = ticket(SOURCE, message(content=None, attachments=files))
    assert made.text == "pęknięta.jpg, audio, file"
    assert made.attachments == (
        Attachment("pęknięta.jpg", "image/*", 0),
        Attachment("audio", "audio/*", 35574),
        Attachment("file", "application/octet-stream", 0),
    )
    said = ticket(SOURCE, message(content="Tak wygląda.", attachments=files))
    assert (said.text, len(said.attachments)) == ("Tak wygląda.", 3)


def test_automatic_reply_is_flagged() -> None:
    mail = message(created_at="2026-11-21T16:00:00.700Z")
    mail["conversation"].update(
        channel="Channel::Email", additional_attributes={"auto_reply": True}
    )
    assert ticket(SOURCE, mail).headers == {"auto-submitted": "auto-replied"}
    later_one = {**mail, "created_at": "2026-11-22T16:00:00Z"}
    assert ticket(SOURCE, later_one).headers == {}
    itself = {**later_one, "content_attributes": {"email": {"auto_reply": True}}}
    assert ticket(SOURCE, itself).headers == {"auto-submitted": "auto-replied"}
    by_person = {**mail, "content_attributes": {"email": {"auto_reply": False}}}
    assert ticket(SOURCE, by_person).headers == {}


def test_mail_has_subject_and_channel() -> None:
    body = message()
    body["conversation"].update(
        channel="Channel::Email", additional_attributes={"mail_subject": "Faktura"}
    )
    made = ticket(SOURCE, body)
    assert (made.subject, made.channel) == ("Faktura", "email")


AGENT = {"id": 5, "name": "Emma", "email": "emma@acme.example.com", "type": "user"}


def answer(**changes: Any) -> dict[str, Any]:
    """A message of Emma, who has the conversation, in the team 2."""
    body = message(message_type="outgoing", sender=AGENT, content="Wymienimy pompę.", **changes)
    meta = {"assignee": {"id": 5, "name": "Emma"}, "team": {"id": 2, "name": "serwis"}}
    body["conversation"]["meta"] |= meta
    return body


def conversation(kind: str = "conversation_status_changed", **changes: Any) -> dict[str, Any]:
    there = answer()["conversation"]
    return {**there, "event": kind, "updated_at": 1795276800.5, **changes}


def test_answer_of_an_agent_is_told_with_the_state() -> None:
    assert state(SOURCE, answer()) == TicketState(
        external_id="1234",
        at=datetime(2026, 11, 21, 16, 1, tzinfo=UTC),
        groups=("2", "serwis"),
        owner="Emma",
        answered=True,
        who="Emma",
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"private": True},
        {"sender": {**AGENT, "type": "agent_bot"}},
        {"sender": None},
        {"content_attributes": {"automation_rule_id": 3}},
        {"additional_attributes": {"campaign_id": 3}},
        {"content": "[inquiry-router K7MA-4XEH]"},
        {"message_type": "template"},
        {"message_type": "activity"},
    ],
    ids=["note", "bot", "nobody", "automation", "campaign", "router", "template", "activity"],
)
def test_message_that_no_agent_wrote_is_no_answer(changes: dict[str, Any]) -> None:
    assert is_ignored(SOURCE, {**answer(), **changes})


def test_acts_of_the_own_user_are_ignored() -> None:
    for own_user in ("5", "Emma@acme.example.com"):
        assert is_ignored(SOURCE, answer(), own_user=own_user)
    assert state(SOURCE, answer(), own_user="6").answered is True


@pytest.mark.parametrize(
    ("word", "status"),
    [("open", "open"), ("resolved", "closed"), ("snoozed", "pending"), ("pending", None)],
)
def test_state_of_a_conversation_is_told(word: str, status: str | None) -> None:
    told = state(SOURCE, conversation(status=word))
    assert (told.status, told.owner, told.groups) == (status, "Emma", ("2", "serwis"))
    assert (told.answered, told.at) == (False, datetime(2026, 11, 21, 16, 0, 0, 500000, UTC))
    assert state(SOURCE, conversation(status=word)) == told


def test_open_conversation_tells_its_status_only_after_a_change() -> None:
    updated = conversation("conversation_updated", status="open")
    assert state(SOURCE, updated).status is None
    changes = [{"status": {"previous_value": "resolved", "current_value": "open"}}]
    assert state(SOURCE, {**updated, "changed_attributes": changes}).status == "open"
    assert state(SOURCE, {**updated, "status": "resolved"}).status == "closed"


def test_conversation_without_an_agent_has_no_owner() -> None:
    meta = {"assignee": None, "team": None}
    told = state(SOURCE, conversation(meta=meta))
    assert (told.owner, told.groups) == ("", ())
    bot = {"assignee": {"id": 1, "name": "Robot"}, "assignee_type": "AgentBot"}
    assert state(SOURCE, conversation(meta=bot)).owner == ""
    assert state(SOURCE, conversation(meta={})).owner is None
    with pytest.raises(Unreadable, match="id of a conversation"):
        one(SOURCE, conversation(id=None))


def test_messages_not_by_customers_are_ignored() -> None:
    for kind in ("template", "activity", 3, None):
        assert is_ignored(SOURCE, message(message_type=kind))
    assert is_ignored(SOURCE, message(private=True))
    assert is_ignored(SOURCE, message(sender={"id": 1, "type": "user"}))
    assert is_ignored(SOURCE, message(content="[inquiry-router K7MA-4XEH]\nx"))
    assert is_ignored(SOURCE, message(), own_user="77")
    assert is_ignored(SOURCE, message(content=None))
    assert is_ignored(SOURCE, message(event="contact_updated"))
    begun = copy.deepcopy(payload("chatwoot-conversation-created")["body"])
    assert is_ignored(SOURCE, {**begun, "messages": []})
    assert is_ignored(SOURCE, {**begun, "labels": ["inquiry-router"]})
    with pytest.raises(Unreadable, match="id of a conversation"):
        one(SOURCE, message(conversation=None))


def test_conversation_is_moved_and_noted_and_keeps_its_labels() -> None:
    said = handed_over(Chatwoot(), SETTINGS, [{}, {}, {"payload": ["vip"]}, {}, {}])
    assert lines(said) == [
        f"POST {CONVERSATION}/assignments",
        f"POST {CONVERSATION}/toggle_priority",
        f"GET {CONVERSATION}/labels",
        f"POST {CONVERSATION}/labels",
        f"POST {CONVERSATION}/messages",
    ]
    assert said[0].body == {"team_id": 2}
    assert said[1].body == {"priority": "urgent"}
    assert said[3].body == {"labels": ["vip", "inquiry-router", "defect"]}
    assert (said[4].body["private"], said[4].body["message_type"]) == (True, "outgoing")
    assert said[4].body["content"].startswith("[inquiry-router K7MA-4XEH]\nKategoria: reklamacja")
    assert "Pompa" not in said[4].body["content"]
    assert {one.headers["api_access_token"] for one in said} == {"key"}


def test_repeated_delivery_leaves_one_note_and_correction_another() -> None:
    note = handed_over(Chatwoot(), SETTINGS, [{}, {}, {}, {}, {}])[4].body["content"]
    labels, there = (
        {"payload": ["inquiry-router", "defect"]},
        {"payload": [{"content": None}, {"content": note}]},
    )
    said = handed_over(Chatwoot(), SETTINGS, [{}, {}, labels, there], repeated=True)
    assert lines(said)[-1] == f"GET {CONVERSATION}/messages"
    corrected = event(correction={"who": "Celina"})
    said = handed_over(
        Chatwoot(),
        SETTINGS,
        [{}, {}, labels, there, {}],
        corrected,
        "inquiry.corrected",
        repeated=True,
    )
    assert "Celina" in said[-1].body["content"]


def test_created_conversation_has_the_customers_words_in_a_private_note() -> None:
    settings, written = {**SETTINGS, "create": True, "inbox": 3}, event(source=None)
    name = f"inquiry-router-{INQUIRY}"
    replies = [
        {"payload": [{"id": 5, "email": "joanna@klient.example.com"}]},
        {"payload": {"contact": {"id": 6}}},
        {"payload": []},
        {
            "payload": {
                "contact_inboxes": [
                    {"source_id": "a", "inbox": {"id": 2}},
                    {"source_id": "b", "inbox": {"id": 3}},
                ]
            }
        },
        {"id": 90},
        *[{}] * 5,
    ]
    said = handed_over(Chatwoot(), settings, replies, written)
    assert lines(said)[:5] == [
        "GET /api/v1/accounts/1/contacts/search?q=anna%40klient.example.com",
        "POST /api/v1/accounts/1/contacts",
        "GET /api/v1/accounts/1/contacts/6/conversations",
        "GET /api/v1/accounts/1/contacts/6",
        "POST /api/v1/accounts/1/conversations",
    ]
    assert said[1].body == {
        "inbox_id": 3,
        "name": "Anna Nowak",
        "email": "anna@klient.example.com",
        "phone_number": "+48220000101",
    }
    assert (said[4].body["source_id"], said[4].body["contact_id"]) == ("b", 6)
    assert said[4].body["custom_attributes"] == {"inquiry_router": name}
    note = said[-1].body["content"]
    assert (
        said[-1].body["private"] is True
        and "Kanał: phone" in note
        and note.endswith("Pompa pękła.\nProszę o <pomoc>.")
    )
    known = {"payload": [{"id": 6, "email": "Anna@klient.example.com"}]}
    there = {"payload": [{"id": 89}, {"id": 90, "custom_attributes": {"inquiry_router": name}}]}
    again = handed_over(
        Chatwoot(),
        settings,
        [known, there, {}, {}, {}, {}, {"payload": [{"content": note}]}],
        written,
        repeated=True,
    )
    assert lines(again)[2] == "POST /api/v1/accounts/1/conversations/90/assignments"


def test_unknown_customer_becomes_a_contact_in_the_inbox() -> None:
    written = event(
        source=None, contact={"name": None, "email": None, "phone": None, "company": None}
    )
    replies = [
        {"payload": []},
        {"payload": {"contact": {"id": 6}}},
        {},
        {},
        {"source_id": "c"},
        {"id": 90},
        *[{}] * 5,
    ]
    said = handed_over(Chatwoot(), {**SETTINGS, "create": True, "inbox": 3}, replies, written)
    assert said[1].body["identifier"] == f"inquiry-router-{INQUIRY}"
    assert lines(said)[4] == "POST /api/v1/accounts/1/contacts/6/contact_inboxes"
    assert said[5].body["source_id"] == "c"


def test_creating_a_conversation_requires_an_inbox() -> None:
    with pytest.raises(Refused, match="'inbox'"):
        handed_over(Chatwoot(), {**SETTINGS, "create": True}, [], event(source=None))


def test_check_lists_teams() -> None:
    found = checked(Chatwoot(), SETTINGS, [[{"id": 2, "name": "serwis"}]])
    assert found == ([("2", "serwis")], ["GET /api/v1/accounts/1/teams"])
    with pytest.raises(Refused):
        checked(Chatwoot(), SETTINGS, [{"error": "x"}])


def test_setup_steps_contain_the_address() -> None:
    steps = SOURCE.setup("https://router.example.com/v1/hooks/c")
    for written in (steps.pl, steps.en):
        assert 4 <= len(written) <= 9
        assert "https://router.example.com/v1/hooks/c" in " ".join(written)


def test_conversation_is_located_in_its_team() -> None:
    assert located(Chatwoot(), SETTINGS, {"id": 35436, "meta": {"team": {"id": 2}}}) == (
        "2",
        [f"GET {CONVERSATION}"],
    )
    assert located(Chatwoot(), SETTINGS, {"id": 35436, "meta": {"team": None}})[0] is None


def test_news_is_noted_once() -> None:
    assert_news_is_noted_once(
        Chatwoot(),
        SETTINGS,
        lambda body: str(body["content"]),
        lambda note: {"payload": [{"content": note}]},
    )
    (said,) = handed_over(Chatwoot(), SETTINGS, [{}], event(**later()), "inquiry.message")
    assert (said.method, said.path) == ("POST", f"{CONVERSATION}/messages")
    assert said.body["private"] is True


def test_raised_priority_is_set_and_noted_and_reopened_conversation_opened() -> None:
    raised = event(**later("raised", priority_before="normal", keeps_group=True))
    said = handed_over(Chatwoot(), SETTINGS, [{}] * 4, raised, "inquiry.message")
    assert (said[0].path, said[0].body) == (
        f"{CONVERSATION}/toggle_priority",
        {"priority": "urgent"},
    )
    assert "z „zwykły” na „pilny”" in said[-1].body["content"]
    opened = event(**later("reopened"))
    said = handed_over(Chatwoot(), SETTINGS, [{}] * 6, opened, "inquiry.message")
    assert (said[0].path, said[0].body) == (f"{CONVERSATION}/toggle_status", {"status": "open"})


@pytest.mark.parametrize(
    ("there", "is_there"),
    [
        (lambda opening: [{"content": opening}], True),
        (lambda opening: [], False),
        (lambda opening: [{"content": "x"}] * 19, False),
        (lambda opening: [{"content": "x"}] * 20, True),
    ],
    ids=["there", "no message", "one page", "further up"],
)
def test_opening_is_in_the_first_note_whichever_it_is(there: Any, is_there: bool) -> None:
    settings = {**SETTINGS, "create": True, "inbox": 3}
    known = {"payload": [{"id": 6, "email": "anna@klient.example.com"}]}
    name = f"inquiry-router-{INQUIRY}"
    found = {"payload": [{"id": 90, "custom_attributes": {"inquiry_router": name}}]}
    opening = "[inquiry-router K7MA-4XEH]\nKategoria: reklamacja\n\nKanał: phone\nKontakt: "
    opening += "Anna Nowak, anna@klient.example.com, +48220000101\n\nPompa pękła.\nProszę o "
    messages = {"payload": there(f"{opening}<pomoc>.")}
    said = handed_over(
        Chatwoot(),
        settings,
        [known, found, messages, {}],
        event(source=None, **later()),
        "inquiry.message",
    )
    assert "Woda leje się" in said[-1].body["content"]
    assert ("Pompa pękła." in said[-1].body["content"]) is not is_there

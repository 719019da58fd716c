"""Front: messages in, by rules and by applications."""

import copy
import json
from typing import Any

import pytest

from inquiry_router.inquiry.model import Contact
from inquiry_router.providers.front import FrontSource
from inquiry_router.providers.kit.source import Handshake, Ignored, TicketState, Unreadable
from tests.providers.kit import (
    NOW,
    assert_expected,
    assert_vectors,
    is_ignored,
    one,
    read,
    sample,
    settings_of,
    ticket,
)
from tests.providers.samples_on_disk import payload

SOURCE = FrontSource()
RULE, APPLICATION, SYNC = (
    "front-rule-inbound",
    "front-application-inbound-received",
    "front-application-sync-validation",
)


def event(
    *,
    conversation: dict[str, Any] | None = None,
    message: dict[str, Any] | None = None,
    **changes: Any,
) -> dict[str, Any]:
    body = {**copy.deepcopy(payload(RULE)["body"]), **changes}
    body["conversation"].update(conversation or {})
    body["target"]["data"].update(message or {})
    return body


def test_signature_vectors() -> None:
    assert_vectors(SOURCE, "front-rule", "front-application")


@pytest.mark.parametrize(("name", "key"), [(RULE, "evt_2"), (APPLICATION, "evt_1")])
def test_messages_of_rules_and_of_applications(name: str, key: str) -> None:
    (found,) = read(SOURCE, sample(name))
    made = assert_expected(found, name)
    assert (made.delivery_key, made.message_id, made.received_at) == (key, None, NOW)


def test_challenge_is_echoed() -> None:
    answer = SOURCE.read(settings_of(SOURCE), sample(SYNC))
    expected = payload(SYNC)["response"]
    assert isinstance(answer, Handshake)
    assert (answer.status, answer.content_type) == (expected["status"], expected["content_type"])
    assert json.loads(answer.body) == expected["body"]


def test_later_message_has_an_id() -> None:
    made = ticket(SOURCE, event(message={"created_at": 1795277000.5}))
    assert (made.external_id, made.message_id) == ("cnv_yo1kg6z", "msg_1")


def test_text_message_has_a_phone_and_no_address() -> None:
    made = ticket(
        SOURCE,
        event(message={"type": "sms", "recipients": [{"handle": "+48220000101", "role": "from"}]}),
    )
    assert (made.channel, made.contact) == ("chat", Contact(phone="+48220000101"))
    assert ticket(SOURCE, event(message={"recipients": None})).contact.name == "Olivia Brandt"


CELINA = {"id": "tea_1", "email": "celina@acme.example.com", "first_name": "Celina"}
ROUTER = {"id": "tea_9", "email": "router@acme.example.com"}


def changed(kind: str, wrapped_as: str | None = None, **changes: Any) -> Any:
    """The state told by an event of Celina's; an application wraps it under another name."""
    teammate = {"_meta": {"type": "teammate"}, "data": CELINA}
    body = {**event(type=kind), "source": teammate, "target": None, **changes}
    whole = {"type": wrapped_as, "payload": body} if wrapped_as else body
    return one(SOURCE, whole, own_user="tea_9")


def sent(**message: Any) -> dict[str, Any]:
    """The target of an outbound event."""
    made = {"id": "msg_2", "is_inbound": False, "text": "Wysyłam serwisanta.", "author": CELINA}
    return {"_meta": {"type": "message"}, "data": {**made, **message}}


@pytest.mark.parametrize(
    ("kind", "wrapped_as"),
    [("outbound", None), ("out_reply", None), ("outbound", "outbound_sent")],
)
def test_teammates_message_is_an_answer(kind: str, wrapped_as: str | None) -> None:
    found = changed(kind, wrapped_as, target=sent())
    assert found == TicketState(
        external_id="cnv_yo1kg6z",
        at=NOW,
        status="open",
        owner="",
        answered=True,
        who="Celina",
    )
    assert found == changed(kind, wrapped_as, target=sent())


@pytest.mark.parametrize(
    "message",
    [
        {"author": None},
        {"is_inbound": True},
        {"text": "[inquiry-router K7MA-4XEH]\nx"},
        {"text": None, "body": "<p>[inquiry-router K7MA-4XEH]</p>"},
    ],
)
def test_automatic_messages_are_no_answers(message: dict[str, Any]) -> None:
    found = changed("outbound", target=sent(**message))
    assert isinstance(found, TicketState) and not found.answered


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("assigned", "open"),
        ("unassigned", "open"),
        ("archived", "closed"),
        ("deleted", "closed"),
        ("snoozed", None),
        ([], None),
    ],
)
def test_status_is_that_of_the_conversation(status: Any, told: str | None) -> None:
    body = event(type="archive", conversation={"status": status})
    found = one(SOURCE, body)
    assert isinstance(found, TicketState) and (found.status, found.answered) == (told, False)


def test_conversation_is_assigned_and_moved() -> None:
    for assignee, owner in ((CELINA, "Celina"), ({"id": "tea_2"}, "tea_2"), (None, "")):
        found = one(SOURCE, event(type="assign", conversation={"assignee": assignee}))
        assert isinstance(found, TicketState) and found.owner == owner
    inboxes = {"_meta": {"type": "inboxes"}, "data": [{"id": "inb_2", "name": "Serwis"}, None]}
    assert changed("move", "conversation_moved", target=inboxes).groups == ("inb_2", "Serwis")
    single = {"data": {"id": "inb_2"}}
    assert changed("move", target=single).groups == ("inb_2",)
    assert changed("assign", "assignee_changed").who == "Celina"


def test_own_acts_tell_no_state() -> None:
    assert isinstance(changed("archive", source={"data": ROUTER}), Ignored)
    assert isinstance(changed("outbound", target=sent(author=ROUTER)), Ignored)
    private = event(type="archive", conversation={"is_private": True})
    assert isinstance(one(SOURCE, private), Ignored)


def test_messages_not_by_customers_are_ignored() -> None:
    assert is_ignored(SOURCE, event(type=None))
    assert is_ignored(SOURCE, {"type": "conversation_moved", "payload": event()})
    assert is_ignored(SOURCE, {"type": "inbound_received", "payload": event(type="comment")})
    assert is_ignored(SOURCE, event(message={"is_inbound": False}))
    assert is_ignored(SOURCE, event(conversation={"is_private": True}))
    assert is_ignored(SOURCE, event(conversation={"tags": [{"name": "inquiry-router"}]}))
    assert is_ignored(SOURCE, event(message={"text": "[inquiry-router K7MA-4XEH]\nx"}))
    assert is_ignored(SOURCE, event(), own_user="olivia.brandt@buyer.example.com")
    for body in ({"type": "inbound"}, event(conversation={"id": None})):
        with pytest.raises(Unreadable, match=r"conversation\.id"):
            one(SOURCE, body)


def test_setup_steps_contain_the_address() -> None:
    steps = SOURCE.setup("https://router.example.com/v1/hooks/f")
    for written in (steps.pl, steps.en):
        assert 4 <= len(written) <= 9
        assert "https://router.example.com/v1/hooks/f" in " ".join(written)

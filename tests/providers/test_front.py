"""Front: messages in, by rules and by applications."""

import copy
import json
from typing import Any

import pytest

from inquiry_router.inquiry.model import Contact
from inquiry_router.providers.front import FrontSource
from inquiry_router.providers.kit.source import Handshake, Unreadable
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


def test_messages_not_by_customers_are_ignored() -> None:
    assert is_ignored(SOURCE, event(type="outbound"))
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

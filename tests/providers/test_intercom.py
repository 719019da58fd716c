"""Intercom: conversations and tickets in."""

import copy
from typing import Any

import pytest

from inquiry_router.inquiry.model import Contact
from inquiry_router.outside.messages import Reply
from inquiry_router.providers.intercom import IntercomSource
from inquiry_router.providers.kit.source import Ignored, Thin, Ticket, Unreadable
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

SOURCE = IntercomSource()
CREATED = "intercom-conversation-user-created"


def notification(topic: str = "conversation.user.created", **item: Any) -> dict[str, Any]:
    body = copy.deepcopy(payload(CREATED)["body"])
    body["topic"] = topic
    body["data"]["item"].update(item)
    return dict(body)


def parts(*written: dict[str, Any] | None) -> dict[str, Any]:
    return {"conversation_parts": {"conversation_parts": list(written)}}


def test_signature_vectors() -> None:
    assert_vectors(SOURCE, "intercom")


def test_conversation() -> None:
    (found,) = read(SOURCE, sample(CREATED))
    made = assert_expected(found, CREATED)
    assert (made.delivery_key, made.message_id, made.received_at) == ("notif_01JD8Z3K5Q", None, NOW)


def test_ping_is_ignored() -> None:
    (found,) = read(SOURCE, sample("intercom-ping"))
    assert isinstance(found, Ignored) and payload("intercom-ping")["expect"]["ignore"]


def test_contact_is_fetched_if_the_api_is_set() -> None:
    (thin,) = read(SOURCE, sample(CREATED), api_token="key", api_url="https://api.eu.intercom.io")
    assert isinstance(thin, Thin) and thin.key == "notif_01JD8Z3K5Q"
    settings = settings_of(SOURCE, api_token="key")
    request = SOURCE.fetch(settings, thin)
    assert (
        request is not None
        and request.url == "https://api.intercom.io/contacts/6762f0d51bb69f9f2193bb7f"
    )
    assert request.headers["authorization"] == "Bearer key"
    assert SOURCE.fetch(settings_of(SOURCE), thin) is None
    whole = SOURCE.fetched(
        settings, thin, Reply(200, {}, b'{"name": "M. W.", "phone": "+48220000101"}')
    )
    assert isinstance(whole, Ticket)
    assert whole.contact == Contact(
        "Marek Wiśniak", "marek.wisniak@warsztat.example.com", "+48220000101"
    )
    unchanged = SOURCE.fetched(settings, thin, Reply(200, {}, b"<html>"))
    assert isinstance(unchanged, Ticket) and unchanged == thin.ticket
    assert isinstance(SOURCE.fetched(settings, Thin("1", {}), Reply(200)), Ignored)


def test_reply_is_the_customers_newest_part() -> None:
    said = {
        "id": "9",
        "body": "<p>Nadal cieknie</p>",
        "author": {"type": "user", "name": "Anna"},
        "created_at": 1795276800,
    }
    note = {"id": "10", "body": "<p>x</p>", "author": {"type": "admin"}}
    made = ticket(
        SOURCE,
        notification("conversation.user.replied", **parts({**said, "id": "8"}, said, note, None)),
    )
    assert (made.external_id, made.message_id, made.html, made.received_at) == (
        "147",
        "9",
        "<p>Nadal cieknie</p>",
        NOW,
    )
    assert made.contact == Contact("Anna")


@pytest.mark.parametrize("description", ["Cieknie.", "<p>Cieknie.</p>"])
def test_ticket_is_read(description: str) -> None:
    said = {"_default_title_": "Pompa", "_default_description_": description}
    made = ticket(SOURCE, notification("ticket.created", ticket_attributes=said))
    assert (made.subject, made.channel, made.text or made.html) == ("Pompa", "form", description)
    thin = one(SOURCE, notification("ticket.created", ticket_attributes=said), api_token="key")
    assert isinstance(thin, Thin) and thin.known == {"contact": "6762f0d51bb69f9f2193bb7f"}


def test_messages_not_by_customers_are_ignored() -> None:
    source = payload(CREATED)["body"]["data"]["item"]["source"]
    assert is_ignored(SOURCE, notification("conversation.admin.replied"))
    assert is_ignored(SOURCE, notification(source={**source, "author": {"type": "admin"}}))
    assert is_ignored(
        SOURCE, notification(source={**source, "body": "<p>[inquiry-router K7MA-4XEH] x</p>"})
    )
    assert is_ignored(SOURCE, notification(tags={"tags": [None, {"name": "inquiry-router"}]}))
    assert is_ignored(SOURCE, notification(), own_user="marek.wisniak@warsztat.example.com")
    assert is_ignored(SOURCE, notification(source=None))
    assert is_ignored(
        SOURCE, notification("conversation.user.replied", conversation_parts=None, source=None)
    )
    with pytest.raises(Unreadable, match=r"data\.item\.id"):
        one(SOURCE, notification(id=None))


def test_setup_steps_contain_the_address() -> None:
    steps = SOURCE.setup("https://router.example.com/v1/hooks/i")
    for written in (steps.pl, steps.en):
        assert 4 <= len(written) <= 9
        assert "https://router.example.com/v1/hooks/i" in " ".join(written)

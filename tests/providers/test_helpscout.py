"""Help Scout: conversations and replies in, whole or by their address."""

import copy
import json
from typing import Any

import pytest

from inquiry_router.outside.messages import Reply
from inquiry_router.providers.helpscout import HelpScoutSource
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

SOURCE = HelpScoutSource()
CREATED, REPLIED = "helpscout-convo-created", "helpscout-convo-customer-reply-created"
EVENT = {"X-HelpScout-Event": "convo.created"}
REPLY = {"X-HelpScout-Event": "convo.customer.reply.created"}


def conversation(**changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(payload(CREATED)["body"]), **changes}


def thread(**changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = copy.deepcopy(payload(CREATED)["body"]["_embedded"]["threads"][0])
    return {**found, **changes}


def test_signature_vectors() -> None:
    assert_vectors(SOURCE, "helpscout")


def test_new_conversation() -> None:
    (found,) = read(SOURCE, sample(CREATED))
    made = assert_expected(found, CREATED)
    assert (made.message_id, made.received_at) == (None, NOW)
    assert made.delivery_key == "convo.created-123-4001"


def test_reply_has_a_message_id() -> None:
    (found,) = read(SOURCE, sample(REPLIED))
    made = assert_expected(found, REPLIED)
    assert payload(REPLIED)["expect"]["follow_up"] and made.message_id == "4001"


def test_reply_is_the_newest_thread_and_opening_the_oldest() -> None:
    threads = [
        thread(id=4010, body="Notatka", type="note", createdAt="2026-11-21T18:00:00Z"),
        thread(id=4009, body="Szkic", state="draft", createdAt="2026-11-21T17:30:00Z"),
        thread(id=4005, body="<p>Nadal</p>", createdAt="2026-11-21T17:00:00Z"),
        thread(),
        None,
    ]
    body = conversation(_embedded={"threads": threads})
    made = ticket(SOURCE, body, REPLY)
    assert (made.message_id, made.html) == ("4005", "<p>Nadal</p>")
    assert made.delivery_key == "convo.customer.reply.created-123-4010"
    assert ticket(SOURCE, body, EVENT).html == "Dzień dobry, proszę o wycenę 500 szt. 6204-2RS."


def test_notice_without_a_body_is_fetched_or_ignored() -> None:
    address = {"resourceUri": "https://api.helpscout.net/v2/conversations/123?x"}
    assert is_ignored(SOURCE, address, EVENT)
    for body in (
        {"_links": {"self": {"href": "https://api.helpscout.net/v2/conversations/123"}}},
        {"id": 123},
    ):
        found = one(SOURCE, body, EVENT, api_token="key")
        assert isinstance(found, Thin) and found.known == {
            "event": "convo.created",
            "conversation": "123",
        }
    thin = one(SOURCE, address, EVENT, api_token="key")
    assert isinstance(thin, Thin) and thin.known["conversation"] == "123"
    assert (
        thin
        == one(SOURCE, address, EVENT, api_token="key")
        != one(SOURCE, {**address, "at": 1}, EVENT, api_token="key")
    )
    request = SOURCE.fetch(settings_of(SOURCE, api_token="key"), thin)
    assert (
        request is not None
        and request.url == "https://api.helpscout.net/v2/conversations/123?embed=threads"
    )
    assert request.headers["authorization"] == "Bearer key"
    assert SOURCE.fetch(settings_of(SOURCE), thin) is None
    whole = SOURCE.fetched(
        settings_of(SOURCE), thin, Reply(200, {}, json.dumps(conversation()).encode())
    )
    assert isinstance(whole, Ticket) and assert_expected(whole, CREATED)
    assert isinstance(SOURCE.fetched(settings_of(SOURCE), thin, Reply(200, {}, b"[]")), Ignored)


def test_messages_not_by_customers_are_ignored() -> None:
    assert is_ignored(SOURCE, conversation(), {"X-HelpScout-Event": "convo.note.created"})
    assert is_ignored(SOURCE, conversation())
    assert is_ignored(SOURCE, conversation(_embedded={"threads": [thread(type="message")]}), EVENT)
    assert is_ignored(SOURCE, conversation(_embedded=None), EVENT)
    assert is_ignored(SOURCE, conversation(tags=[{"tag": "inquiry-router"}]), EVENT)
    assert is_ignored(SOURCE, conversation(tags=["inquiry-router"]), EVENT)
    assert is_ignored(
        SOURCE,
        conversation(_embedded={"threads": [thread(body="[inquiry-router K7MA-4XEH]<br>x")]}),
        EVENT,
    )
    assert is_ignored(SOURCE, conversation(), EVENT, own_user="29")


@pytest.mark.parametrize(
    "body",
    [{}, {"id": None, "subject": "x"}, {"resourceUri": "https://api.helpscout.net/v2/customers/1"}],
)
def test_event_without_a_conversation_is_refused_with_advice(body: Any) -> None:
    with pytest.raises(Unreadable, match="full payloads"):
        one(SOURCE, body, EVENT, api_token="key")


def test_setup_steps_contain_the_address() -> None:
    steps = SOURCE.setup("https://router.example.com/v1/hooks/h")
    for written in (steps.pl, steps.en):
        assert 4 <= len(written) <= 9
        assert "https://router.example.com/v1/hooks/h" in " ".join(written)

"""Help Scout: conversations and replies in, whole or by their address."""

import copy
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from inquiry_router.outside.messages import Reply
from inquiry_router.providers.helpscout import HelpScoutSource
from inquiry_router.providers.kit.source import Ignored, Thin, Ticket, TicketState, Unreadable
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


AGENT = {"id": 5, "type": "user", "first": "Celina", "last": "Kowal", "email": "c@acme.example.com"}


def answer(**changes: Any) -> dict[str, Any]:
    """A thread by the agent Celina, newer than the customer's."""
    made = {"id": 4002, "type": "message", "createdBy": AGENT, "customer": None}
    return thread(**{**made, "createdAt": "2026-11-21T17:00:00Z", **changes})


def state(event: str = "convo.agent.reply.created", **changes: Any) -> Any:
    given = {
        "_embedded": {"threads": [answer(), thread()]},
        "userUpdatedAt": "2026-11-21T16:30:00Z",
        **changes,
    }
    headers = {"X-HelpScout-Event": event}
    return one(SOURCE, conversation(**given), headers, own_user="99")


def test_threads_may_stand_at_the_root() -> None:
    body = {
        "id": 9301,
        "type": "email",
        "subject": "Need help",
        "primaryCustomer": {"id": 1, "email": "c@klient.example.org", "firstName": "John"},
        "threads": [
            {
                "id": 98,
                "type": "customer",
                "author": {"id": 1, "type": "customer"},
                "text": "Hi, the pump leaks since yesterday, please send a technician.",
                "createdAt": "2025-11-27T10:30:12Z",
            }
        ],
    }
    made = ticket(SOURCE, body, REPLY)
    assert (made.external_id, made.message_id, made.contact.name) == ("9301", "98", "John")
    assert made.text.startswith("Hi, the pump leaks")
    counted = {**body, "threads": 1}
    assert is_ignored(SOURCE, counted, REPLY)
    assert isinstance(one(SOURCE, counted, REPLY, api_token="key"), Thin)


def test_agents_reply_is_an_answer() -> None:
    found = state(status="pending", assignee=AGENT)
    assert found == TicketState(
        external_id="123",
        at=datetime(2026, 11, 21, 17, tzinfo=UTC),
        status="pending",
        groups=("85",),
        owner="Celina Kowal",
        answered=True,
        who="Celina Kowal",
    )
    assert found == state(status="pending", assignee=AGENT)


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "draft"},
        {"source": {"type": "workflow", "via": "user"}},
        {"body": "<p>[inquiry-router K7MA-4XEH]</p>"},
        {"body": None},
        {"createdBy": {"id": 29, "type": "customer"}},
        {"type": "note"},
    ],
)
def test_only_words_of_a_person_are_an_answer(changes: dict[str, Any]) -> None:
    assert not state(_embedded={"threads": [answer(**changes)]}).answered


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("active", "open"),
        ("pending", "pending"),
        ("closed", "closed"),
        ("spam", "closed"),
        ("?", None),
        ([], None),
    ],
)
def test_status_is_that_of_the_conversation(status: Any, told: str | None) -> None:
    found = state("convo.status", status=status, closedAt="2026-11-21T18:00:00Z")
    assert (found.status, found.answered) == (told, False)
    assert found.at.hour == (18 if told == "closed" else 16)


def test_conversation_is_moved_and_assigned() -> None:
    assert state("convo.moved", mailboxId=86).groups == ("86",)
    assert state("convo.moved").owner is None
    assert state("convo.assigned").owner == ""
    assert state("convo.assigned", assignee={"id": 7}).owner == "7"


def test_own_acts_tell_no_state() -> None:
    own = {"id": 99, "type": "user"}
    assert isinstance(state(_embedded={"threads": [answer(createdBy=own)]}), Ignored)
    assert isinstance(state("convo.status", status="closed", closedByUser=own), Ignored)


def test_state_of_a_notice_is_fetched() -> None:
    address = {"resourceUri": "https://api.helpscout.net/v2/conversations/123"}
    thin = one(SOURCE, address, {"X-HelpScout-Event": "convo.status"}, api_token="key")
    assert isinstance(thin, Thin)
    reply = Reply(200, {}, json.dumps(conversation(status="closed")).encode())
    found = SOURCE.fetched(settings_of(SOURCE), thin, reply)
    assert isinstance(found, TicketState) and found.status == "closed"


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

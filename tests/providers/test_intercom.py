"""Intercom: conversations and tickets in."""

import copy
from typing import Any

import pytest

from inquiry_router.inquiry.model import Contact
from inquiry_router.outside.messages import Reply
from inquiry_router.providers.intercom import IntercomSource
from inquiry_router.providers.kit.source import Ignored, Thin, Ticket, TicketState, Unreadable
from tests.providers.kit import (
    NOW,
    assert_expected,
    assert_vectors,
    incoming,
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


def test_plain_text_is_read_as_text() -> None:
    source = payload(CREATED)["body"]["data"]["item"]["source"]
    body = "Pompa cieknie.\n\n> Przesyłamy ofertę <1000 zł.\n"
    made = ticket(SOURCE, notification(source={**source, "body": body}))
    assert (made.text, made.html) == (body.strip(), None)


CELINA = {"type": "admin", "id": "5", "name": "Celina", "email": "celina@acme.example.com"}


def part(**changes: Any) -> dict[str, Any]:
    made = {"id": "11", "part_type": "comment", "body": "<p>Wysyłam serwisanta.</p>"}
    return {**made, "author": CELINA, "created_at": 1795276800, **changes}


def state(topic: str = "conversation.admin.replied", **item: Any) -> Any:
    """The state that an agent's act tells."""
    given = {"admin_assignee_id": 5, "team_assignee_id": 8, **parts(part()), **item}
    return one(SOURCE, notification(topic, **given), own_user="99")


def test_agents_reply_is_an_answer() -> None:
    found = state()
    assert found == TicketState(
        external_id="147",
        at=NOW,
        status="open",
        groups=("8",),
        owner="5",
        answered=True,
        who="Celina",
    )
    assert found == state()


@pytest.mark.parametrize(
    "changes",
    [
        {"author": {"type": "bot", "id": "1"}},
        {"author": {**CELINA, "from_ai_agent": True}},
        {"author": {**CELINA, "is_ai_answer": True}},
        {"author": None},
        {"body": None},
        {"body": "<p>[inquiry-router K7MA-4XEH]</p>"},
        {"part_type": "note"},
    ],
)
def test_only_words_of_a_person_are_an_answer(changes: dict[str, Any]) -> None:
    found = state(**parts(part(**changes)))
    assert isinstance(found, TicketState) and not found.answered


@pytest.mark.parametrize(
    ("item", "told"),
    [
        ({"state": "open"}, "open"),
        ({"state": "snoozed"}, "pending"),
        ({"state": "closed"}, "closed"),
        ({"state": None, "ticket_state": {"category": "submitted"}}, "open"),
        ({"state": None, "ticket_state": {"category": "waiting_on_customer"}}, "pending"),
        ({"state": None, "ticket_state": "resolved"}, "closed"),
        ({"state": [], "ticket_state": []}, None),
    ],
)
def test_status_of_conversations_and_tickets(item: dict[str, Any], told: str | None) -> None:
    found = state("ticket.state.updated", **item)
    assert (found.status, found.answered) == (told, False)


def test_wrapped_ticket_is_closed() -> None:
    body = notification("ticket.closed")
    body["data"]["item"] = {"ticket": {"id": "21", "ticket_state": {"category": "resolved"}}}
    found = one(SOURCE, body)
    assert isinstance(found, TicketState)
    assert (found.external_id, found.status) == ("21", "closed")


def test_reply_to_a_ticket_is_a_message() -> None:
    said = part(body="<p>Nadal cieknie</p>", author={"type": "user", "name": "Anna"})
    reply = {"ticket_parts": {"ticket_parts": [said]}, "conversation_parts": None}
    made = ticket(SOURCE, notification("ticket.contact.replied", **reply))
    assert (made.message_id, made.html) == ("11", "<p>Nadal cieknie</p>")


def test_conversation_is_assigned_to_a_team_or_to_nobody() -> None:
    for nobody in (None, 0, "0"):
        found = state(
            "conversation.admin.assigned", admin_assignee_id=nobody, team_assignee_id=nobody
        )
        assert (found.owner, found.groups) == ("", ())
    assert state("ticket.team.assigned", team_assignee_id="9").groups == ("9",)


def test_own_acts_and_notes_tell_no_state() -> None:
    assert isinstance(state(**parts(part(author={"type": "admin", "id": "99"}))), Ignored)
    assert is_ignored(SOURCE, notification("conversation.admin.noted", **parts(part())))


def test_messages_not_by_customers_are_ignored() -> None:
    source = payload(CREATED)["body"]["data"]["item"]["source"]
    assert is_ignored(SOURCE, notification("conversation.admin.noted"))
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


@pytest.mark.parametrize(
    ("body", "is_html"),
    [
        ("Pompa cieknie.\n\nW dniu 3.11.2025 Acme <a@acme.example.com> pisze:\n> Oferta", False),
        ("Zawór <b> DN50", True),
        ("a < b > c", False),
        ("<jan@klient.example.com> prosi o telefon", False),
        ("<p>Pompa cieknie.</p>", True),
        ("Pompa cieknie.<br/>Proszę o serwis.", True),
        ('Zdjęcie: <img src="https://example.com/x.png">', True),
    ],
)
def test_text_with_an_address_is_plain_and_keeps_its_lines(body: str, is_html: bool) -> None:
    written = {"source": {"type": "email", "body": body, "author": {"type": "user", "id": "u1"}}}
    (found,) = read(SOURCE, incoming(notification(**written)))
    assert isinstance(found, Ticket)
    assert (found.html == body) is is_html
    assert (found.text == body) is not is_html

"""GLPI: its webhook and challenge, authors and requesters looked up, states."""

import json
from datetime import UTC, datetime
from typing import Any

import httpx2 as httpx
import pytest

from inquiry_router.inquiry.model import Attachment, Channel, Contact
from inquiry_router.outside.messages import Reply
from inquiry_router.providers.glpi_source import GlpiSource
from inquiry_router.providers.kit.signatures import hmac_hex
from inquiry_router.providers.kit.source import (
    Ignored,
    Secrets,
    Thin,
    Ticket,
    TicketState,
    Unreadable,
)
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

SOURCE = GlpiSource()
API = "https://glpi.example.com"
ASKING: dict[str, Any] = {
    "api_url": API,
    "api_token": "key-of-the-user",
    "app_token": "key-of-the-app",
}
SESSION = {"session_token": "s3ssion"}
OPENED, CLOSED = "GET /api.php/v1/initSession", "GET /api.php/v1/killSession"
SECRET = "mMeCvQZTPsDr0tVyJkQm5fJ3n1bNx8wLh2uYzA7d"


def item(**changes: Any) -> dict[str, Any]:
    body: dict[str, Any] = payload("glpi-ticket-new")["body"]
    return {**body, "item": {**body["item"], **changes}}


def followed(**changes: Any) -> dict[str, Any]:
    """A followup of the ticket in the sample."""
    body: dict[str, Any] = payload("glpi-followup-new")["body"]
    return {**body, "item": {**body["item"], **changes}}


def told(thin: Any, *answers: Any, **settings: Any) -> Any:
    """The event after these answers to its requests."""
    asking = settings_of(SOURCE, **ASKING, **settings)
    for answer in answers:
        assert isinstance(thin, Thin) and SOURCE.fetch(asking, thin) is not None
        thin = SOURCE.fetched(asking, thin, Reply(200, {}, json.dumps(answer).encode()))
    return thin


def test_new_ticket_is_read() -> None:
    (found,) = read(SOURCE, sample("glpi-ticket-new"))
    taken = assert_expected(found, "glpi-ticket-new")
    assert taken.received_at is not None and taken.received_at.year == 2026
    linked = ticket(SOURCE, item(), api_url=API)
    assert linked.url == f"{API}/front/ticket.form.php?id=4521"


def test_other_events_are_ignored() -> None:
    assert is_ignored(SOURCE, {**item(), "event": "delete"})
    assert is_ignored(SOURCE, {**followed(), "event": "update"})
    assert is_ignored(SOURCE, followed(itemtype="Change"))
    assert is_ignored(SOURCE, followed(content="<p>[inquiry-router K7MA-4XEH]<br>x</p>"))
    with pytest.raises(Unreadable, match="itemtype Ticket"):
        one(SOURCE, {"event": "new", "item": {"id": 7, "name": "Drukarka"}})


CELINA = {"role": "assigned", "name": "ckowal", "display_name": "Kowal Celina"}
CELINA["href"] = "/front/user.form.php?id=12"


def test_changed_ticket_tells_its_state() -> None:
    body = {**item(status={"id": 4, "name": "Pending"}), "event": "update"}
    body["item"]["team"] = [*body["item"]["team"], CELINA]
    found = one(SOURCE, body)
    assert found == TicketState(
        external_id="4521",
        at=NOW,
        status="pending",
        groups=("5", "Serwis"),
        owner="Kowal Celina",
    )
    assert found == one(SOURCE, body)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (1, "open"),
        (2, "open"),
        (3, "open"),
        (4, "pending"),
        (5, "closed"),
        (6, "closed"),
        (9, None),
    ],
)
def test_status_is_known_by_its_id(status: int, expected: str | None) -> None:
    found = one(SOURCE, {**item(status={"id": status, "name": "?"}), "event": "update"})
    assert isinstance(found, TicketState) and (found.status, found.owner) == (expected, "")


def test_followup_tells_the_state_of_its_ticket_without_an_api() -> None:
    found = one(SOURCE, followed())
    assert isinstance(found, TicketState)
    assert (found.external_id, found.status, found.answered) == ("4521", "open", False)
    private = one(SOURCE, followed(is_private=True), **ASKING)
    assert isinstance(private, TicketState) and not private.answered


USER = {"data": [{"1": "ckowal", "9": "Celina", "34": "Kowal"}]}


def test_agents_followup_is_an_answer() -> None:
    thin = one(SOURCE, followed(), **ASKING)
    found = told(thin, SESSION, {"users_id": 12, "content": "<p>x</p>"}, USER)
    assert found == TicketState(
        external_id="4521",
        at=datetime(2026, 11, 21, 16, 10, tzinfo=UTC),
        status="open",
        groups=("5", "Serwis"),
        owner="",
        answered=True,
        who="Celina Kowal",
    )
    assert isinstance(thin, Thin) and thin.key == "followup-88"


def test_followups_of_glpi_and_of_the_router_are_no_answers() -> None:
    thin, followup = one(SOURCE, followed(), **ASKING), {"users_id": 6, "content": "<p>x</p>"}
    by_glpi = told(thin, SESSION, followup, {"data": [{"1": "glpi-system"}]})
    assert isinstance(by_glpi, TicketState) and not by_glpi.answered
    for own_user in ("6", "router"):
        own = told(thin, SESSION, followup, {"data": [{"1": "router"}]}, own_user=own_user)
        assert isinstance(own, Ignored)
    assert isinstance(told(thin, SESSION, {"error": "not found"}), Ignored)


def test_requesters_followup_is_a_message() -> None:
    thin = one(SOURCE, followed(), **ASKING)
    anna = {"data": [{"1": "anowak", "5": "anna@klient.example.com", "9": "Anna"}]}
    photo = {"_documents": [{"filename": "pompa.jpg", "mime": "image/jpeg"}]}
    found = told(thin, SESSION, {"users_id": 7, "content": "<p>Kiedy naprawa?</p>"}, anna, photo)
    assert isinstance(found, Ticket)
    assert (found.external_id, found.message_id, found.html) == (
        "4521",
        "88",
        "<p>Kiedy naprawa?</p>",
    )
    assert found.contact == Contact("Anna", "anna@klient.example.com")
    assert found.attachments == (Attachment("pompa.jpg", "image/jpeg", 0),)
    unknown = told(thin, SESSION, {"users_id": 0, "content": "<p>Kiedy naprawa?</p>"}, {})
    assert isinstance(unknown, Ticket) and unknown.channel is Channel.EMAIL


def test_own_tickets_are_ignored() -> None:
    assert is_ignored(SOURCE, item(content="<p>[inquiry-router K7MA-4XEH]<br>Kanał: phone</p>"))
    for own_user in ("7", "anowak"):
        assert is_ignored(SOURCE, item(), own_user=own_user)


@pytest.mark.parametrize(
    ("request_type", "channel"),
    [
        ({"id": 1, "name": "Helpdesk"}, Channel.FORM),
        ({"id": 2, "name": "Poczta"}, Channel.EMAIL),
        ({"id": 3, "name": "Phone"}, Channel.PHONE),
        ({"id": 12, "name": "WhatsApp"}, Channel.FORM),
        (None, Channel.FORM),
    ],
)
def test_channel_is_known_by_the_id_of_the_request_source(
    request_type: Any, channel: Channel
) -> None:
    assert ticket(SOURCE, item(request_type=request_type)).channel is channel


@pytest.mark.parametrize(
    ("requester", "contact"),
    [
        ({"name": "anna@klient.example.com"}, Contact(None, "anna@klient.example.com")),
        ({"name": "anowak"}, Contact("anowak")),
        ({"name": "anowak", "display_name": "Nowak Anna"}, Contact("Nowak Anna")),
        ({}, Contact()),
    ],
)
def test_requester_without_a_full_name(requester: Any, contact: Contact) -> None:
    team = [{"role": "requester", "href": "/front/user.form.php?id=7", **requester}]
    assert ticket(SOURCE, item(team=team)).contact == contact


def test_signature_vectors() -> None:
    assert_vectors(SOURCE, "glpi")


def test_challenge_is_answered_with_the_secret_that_asks() -> None:
    question = hmac_hex(SECRET, b"validate_cra_challenge")
    asked = incoming(method="GET", url=f"https://router.example.com/?crc_token={question}")
    for signing in ((SECRET,), ("newer", SECRET)):
        answer = SOURCE.greet(Secrets("token", signing), asked)
        assert answer is not None
        assert (answer.status, answer.body) == (200, hmac_hex(SECRET, question.encode()))
    assert SOURCE.greet(Secrets("token", ("another",)), asked) is None
    assert SOURCE.greet(Secrets("token"), asked) is None


@pytest.mark.parametrize(
    "query", ["", "?crc_token=", "?crc_token=%7B%22event%22%3A%22new%22%7D1795276800"]
)
def test_challenge_signs_no_other_text(query: str) -> None:
    asked = incoming(method="GET", url=f"https://router.example.com/{query}")
    assert SOURCE.greet(Secrets("token", (SECRET,)), asked) is None


@pytest.mark.anyio
async def test_challenge_at_the_address_of_the_source(client: httpx.AsyncClient) -> None:
    entry = {"id": "glpi", "name": "GLPI", "kind": "glpi", "secret": SECRET}
    assert (await client.post("/v1/sources", json=entry)).status_code == 201
    question = hmac_hex(SECRET, b"validate_cra_challenge")
    answered = await client.get("/v1/hooks/glpi", params={"crc_token": question})
    assert (answered.status_code, answered.text) == (200, hmac_hex(SECRET, question.encode()))
    for address in ("/v1/hooks/glpi?crc_token=1", "/v1/hooks/glpi", "/v1/hooks/nobody"):
        assert (await client.get(address)).status_code == 405


def test_requester_is_looked_up_in_a_session() -> None:
    settings = settings_of(SOURCE, **ASKING)
    thin = one(SOURCE, item(), **ASKING)
    assert isinstance(thin, Thin)
    opening = SOURCE.fetch(settings, thin)
    assert opening is not None and opening.url == f"{API}/api.php/v1/initSession"
    assert opening.headers["authorization"] == "user_token key-of-the-user"
    assert opening.headers["app-token"] == "key-of-the-app"
    opened = SOURCE.fetched(settings, thin, Reply(200, {}, b'{"session_token": "s3ssion"}'))
    assert isinstance(opened, Thin)
    search = SOURCE.fetch(settings, opened)
    assert search is not None and search.headers["session-token"] == "s3ssion"
    assert search.url.startswith(f"{API}/api.php/v1/search/User?criteria%5B0%5D%5Bfield%5D=2&")
    assert "criteria%5B0%5D%5Bvalue%5D=7&" in search.url
    row = b'{"1": "anowak", "5": ["anna@klient.example.com", "a@b.example"], "6": "+48220000101"}'
    known = SOURCE.fetched(settings, opened, Reply(200, {}, b'{"data": [' + row + b"]}"))
    assert isinstance(known, Thin)
    files = SOURCE.fetch(settings, known)
    assert files is not None and files.url == f"{API}/api.php/v1/Ticket/4521?with_documents=true"
    refused = b'{"_documents": ["ERROR_RIGHT_MISSING", "You have no right"]}'
    found = SOURCE.fetched(settings, known, Reply(200, {}, refused))
    assert isinstance(found, Ticket) and found.attachments == ()
    assert found.contact == Contact("Anna Nowak", "anna@klient.example.com", "+48220000101")


def test_requester_who_cannot_be_looked_up() -> None:
    assert isinstance(one(SOURCE, item(), api_url=API), Ticket)
    thin = one(SOURCE, item(team=[]), **ASKING)
    assert isinstance(thin, Ticket)
    thin = one(SOURCE, item(), **ASKING)
    assert isinstance(thin, Thin)
    found = SOURCE.fetched(settings_of(SOURCE, **ASKING), thin, Reply(200, {}, b"{}"))
    assert isinstance(found, Ticket) and found.contact.name == "Anna Nowak"


def test_ignored_event_has_a_reason() -> None:
    found = one(SOURCE, {**item(), "event": "delete"})
    assert isinstance(found, Ignored) and "no new ticket" in found.reason

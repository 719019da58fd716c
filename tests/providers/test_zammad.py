"""Zammad: triggers in; tags, groups and notes out."""

import copy
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from inquiry_router.inquiry.model import Attachment
from inquiry_router.providers.kit.provider import Refused
from inquiry_router.providers.kit.signatures import NotGenuine
from inquiry_router.providers.kit.source import Listed, Secrets, TicketState, Unreadable
from inquiry_router.providers.zammad import Zammad
from inquiry_router.providers.zammad_source import ZammadSource
from tests.providers.kit import (
    NOW,
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

SOURCE = ZammadSource()
API: dict[str, Any] = {"api_url": "https://acme.zammad.com/", "api_token": "key"}
SETTINGS = {
    "url": "https://acme.zammad.com",
    "token": "key",
    "source": "source-1",
    "groups": {"customer_service": "3"},
}


def body_of(**changes: Any) -> dict[str, Any]:
    body = copy.deepcopy(payload("zammad-ticket-created-email")["body"])
    for name, value in changes.items():
        body["article" if name.startswith("article_") else "ticket"][
            name.removeprefix("article_").removeprefix("ticket_")
        ] = value
    return dict(body)


def test_signature_vectors() -> None:
    assert_vectors(SOURCE, "zammad")


def test_token_is_required_without_a_secret() -> None:
    request = incoming({}, {"X-Router-Token": "token-of-the-source"})
    SOURCE.authenticate(settings_of(SOURCE), Secrets("token-of-the-source"), request, NOW)
    with pytest.raises(NotGenuine):
        SOURCE.authenticate(
            settings_of(SOURCE), Secrets("token-of-the-source", ("secret",)), request, NOW
        )


@pytest.mark.parametrize(
    "name", ["zammad-ticket-created-email", "zammad-ticket-created-phone-by-agent"]
)
def test_new_ticket(name: str) -> None:
    (found,) = read(SOURCE, sample(name), **API)
    made = assert_expected(found, name)
    assert made.message_id is None
    assert made.delivery_key == "0b5f8a0e-6c0a-4b7e-9d2b-0d9a8f1f6c11"
    assert made.url == f"https://acme.zammad.com/#ticket/zoom/{made.external_id}"
    assert made.received_at == datetime(2026, 11, 21, 16, tzinfo=UTC)


def test_later_article_is_a_message() -> None:
    later = body_of(article_id=305, ticket_article_ids=[201, 305], ticket_article_count=2)
    later["ticket"].update(article_ids=[201, 305], article_count=2)
    later["article"]["type"] = "web"
    made = ticket(SOURCE, later)
    assert (made.external_id, made.message_id, made.channel) == ("81", "305", "form")


def test_messages_not_by_customers_are_ignored() -> None:
    assert is_ignored(SOURCE, body_of(article_internal=True))
    assert is_ignored(SOURCE, body_of(article_sender="Agent"))
    assert is_ignored(SOURCE, body_of(article_sender="System"))
    assert is_ignored(SOURCE, body_of(article_body="<div>[inquiry-router K7MA-4XEH]<br>x</div>"))
    assert is_ignored(SOURCE, body_of(ticket_tags=["inquiry-router"]))
    for own_user in ("8", "Anna.Nowak@klient.example.com"):
        assert is_ignored(SOURCE, body_of(), own_user=own_user)
    assert is_ignored(SOURCE, {"ticket": {"id": 1}, "article": None})
    noted = changed(id=305, sender="Agent", internal=True, body="[inquiry-router K7MA-4XEH]\nx")
    assert is_ignored(SOURCE, noted)
    with pytest.raises(Unreadable, match=r"ticket\.id"):
        one(SOURCE, {"ticket": None, "article": {"body": "x"}})


def test_ticket_without_an_article_has_its_title() -> None:
    made = ticket(SOURCE, {"ticket": {"id": 1, "title": "Pompa"}})
    assert (made.subject, made.text, made.message_id) == ("Pompa", "", None)


EMMA = {"id": 5, "firstname": "Emma", "lastname": "Taylor", "email": "emma@acme.example.com"}
SYSTEM = {"id": 1, "login": "-"}


def changed(ticket: Mapping[str, Any] | None = None, **article: Any) -> dict[str, Any]:
    """A change of the ticket by Emma, with her article if there is one."""
    body = body_of()
    body["ticket"] |= {
        "article_count": 2,
        "article_ids": [201, 305],
        "state": "open",
        "updated_at": "2026-11-21T17:00:00.000Z",
        "updated_by": EMMA,
        "owner": EMMA,
        "owner_id": 5,
        **(ticket or {}),
    }
    body["article"] = {**body["article"], "created_by": EMMA, **article} if article else {}
    return body


def test_answer_of_an_agent_is_told_with_the_state() -> None:
    answer = {"id": 305, "sender": "Agent", "internal": False, "body": "Wymienimy obudowę."}
    assert one(SOURCE, changed({"state": "pending reminder"}, **answer)) == TicketState(
        external_id="81",
        at=datetime(2026, 11, 21, 17, tzinfo=UTC),
        status="pending",
        groups=("1", "Users"),
        owner="Emma Taylor",
        answered=True,
        who="Emma Taylor",
    )
    for other in ({"type": "note"}, {"internal": True}, {"sender": "System"}, {"type": None}):
        assert state(SOURCE, changed(**{**answer, **other})).answered is False


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("closed", "closed"),
        ("merged", "closed"),
        ("new", "open"),
        ("Pending Close", "pending"),
        ("u dostawcy", None),
    ],
)
def test_change_without_an_article_tells_the_state(word: str, status: str | None) -> None:
    told = state(SOURCE, changed({"state": word, "owner": {}, "owner_id": 1}))
    assert (told.status, told.owner, told.answered, told.who) == (status, "", False, "Emma Taylor")
    assert state(SOURCE, changed({"state": word})) == state(SOURCE, changed({"state": word}))
    assert state(SOURCE, changed({"updated_by": SYSTEM})).who is None
    assert state(SOURCE, changed({"owner_id": None, "owner": None})).owner is None


def test_acts_of_the_own_user_are_ignored() -> None:
    for own_user in ("5", "Emma@acme.example.com"):
        assert is_ignored(SOURCE, changed(), own_user=own_user)
        assert is_ignored(SOURCE, changed(id=305, sender="Agent"), own_user=own_user)
    other = {"id": 305, "sender": "Agent", "created_by": {"id": 7}, "internal": False}
    assert state(SOURCE, changed(**other), own_user="5").answered is True


def test_attachments_are_named() -> None:
    rows = [
        {"filename": "pompa.jpg", "size": "35574", "preferences": {"Content-Type": "image/jpeg"}},
        {"filename": "logo.png", "preferences": {"Content-Disposition": "inline"}},
        {"filename": "x", "size": None},
        {"size": "1"},
    ]
    made = ticket(SOURCE, body_of(article_attachments=rows))
    assert made.attachments == (
        Attachment("pompa.jpg", "image/jpeg", 35574),
        Attachment("x", "application/octet-stream", 0),
    )


def test_mail_of_programs_and_lists_is_marked_but_not_automatic() -> None:
    made = ticket(SOURCE, body_of(article_preferences={"is-auto-response": True}))
    assert made.headers == {"auto-submitted": "auto-generated"}
    assert ticket(SOURCE, body_of(article_preferences={"is-auto-response": False})).headers == {}


def test_missed_tickets_are_found_on_several_pages() -> None:
    since = datetime(2026, 11, 20, tzinfo=UTC)
    row = {
        "id": 1,
        "title": "Pompa",
        "created_at": "2026-11-21T10:00:00Z",
        "create_article_type": "email",
        "article_ids": [4, 5],
    }
    articles = [
        {
            "id": 4,
            "body": "Cieknie",
            "content_type": "text/plain",
            "from": "Anna Nowak <anna@klient.example.com>",
            "sender": "Customer",
        }
    ]
    own = [{"id": 4, "body": "[inquiry-router K7MA-4XEH]", "sender": "Customer"}]
    full = [row, {**row, "id": 2, "created_at": "2026-11-19T10:00:00Z"}, {**row, "id": 3}] + [
        None
    ] * 47
    found, sent = asked_for(
        SOURCE.poll(settings_of(SOURCE, **API), since),
        "https://acme.zammad.com",
        full,
        articles,
        own,
        [{**row, "id": 6}],
        [{"body": "x", "sender": "Agent"}],
    )
    assert [
        (one.external_id, one.text, one.contact.name, one.contact.email, one.message_id)
        for one in found.tickets
    ] == [("1", "Cieknie", "Anna Nowak", "anna@klient.example.com", None)]
    assert sent[0].startswith(
        "GET /api/v1/tickets/search?query=created_at%3A%5B2026-11-20T00%3A00%3A00Z%20TO%20%2A%5D&"
    )
    assert sent[1:3] == [
        "GET /api/v1/ticket_articles/by_ticket/1",
        "GET /api/v1/ticket_articles/by_ticket/3",
    ]
    assert sent[3].endswith("&page=2")
    assert asked_for(SOURCE.poll(settings_of(SOURCE), since), "x")[0] == Listed()


def test_polling_is_bounded_and_tells_how_far_it_came() -> None:
    row = {"title": "Pompa", "create_article_type": "email"}
    article = [
        {"id": 4, "body": "Cieknie", "from": "Anna <anna@klient.example.com>", "sender": "Customer"}
    ]
    answers: list[Any] = []
    for page in range(10):
        rows = [
            {**row, "id": 50 * page + one, "created_at": f"2026-11-21T{page:02}:{one:02}:00Z"}
            for one in range(50)
        ]
        answers += [rows, *[article] * 50]
    answers += [[{**row, "id": 500, "created_at": "2026-11-21T10:00:00Z"}]]
    asking = SOURCE.poll(settings_of(SOURCE, **API), datetime(2026, 11, 20, tzinfo=UTC))
    found, _ = asked_for(asking, "https://acme.zammad.com", *answers)
    assert (len(found.tickets), found.to_the_end, found.until) == (
        500,
        False,
        datetime(2026, 11, 21, 10, tzinfo=UTC),
    )


def test_ticket_is_tagged_then_moved_and_noted_in_one_request() -> None:
    said = handed_over(Zammad(), SETTINGS, [{}, {}, {}], event(ticket_id="81"))
    assert lines(said) == [
        "POST /api/v1/tags/add",
        "POST /api/v1/tags/add",
        "PUT /api/v1/tickets/81",
    ]
    assert [one.body["item"] for one in said[:2]] == ["inquiry-router", "defect"]
    assert said[0].body == {"object": "Ticket", "o_id": "81", "item": "inquiry-router"}
    changes = said[2].body
    assert (changes["group_id"], changes["priority"]) == (3, "3 high")
    assert (changes["article"]["type"], changes["article"]["internal"]) == ("note", True)
    assert changes["article"]["body"].startswith(
        "[inquiry-router K7MA-4XEH]\nKategoria: reklamacja"
    )
    assert said[0].headers["authorization"] == "Token token=key"
    named = handed_over(
        Zammad(), {**SETTINGS, "groups": {"customer_service": "Sprzedaż::Detal"}}, [{}, {}, {}]
    )
    assert named[2].body["group"] == "Sprzedaż::Detal"


def test_repeated_delivery_leaves_one_note_and_correction_another() -> None:
    note = handed_over(Zammad(), SETTINGS, [{}, {}, {}])[2].body["article"]["body"]
    there = [{"body": "x"}, {"body": note}]
    said = handed_over(Zammad(), SETTINGS, [{}, {}, there, {}], repeated=True)
    assert lines(said)[2] == "GET /api/v1/ticket_articles/by_ticket/35436"
    assert "article" not in said[3].body
    corrected = event(correction={"who": "Celina"})
    said = handed_over(
        Zammad(), SETTINGS, [{}, {}, there, {}], corrected, "inquiry.corrected", repeated=True
    )
    assert "Celina" in said[3].body["article"]["body"]


def test_inquiry_that_came_another_way_is_created_once() -> None:
    settings, written = {**SETTINGS, "create": True}, event(source=None)
    said = handed_over(Zammad(), settings, [[], (201, {"id": 90}), {}, {}, {}], written)
    found = "query=K7MA-4XEH&expand=true&sort_by=created_at&order_by=desc&per_page=10&limit=10"
    search = f"GET /api/v1/tickets/search?{found}"
    assert lines(said)[:2] == [search, "POST /api/v1/tickets"]
    made = said[1].body
    assert (made["group_id"], made["customer_id"]) == (3, "guess:anna@klient.example.com")
    assert (made["article"]["type"], made["article"]["sender"]) == ("phone", "Customer")
    assert made["article"]["body"].startswith("[inquiry-router K7MA-4XEH]\nKanał: phone\n")
    quoting, ours = [{"body": "Dotyczy K7MA-4XEH"}], [{"body": made["article"]["body"]}]
    again = handed_over(
        Zammad(),
        settings,
        [[{"id": 89}, {"id": 90}], quoting, ours, {}, {}, [], {}],
        written,
        repeated=True,
    )
    assert lines(again)[-1] == "PUT /api/v1/tickets/90"


def test_unknown_callers_ticket_is_the_own_users() -> None:
    settings = {**SETTINGS, "create": True}
    written = event(
        source=None,
        contact={"name": "Anna", "email": None, "phone": "+48220000101", "company": None},
    )
    users = [{"id": 4, "phone": "+4822"}, {"id": 5, "mobile": "+48220000101"}]
    said = handed_over(Zammad(), settings, [[], users, {"id": 90}, {}, {}, {}], written)
    assert lines(said)[1] == "GET /api/v1/users/search?query=%2B48220000101&limit=10"
    assert said[2].body["customer_id"] == 5
    said = handed_over(Zammad(), settings, [[], [], {"id": 2}, {"id": 90}, {}, {}, {}], written)
    assert said[3].body["customer_id"] == 2


def test_creating_a_ticket_requires_a_group() -> None:
    with pytest.raises(Refused, match="add it to 'groups'"):
        handed_over(Zammad(), {**SETTINGS, "create": True, "groups": {}}, [[]], event(source=None))
    assert "group" not in str(
        handed_over(Zammad(), {**SETTINGS, "groups": {}}, [{}, {}, {}])[2].body.keys()
    )


def test_check_lists_groups_in_use() -> None:
    rows = [
        {"id": 1, "name": "Serwis", "active": True},
        {"id": 2, "name": "Stara", "active": False},
    ]
    assert checked(Zammad(), SETTINGS, [rows]) == ([("1", "Serwis")], ["GET /api/v1/groups"])
    with pytest.raises(Refused):
        checked(Zammad(), SETTINGS, [{"error": "x"}])


def test_setup_steps_contain_the_address() -> None:
    steps = SOURCE.setup("https://router.example.com/v1/hooks/z")
    for written in (steps.pl, steps.en):
        assert 4 <= len(written) <= 9
        assert "https://router.example.com/v1/hooks/z" in " ".join(written)


def test_ticket_is_located_by_the_group_name_in_the_settings() -> None:
    answer = {"id": 35436, "group_id": 3, "group": "Serwis"}
    assert located(Zammad(), SETTINGS, answer) == ("3", ["GET /api/v1/tickets/35436?expand=true"])
    assert located(Zammad(), {**SETTINGS, "groups": {"sales": "serwis"}}, answer)[0] == "serwis"
    assert located(Zammad(), SETTINGS, {**answer, "group_id": 4, "group": "Biuro"})[0] == "4"


def test_news_is_noted_once() -> None:
    assert_news_is_noted_once(
        Zammad(), SETTINGS, lambda body: str(body["body"]), lambda note: [{"body": note}]
    )
    (said,) = handed_over(Zammad(), SETTINGS, [{}], event(**later()), "inquiry.message")
    assert (said.method, said.path) == ("POST", "/api/v1/ticket_articles")
    assert (said.body["ticket_id"], said.body["internal"]) == (35436, True)


def test_raised_priority_is_set_and_noted_and_reopened_ticket_opened() -> None:
    raised = event(**later("raised", priority_before="normal", keeps_group=True))
    said = handed_over(Zammad(), SETTINGS, [{}, {}, {}], raised, "inquiry.message")
    assert (said[2].body["priority"], "group_id" in said[2].body) == ("3 high", False)
    assert "z „zwykły” na „pilny”" in said[2].body["article"]["body"]
    opened = event(**later("reopened"))
    said = handed_over(Zammad(), SETTINGS, [(422, {}), {}, {}, {}], opened, "inquiry.message")
    assert (said[0].method, said[0].body) == ("PUT", {"state": "open"})

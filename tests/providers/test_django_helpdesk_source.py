"""Tickets, follow-ups and states of django-helpdesk."""

from datetime import UTC, datetime
from typing import Any

import pytest

from inquiry_router.inquiry.model import Attachment, Channel
from inquiry_router.outside.messages import Reply
from inquiry_router.providers.django_helpdesk_source import (
    DjangoHelpdeskSource,
    DjangoHelpdeskSourceSettings,
)
from inquiry_router.providers.kit.source import (
    Ignored,
    Listed,
    Ticket,
    TicketState,
    Unreadable,
)
from tests.providers.kit import (
    MARK,
    NOW,
    assert_expected,
    drive,
    incoming,
    read_one,
    sample,
    steps,
)

SOURCE = DjangoHelpdeskSource()
OWN = DjangoHelpdeskSourceSettings(own_user="1")
URL = "https://acme.example.com/helpdesk"
BASIC = "Basic cm91dGVyOmh1c2g="


def test_ticket_by_an_agent_or_the_api() -> None:
    name = "django-helpdesk-new-ticket"
    assert_expected(read_one(SOURCE, sample(name)), name)


def test_ticket_by_the_public_form() -> None:
    name = "django-helpdesk-new-ticket-public-form"
    ticket = read_one(SOURCE, sample(name))
    assert_expected(ticket, name)
    assert ticket.delivery_key == "2"
    assert ticket.received_at.isoformat() == "2026-11-21T17:00:00.169179+01:00"


def test_own_note_is_ignored_and_never_an_answer() -> None:
    name = "django-helpdesk-followup-own-note"
    assert isinstance(read_one(SOURCE, sample(name), OWN), Ignored)
    unknown = read_one(SOURCE, sample(name))
    assert isinstance(unknown, TicketState) and not unknown.answered


def followed_up(**followup: Any) -> dict[str, Any]:
    opening = {
        "id": 4,
        "user": None,
        "title": "Ticket Opened Via Web",
        "comment": "Dzień dobry",
        "public": True,
    }
    later = {
        "id": 9,
        "user": None,
        "title": "Re",
        "comment": "Pompa dalej cieknie",
        "public": True,
        **followup,
    }
    ticket = {
        "id": 2,
        "title": "Pompa",
        "description": "Dzień dobry",
        "submitter_email": "anna@klient.example.com",
    }
    return {
        "ticket": {**ticket, "followup_set": [opening, later]},
        "queue_slug": "bok",
        "followup_id": 9,
    }


def test_customers_reply_is_a_later_message() -> None:
    photo = {"filename": "pompa.jpg", "mime_type": "image/jpeg", "size": 2048}
    ticket = read_one(
        SOURCE,
        incoming(
            followed_up(message_id="<a@b>", followupattachment_set=[photo, None, {"size": 1}])
        ),
    )
    assert (ticket.external_id, ticket.delivery_key) == ("2", "2/9")
    assert ticket.headers == {"message-id": "<a@b>"}
    assert (ticket.channel, ticket.text, ticket.subject) == (
        Channel.EMAIL,
        "Pompa dalej cieknie",
        "Pompa",
    )
    assert ticket.attachments == (Attachment("pompa.jpg", "image/jpeg", 2048),)


def test_mail_that_is_read_again_is_the_same_message() -> None:
    def key(**followup: Any) -> Any:
        return read_one(SOURCE, incoming(followed_up(**followup))).message_id

    assert key() == "9"
    assert key(message_id="<a@b>").startswith("<a@b> ")
    second = {**followed_up(id=12, message_id="<a@b>"), "followup_id": 12}
    assert read_one(SOURCE, incoming(second)).message_id == key(message_id="<a@b>")
    # Not so for a program that uses one Message-ID for all its mails.
    assert key(message_id="<a@b>", comment="Nowa awaria") != key(message_id="<a@b>")


def test_opening_follow_up_is_the_ticket_itself() -> None:
    ticket = read_one(SOURCE, incoming({**followed_up(), "followup_id": 4}))
    assert (ticket.message_id, ticket.text, ticket.channel) == (None, "Dzień dobry", Channel.FORM)


@pytest.mark.parametrize(
    "followup",
    [
        {"public": False, "comment": ""},
        {"public": None, "comment": f"{MARK} moved"},
        {"user": 1},
        {"comment": ""},
        {"comment": f"{MARK} moved"},
        {"id": 10},
    ],
)
def test_messages_not_by_customers_are_ignored(followup: dict[str, Any]) -> None:
    body = {**followed_up(**followup), "queue_slug": None}
    assert isinstance(read_one(SOURCE, incoming(body), OWN), Ignored)


def changed(ticket: dict[str, Any], **followup: Any) -> dict[str, Any]:
    """A follow-up by the agent 7, with more about its ticket."""
    body = followed_up(**{"user": 7, "date": "2026-11-21T17:00:00+01:00", **followup})
    body["ticket"].update({"queue": 1, "status": 1, "assigned_to": None, **ticket})
    return body


def test_agents_public_reply_is_an_answer() -> None:
    found = read_one(SOURCE, incoming(changed({"assigned_to": 7})), OWN)
    assert found == TicketState(
        external_id="2",
        at=NOW,
        status="open",
        groups=("1", "bok"),
        owner="7",
        answered=True,
        who="7",
    )
    assert found == read_one(SOURCE, incoming(changed({"assigned_to": 7})), OWN)


@pytest.mark.parametrize(
    ("number", "status"),
    [(1, "open"), (2, "open"), (3, "closed"), (4, "closed"), (5, "closed"), (6, None), ([], None)],
)
def test_status_is_that_of_the_ticket(number: Any, status: str | None) -> None:
    found = read_one(SOURCE, incoming(changed({"status": number}, public=False)), OWN)
    assert (found.status, found.answered, found.owner) == (status, False, "")


def test_public_follow_up_without_words_is_no_answer() -> None:
    found = read_one(SOURCE, incoming(changed({"queue": 2, "status": 3}, comment="")), OWN)
    assert (found.answered, found.status, found.groups) == (False, "closed", ("2", "bok"))


def test_customer_who_accepts_the_resolution_closes_and_says_nothing() -> None:
    body = changed({"status": 4}, user=None, new_status=4, comment="Submitter accepted resolution")
    found = read_one(SOURCE, incoming(body), OWN)
    assert (found.status, found.answered, found.who) == ("closed", False, None)
    reopened = changed({"status": 2}, user=None, new_status=2)
    assert isinstance(read_one(SOURCE, incoming(reopened), OWN), Ticket)


def test_own_changes_tell_no_state() -> None:
    for body in (changed({}, user=1), changed({}, comment=f"{MARK}\nKategoria: defect")):
        assert isinstance(read_one(SOURCE, incoming(body), OWN), Ignored)


def test_own_ticket_is_ignored() -> None:
    made = {"ticket": {"id": 5, "title": "Oferta", "description": f"{MARK}\nKanał: phone"}}
    assert isinstance(read_one(SOURCE, incoming(made), OWN), Ignored)
    assert isinstance(read_one(SOURCE, incoming({"ticket": {"id": 5}}), OWN), Ignored)
    hops = incoming({"ticket": {"id": 5, "title": "x"}}, {"X-Inquiry-Router-Hops": "4"})
    assert isinstance(read_one(SOURCE, hops, OWN), Ignored)


@pytest.mark.parametrize(
    "body",
    [{}, {"ticket": None}, {"ticket": []}, {"ticket": {"id": None}}, {"ticket": {"id": True}}],
)
def test_body_without_a_ticket_is_refused_with_advice(body: Any) -> None:
    with pytest.raises(Unreadable, match="HELPDESK_NEW_TICKET_WEBHOOK_URLS"):
        SOURCE.read(OWN, incoming(body))


def row(number: int, day: int, **more: Any) -> dict[str, Any]:
    opening = {"id": number, "user": None, "public": True, "date": f"2026-11-{day:02}T10:00:00Z"}
    return {
        "id": number,
        "title": f"Ticket {number}",
        "description": "Proszę o cennik",
        "followup_set": [opening],
        **more,
    }


ASKED = DjangoHelpdeskSourceSettings(api_url=URL, api_user="router", api_token="hush")
SINCE = datetime(2026, 11, 20, tzinfo=UTC)


def test_polling_reads_newest_pages_first() -> None:
    pages = [
        {"count": 80, "results": [row(1, 1)]},
        {
            "count": 80,
            "results": [row(80, 21), row(81, 21, description=f"{MARK}\n", title="made by us")],
        },
        {"count": 80, "results": [row(70, 20), row(60, 19), None, {"id": None}]},
        {"count": 80, "results": [row(50, 18)]},
    ]
    asked, found = drive(SOURCE.poll(ASKED, SINCE), *pages[:2], pages[3])
    query = f"GET {URL}/api/tickets/?status=1,2&page_size=25&page="
    answers = f"GET {URL}/api/followups/?page_size=25&page=1"
    assert steps(asked) == [*(f"{query}{page}" for page in (1, 4, 3)), answers]
    assert {request.headers["authorization"] for request in asked} == {BASIC}
    assert [ticket.external_id for ticket in found.tickets] == ["80"]
    _, found = drive(SOURCE.poll(ASKED, SINCE), *pages)
    assert [ticket.external_id for ticket in found.tickets] == ["80", "70"]
    assert found.tickets[1] == read_one(SOURCE, incoming({"ticket": row(70, 20)}))


def test_polling_survives_a_missing_last_page() -> None:
    gone = Reply(404, {}, b'{"detail":"Invalid page."}')
    asked, found = drive(
        SOURCE.poll(ASKED, SINCE), {"count": 51, "results": []}, gone, {"results": [row(9, 21)]}
    )
    assert len(asked) == 4
    assert asked[1].expected == {404}
    assert [ticket.external_id for ticket in found.tickets] == ["9"]


@pytest.mark.parametrize("count", [10**9 - 1, "x", None, -1, [], "9" * 5000])
def test_polling_is_bounded(count: Any) -> None:
    pages = [{"count": count, "results": [row(3, 21)]}] * 41
    asked, found = drive(SOURCE.poll(ASKED, SINCE), *pages)
    endless = count == 10**9 - 1
    asked = [one for one in asked if "/tickets/" in one.url]
    assert (len(asked), len(found.tickets)) == ((41, 40) if endless else (1, 1))
    assert (found.to_the_end, found.until) == (not endless, None)


def answer(number: int, day: int, ticket: int | None, **more: Any) -> dict[str, Any]:
    """A customer's follow-up in the list of them."""
    said = {"id": number, "ticket": ticket, "user": None, "public": True, "comment": "Czekam"}
    return {**said, "date": f"2026-11-{day:02}T11:00:00Z", **more}


def test_polling_finds_follow_ups_whose_webhook_failed() -> None:
    tickets = {"count": 1, "results": [row(70, 20)]}
    opening = answer(70, 20, 70)
    pages = [
        {"count": 51, "results": [answer(1, 1, 3)]},
        {"count": 51, "results": [answer(105, 22, 70), None, answer(107, 22, None)]},
        {
            "count": 51,
            "results": [
                answer(90, 19, 70),
                opening,
                answer(101, 21, 8),
                answer(102, 21, 8, user=7),
                answer(103, 21, 8, public=False),
                answer(104, 21, 8, new_status=4),
                answer(106, 21, 9),
            ],
        },
    ]
    closed, gone = row(8, 1, status=3), Reply(404, {}, b"{}")
    asked, found = drive(SOURCE.poll(ASKED, SINCE), tickets, *pages, closed, gone)
    query = f"GET {URL}/api/followups/?page_size=25&page="
    single = [f"GET {URL}/api/tickets/{ticket}/" for ticket in (8, 9)]
    assert steps(asked)[1:] == [*(f"{query}{page}" for page in (1, 3, 2)), *single]
    keys = [ticket.delivery_key for ticket in found.tickets]
    assert keys == ["70", "8/101", "70/105"]
    assert {request.headers["authorization"] for request in asked} == {BASIC}
    hook = {"ticket": {**closed, "followup_set": [answer(8, 1, 8), answer(101, 21, 8)]}}
    assert found.tickets[1] == read_one(SOURCE, incoming({**hook, "followup_id": 101}))


def test_polling_requires_an_address() -> None:
    assert drive(SOURCE.poll(DjangoHelpdeskSourceSettings(), SINCE)) == ([], Listed())


def test_setup_steps_contain_the_address() -> None:
    steps_ = SOURCE.setup("https://router.example.com/v1/hooks/door?token=t")
    for language in (steps_.pl, steps_.en):
        assert 4 <= len(language) <= 9
        assert any("https://router.example.com/v1/hooks/door?token=t" in step for step in language)


def test_polled_tickets_equal_those_of_webhooks() -> None:
    assert isinstance(read_one(SOURCE, incoming({"ticket": row(3, 1)})), Ticket)

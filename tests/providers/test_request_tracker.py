"""Tickets of Request Tracker, both ways."""

from typing import Any

import pytest

from inquiry_router.inquiry.model import Channel
from inquiry_router.providers.kit.notes import note_text
from inquiry_router.providers.kit.provider import Group, Refused
from inquiry_router.providers.kit.reading import OwnUserSettings
from inquiry_router.providers.kit.routed import read_handovers
from inquiry_router.providers.kit.source import Ignored, TicketState, Unreadable
from inquiry_router.providers.request_tracker import RequestTracker, RequestTrackerSettings
from inquiry_router.providers.request_tracker_source import RequestTrackerSource
from tests.providers.kit import (
    MARK,
    NOW,
    REFERENCE,
    assert_expected,
    assert_news_is_noted_once,
    body_of,
    drive,
    event,
    handed_over,
    handover,
    incoming,
    later,
    read_one,
    sample,
    steps,
)

SOURCE = RequestTrackerSource()
OWN = OwnUserSettings(own_user="router@acme.example.com")
URL = "https://rt.example.com"
SETTINGS = RequestTrackerSettings.model_validate(
    {"url": URL, "api_token": "1-2-abc", "source": "door", "groups": {"sales": "2"}, "create": True}
)
MOVED = [
    "Ticket 4521: Queue changed from Invalid mail to Sales",
    "Ticket 4521: Priority changed from 'Low' to 'High'",
]
IN_SALES = {"id": 4521, "Queue": {"id": "2", "Name": "Sales"}}


@pytest.mark.parametrize(
    "name", ["request-tracker-scrip-on-create", "request-tracker-rest2-ticket"]
)
def test_sample_tickets(name: str) -> None:
    assert_expected(read_one(SOURCE, sample(name), OWN), name)


def test_transaction_is_the_delivery_key() -> None:
    assert read_one(SOURCE, sample("request-tracker-scrip-on-create")).delivery_key == "99812"


def answered(**changes: Any) -> Any:
    body = {
        "event": "Correspond",
        "id": 4521,
        "subject": "Zapytanie",
        "requestors": ["jan@hurtownia.example.com"],
        "creator": "Jan@hurtownia.example.com",
        "content": "A na 2000 szt.?",
        "transaction_id": 99901,
        **changes,
    }
    return read_one(SOURCE, incoming(body), OWN)


def test_requestors_answer_is_a_later_message() -> None:
    ticket = answered()
    assert (ticket.external_id, ticket.message_id, ticket.delivery_key) == (
        "4521",
        "99901",
        "99901",
    )
    assert ticket.text == "A na 2000 szt.?"


@pytest.mark.parametrize(
    ("interface", "channel"),
    [
        ("Email", Channel.EMAIL),
        ("Web", Channel.FORM),
        ("Mobile", Channel.FORM),
        ("REST", Channel.API),
        ("Phone", Channel.PHONE),
        (None, Channel.EMAIL),
        ("CLI", Channel.EMAIL),
    ],
)
def test_channel_is_the_trackers_interface(interface: str | None, channel: Channel) -> None:
    assert answered(channel=interface).channel is channel


@pytest.mark.parametrize(
    "changes",
    [
        {"creator": "celina@acme.example.com"},
        {"creator": None},
        {"content": None},
        {"event": "Comment"},
        {"event": "Create", "content": f"{MARK}\nKanał: phone"},
        {"event": "Create", "content": "", "subject": None},
        {"creator": "router@acme.example.com", "requestors": ["router@acme.example.com"]},
    ],
)
def test_messages_not_by_customers_are_ignored(changes: dict[str, Any]) -> None:
    assert isinstance(answered(**changes), Ignored)


def changed(**changes: Any) -> Any:
    """An act of the agent Celina, as the scrip describes it."""
    state = {
        "status": "open",
        "inactive": 0,
        "queue": "Serwis",
        "queue_id": 3,
        "owner": "Nobody",
        "staff": 1,
        "created": "2026-11-21 16:00:00",
        "creator": "celina@acme.example.com",
        "content": "Wysyłam serwisanta.",
    }
    return answered(**{**state, **changes})


def test_agents_correspondence_is_an_answer() -> None:
    found = changed(owner="celina")
    assert found == TicketState(
        external_id="4521",
        at=NOW,
        status="open",
        groups=("3", "Serwis"),
        owner="celina",
        answered=True,
        who="celina@acme.example.com",
    )
    assert found == changed(owner="celina")


@pytest.mark.parametrize(
    "changes",
    [
        {"staff": 0},
        {"staff": None},
        {"content": None},
        {"content": f"{MARK}\nKategoria: defect"},
        {"creator": None},
        {"event": "Status", "content": None},
        {"event": "Set", "content": None},
    ],
)
def test_other_acts_only_tell_the_state(changes: dict[str, Any]) -> None:
    found = changed(**changes)
    assert (found.answered, found.status, found.owner) == (False, "open", "")


@pytest.mark.parametrize(
    ("status", "inactive", "told"),
    [
        ("new", 0, "open"),
        ("stalled", 0, "pending"),
        ("resolved", 1, "closed"),
        ("Rejected", None, "closed"),
        ("zamknięte", 1, "closed"),
        ("zamknięte", 0, "open"),
        (None, 0, None),
        ([], 1, None),
    ],
)
def test_status_follows_the_lifecycle(status: Any, inactive: Any, told: str | None) -> None:
    assert changed(event="Status", status=status, inactive=inactive).status == told


def test_own_changes_tell_no_state() -> None:
    own = {"creator": "router@acme.example.com"}
    assert isinstance(changed(**own), Ignored)
    assert isinstance(changed(event="Set", **own), Ignored)


@pytest.mark.parametrize("changes", [{"id": None}, {"id": {}}, {"transaction_id": None}])
def test_body_without_ids_is_refused_with_advice(changes: dict[str, Any]) -> None:
    with pytest.raises(Unreadable, match="Copy the text of the scrip"):
        answered(**changes)


PLAIN = {
    "url": URL,
    "api_token": "1-2-abc",
    "source": "source-1",
    "groups": {"customer_service": "2"},
}


def test_news_is_noted_once() -> None:
    history = {"items": [{"Type": "Comment", "Data": f"{MARK} d1"}]}
    assert_news_is_noted_once(
        RequestTracker(), PLAIN, lambda body: str(body["Content"]), lambda note: history
    )
    (said,) = handed_over(RequestTracker(), PLAIN, [{}], event(**later()), "inquiry.message")
    assert (said.method, said.path) == ("POST", "/REST/2.0/ticket/35436/comment")


def test_raised_priority_is_set_and_noted_and_reopened_ticket_opened() -> None:
    raised = event(**later("raised", priority_before="normal", keeps_group=True))
    said = handed_over(RequestTracker(), PLAIN, [[], {}], raised, "inquiry.message")
    assert said[0].body == {"Priority": 110}
    assert "z „zwykły” na „pilny”" in said[1].body["Content"]
    refused = ["Status 'open' isn't a valid status for this ticket."]
    replies = [refused, [], IN_SALES, {}]
    reopened = event(**later("reopened"))
    said = handed_over(RequestTracker(), PLAIN, replies, reopened, "inquiry.message")
    assert (said[0].method, said[0].body) == ("PUT", {"Status": "open"})


def test_ticket_is_moved_and_noted() -> None:
    delivery = handover("4521")
    asked, _ = drive(RequestTracker().hand_over(SETTINGS, delivery, NOW), MOVED, IN_SALES)
    ticket = f"{URL}/REST/2.0/ticket/4521"
    assert steps(asked) == [
        f"PUT {ticket}",
        f"GET {ticket}?fields[Queue]=Name",
        f"POST {ticket}/comment",
    ]
    assert {request.headers["authorization"] for request in asked} == {"token 1-2-abc"}
    assert body_of(asked[0]) == {"Priority": 100, "Queue": "2"}
    (routed,) = read_handovers(SETTINGS, delivery, NOW)
    assert routed is not None
    assert body_of(asked[2]) == {
        "Subject": f"{MARK} delivery-1",
        "Content": note_text(routed, "pl"),
        "ContentType": "text/plain",
    }


def test_queues_may_be_named() -> None:
    settings = SETTINGS.model_copy(update={"groups": {"sales": "sales"}})
    asked, _ = drive(RequestTracker().hand_over(settings, handover("4521"), NOW), MOVED, IN_SALES)
    assert body_of(asked[0])["Queue"] == "sales"
    assert len(asked) == 3


def test_without_a_queue_only_the_priority_changes() -> None:
    asked, _ = drive(
        RequestTracker().hand_over(
            SETTINGS, handover("4521", team="triage", priority="urgent"), NOW
        ),
        [],
    )
    assert body_of(asked[0]) == {"Priority": 110}
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("messages", "shown", "reason"),
    [
        (["Ticket 4521: Permission Denied"], IN_SALES, "Permission Denied"),
        (["Ticket 4521: Queue 99 does not exist"], IN_SALES, "does not exist"),
        (
            ["Zgłoszenie 4521: Odmowa dostępu"],
            {"Queue": {"id": "1", "Name": "General"}},
            "Odmowa dostępu",
        ),
        ([], {"Queue": ""}, "no reason"),
        ("x", None, "no reason"),
    ],
)
def test_refusal_with_status_200_is_a_refusal(messages: Any, shown: Any, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        drive(RequestTracker().hand_over(SETTINGS, handover("4521"), NOW), messages, shown)


def test_repeated_delivery_leaves_one_comment() -> None:
    there = [
        {"pages": 2, "items": [{"Type": "Create", "Data": None}, None]},
        {"pages": 2, "items": [{"Type": "Comment", "Data": f"{MARK} delivery-1"}]},
    ]
    delivery = handover("4521", repeated=True)
    asked, _ = drive(RequestTracker().hand_over(SETTINGS, delivery, NOW), MOVED, IN_SALES, *there)
    history = f"GET {URL}/REST/2.0/ticket/4521/history?fields=Type,Data&per_page=100&page="
    assert steps(asked)[2:] == [f"{history}1", f"{history}2"]
    asked, _ = drive(
        RequestTracker().hand_over(SETTINGS, delivery, NOW), MOVED, IN_SALES, {"items": []}
    )
    assert steps(asked)[-1].startswith("POST")


def test_call_becomes_one_ticket() -> None:
    asked, _ = drive(
        RequestTracker().hand_over(SETTINGS, handover(None), NOW),
        {"items": []},
        {"id": "77"},
        [],
        IN_SALES,
    )
    tickets = f"{URL}/REST/2.0/tickets?query=Subject LIKE '({REFERENCE})'&fields=Subject"
    assert steps(asked)[0] == f"GET {tickets}"
    made = body_of(asked[1])
    assert steps(asked)[1] == f"POST {URL}/REST/2.0/ticket"
    assert made["Content"].startswith(MARK) and made["Subject"].endswith(f"({REFERENCE})")
    assert (made["Queue"], made["Requestor"], made["Priority"]) == (
        "2",
        "anna@klient.example.com",
        100,
    )
    found = {
        "items": [
            {"id": 5, "Subject": "Re: other"},
            {"id": 78, "Subject": f"Poproszę ofertę ({REFERENCE})"},
        ]
    }
    asked, _ = drive(RequestTracker().hand_over(SETTINGS, handover(None), NOW), found, [], IN_SALES)
    assert steps(asked)[1] == f"PUT {URL}/REST/2.0/ticket/78"
    with pytest.raises(Refused, match="set the queue of the team 'triage'"):
        drive(
            RequestTracker().hand_over(SETTINGS, handover(None, team="triage"), NOW), {"items": []}
        )


def test_check_lists_queues() -> None:
    pages = [
        {"pages": 2, "items": [{"id": "1", "Name": "General"}]},
        {"pages": 2, "items": [{"id": 2, "Name": "Sales"}, None]},
    ]
    asked, groups = drive(RequestTracker().check(SETTINGS), *pages)
    assert steps(asked)[1] == f"GET {URL}/REST/2.0/queues/all?fields=Name&per_page=100&page=2"
    assert groups == (Group("1", "General"), Group("2", "Sales"))
    with pytest.raises(Refused):
        drive(RequestTracker().check(SETTINGS), {"message": "Unauthorized"})


def test_scrip_contains_the_address_and_balanced_braces() -> None:
    said = SOURCE.setup("https://router.example.com/v1/hooks/door?token=t")
    for language in (said.pl, said.en):
        assert 4 <= len(language) <= 9
        assert "Batch" in language[1]
        scrip = language[2]
        assert "'https://router.example.com/v1/hooks/door?token=t'" in scrip
        assert scrip.count("{") == scrip.count("}") == 9


def test_ticket_is_located_by_the_queue_name_in_the_settings() -> None:
    asked, group = drive(RequestTracker().locate(SETTINGS, "4521"), IN_SALES)
    assert (steps(asked), group) == ([f"GET {URL}/REST/2.0/ticket/4521?fields[Queue]=Name"], "2")
    by_name = SETTINGS.model_copy(update={"groups": {"sales": "sales"}})
    assert drive(RequestTracker().locate(by_name, "4521"), IN_SALES)[1] == "sales"

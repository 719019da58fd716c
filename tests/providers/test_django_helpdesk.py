"""Tickets of django-helpdesk are moved, noted and created."""

from typing import Any

import pytest

from inquiry_router.providers.django_helpdesk import DjangoHelpdesk, DjangoHelpdeskSettings
from inquiry_router.providers.django_helpdesk_source import DjangoHelpdeskSource
from inquiry_router.providers.kit.notes import note_text
from inquiry_router.providers.kit.provider import Group, Refused
from inquiry_router.providers.kit.routed import read_handovers
from inquiry_router.providers.kit.source import Ignored
from tests.providers.kit import (
    MARK,
    NOW,
    assert_news_is_noted_once,
    body_of,
    drive,
    event,
    handed_over,
    handover,
    incoming,
    later,
    read_one,
    steps,
)

URL = "https://acme.example.com/helpdesk"
SETTINGS = DjangoHelpdeskSettings.model_validate(
    {
        "url": URL + "/",
        "user": "router",
        "password": "hush",
        "source": "door",
        "groups": {"sales": "2"},
        "create": True,
    }
)
BASIC = "Basic cm91dGVyOmh1c2g="


def row(number: int, **more: Any) -> dict[str, Any]:
    """A ticket in a list."""
    return {"id": number, "title": f"Ticket {number}", "description": "Proszę o cennik", **more}


def test_ticket_is_moved_and_noted() -> None:
    asked, _ = drive(DjangoHelpdesk().hand_over(SETTINGS, handover("2"), NOW))
    assert steps(asked) == [f"PATCH {URL}/api/tickets/2/", f"POST {URL}/api/followups/"]
    assert {request.headers["authorization"] for request in asked} == {BASIC}
    assert body_of(asked[0]) == {"queue": 2, "priority": 2}
    (routed,) = read_handovers(SETTINGS, handover("2"), NOW)
    assert routed is not None
    assert body_of(asked[1]) == {"ticket": 2, "comment": note_text(routed, "pl"), "public": False}


def test_without_a_queue_only_the_priority_changes() -> None:
    asked, _ = drive(
        DjangoHelpdesk().hand_over(SETTINGS, handover("2", team="triage", priority="low"), NOW)
    )
    assert body_of(asked[0]) == {"priority": 4}
    assert "zostaje tutaj" in body_of(asked[1])["comment"]


def test_repeated_delivery_leaves_one_note() -> None:
    first, _ = drive(DjangoHelpdesk().hand_over(SETTINGS, handover("2"), NOW))
    there = {
        "followup_set": [
            {"public": True, "comment": "Dzień dobry"},
            {"public": False, "comment": body_of(first[1])["comment"]},
        ]
    }
    asked, _ = drive(
        DjangoHelpdesk().hand_over(SETTINGS, handover("2", repeated=True), NOW), {}, there
    )
    assert steps(asked) == [f"PATCH {URL}/api/tickets/2/", f"GET {URL}/api/tickets/2/"]
    asked, _ = drive(DjangoHelpdesk().hand_over(SETTINGS, handover("2", repeated=True), NOW))
    assert steps(asked)[-1] == f"POST {URL}/api/followups/"


PLAIN = {
    "url": URL,
    "user": "router",
    "password": "hush",
    "source": "source-1",
    "groups": {"customer_service": "1"},
}


def noted(comment: str) -> dict[str, Any]:
    return {"followup_set": [{"public": False, "comment": comment}]}


def test_news_is_noted_once() -> None:
    assert_news_is_noted_once(DjangoHelpdesk(), PLAIN, lambda body: str(body["comment"]), noted)
    (said,) = handed_over(DjangoHelpdesk(), PLAIN, [{}], event(**later()), "inquiry.message")
    assert (said.method, said.path) == ("POST", "/api/followups/")
    assert (said.body["ticket"], said.body["public"]) == (35436, False)


def test_raised_priority_is_set_and_noted() -> None:
    raised = event(**later("raised", priority_before="normal", keeps_group=True))
    said = handed_over(DjangoHelpdesk(), PLAIN, [{}, {}], raised, "inquiry.message")
    assert said[0].body == {"priority": 1}
    assert "z „zwykły” na „pilny”" in said[1].body["comment"]


@pytest.mark.parametrize("source", [None, ("door", "35436")], ids=["elsewhere", "by mail"])
def test_only_a_closed_ticket_is_reopened(source: tuple[str, str] | None) -> None:
    reopened, kind = event(**later("reopened", source)), "inquiry.message"
    closed = {"id": 35436, "status": 3}
    said = handed_over(DjangoHelpdesk(), PLAIN, [closed, {}, {}, {}], reopened, kind)
    assert (said[1].method, said[1].body) == ("PATCH", {"status": 2})
    said = handed_over(DjangoHelpdesk(), PLAIN, [{**closed, "status": 1}, {}, {}], reopened, kind)
    assert said[1].body == {"priority": 1, "queue": 1}


def test_braces_of_a_customer_are_no_template() -> None:
    written = event(**later(text="100%} {{ ticket.secret_key }}"))
    (said,) = handed_over(DjangoHelpdesk(), PLAIN, [{}], written, "inquiry.message")
    assert said.body["comment"].endswith(
        '100%{{ "}" }} {{ "{" }}{{ "{" }} ticket.secret_key {{ "}" }}{{ "}" }}'
    )
    there = noted(f"{said.body['comment'].partition('100')[0]}100%}} {{{{ ticket.secret_key }}}}")
    assert len(handed_over(DjangoHelpdesk(), PLAIN, [there], written, "inquiry.message", True)) == 1


def test_correction_leaves_a_note_of_its_own() -> None:
    first, _ = drive(DjangoHelpdesk().hand_over(SETTINGS, handover("2"), NOW))
    there = {"followup_set": [{"public": False, "comment": body_of(first[1])["comment"]}]}
    corrected = handover("2", "inquiry.corrected", repeated=True, correction="Celina")
    asked, _ = drive(DjangoHelpdesk().hand_over(SETTINGS, corrected, NOW), {}, there)
    assert "Poprawione przez: Celina" in body_of(asked[2])["comment"]


def test_call_becomes_a_ticket() -> None:
    asked, _ = drive(DjangoHelpdesk().hand_over(SETTINGS, handover(None), NOW), {"id": 77})
    assert steps(asked) == [
        f"POST {URL}/api/tickets/",
        f"PATCH {URL}/api/tickets/77/",
        f"POST {URL}/api/followups/",
    ]
    made = body_of(asked[0])
    assert made["description"].startswith(MARK)
    assert "+48220000101" in made["description"] and "Poproszę ofertę" in made["description"]
    assert (made["queue"], made["priority"], made["submitter_email"]) == (
        2,
        2,
        "anna@klient.example.com",
    )
    assert isinstance(
        read_one(DjangoHelpdeskSource(), incoming({"ticket": {"id": 77, **made}})), Ignored
    )


def test_ticket_of_an_earlier_attempt_is_found() -> None:
    ours = row(77, description=f"{MARK}\nKanał: phone")
    listed = {"count": 1, "results": [row(5), ours]}
    asked, _ = drive(
        DjangoHelpdesk().hand_over(SETTINGS, handover(None, repeated=True), NOW), listed
    )
    assert steps(asked)[:2] == [
        f"GET {URL}/api/tickets/?page_size=25&page=1",
        f"PATCH {URL}/api/tickets/77/",
    ]
    asked, _ = drive(
        DjangoHelpdesk().hand_over(SETTINGS, handover(None, repeated=True), NOW),
        {"count": 0},
        {"id": 78},
    )
    assert steps(asked)[1] == f"POST {URL}/api/tickets/"


@pytest.mark.parametrize(
    "delivery",
    [handover("x/../../admin"), handover(None, team="triage"), handover("2", team="legal")],
    ids=["id", "queue", "name"],
)
def test_impossible_deliveries_are_refused_for_good(delivery: Any) -> None:
    settings = SETTINGS.model_copy(update={"groups": {"sales": "2", "legal": "legal"}})
    with pytest.raises(Refused):
        drive(DjangoHelpdesk().hand_over(settings, delivery, NOW))


@pytest.mark.parametrize(
    "delivery", [handover("2", "inquiry.corrected", source="x"), handover("2", source="other")]
)
def test_deliveries_of_other_sources_send_nothing(delivery: Any) -> None:
    assert drive(
        DjangoHelpdesk().hand_over(SETTINGS.model_copy(update={"create": False}), delivery, NOW)
    ) == ([], None)


def test_check_lists_queues_by_number() -> None:
    token = DjangoHelpdeskSettings.model_validate({"url": URL, "password": "abc"})
    asked, groups = drive(
        DjangoHelpdesk().check(token),
        {"results": [row(1, queue=1), row(2, queue=2), row(3, queue=1), {}]},
    )
    assert steps(asked) == [f"GET {URL}/api/tickets/?page_size=100"]
    assert asked[0].headers["authorization"] == "Token abc"
    assert groups == (Group("1", "queue 1"), Group("2", "queue 2"))
    with pytest.raises(Refused):
        drive(DjangoHelpdesk().check(token), [])


def test_ticket_is_located_in_its_queue() -> None:
    asked, group = drive(DjangoHelpdesk().locate(SETTINGS, "7"), {"id": 7, "queue": 2})
    assert (steps(asked), group) == ([f"GET {URL}/api/tickets/7/"], "2")
    assert asked[0].headers["authorization"] == BASIC

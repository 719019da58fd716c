"""The story of every helpdesk, told by a made-up one that writes down its verbs."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from inquiry_router.inquiry.model import Event, Priority
from inquiry_router.outside.addresses import PUBLIC
from inquiry_router.outside.messages import Reply
from inquiry_router.providers.kit.groups import group_named
from inquiry_router.providers.kit.helpdesk import TicketHelpdesk
from inquiry_router.providers.kit.helpdesk_settings import UrlSettings
from inquiry_router.providers.kit.provider import (
    Calls,
    Check,
    Handover,
    Locate,
    NothingToDo,
    Refused,
)
from inquiry_router.providers.kit.requests import Exchange
from inquiry_router.providers.kit.routed import RoutedInquiry, read_handovers
from tests.providers.kit import CORRECTION_URL, INQUIRY, NOW, drive, event, handover, later

URL = "https://desk.example.com"
DOOR = {"system": "door", "id": "7", "url": None}


def settings(**more: Any) -> UrlSettings:
    return UrlSettings.from_stored({"url": f"{URL}/", "source": "door", **more}, reach=PUBLIC)


class Desk(TicketHelpdesk[UrlSettings]):
    """A helpdesk with one request a verb."""

    kind = "desk"
    title = "Desk"
    settings_model = UrlSettings

    def headers(self, settings: UrlSettings) -> Mapping[str, str]:
        return {"x-key": "hush"}

    def find_ticket(self, settings: UrlSettings, inquiry: RoutedInquiry) -> Exchange[str | None]:
        found: str | None = (yield self.request(settings, "GET", "/find")).json()
        return found

    def create_ticket(self, settings: UrlSettings, inquiry: RoutedInquiry) -> Exchange[str]:
        yield self.request(settings, "POST", "/create")
        return "new"

    def move_ticket(self, settings: UrlSettings, ticket: str, inquiry: RoutedInquiry) -> Calls:
        yield self.request(settings, "PUT", f"/move/{ticket}", {"group": inquiry.group})

    def open_ticket(self, settings: UrlSettings, ticket: str) -> Calls:
        yield self.request(settings, "PUT", f"/open/{ticket}")

    def has_note(
        self, settings: UrlSettings, ticket: str, inquiry: RoutedInquiry
    ) -> Exchange[bool]:
        return bool((yield self.request(settings, "GET", f"/note/{ticket}")).json())

    def add_note(self, settings: UrlSettings, ticket: str, inquiry: RoutedInquiry) -> Calls:
        yield self.request(settings, "POST", f"/note/{ticket}", {"at": str(inquiry.at)})

    def check(self, settings: UrlSettings) -> Check | None:
        return None

    def locate(self, settings: UrlSettings, ticket: str) -> Locate:
        found = yield from self.read_ticket(settings, f"/tickets/{ticket}", "ticket")
        group: str | None = found.get("group")
        return group


def verbs(delivery: Handover, *replies: Any, **more: Any) -> list[str]:
    asked, _ = drive(Desk().hand_over(settings(**more), delivery, NOW), *replies)
    assert all(request.headers["x-key"] == "hush" for request in asked)
    return [f"{request.method} {request.url.removeprefix(URL)}" for request in asked]


def test_known_ticket_is_moved_and_noted() -> None:
    assert verbs(handover("7")) == ["PUT /move/7", "POST /note/7"]


@pytest.mark.parametrize(
    ("has_note", "wanted"), [(True, []), (False, ["POST /note/7"])], ids=["noted", "not yet"]
)
def test_repeated_delivery_adds_the_note_unless_it_is_there(
    has_note: bool, wanted: list[str]
) -> None:
    again = handover("7", repeated=True)
    assert verbs(again, {}, has_note) == ["PUT /move/7", "GET /note/7", *wanted]


def test_inquiry_that_came_another_way_is_found_or_created() -> None:
    there = ["GET /find", "PUT /move/7", "POST /note/7"]
    assert verbs(handover(None), "7", create=True) == there
    new = ["GET /find", "POST /create", "PUT /move/new", "POST /note/new"]
    assert verbs(handover(None), None, create=True) == new


NOT_OURS = "the destination moves only tickets of 'door', and 'create' is false"
SHOWN = "the ticket shows it already, or there is nothing in it for agents"


@pytest.mark.parametrize(
    ("delivery", "reason"),
    [
        (handover(None), f"the inquiry is no ticket; {NOT_OURS}"),
        (handover("7", source="another"), f"the inquiry came from 'another'; {NOT_OURS}"),
        (handover("7", Event.CALL), SHOWN),
        (
            handover(
                "7", Event.CALL, channel="phone", call={"kind": "called", "details": {"attempt": 1}}
            ),
            SHOWN,
        ),
        (handover("7", Event.MESSAGE, **later(source=("door", "7"))), SHOWN),
        (handover("7", Event.MESSAGE, **later(copy=True)), SHOWN),
        (handover("7", Event.RESOLVED, resolution={"who": "Ewa", "source": DOOR}), SHOWN),
        (handover("7", Event.REOPENED, reopening={"who": "Ewa", "source": DOOR}), SHOWN),
        (handover(None, Event.MESSAGE, **later()), f"the inquiry is no ticket; {NOT_OURS}"),
        (handover("7", "inquiry.unheard_of"), SHOWN),
    ],
    ids=[
        "no ticket",
        "another source",
        "unknown call",
        "the call that made the inquiry",
        "kept message of this ticket",
        "copy of a mail",
        "resolved in the helpdesk",
        "reopened in the helpdesk",
        "message without a ticket",
        "unknown event",
    ],
)
def test_other_deliveries_send_nothing_and_say_why(delivery: Handover, reason: str) -> None:
    with pytest.raises(NothingToDo) as told:
        next(Desk().hand_over(settings(), delivery, NOW))
    assert str(told.value) == reason


def test_destination_without_source_and_create_says_so() -> None:
    with pytest.raises(NothingToDo, match="has no 'source' whose tickets it moves"):
        next(Desk().hand_over(settings(source=None), handover("7"), NOW))


@pytest.mark.parametrize(
    ("groups", "group"),
    [
        ({"customer_service": "1", "sales": "2", "triage": "3"}, "3"),
        ({"customer_service": "1", "sales": "2"}, "1"),
        ({"sales": "2"}, None),
    ],
    ids=["its own", "that of customer service", "none"],
)
def test_unsure_ticket_leaves_sales_for_the_group_of(groups: Any, group: str | None) -> None:
    (inquiry,) = read_handovers(settings(groups=groups), handover("7", team="triage"), NOW)
    assert inquiry.group == group


@pytest.mark.parametrize(
    "delivery",
    [
        handover("7", Event.MESSAGE, **later()),
        handover("7", Event.CALL, call={"kind": "missed", "details": {"attempt": 1}}),
        handover("7", Event.LINKED, link={"reference": "3WYA-EE71", "kind": "perhaps"}),
        handover("7", Event.MERGED, merge={"into": "K7MA-4XEH", "from": "3WYA-EE71"}),
        handover("7", Event.RESOLVED, resolution={"who": "Ewa", "note": None}),
        handover("7", Event.CORRECTED, correction="Celina", status="resolved"),
    ],
    ids=["message", "call", "link", "merge", "resolution", "correction of a resolved inquiry"],
)
def test_anything_but_a_decision_is_only_noted(delivery: Handover) -> None:
    assert verbs(delivery) == ["POST /note/7"]
    again = replace(delivery, repeated=True)
    assert verbs(again, False) == ["GET /note/7", "POST /note/7"]
    assert verbs(again, True) == ["GET /note/7"]


def test_note_of_an_inquiry_without_a_ticket_creates_one() -> None:
    delivery = handover(None, Event.MESSAGE, **later())
    assert verbs(delivery, None, create=True) == ["GET /find", "POST /create", "POST /note/new"]


@pytest.mark.parametrize("change", ["raised", "decided"])
@pytest.mark.parametrize("source", [None, ("door", "7")], ids=["elsewhere", "here"])
def test_decision_by_a_later_message_moves_the_ticket(
    change: str, source: tuple[str, str] | None
) -> None:
    delivery = handover("7", Event.MESSAGE, **later(change, source))
    assert verbs(delivery) == ["PUT /move/7", "POST /note/7"]


def test_outdated_decision_of_a_later_message_is_only_noted() -> None:
    """Its words are news, but the ticket has a newer decision or will get it."""
    delivery = replace(handover("7", Event.MESSAGE, **later("raised")), outdated=True)
    assert verbs(delivery) == ["POST /note/7"]


def test_reopened_ticket_is_opened_unless_the_customer_wrote_to_it() -> None:
    opened = ["PUT /open/7", "PUT /move/7", "POST /note/7"]
    assert verbs(handover("7", Event.MESSAGE, **later("reopened"))) == opened
    here = later("reopened", ("door", "7"))
    assert verbs(handover("7", Event.MESSAGE, **here)) == opened[1:]
    by_person = handover("7", Event.REOPENED, reopening={"who": "Ewa", "note": None})
    assert verbs(by_person) == ["PUT /open/7", "POST /note/7"]


def test_ticket_that_a_person_moved_keeps_its_group() -> None:
    groups = settings(groups={"sales": "5"})
    for keeps_group, group in ((True, None), (False, "5")):
        parts = later("raised", keeps_group=keeps_group)
        delivery = handover("7", Event.MESSAGE, **parts)
        asked, _ = drive(Desk().hand_over(groups, delivery, NOW))
        assert json.loads(asked[0].body) == {"group": group}


def test_second_ticket_of_the_same_matter_goes_to_the_same_team_once() -> None:
    joined = handover("7", Event.MESSAGE, **later(source=("door", "8")))
    moved = ["GET /note/8", "PUT /move/8", "POST /note/8"]
    assert verbs(joined, {}, False) == ["POST /note/7", *moved]
    assert verbs(joined, {}, True) == ["POST /note/7", "GET /note/8"]
    by_phone = handover(None, Event.MESSAGE, **later(source=("door", "8")))
    assert verbs(by_phone, False) == moved
    split = handover(None, Event.MESSAGE, **later("split", ("door", "8")))
    assert verbs(split) == []


def test_message_by_the_ticket_that_was_made_for_the_inquiry_is_there_already() -> None:
    kept = handover(None, Event.MESSAGE, **later(source=("door", "7")))
    assert verbs(kept, "7", create=True) == ["GET /find"]
    raised = handover(None, Event.MESSAGE, **later("raised", source=("door", "7")))
    assert verbs(raised, "7", create=True) == ["GET /find", "PUT /move/7", "POST /note/7"]
    reopened = handover(None, Event.MESSAGE, **later("reopened", source=("door", "7")))
    assert verbs(reopened, "7", create=True) == ["GET /find", "PUT /move/7", "POST /note/7"]
    by_another = handover(None, Event.MESSAGE, **later(source=("door", "8")))
    assert verbs(by_another, "7", {}, False, create=True) == [
        *("GET /find", "POST /note/7", "GET /note/8", "PUT /move/8", "POST /note/8")
    ]


def test_missing_ticket_is_in_no_group_and_other_answers_are_refused() -> None:
    locate = Desk().locate(settings(), "7")
    asked, group = drive(locate, {"ticket": {"id": 7, "group": "5"}})
    assert (asked[0].url, group) == (f"{URL}/tickets/7", "5")
    assert drive(Desk().locate(settings(), "7"), Reply(404))[1] is None
    with pytest.raises(Refused, match=r"no 'ticket\.id'"):
        drive(Desk().locate(settings(), "7"), {"ticket": {}})


def test_verbs_of_a_vendor_are_required() -> None:
    class Unfinished(Desk):
        move_ticket = TicketHelpdesk.move_ticket

    with pytest.raises(NotImplementedError):
        drive(Unfinished().hand_over(settings(), handover("7"), NOW))


def test_delivery_is_read() -> None:
    written = event("door", "7", {"flags": ["unsure"]}, correction={"who": "Celina"})
    delivery = Handover("d1", "inquiry.corrected", written, True, CORRECTION_URL)
    (inquiry,) = read_handovers(settings(groups={"customer_service": "5"}), delivery, NOW)
    assert inquiry is not None
    assert (inquiry.inquiry, inquiry.ticket, inquiry.group) == (INQUIRY, "7", "5")
    assert (inquiry.delivery, inquiry.repeated, inquiry.at) == ("d1", True, NOW)
    assert (inquiry.unsure, inquiry.corrected_by) == (True, "Celina")
    assert inquiry.priority is Priority.URGENT
    assert inquiry.contact.name == json.loads(written)["data"]["contact"]["name"]


@pytest.mark.parametrize(
    ("names", "found"),
    [(("5", "Serwis"), "serwis"), (("5", None), "5"), ((None, "Biuro"), "Biuro"), ((), None)],
)
def test_group_is_named_as_in_the_settings(names: tuple[str | None, ...], found: str) -> None:
    named = settings(groups={"customer_service": "serwis"})
    assert group_named(named, *names) == found

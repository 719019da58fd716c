"""GLPI: tickets moved and noted in a session."""

from typing import Any

import pytest

from inquiry_router.providers.glpi import Glpi
from inquiry_router.providers.kit.provider import Refused
from tests.providers.kit import (
    MARK,
    NEWS,
    checked,
    event,
    handed_over,
    later,
    lines,
    located,
)

API = "https://glpi.example.com"
SETTINGS = {
    "url": API,
    "user_token": "key-of-the-user",
    "source": "source-1",
    "groups": {"customer_service": "5", "sales": "6"},
}
SESSION = {"session_token": "s3ssion"}
OPENED, CLOSED = "GET /api.php/v1/initSession", "GET /api.php/v1/killSession"
TICKET = "/api.php/v1/Ticket/35436"


def link(link_id: int, group: int, kind: int = 2) -> dict[str, int]:
    return {"id": link_id, "tickets_id": 35436, "groups_id": group, "type": kind}


def test_ticket_is_assigned_and_noted() -> None:
    replies = [
        SESSION,
        [{"35436": True}],
        [link(1, 6), link(2, 9, kind=1)],
        {"id": 3},
        {},
        {},
        True,
    ]
    said = handed_over(Glpi(), SETTINGS, replies)
    assert lines(said) == [
        OPENED,
        f"PUT {TICKET}",
        f"GET {TICKET}/Group_Ticket?range=0-499",
        "POST /api.php/v1/Group_Ticket",
        "DELETE /api.php/v1/Group_Ticket/1",
        "POST /api.php/v1/ITILFollowup",
        CLOSED,
    ]
    assert said[0].headers["authorization"] == "user_token key-of-the-user"
    assert "app-token" not in said[0].headers
    assert all(request.headers["session-token"] == "s3ssion" for request in said[1:])
    assert all("authorization" not in request.headers for request in said[1:])
    assert said[1].body == {"input": {"priority": 5}}
    assert said[3].body == {"input": {"tickets_id": 35436, "groups_id": 5, "type": 2}}
    note = said[5].body["input"]
    assert (note["itemtype"], note["items_id"], note["is_private"]) == ("Ticket", 35436, 1)
    assert "&lt;b&gt;reklamacja" in note["content"]


def test_group_that_is_assigned_already_stays() -> None:
    said = handed_over(Glpi(), SETTINGS, [SESSION, {}, [link(1, 5)], {}, True])
    assert [request.method for request in said] == ["GET", "PUT", "GET", "POST", "GET"]
    unmapped = {**SETTINGS, "groups": {}, "app_token": "key-of-the-app"}
    said = handed_over(Glpi(), unmapped, [SESSION, {}, {}, True])
    assert lines(said)[1:] == [f"PUT {TICKET}", "POST /api.php/v1/ITILFollowup", CLOSED]
    assert all(request.headers["app-token"] == "key-of-the-app" for request in said)


def test_repeated_delivery_leaves_one_note() -> None:
    first = handed_over(Glpi(), SETTINGS, [SESSION, {}, [link(1, 5)], {}, True])
    there = [{"id": 9, "content": first[3].body["input"]["content"]}]
    said = handed_over(Glpi(), SETTINGS, [SESSION, {}, [link(1, 5)], there, True], repeated=True)
    assert lines(said)[3:] == [f"GET {TICKET}/ITILFollowup?range=0-499&order=DESC", CLOSED]
    quoted = [{"id": 9, "content": f"<p>Pisze: {there[0]['content']}</p>"}]
    said = handed_over(
        Glpi(), SETTINGS, [SESSION, {}, [link(1, 5)], quoted, {}, True], repeated=True
    )
    assert "POST /api.php/v1/ITILFollowup" in lines(said)


@pytest.mark.parametrize(("kind", "parts", "word"), NEWS)
def test_news_is_noted_once(kind: str, parts: dict[str, Any], word: str) -> None:
    said = handed_over(Glpi(), SETTINGS, [SESSION, {}, True], event(**parts), kind)
    note = said[1].body["input"]["content"]
    assert lines(said) == [OPENED, "POST /api.php/v1/ITILFollowup", CLOSED]
    assert note.startswith(MARK) and word in note and said[1].body["input"]["is_private"] == 1
    there = [SESSION, [{"content": note}], True]
    looked = handed_over(Glpi(), SETTINGS, there, event(**parts), kind, True)
    assert [request.method for request in looked] == ["GET", "GET", "GET"]
    again = handed_over(Glpi(), SETTINGS, [SESSION, [], {}, True], event(**parts), kind, True)
    assert again[2] == said[1]


def test_raised_priority_is_set_and_noted_and_words_shown_already_are_not() -> None:
    raised = event(**later("raised", priority_before="normal", keeps_group=True))
    said = handed_over(Glpi(), SETTINGS, [SESSION, {}, {}, True], raised, "inquiry.message")
    assert said[1].body == {"input": {"priority": 5}}
    assert "z „zwykły” na „pilny”" in said[2].body["input"]["content"]
    here = event(**later(source=("source-1", "35436")))
    assert handed_over(Glpi(), SETTINGS, [], here, "inquiry.message") == []


def test_only_a_closed_ticket_is_opened_again() -> None:
    reopened, kind = event(**later("reopened")), "inquiry.message"
    rest = [{}, [link(1, 5)], {}, True]
    closed = {"id": 35436, "status": 6}
    said = handed_over(Glpi(), SETTINGS, [SESSION, closed, {}, *rest], reopened, kind)
    assert (said[2].method, said[2].body) == ("PUT", {"input": {"status": 2}})
    said = handed_over(Glpi(), SETTINGS, [SESSION, {**closed, "status": 2}, *rest], reopened, kind)
    assert said[2].body == {"input": {"priority": 5}}


def test_inquiry_that_came_another_way_is_created_once() -> None:
    settings, written = {**SETTINGS, "create": True}, event(source=None)
    replies = [SESSION, [], {"id": 77}, {}, [], {"id": 1}, {}, True]
    said = handed_over(Glpi(), settings, replies, written)
    name = "inquiry-router-01a20095-62d4-71a4-be89-b4f4ece244ce"
    search = f"searchText%5Bexternalid%5D=%5E{name}%24&range=0-499"
    assert lines(said)[1:3] == [f"GET /api.php/v1/Ticket?{search}", "POST /api.php/v1/Ticket"]
    created = said[2].body["input"]
    assert created["externalid"] == name
    assert created["content"].startswith("[inquiry-router K7MA-4XEH]<br>Kanał: phone")
    assert "Proszę o &lt;pomoc&gt;." in created["content"]
    there = [{"id": 70, "externalid": f"{name}-2"}, {"id": 77, "externalid": name}]
    again = handed_over(Glpi(), settings, [SESSION, there, {}, [link(1, 5)], {}, True], written)
    assert lines(again)[2] == "PUT /api.php/v1/Ticket/77"
    assert handed_over(Glpi(), SETTINGS, [], written) == []


def test_check_lists_the_groups_that_tickets_may_be_assigned_to() -> None:
    rows = [
        {"id": 5, "name": "Serwis", "completename": "BOK > Serwis", "is_assign": 1},
        {"id": 7, "name": "Czytelnicy", "completename": "Czytelnicy", "is_assign": 0},
    ]
    groups, asked = checked(Glpi(), SETTINGS, [SESSION, rows, True])
    assert groups == [("5", "BOK > Serwis")]
    assert asked == [OPENED, "GET /api.php/v1/Group?range=0-499", CLOSED]
    with pytest.raises(Refused, match="the answer is no list"):
        checked(Glpi(), SETTINGS, [SESSION, {"id": 1}])
    with pytest.raises(Refused, match="session_token"):
        checked(Glpi(), SETTINGS, ["<html>"])


def test_ticket_is_located_by_the_group_that_the_settings_name() -> None:
    rows = [link(1, 9), link(2, 6), link(3, 5, kind=3)]
    group, asked = located(Glpi(), SETTINGS, SESSION, {"id": 35436}, rows, True)
    assert group == "6"
    assert asked == [OPENED, f"GET {TICKET}", f"GET {TICKET}/Group_Ticket?range=0-499", CLOSED]
    assert located(Glpi(), SETTINGS, SESSION, {"id": 35436}, [], True)[0] is None
    assert located(Glpi(), SETTINGS, SESSION, (404, {}), True)[0] is None


def test_group_must_be_a_number() -> None:
    named = {**SETTINGS, "groups": {"customer_service": "Serwis"}}
    with pytest.raises(Refused, match="is no number"):
        handed_over(Glpi(), named, [SESSION, {}])

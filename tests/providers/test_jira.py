"""Jira Service Management as a destination: components, priority, labels, comments."""

import base64
import re
from typing import Any
from urllib.parse import unquote

import pytest

from inquiry_router.providers.jira import Jira
from inquiry_router.providers.jira_markup import unescape_markup
from inquiry_router.providers.kit.provider import Refused
from tests.providers.kit import (
    INQUIRY,
    SentRequest,
    assert_news_is_noted_once,
    checked,
    event,
    handed_over,
    later,
    lines,
    located,
)

SETTINGS: dict[str, Any] = {
    "url": "https://acme.atlassian.net",
    "user": "router@acme.example.com",
    "api_token": "key",
    "project": "BOK",
    "issue_type": "Service request",
    "source": "source-1",
    "groups": {"customer_service": "11", "sales": "12"},
    "note_language": "en",
}
DATA_CENTER = {name: value for name, value in SETTINGS.items() if name != "user"}
ISSUE = "/rest/api/2/issue/35436"
PRESENT = {"id": "1", "fields": {"components": [{"id": "12"}, {"id": "90"}, None]}}
INTERNAL = [{"key": "sd.public.comment", "value": {"internal": True}}]


def told(*replies: Any, written: str | None = None, **more: Any) -> list[SentRequest]:
    return handed_over(Jira(), {**SETTINGS, **more}, replies, written)


def test_request_is_moved_and_noted_and_keeps_other_components() -> None:
    read, put, note = told(PRESENT, (204, {}), (201, {}))
    assert lines([read, put]) == [f"GET {ISSUE}?fields=components", f"PUT {ISSUE}"]
    assert put.body == {
        "update": {"labels": [{"add": "inquiry-router"}, {"add": "defect"}]},
        "fields": {"components": [{"id": "90"}, {"id": "11"}], "priority": {"name": "Highest"}},
    }
    assert (note.method, note.path) == ("POST", f"{ISSUE}/comment")
    assert note.body["properties"] == INTERNAL
    assert note.body["body"].startswith(r"\[inquiry-router K7MA-4XEH\]")
    assert "Category: defect (sure)" in note.body["body"]
    assert "https://router.example.com/c/abc" in note.body["body"]
    sent = base64.b64decode(read.headers["authorization"].removeprefix("Basic "))
    assert sent == b"router@acme.example.com:key"


def test_data_center_takes_a_personal_access_token() -> None:
    said = handed_over(Jira(), DATA_CENTER, [PRESENT, {}, {}])
    assert {one.headers["authorization"] for one in said} == {"Bearer key"}
    decided = {"assignee": "Celina Maj", "assignee_id": "m1", "assignee_user": "cmaj"}
    owned = handed_over(Jira(), DATA_CENTER, [PRESENT, {}, {}, {}], event(decision=decided))[-1]
    assert (owned.method, owned.path, owned.body) == ("PUT", f"{ISSUE}/assignee", {"name": "cmaj"})


def test_priority_that_jira_refuses_keeps_nothing_else_back() -> None:
    _, first, second, note = told(PRESENT, (400, {"errors": {"priority": "x"}}), (204, {}), {})
    assert second.body == {**first.body, "fields": {"components": [{"id": "90"}, {"id": "11"}]}}
    assert note.body["properties"] == INTERNAL


@pytest.mark.parametrize(
    ("group", "value"), [("10020", {"id": "10020"}), ("36885b3c-1bf0", "36885b3c-1bf0")]
)
def test_own_field_has_the_option_or_the_team(group: str, value: Any) -> None:
    own = {"group_field": "customfield_10001", "groups": {"customer_service": group}}
    put, _ = told((204, {}), {}, **own)
    assert put.body["fields"]["customfield_10001"] == value
    there = {"id": "1", "fields": {"customfield_10001": value}}
    assert located(Jira(), {**SETTINGS, **own}, there) == (
        group,
        [f"GET {ISSUE}?fields=customfield_10001"],
    )
    assert checked(Jira(), {**SETTINGS, **own}, [[{"id": "11", "name": "Serwis"}]])[0] == []


def test_customers_markup_means_nothing() -> None:
    text = "Patrz [~admin] {code} !x.png! |a| *b*, https://a.example/x-y_z"
    words = event(**later(text=text))
    (said,) = handed_over(Jira(), SETTINGS, [{}], words, "inquiry.message")
    assert not re.search(r"(?<!\\)[\[\]{}!|*]", said.body["body"])
    assert text in unescape_markup(said.body["body"])
    assert "https://a.example/x-y_z" in said.body["body"]


def test_news_is_noted_once() -> None:
    assert_news_is_noted_once(
        Jira(),
        SETTINGS,
        lambda body: unescape_markup(body["body"]),
        # Jira Cloud escapes more than it was sent.
        lambda note: {"comments": [{"body": re.sub(r"([\[\]{}!|*_-])", r"\\\1", note)}]},
    )


def test_repeat_looks_for_its_note_page_by_page() -> None:
    note = told(PRESENT, {}, {})[2].body["body"]
    full = {"comments": [{"body": "x"}] * 100}
    said = handed_over(
        Jira(),
        SETTINGS,
        [PRESENT, {}, full, {"comments": [{"body": note}]}],
        repeated=True,
    )
    assert lines(said)[3] == f"GET {ISSUE}/comment?startAt=100&maxResults=100&orderBy=-created"


@pytest.mark.parametrize(
    ("settings", "search"), [(SETTINGS, "search/jql"), (DATA_CENTER, "search")]
)
def test_inquiry_that_came_another_way_is_created_once(
    settings: dict[str, Any], search: str
) -> None:
    settings, written = {**settings, "create": True}, event(source=None)
    label = f"inquiry-router-{INQUIRY}"
    said = handed_over(
        Jira(), settings, [{"issues": []}, (201, {"key": "BOK-9"}), PRESENT, {}, {}], written
    )
    path, _, query = unquote(said[0].path).partition("?")
    assert (path, query) == (
        f"/rest/api/2/{search}",
        f'jql=project = "BOK" AND labels = "{label}"&fields=key,labels&maxResults=1',
    )
    made = said[1].body["fields"]
    assert (made["project"], made["issuetype"]) == ({"key": "BOK"}, {"name": "Service request"})
    assert made["labels"] == ["inquiry-router", "defect", label]
    assert "\n" not in made["summary"] and "Channel: phone" in made["description"]
    assert said[3].path == "/rest/api/2/issue/BOK-9"
    rows = [{"key": "BOK-8", "fields": {}}, {"key": "BOK-9", "fields": {"labels": [label]}}]
    again = handed_over(Jira(), settings, [{"issues": rows}, PRESENT, {}, {}], written)
    assert lines(again)[2] == "PUT /rest/api/2/issue/BOK-9"
    with pytest.raises(Refused, match="issue_type"):
        handed_over(Jira(), {**settings, "issue_type": None}, [{}], written)


def test_due_date_is_that_of_polish_clocks() -> None:
    written = event(decision={"due_at": "2026-11-23T23:30:00.000Z"})
    said = told(PRESENT, {}, {}, (400, {}), written=written)
    assert (said[-1].path, said[-1].body) == (ISSUE, {"fields": {"duedate": "2026-11-24"}})


def test_only_a_done_request_is_opened_again() -> None:
    def status(category: str) -> dict[str, Any]:
        return {"id": "1", "fields": {"status": {"statusCategory": {"key": category}}}}

    rows = [
        {"id": "1", "to": {"name": "Closed", "statusCategory": {"key": "done"}}},
        {"id": "2", "to": {"name": "Waiting for customer", "statusCategory": {"key": "new"}}},
        {"id": "3", "to": {"name": "Nowe", "statusCategory": {"key": "new"}}},
    ]
    reopened, kind = event(**later("reopened")), "inquiry.message"
    rest = [PRESENT, {}, {}]
    replies = [status("done"), {"transitions": rows}, (204, {}), *rest]
    said = handed_over(Jira(), SETTINGS, replies, reopened, kind)
    assert lines(said)[:2] == [f"GET {ISSUE}?fields=status", f"GET {ISSUE}/transitions"]
    assert (said[2].method, said[2].body) == ("POST", {"transition": {"id": "3"}})
    said = handed_over(Jira(), SETTINGS, [status("done"), {}, *rest], reopened, kind)
    assert said[2].method == "GET"
    said = handed_over(Jira(), SETTINGS, [status("new"), *rest], reopened, kind)
    assert said[1].path == f"{ISSUE}?fields=components"


def test_check_lists_components() -> None:
    groups, asked = checked(Jira(), SETTINGS, [[{"id": "11", "name": "Serwis"}]])
    assert (groups, asked) == ([("11", "Serwis")], ["GET /rest/api/2/project/BOK/components"])
    with pytest.raises(Refused, match="no list of components"):
        checked(Jira(), SETTINGS, ["<html>"])


def test_request_is_located_by_the_component_that_the_settings_name() -> None:
    there = {"id": "1", "fields": {"components": [{"id": "90"}, {"id": "12"}]}}
    assert located(Jira(), SETTINGS, there)[0] == "12"
    assert located(Jira(), SETTINGS, {"id": "1", "fields": {"components": []}})[0] is None


def test_group_that_is_no_id_is_refused_with_advice() -> None:
    with pytest.raises(Refused, match="is no number"):
        told(PRESENT, groups={"customer_service": "Serwis"})

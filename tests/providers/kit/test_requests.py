"""Building requests to a vendor's API, and reading the replies."""

from typing import Any

import pytest

from inquiry_router.outside.messages import Reply
from inquiry_router.providers.kit.provider import Group, Refused
from inquiry_router.providers.kit.requests import (
    basic_credentials,
    groups_in,
    json_request,
    number,
    path_part,
    query_value,
    require,
)


def test_request_with_and_without_a_body() -> None:
    asked = json_request("GET", "https://x.example", {"x-key": "hush"}, expected=frozenset({404}))
    assert (asked.body, asked.expected) == (b"", frozenset({404}))
    assert asked.headers["x-key"] == "hush" and "content-type" not in asked.headers
    sent = json_request("POST", "https://x.example", {}, {"text": "żółw \ud800"})
    assert sent.headers["content-type"] == "application/json"
    assert sent.body == '{"text": "żółw ?"}'.encode()


@pytest.mark.parametrize(
    ("value", "escaped"), [("47 11/?#", "47%2011%2F%3F%23"), ("..%2e", "..%252e"), (7, "7")]
)
def test_path_part_cannot_leave_its_segment(value: object, escaped: str) -> None:
    assert path_part(value) == escaped


@pytest.mark.parametrize("value", ["", ".", ".."])
def test_path_part_that_names_a_folder_is_refused(value: str) -> None:
    with pytest.raises(Refused, match="no id of a ticket"):
        path_part(value)


def test_query_value_and_credentials() -> None:
    assert query_value("a&b=c/ż") == "a%26b%3Dc%2F%C5%BC"
    assert basic_credentials("a", "b") == {"authorization": "Basic YTpi"}


@pytest.mark.parametrize("written", ["", "x", "-1", "1.5", "٣", "1" * 20])
def test_number_refuses_anything_else(written: str) -> None:
    assert number("0017") == 17
    with pytest.raises(Refused, match="is no number"):
        number(written)


@pytest.mark.parametrize("body", ["", "[]", '{"ticket": 1}', '{"ticket": {"id": null}}'])
def test_required_value_that_is_missing_is_refused(body: str) -> None:
    assert require(Reply(200, {}, b'{"ticket": {"id": 0}}'), "ticket", "id") == 0
    with pytest.raises(Refused, match=r"no 'ticket\.id'"):
        require(Reply(200, {}, body.encode()), "ticket", "id")


def test_groups_of_a_list() -> None:
    rows: list[Any] = [{"id": 1, "name": "A"}, {"id": "b"}, {"name": "C"}, None, {"id": [1]}]
    assert groups_in(rows) == [Group("1", "A"), Group("b", "b")]
    assert groups_in([{"id": 1, "Name": "A"}], "Name") == [Group("1", "A")]

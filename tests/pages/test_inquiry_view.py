"""The parts of the page of one inquiry."""

from typing import Any

import pytest

from inquiry_router.pages.inquiry_view import events_of, found_of


def linked(kind: str, why: str) -> dict[str, Any]:
    details = {"kind": kind, "why": why, "reference": "K7MA-4XEH"}
    return {"kind": "linked", "at": "2026-11-21T10:00:00.000Z", "actor": "a", "details": details}


@pytest.mark.parametrize(
    ("kind", "why", "note"),
    [
        ("split", "it is surely new_purchase, a matter for another kind of team", None),
        ("by_hand", "ta sama pompa", "ta sama pompa"),
    ],
)
def test_link_has_the_words_of_a_person_and_else_its_kind(
    kind: str, why: str, note: str | None
) -> None:
    """The system's own reason is an English sentence; the page has words for each kind."""
    (event,) = events_of({"timeline": [linked(kind, why)]})
    assert (event["link"], event["note"]) == (kind, note)


def test_what_subject_and_text_both_name_is_listed_once() -> None:
    code = {"kind": "product_code", "text": "ZT-12"}
    found = found_of({"entities": [{**code, "field": "subject"}, {**code, "field": "text"}]})
    assert [one["text"] for one in found] == ["ZT-12"]

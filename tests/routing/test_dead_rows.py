"""Rows of promises that never decide: named if surely dead, never if an inquiry is left to them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inquiry_router.configuration import documents
from inquiry_router.configuration.yaml_file import default_file
from inquiry_router.inquiry.intents import INTENT_BY_ID
from inquiry_router.routing.dead_rows import find_dead_rows
from inquiry_router.routing.promise_rules import PROMISES, PromiseFacts, PromiseRules

TEAMS = default_file().documents[documents.TEAMS]
INTENTS = {intent.id: intent.category for intent in INTENT_BY_ID.values()}
CHOICES = {
    "team": tuple(TEAMS.by_id),
    "category": ("defect", "order_support"),
    "intent": ("broken_or_faulty", "order_status"),
    "priority": ("low", "normal", "high", "urgent"),
    "tier": ("gold", "silver"),
}


def dead(*rows: dict[str, Any]) -> list[str]:
    return find_dead_rows(PromiseRules.model_validate({"rows": rows}), TEAMS, INTENTS)


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (
            [{"resolution_minutes": 9}, {"tier": ["gold"], "resolution_minutes": 5}],
            "row 2 never decides resolution_minutes: row 1 before it holds first",
        ),
        (
            [
                {"priority": ["low", "normal"], "next_answer_minutes": 9},
                {"priority": ["high", "urgent"], "next_answer_minutes": 8},
                {"category": ["defect"], "next_answer_minutes": 5},
            ],
            "row 3 never decides next_answer_minutes: row 1 and row 2 before it hold first",
        ),
        (
            [
                {"category": ["defect"], "resolution_minutes": 9},
                {"intent": ["broken_or_faulty"], "resolution_minutes": 5},
            ],
            "row 2 never decides resolution_minutes: row 1 before it holds first",
        ),
        (
            [{"category": ["referral"], "intent": ["order_status"], "resolution_minutes": 5}],
            "row 1 never holds: its intents belong to order_support",
        ),
        (
            [{"tier": ["gold"], "consumer": True, "resolution_minutes": 5}],
            "row 1 never holds: a tier belongs to an account, and a consumer has none",
        ),
    ],
)
def test_dead_rows_are_named_with_the_reason(rows: list[dict[str, Any]], sentence: str) -> None:
    assert dead(*rows) == [sentence]


def test_row_with_another_promise_is_not_dead() -> None:
    assert not dead({"next_answer_minutes": 9}, {"tier": ["gold"], "resolution_minutes": 5})


def test_half_dead_row_is_named() -> None:
    whole = {"next_answer_minutes": 9}
    half = {"tier": ["gold"], "next_answer_minutes": 3, "resolution_minutes": 5}
    assert dead(whole, half) == [
        "row 2 never decides next_answer_minutes: row 1 before it holds first"
    ]


def conditions() -> st.SearchStrategy[dict[str, Any]]:
    lists = {
        name: st.lists(st.sampled_from(values), min_size=1, unique=True)
        for name, values in CHOICES.items()
    }
    minutes = st.sets(st.sampled_from(PROMISES), min_size=1)
    return st.builds(
        lambda given, promised: {**given, **dict.fromkeys(promised, 60)},
        st.fixed_dictionaries({}, optional=lists),
        minutes,
    )


@given(rows=st.lists(conditions(), max_size=6), data=st.data())
def test_no_inquiry_gets_its_promise_from_a_row_that_is_called_dead(
    rows: list[dict[str, Any]], data: st.DataObject
) -> None:
    """Whatever an inquiry is like, the row that decides for it is not among the dead ones."""
    made = PromiseRules.model_validate({"rows": rows})
    named = find_dead_rows(made, TEAMS, INTENTS)
    intent = data.draw(st.sampled_from((None, *CHOICES["intent"])))
    tier = data.draw(st.sampled_from((None, *CHOICES["tier"])))
    facts = PromiseFacts(
        data.draw(st.sampled_from(CHOICES["team"])),
        INTENTS[intent] if intent else data.draw(st.sampled_from(CHOICES["category"])),
        intent,
        data.draw(st.sampled_from(CHOICES["priority"])),
        tier,
        tier is None and data.draw(st.booleans()),
    )
    for promise in PROMISES:
        deciding = next(
            (
                number
                for number, row in enumerate(made.rows, 1)
                if getattr(row, promise) is not None and row.hold(facts)
            ),
            None,
        )
        assert not any(
            one.startswith(
                (f"row {deciding} never holds", f"row {deciding} never decides {promise}")
            )
            for one in named
        )

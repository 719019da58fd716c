"""Promises as admins write them: the first row that names one decides; deadlines end with a day."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from inquiry_router.configuration import documents
from inquiry_router.configuration.yaml_file import default_file
from inquiry_router.inquiry.account import KnownAccount, Recognised
from inquiry_router.inquiry.model import Channel, Classification, Draft
from inquiry_router.routing.acknowledgement import acknowledge
from inquiry_router.routing.decide import Rulebook, decide
from inquiry_router.routing.promise_rules import (
    LegalDeadline,
    PromiseConditions,
    PromiseFacts,
    PromiseRules,
)

SHIPPED = default_file().documents
TEAMS, POLICY = SHIPPED[documents.TEAMS], SHIPPED[documents.POLICY]
# A Thursday at 11:00 in Warsaw.
NOW = datetime(2026, 11, 19, 10, 0, tzinfo=UTC)
FACTS = PromiseFacts("customer_service", "defect", "broken_or_faulty", "high", "Gold", False)
LETTER = Draft(
    Channel.EMAIL,
    "Pompa cieknie",
    account=Recognised(KnownAccount("1", "Hydro-Bud", "address", tier="gold")),
)


def rules(*rows: dict[str, Any], **more: Any) -> PromiseRules:
    return PromiseRules.model_validate({"rows": rows, **more})


def test_first_row_that_names_a_promise_decides() -> None:
    made = rules(
        {"tier": ["gold"], "next_answer_minutes": 60},
        {"category": ["defect"], "next_answer_minutes": 120, "resolution_minutes": 960},
        {"resolution_minutes": 4800},
    )
    assert made.minutes("next_answer_minutes", FACTS) == 60
    assert made.minutes("resolution_minutes", FACTS) == 960
    assert made.minutes("first_answer_minutes", FACTS) is None


@pytest.mark.parametrize(
    ("given", "holds"),
    [
        ({}, True),
        ({"tier": [" GOLD "]}, True),
        ({"tier": ["silver"]}, False),
        ({"priority": ["high", "urgent"], "team": ["customer_service"]}, True),
        ({"intent": ["warranty_repair"]}, False),
        ({"consumer": True}, False),
    ],
)
def test_all_conditions_must_hold(given: dict[str, Any], holds: bool) -> None:
    assert PromiseConditions.model_validate(given).hold(FACTS) is holds


def test_row_sets_the_one_due_time_of_the_decision_and_what_the_customer_reads() -> None:
    found = Classification("defect", 0.95, "pl", "model", "test")
    hurried = rules({"tier": ["gold"], "first_answer_minutes": 60})
    book = Rulebook(POLICY, 1, TEAMS, promises=hurried)
    plain = decide(LETTER, found, (), Rulebook(POLICY, 1, TEAMS), NOW)
    decision = decide(LETTER, found, (), book, NOW)
    assert plain.due_at == datetime(2026, 11, 19, 14, tzinfo=UTC)
    assert decision.due_at == datetime(2026, 11, 19, 11, tzinfo=UTC)
    assert decision.promised_minutes == 60 and plain.promised_minutes is None
    told = acknowledge(LETTER, "pl", "K7MA-4XEH", decision, book, ())
    assert told is not None and "w ciągu 1 godziny roboczej" in told.text


@pytest.mark.parametrize(
    ("to_working_day", "due"),
    [(False, "2026-12-25T23:00:00+00:00"), (True, "2026-12-28T23:00:00+00:00")],
)
def test_deadline_ends_with_its_last_day(to_working_day: bool, due: str) -> None:
    """14 days after 11 December is Christmas Day, a Friday; a weekend follows."""
    deadline = LegalDeadline(
        id="complaint",
        names={"en": "complaint"},
        law="Article 7a",
        when=PromiseConditions(),
        days=14,
        to_working_day=to_working_day,
    )
    since = datetime(2026, 12, 11, 22, 30, tzinfo=UTC)
    assert deadline.due_at(since, TEAMS.triage) == datetime.fromisoformat(due)


def test_shipped_deadlines_are_those_of_consumers_and_of_carriers() -> None:
    shipped = {one.id: one for one in PromiseRules().deadlines}
    assert {name: one.days for name, one in shipped.items()} == {
        "consumer_complaint": 14,
        "carrier_damage": 7,
    }
    assert all(one.law and one.names.keys() >= {"pl", "en", "de"} for one in shipped.values())
    anna = PromiseFacts("customer_service", "defect", "damaged_in_transport", "high", None, True)
    assert all(one.when.hold(anna) for one in shipped.values())
    assert not shipped["consumer_complaint"].when.hold(FACTS)
    assert documents.PROMISES.problems(PromiseRules(), SHIPPED) == []


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"rows": [{"tier": ["gold"]}]}, "the row promises nothing"),
        ({"rows": [{"category": [], "resolution_minutes": 1}]}, "at least 1 item"),
        ({"escalations": [{"after_minutes": 0, "to": ["team"]}] * 3}, "at most 2 items"),
        (
            {
                "escalations": [
                    {"after_minutes": 60, "to": ["team"]},
                    {"after_minutes": 0, "to": ["managers"]},
                ]
            },
            "must not come before the first",
        ),
        ({"alarm": []}, "at least 1 item"),
    ],
)
def test_unusable_promises_are_refused(wrong: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        PromiseRules.model_validate(wrong)


def test_unknown_names_are_told_with_their_place() -> None:
    made = rules(
        {"team": ["warehouse"], "category": ["defekt"], "resolution_minutes": 60},
        deadlines=[
            {
                "id": "own",
                "names": {"en": "own"},
                "law": "§ 1",
                "when": {"intent": ["leak"]},
                "days": 7,
            }
        ],
    )
    assert documents.PROMISES.problems(made, SHIPPED) == [
        "row 1: there is no category 'defekt'",
        "row 1: there is no team 'warehouse'",
        "deadline 'own': there is no intent 'leak'",
    ]

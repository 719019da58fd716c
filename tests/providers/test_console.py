"""One readable line."""

import json
from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from inquiry_router.inquiry.model import (
    Acknowledgement,
    Channel,
    Classification,
    Decision,
    Draft,
    Event,
    Priority,
    Receipt,
    Status,
)
from inquiry_router.inquiry.rendering import event_json, receipt_json
from inquiry_router.providers import Handover
from inquiry_router.providers.console import Console, ConsoleSettings

AT = datetime(2026, 11, 20, 8, 30, 1, tzinfo=UTC)


def line(payload: str, event: str = "inquiry.routed") -> str:
    return Console().hand_over(ConsoleSettings(), Handover("1", event, payload), AT).text


def test_line_of_a_real_event() -> None:
    receipt = Receipt(
        id="1",
        reference="K7MA-4XEH",
        status=Status.ROUTED,
        received_at=AT,
        classification=Classification("defect", 0.9, "pl", "model", "m1"),
        decision=Decision("customer_service", Priority.HIGH, "faults", 1, ("because",), due_at=AT),
        acknowledgement=Acknowledgement("pl", "Dziękujemy"),
    )
    payload = event_json(
        Event.ROUTED, AT, Draft(Channel.EMAIL, "Moja szlifierka nie działa"), receipt_json(receipt)
    )
    assert line(json.dumps(payload)) == (
        "2026-11-20 08:30:01Z  inquiry.routed  reference=K7MA-4XEH  category=defect  intent=-  "
        "team=customer_service  "
        "priority=high  due=2026-11-20T08:30:01.000Z"
    )


@pytest.mark.parametrize(
    "payload",
    ["", "null", "[]", "{", '"x"', '{"data":[]}', '{"data":{"decision":1,"reference":{}}}', "{}"],
)
def test_missing_fields_are_dashes(payload: str) -> None:
    assert (
        line(payload) == "2026-11-20 08:30:01Z  inquiry.routed  "
        "reference=-  category=-  intent=-  team=-  priority=-  due=-"
    )


def test_control_characters_are_replaced() -> None:
    shown = line(json.dumps({"data": {"reference": "a\nb\x1b[31m\u202e"}}))
    assert shown.isprintable()
    assert "reference=a?b?[31m?" in shown


def test_console_has_no_settings_and_calls_nothing() -> None:
    with pytest.raises(ValidationError):
        ConsoleSettings.model_validate({"url": "https://hooks.example.com"})
    assert Console().url(ConsoleSettings()) is None
    assert ConsoleSettings().stored() == {}

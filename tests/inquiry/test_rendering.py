"""Inquiries as JSON."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from inquiry_router.inquiry.model import (
    Acknowledgement,
    Channel,
    Classification,
    Contact,
    Decision,
    Draft,
    Entity,
    EntityKind,
    Event,
    Evidence,
    Flag,
    Priority,
    Ranked,
    Receipt,
    Status,
)
from inquiry_router.inquiry.rendering import (
    decision_json,
    event_json,
    flag_names,
    format_time,
    read_decision,
    read_time,
    receipt_json,
    said_json,
)

AT = datetime(2026, 11, 20, 8, 30, 1, 250_000, tzinfo=UTC)
RECEIPT = Receipt(
    id="1",
    reference="K7MA-4XEH",
    status=Status.ROUTED,
    received_at=AT,
    classification=Classification(
        "defect",
        0.9,
        "pl",
        "model",
        "m",
        ranking=(Ranked("defect", 0.9),),
        evidence=(Evidence('"cieknie"}', 2.0),),
    ),
    decision=Decision(
        "triage", Priority.HIGH, "faults", 1, ("a\nb",), due_at=None, flags=(Flag.SALES_GUARD,)
    ),
    acknowledgement=Acknowledgement("pl", "Dziękujemy\u2028"),
    entities=(Entity(EntityKind.URGENCY, "pilne", None, 0, 5),),
)
DRAFT = Draft(Channel.EMAIL, 'Pilne: "cieknie"\\', None, contact=Contact(name="Żaneta"))


def test_event_holds_answer_customers_part_and_details() -> None:
    said = {"who": "Celina", "why": None}
    assert event_json(Event.CORRECTED, AT, DRAFT, receipt_json(RECEIPT), correction=said) == {
        "type": "inquiry.corrected",
        "timestamp": "2026-11-20T08:30:01.250Z",
        "data": {**receipt_json(RECEIPT), **said_json(DRAFT), "correction": said},
    }


def test_sales_guard_is_sent_under_its_former_name_too() -> None:
    flags = (Flag.UNSURE, Flag.SALES_GUARD)
    assert flag_names(flags) == ["unsure", "sales_guard", "law"]
    written = decision_json(replace(RECEIPT.decision, flags=flags))
    assert read_decision(written).flags == flags
    assert read_decision({**written, "flags": ["law"]}).flags == (Flag.SALES_GUARD,)


def test_repeated_hour_of_autumn_is_unambiguous() -> None:
    first = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Warsaw"))
    assert [format_time(first), format_time(first.replace(fold=1))] == [
        "2026-10-25T00:30:00.000Z",
        "2026-10-25T01:30:00.000Z",
    ]
    assert (format_time(None), read_time(format_time(AT))) == (None, AT)

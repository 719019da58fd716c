"""Calls become inquiries, and each event of a call is recorded once."""

from dataclasses import replace
from typing import Any

import pytest

from inquiry_router.calls.conversion import Entry, is_inquiry, list_entries, make_phone_decision
from inquiry_router.calls.model import Call
from inquiry_router.inquiry.model import Classification
from inquiry_router.phone.model import CallState, Stage
from tests.phone.people import ANNA, NOW

CALL = Call("line-1", "call-1", ANNA, None, NOW)
RECORDING = CallState("pl", Stage.RECORDING, 4, team="sales", words=("dzień dobry",))


def state_with(**more: Any) -> CallState:
    return CallState("pl", Stage.RINGING, 2, **more)


def list_kinds(before: CallState | None, state: CallState, *, linked: bool = False) -> list[str]:
    return [entry.kind for entry in list_entries(before, state, 2, linked=linked)]


def test_reached_is_told_once() -> None:
    reached = state_with(team="sales", reached=True)
    assert list_entries(state_with(team="sales"), reached, 2, linked=False) == [
        Entry("reached", {"attempt": 2})
    ]
    assert list_kinds(None, reached) == ["reached"]
    assert list_kinds(reached, replace(reached, step=3)) == []


def test_callback_is_told_once() -> None:
    promised = state_with(callback_at=NOW)
    (entry,) = list_entries(state_with(), promised, 3, linked=False)
    assert (entry.kind, entry.details["attempt"]) == ("callback", 3)
    assert list_kinds(promised, replace(promised, step=3)) == []


def test_call_is_told_when_it_is_linked_to_its_inquiry() -> None:
    state = state_with(team="sales", escalated=True)
    assert list_kinds(None, state) == []
    assert list_entries(None, state, 2, linked=True) == [
        Entry("called", {"attempt": 2, "team": "sales", "escalated": True})
    ]


def test_recording_is_told_once() -> None:
    recorded = replace(RECORDING, recording_url="https://x.example/1", recording_seconds=17)
    assert list_entries(RECORDING, recorded, 1, linked=False) == [
        Entry("voicemail", {"url": "https://x.example/1", "seconds": 17})
    ]
    assert list_kinds(recorded, replace(recorded, step=5)) == []


def test_spoken_message_is_told_without_the_words_before_it() -> None:
    spoken = replace(RECORDING, words=("dzień dobry", "proszę", "oddzwonić"))
    assert list_entries(RECORDING, spoken, 1, linked=False) == [
        Entry("voicemail", {"text": "proszę\noddzwonić"})
    ]
    ringing = replace(RECORDING, stage=Stage.RINGING)
    assert list_kinds(ringing, replace(spoken, stage=Stage.RINGING)) == []


@pytest.mark.parametrize(
    ("caller", "state", "expected"),
    [
        (ANNA, CallState("pl"), False),
        (ANNA, state_with(team="sales"), True),
        (ANNA, CallState("pl", Stage.ENDED), True),
        (ANNA, CallState("pl", Stage.ENDED, reached=True), False),
        (None, CallState("pl", Stage.ENDED), False),
        (None, CallState("pl", Stage.ENDED, words=("pompa",)), True),
    ],
)
def test_call_is_an_inquiry_when_somebody_is_to_answer_it(
    caller: str | None, state: CallState, expected: bool
) -> None:
    assert is_inquiry(replace(CALL, caller=caller), state) is expected


def test_decision_of_the_phone_names_the_team_that_was_called() -> None:
    named = {"intent": "missing_item", "intent_confidence": 0.8}
    made = Classification("defect", 0.9, "pl", "model", "v1", **named)
    classified = replace(CALL, classification=made)
    same = make_phone_decision(classified, state_with(category="defect", team="service"), "triage")
    assert (same.team, same.classification) == ("service", replace(made, unsure=False))
    pressed = make_phone_decision(classified, state_with(category="other", team=None), "triage")
    assert (pressed.team, pressed.classification.category) == ("triage", "other")
    assert (pressed.classification.method, pressed.classification.intent) == ("caller", None)
    unsure = make_phone_decision(classified, state_with(category="defect", unsure=True), "triage")
    assert (unsure.classification.intent, unsure.classification.intent_confidence) == (None, None)
    assert make_phone_decision(CALL, state_with(), "triage").classification.unsure

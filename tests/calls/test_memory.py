"""Recent calls are remembered, and the oldest forgotten."""

from dataclasses import replace

import pytest

from inquiry_router.calls import memory
from inquiry_router.calls.memory import CallMemory
from inquiry_router.calls.model import Call
from inquiry_router.phone.model import CallState
from tests.phone.people import ANNA, NOW


def call(call_id: str, step: int | None = None) -> Call:
    state = None if step is None else CallState("pl", step=step)
    return Call("line-1", call_id, ANNA, None, NOW, state=state)


def test_call_with_more_steps_is_chosen() -> None:
    remembered = CallMemory()
    assert remembered.find_latest("line-1", "1", None) is None
    stored = replace(call("1", 2), inquiry_id="i1")
    assert remembered.find_latest("line-1", "1", stored) == stored
    for step, expected in ((1, stored), (2, call("1", 2)), (3, call("1", 3))):
        remembered.remember(call("1", step))
        assert remembered.find_latest("line-1", "1", stored) == expected
    assert remembered.find_latest("line-1", "1", None) == call("1", 3)


def test_oldest_call_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MAX_CALLS", 2)
    remembered = CallMemory()
    for call_id in ("1", "2", "1", "3"):
        remembered.remember(call(call_id))
    assert remembered.find("line-1", "2") is None
    assert remembered.find("line-1", "1") is not None
    assert remembered.find("line-1", "3") is not None

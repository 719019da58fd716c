"""The state of a call as JSON."""

import json

from inquiry_router.phone.model import (
    call_state_json,
    read_call_state,
)
from tests.phone.people import (
    EVENING,
    situation_of,
    understood,
)
from tests.phone.test_conversation import Call


def test_state_is_stored_and_read_back() -> None:
    call = Call(situation=situation_of(EVENING))
    call.hear()
    call.hear(understood("defect"), speech="nie działa")
    assert call.state is not None and call.state.slots
    stored = json.loads(json.dumps(call_state_json(call.state)))
    assert read_call_state(stored) == call.state
    for foreign in (
        None,
        3,
        [],
        {},
        {"language": 4},
        {**stored, "stage": "lunch"},
        {**stored, "slots": ["noon"]},
    ):
        assert read_call_state(foreign) is None

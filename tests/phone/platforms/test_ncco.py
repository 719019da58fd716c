"""Every NCCO, checked by the models of Vonage's own library."""

import json
from typing import Any

import pytest
from hypothesis import given
from pydantic import BaseModel, ValidationError
from vonage_voice.errors import NccoActionError
from vonage_voice.models.connect_endpoints import PhoneEndpoint, SipEndpoint
from vonage_voice.models.ncco import Connect, Input, Record, Talk

from inquiry_router.phone.model import Action, Heard, Move
from inquiry_router.phone.platforms import PLATFORMS
from tests.phone.made_up import answered
from tests.phone.platforms.moves import ADDRESS, CALL, MOVES, in_language

VONAGE = PLATFORMS["vonage"]
ACTIONS: dict[str, type[BaseModel]] = {
    "talk": Talk,
    "input": Input,
    "connect": Connect,
    "record": Record,
}
ENDPOINTS: dict[str, type[BaseModel]] = {"phone": PhoneEndpoint, "sip": SipEndpoint}
# What the vendor calls otherwise in Python than in JSON.
NAMES = {"from": "from_"}
LANGUAGES = ("pl", "en", "de")


def assert_known(model: type[BaseModel], sent: dict[str, Any]) -> None:
    """The vendor's model accepts it unchanged; it would drop an unknown key."""
    renamed = {NAMES.get(name, name): value for name, value in sent.items()}
    taken = model.model_validate_json(json.dumps(renamed), strict=True)
    assert taken.model_dump(mode="json", by_alias=True, exclude_unset=True) == sent


def assert_ncco(ncco: Any) -> None:
    assert isinstance(ncco, list)
    for action in ncco:
        assert_known(ACTIONS[action["action"]], action)
        for endpoint in action.get("endpoint", []):
            # Connect takes an endpoint for whichever fits; its own type says what it must be.
            assert_known(ENDPOINTS[endpoint["type"]], endpoint)


def ncco_of(move: Move, call: Heard = CALL) -> Any:
    document = VONAGE.answer(move, call, ADDRESS)
    assert document.content_type == "application/json"
    return json.loads(document.body)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [name for name in MOVES if name != "link"])
def test_vendor_library_accepts_every_move_in_every_language(name: str, language: str) -> None:
    assert_ncco(ncco_of(in_language(MOVES[name], language)))


@pytest.mark.slow
@given(answered(VONAGE.abilities))
def test_vendor_library_accepts_every_answer_of_a_call(
    answers: list[tuple[Move, Heard]],
) -> None:
    for move, asked in answers:
        assert move.action is not Action.LINK
        assert_ncco(ncco_of(move, asked))


@pytest.mark.parametrize(
    "number", [None, "anonymous", "recepcja", "sip:48220000001@sbc.example.com", "48220000001"]
)
def test_exactly_one_number_is_shown(number: str | None) -> None:
    (_, connect) = ncco_of(MOVES["transfer"], Heard("call-1", called=number))
    assert ("from" in connect) is not ("randomFromNumber" in connect)
    assert_ncco([connect])


@pytest.mark.parametrize(
    "broken",
    [
        {"action": "talk", "text": "a", "barge": True},
        {"action": "talk", "text": "a" * 1501},
        {"action": "talk", "text": "a", "bargeIn": "true"},
        {"action": "input", "type": ["voice"]},
        {"action": "input", "type": ["dtmf"], "dtmf": {"timeOut": 11}},
        {"action": "input", "type": ["dtmf"], "dtmf": {"timeout": 3}},
        {"action": "connect", "endpoint": [{"type": "phone", "number": "48220000002"}]},
        {
            "action": "connect",
            "endpoint": [{"type": "phone", "number": "+48220000002"}],
            "from": "48220000001",
        },
        {
            "action": "connect",
            "endpoint": [{"type": "sip", "uri": "bok@pbx.example.com"}],
            "from": "48220000001",
        },
        {"action": "record", "timeOut": 2},
    ],
)
def test_vendor_library_rejects_broken_answers(broken: dict[str, Any]) -> None:
    with pytest.raises((ValidationError, AssertionError, NccoActionError)):
        assert_ncco([broken])

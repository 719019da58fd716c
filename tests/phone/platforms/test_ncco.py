"""Every NCCO that a call can be answered with, against the models of Vonage's own library: nothing unknown, nothing converted."""

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
    """The vendor's model takes it as it stands, and gives back the same: a key that it does not know would be lost."""
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
def test_every_move_in_every_language_is_an_ncco_that_the_vendor_knows(
    name: str, language: str
) -> None:
    assert_ncco(ncco_of(in_language(MOVES[name], language)))


@pytest.mark.slow
@given(answered(VONAGE.abilities))
def test_whatever_is_answered_in_a_call_is_an_ncco_that_the_vendor_knows(
    answers: list[tuple[Move, Heard]],
) -> None:
    for move, asked in answers:
        assert move.action is not Action.LINK
        assert_ncco(ncco_of(move, asked))


@pytest.mark.parametrize(
    "number", [None, "anonymous", "recepcja", "sip:48220000001@sbc.example.com", "48220000001"]
)
def test_whatever_number_was_called_exactly_one_is_shown(number: str | None) -> None:
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
def test_what_the_vendor_does_not_know_would_be_seen(broken: dict[str, Any]) -> None:
    with pytest.raises((ValidationError, AssertionError, NccoActionError)):
        assert_ncco([broken])

"""One turn: trusted words, language, facts that a move gets."""

from typing import Any

import pytest

from inquiry_router.phone.model import Abilities, Action, CallState, Known, Stage
from inquiry_router.phone.persons import PersonRequest
from inquiry_router.phone.turn import Turn, trusted_words
from tests.phone.people import NOW, heard, settings_of, situation_of


def turn(state: CallState | None = None, situation: Any = None, **what: Any) -> Turn:
    return Turn(state, heard(**what), None, situation or situation_of(), settings_of())


@pytest.mark.parametrize(
    ("what", "trusted"),
    [
        ({"speech": "pompa"}, True),
        ({"speech": "pompa", "speech_confidence": 0.45}, True),
        ({"speech": "pompa", "speech_confidence": 0.44}, False),
        ({"speech": "pompa", "speech_confidence": 0.0}, True),
        ({"speech": "4 8"}, False),
        ({}, False),
    ],
)
def test_words_are_trusted_with_enough_confidence(what: dict[str, Any], trusted: bool) -> None:
    assert trusted_words(heard(**what), settings_of()) == ("pompa" if trusted else None)


def test_zero_confidence_may_mean_zero() -> None:
    exact = settings_of(zero_confidence_is_unknown=False)
    assert trusted_words(heard(speech="pompa", speech_confidence=0.0), exact) is None


def test_language_of_the_first_request() -> None:
    known = situation_of(known=Known.YES, language="de")
    assert turn().state.language == "pl"
    assert turn(situation=known).state.language == "de"
    assert turn(situation=known, language="en").state.language == "en"
    assert turn(language="xx").state.language == "pl"


def test_request_for_a_person_is_read_from_trusted_words() -> None:
    assert turn(speech="proszę z konsultantem").request is PersonRequest.ONLY
    assert turn(speech="pompa cieknie").request is PersonRequest.NONE
    assert turn(speech="konsultant", speech_confidence=0.1).request is PersonRequest.NONE
    assert turn().request is PersonRequest.NONE


def test_end_of_a_turn_adds_the_facts_of_the_call() -> None:
    state = CallState("pl", Stage.ASKED, 2, category="defect", team="sales", reference="K7MA-4XEY")
    asked = turn(state, digits="1")
    changed, move = asked.end_turn(Stage.RINGING, asked.make(Action.TRANSFER, timeout_s=9), rung=1)
    assert (changed.step, changed.rung, changed.keys, changed.stage) == (
        3,
        1,
        ("1",),
        Stage.RINGING,
    )
    assert (move.step, move.category, move.team, move.reference, move.timeout_s) == (
        "3",
        "defect",
        "sales",
        "K7MA-4XEY",
        9,
    )


def test_last_move_has_no_step() -> None:
    asked = turn()
    changed, move = asked.end_turn(Stage.ENDED, asked.make(Action.CALLBACK, callback_at=NOW))
    assert (move.step, changed.callback_at, changed.stage) == (None, NOW, Stage.ENDED)


@pytest.mark.parametrize(
    ("language", "speech", "agrees"),
    [
        ("pl", "tak", True),
        ("pl", "no tak o tę pompę", True),
        ("pl", "nie, o inną", False),
        ("pl", "chodzi o lodówkę", None),
        ("en", "Yes please.", True),
        ("en", "no another one", False),
        ("de", "ja genau", True),
        ("de", "nein", False),
    ],
)
def test_yes_or_no(language: str, speech: str, agrees: bool | None) -> None:
    assert turn(CallState(language, Stage.MATTER, 2), speech=speech).agrees is agrees


def test_keys_for_yes_and_no() -> None:
    state = CallState("pl", Stage.MATTER, 2)
    assert [turn(state, digits=key).agrees for key in "123"] == [True, False, None]


def test_confirmation_needs_the_setting_and_the_platform() -> None:
    able = situation_of(abilities=Abilities(confirms=True))
    wanted = settings_of(confirm_with_key=True)
    state = CallState("en", Stage.ASKED, 1, team="sales")
    said = Turn(state, heard(), None, able, wanted).confirmation()
    assert (
        said is not None and said.text == "A customer is calling sales. To take the call, press 1."
    )
    assert Turn(state, heard(), None, able, settings_of()).confirmation() is None
    assert Turn(state, heard(), None, situation_of(), wanted).confirmation() is None

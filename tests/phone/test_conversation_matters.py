"""The question about an open inquiry, and results of dialling that are not plain."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from inquiry_router.phone.model import (
    Abilities,
    Action,
    DialReport,
    DialStatus,
    Known,
    Move,
    OpenInquiry,
    Stage,
)
from tests.phone.people import CEZARY, NOW, situation_of, understood
from tests.phone.test_conversation import Call

POMP = OpenInquiry("K7MA-4XEY", "customer_service", "defect", subject="pompa cieknie")


def ask_about_pump(**more: Any) -> tuple[Call, Move]:
    known = {"known": Known.YES, "open_inquiries": (POMP,), "perhaps": POMP}
    call = Call(situation=situation_of(**{**known, **more}))
    call.hear()
    return call, call.hear(understood("order_support"), speech="druga pompa")


def test_caller_is_asked_once_if_it_is_about_the_open_inquiry() -> None:
    call, asked = ask_about_pump()
    assert asked.action is Action.ASK and "sprawę: pompa cieknie?" in asked.text
    assert asked.reference is None
    ringing = call.hear(understood("other", unsure=True), speech="tak")
    assert (ringing.action, ringing.reference) == (Action.TRANSFER, "K7MA-4XEY")


@pytest.mark.parametrize(
    "what",
    [{"digits": "2"}, {"speech": "nie"}, {"speech": "słucham"}, {}, {"digits": "7"}],
)
def test_caller_who_does_not_say_yes_gets_the_team_that_was_understood(what: Any) -> None:
    call, _ = ask_about_pump()
    ringing = call.hear(**what)
    assert (ringing.action, ringing.team) == (Action.TRANSFER, "customer_service")
    assert ringing.category == "order_support" and ringing.reference is None
    assert call.state is not None
    assert call.state.is_other is (what in ({"digits": "2"}, {"speech": "nie"}))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("tak", ()),
        ("nie", ()),
        ("dwa", ()),
        ("nie, chodzi o lodówkę", ("chodzi o lodówkę",)),
        ("lodówka", ("lodówka",)),
    ],
)
def test_yes_or_no_is_no_part_of_the_words(said: str, words: tuple[str, ...]) -> None:
    call, _ = ask_about_pump()
    call.hear(speech=said)
    assert call.state is not None
    assert call.state.words == ("druga pompa", *words) and call.state.answered == said


def test_yes_and_no_are_words_at_every_other_stage() -> None:
    call = Call()
    call.hear()
    call.hear(speech="nie")
    assert call.state is not None
    assert call.state.words == ("nie",) and call.state.answered is None


@pytest.mark.parametrize(
    "more",
    [
        {"known": Known.MAYBE},
        {"perhaps": None},
        {"perhaps": OpenInquiry("K7MA-4XEY", "customer_service", "defect")},
    ],
)
def test_nobody_else_is_asked(more: Any) -> None:
    assert ask_about_pump(**more)[1].action is Action.TRANSFER


def test_caller_in_danger_is_asked_nothing() -> None:
    call = Call(situation=situation_of(known=Known.YES, open_inquiries=(POMP,), perhaps=POMP))
    call.hear()
    call.situation = replace(call.situation, dangers=("gas",))
    assert call.hear(understood("defect"), speech="czuć gaz").action is Action.TRANSFER


def test_short_connection_is_followed_by_the_next_person() -> None:
    call = Call()
    call.hear()
    call.hear(digits="1")
    again = call.hear(dial_status=DialStatus.ANSWERED, dial_seconds=3)
    assert (again.action, again.sip) == (Action.TRANSFER, CEZARY)
    assert call.state is not None and not call.state.reached


def test_connection_without_a_length_lasted_no_longer_than_since_the_dialling() -> None:
    for minutes, reached in ((0, False), (1, True)):
        call = Call()
        call.hear()
        call.hear(digits="1")
        call.situation = situation_of(NOW + timedelta(minutes=minutes))
        call.hear(dial_status=DialStatus.COMPLETED)
        assert call.state is not None and call.state.reached is reached


def test_caller_who_hung_up_may_have_talked_until_the_result_comes() -> None:
    call = Call(situation=situation_of(abilities=Abilities(dial_report=DialReport.APART)))
    call.hear()
    call.hear(digits="1")
    silent = call.hear(ended=True)
    assert (silent.action, silent.say, silent.step) == (Action.GOODBYE, (), None)
    assert call.state is not None and call.state.hung_up and call.state.stage is Stage.RINGING
    call.hear(dial_status=DialStatus.COMPLETED, dial_seconds=200)
    assert call.state.reached and call.state.stage is Stage.ENDED

"""Callers in danger: told to ring 112, and connected to people on duty, at any hour."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from inquiry_router.phone.model import Abilities, Action, DialStatus, Stage, Target, Understood
from tests.phone.people import (
    BARTEK,
    BEATA,
    CELINA,
    CEZARY,
    EVENING,
    HOLIDAY,
    NOW,
    TEAMS,
    heard,
    settings_of,
    situation_of,
    understood,
)
from tests.phone.test_conversation import Call

DUTY = ["+48220000098", "+48220000097"]
LIFE = ["fire", "smoke", "gas", "carbon_monoxide", "electric_shock", "injury", "trapped"]
DEFECT = understood("defect")


def in_danger(at: datetime = NOW, kinds: tuple[str, ...] = ("gas",), **settings: Any) -> Call:
    """A caller who was greeted, and will state a danger."""
    call = Call(settings_of(**settings), situation_of(at))
    call.hear()
    call.situation = situation_of(at, dangers=kinds)
    return call


@pytest.mark.parametrize("at", [NOW, EVENING, HOLIDAY])
@pytest.mark.parametrize("kind", LIFE)
def test_life_in_danger_is_told_to_ring_112_first_and_then_people_on_duty_ring(
    at: datetime, kind: str
) -> None:
    ringing = in_danger(at, (kind,), on_duty=DUTY).hear(DEFECT, speech="ratunku")
    assert (ringing.action, ringing.number) == (Action.TRANSFER, DUTY[0])
    assert "112" in ringing.say[0].text and "112" not in ringing.say[1].text
    assert "nieczynne" not in ringing.text


def test_flooding_rings_people_on_duty_without_that_advice() -> None:
    ringing = in_danger(EVENING, ("flooding",), on_duty=DUTY).hear(DEFECT, speech="zalewa nas")
    assert ringing.number == DUTY[0] and "112" not in ringing.text


def test_without_people_on_duty_the_fallback_rings_at_night() -> None:
    ringing = in_danger(EVENING).hear(DEFECT, speech="czuć gaz")
    assert ringing.targets == (Target(number=CELINA),)


def test_team_rings_after_the_people_on_duty_while_it_works() -> None:
    ringing = in_danger(on_duty=DUTY).hear(DEFECT, speech="czuć gaz")
    addresses = [target.number or target.sip for target in ringing.targets]
    assert addresses == [*DUTY, CELINA, CEZARY]


def test_nobody_answers_and_a_message_is_taken_without_a_word_of_closed_offices() -> None:
    call = in_danger(EVENING, on_duty=DUTY)
    assert call.hear(DEFECT, speech="czuć gaz").number == DUTY[0]
    second = call.hear(dial_status=DialStatus.NO_ANSWER)
    assert second.number == DUTY[1] and "112" not in second.text
    call.situation = replace(call.situation, dangers=())
    message = call.hear(dial_status=DialStatus.BUSY)
    assert message.action is Action.VOICEMAIL
    assert message.text.startswith("Niestety nikt teraz nie może odebrać telefonu. Proszę")
    assert call.hear(recording_url="https://media.example.com/1").action is Action.GOODBYE


def test_nobody_can_be_dialled_and_a_message_is_taken_after_the_advice() -> None:
    message = in_danger(EVENING, fallback=None).hear(DEFECT, speech="czuć gaz")
    assert message.action is Action.VOICEMAIL
    assert "112" in message.say[0].text and "nieczynne" not in message.text


@pytest.mark.parametrize(
    ("meaning", "team"),
    [
        (None, "triage"),
        (understood("other"), "triage"),
        (understood("order_support", unsure=True), "customer_service"),
        (understood("catalog_request"), "customer_service"),
    ],
)
def test_danger_is_heard_whatever_the_classifier_says(
    meaning: Understood | None, team: str
) -> None:
    ringing = in_danger(EVENING, on_duty=DUTY).hear(meaning, speech="pali się")
    assert (ringing.action, ringing.number, ringing.team) == (
        Action.TRANSFER,
        DUTY[0],
        team,
    )


def test_sure_purchase_stays_with_sales() -> None:
    buying = understood("new_purchase", 0.97)
    ringing = in_danger(kinds=("flooding",), on_duty=DUTY).hear(buying, speech="zalewa nas, pompę")
    assert (ringing.team, ringing.number) == ("sales", BARTEK)
    unsure = understood("new_purchase", unsure=True)
    ringing = in_danger(kinds=("flooding",), on_duty=DUTY).hear(unsure, speech="zalewa nas")
    assert ringing.number == DUTY[0]
    assert not {BARTEK, BEATA} & {target.number for target in ringing.targets}


def test_danger_that_is_stated_late_is_heard_too() -> None:
    """At the offer of a callback: nobody has answered, and now it burns."""
    call = Call(settings_of(on_duty=DUTY))
    call.hear()
    call.hear(DEFECT, speech="piec nie grzeje")
    call.hear(dial_status=DialStatus.BUSY)
    assert call.hear(dial_status=DialStatus.BUSY).action is Action.ASK
    call.situation = situation_of(dangers=("fire",))
    ringing = call.hear(DEFECT, speech="teraz się pali")
    assert (ringing.action, ringing.number) == (Action.TRANSFER, DUTY[0])
    assert "112" in ringing.text
    call.situation = situation_of()
    answers = [call.hear(dial_status=DialStatus.NO_ANSWER) for _ in range(3)]
    assert answers[-1].action in (Action.VOICEMAIL, Action.GOODBYE)
    assert Action.VOICEMAIL in {answer.action for answer in answers}


def test_danger_in_the_message_after_the_tone_is_kept() -> None:
    call = Call(settings_of(fallback=None, desks={}), situation_of(EVENING))
    call.hear()
    call.hear(DEFECT, speech="piec nie grzeje")
    assert call.hear().action is Action.VOICEMAIL
    call.situation = situation_of(EVENING, dangers=("smoke",))
    assert call.hear(DEFECT, speech="leci dym").action is Action.GOODBYE
    assert call.state is not None
    assert (call.state.stage, call.state.dangers) == (Stage.ENDED, ("smoke",))


def test_platform_that_cannot_ask_dials_the_people_on_duty() -> None:
    call = Call(settings_of(on_duty=DUTY))
    call.situation = situation_of(EVENING, abilities=Abilities(asks=False), dangers=("gas",))
    assert call.hear(DEFECT, speech="czuć gaz").number == DUTY[0]


def test_queue_is_used_for_danger_only_while_the_team_works() -> None:
    desks = {"customer_service": {"queue": "Obsługa"}}
    for at, queue in ((NOW, "Obsługa"), (EVENING, None)):
        call = in_danger(at, on_duty=DUTY, desks=desks)
        call.situation = replace(call.situation, abilities=Abilities(queues=True))
        assert call.hear(DEFECT, speech="czuć gaz").queue == queue


def test_number_of_sales_is_refused_for_people_on_duty() -> None:
    problems = settings_of(on_duty=["022 000 00 03"]).problems(TEAMS)
    assert problems == [f"on_duty: {BARTEK} is a number of sales"]
    assert heard().caller is not None

"""Callers who want a person, in many words, and callers who want something else."""

from pathlib import Path

import pytest

from inquiry_router.phone.model import Action
from inquiry_router.phone.persons import PersonRequest, person_request
from tests.phone.people import BARTEK, BEATA, CELINA, settings_of, situation_of, understood
from tests.phone.test_conversation import Call

_LINES = Path(__file__).with_name("persons.tsv").read_text("utf-8").splitlines()
PHRASES = [tuple(line.split("\t")) for line in _LINES[1:]]
OWN = "+48220000077"


@pytest.mark.parametrize("half", ["tuning", "held_out"])
def test_callers_who_want_a_person_are_put_through_at_once_and_never_to_sales(half: str) -> None:
    """The classifier may think what it wants: here it is sure of a purchase, or of nothing."""
    phrases = [phrase for one, _, phrase in PHRASES if one == half]
    missed = []
    for phrase in phrases:
        for meaning in (understood("new_purchase", 0.99), understood("other", unsure=True), None):
            call = Call()
            call.hear()
            move = call.hear(meaning, speech=phrase)
            assert not {BARTEK, BEATA} & {target.number for target in move.targets}, phrase
            if (move.action, move.number) != (Action.TRANSFER, CELINA):
                missed.append(phrase)
    assert len(phrases) >= 30
    assert len(set(missed)) <= 0.05 * len(phrases), missed


def test_model_hears_the_wish_in_words_that_no_list_has() -> None:
    phrase = "ja oddzwaniam do pana tomka bo miałem od niego nieodebrane"
    for heard, number in ((True, CELINA), (False, BARTEK)):
        call = Call()
        call.hear()
        meaning = understood("new_purchase", 0.95, wants_person=heard)
        assert call.hear(meaning, speech=phrase).number == number


def test_callers_who_want_something_else_are_understood() -> None:
    others = [phrase for half, _, phrase in PHRASES if half == "none"]
    assert len(others) >= 20
    assert [one for one in others if person_request(one) is PersonRequest.ONLY] == []
    for phrase in others:
        call = Call()
        call.hear()
        assert call.hear(understood("new_purchase", 0.95), speech=phrase).number == BARTEK, phrase


@pytest.mark.parametrize(
    ("phrase", "category", "number"),
    [
        ("chcę rozmawiać z kimś o fakturze za dostawę z marca", "order_support", CELINA),
        ("połączcie mnie z kimś chcę zamówić dwadzieścia nowych pomp", "new_purchase", BARTEK),
    ],
)
def test_matter_beside_the_request_decides_if_it_is_sure(
    phrase: str, category: str, number: str
) -> None:
    call = Call()
    call.hear()
    assert person_request(phrase) is PersonRequest.BESIDE
    assert call.hear(understood(category, 0.95), speech=phrase).number == number
    call = Call()
    call.hear()
    assert call.hear(understood("other", unsure=True), speech=phrase).number == CELINA


@pytest.mark.parametrize(
    ("phrase", "owners", "sure", "number"),
    [
        ("poproszę pana Bartka", ("Bartek Wilk",), True, OWN),
        ("poproszę pana Bartka", ("Bartek Wilk",), False, CELINA),
        ("poproszę pana Bartka", ("Ewa Lis",), True, CELINA),
        ("poproszę pana Kowalskiego", ("Bartek Wilk",), True, CELINA),
    ],
)
def test_named_salesperson_rings_for_their_own_customers_and_sure_purchases(
    phrase: str, owners: tuple[str, ...], sure: bool, number: str
) -> None:
    own = {"name": "Bartek Wilk", "number": OWN}
    call = Call(settings_of(salespeople=[own]), situation_of(salespeople=owners))
    call.hear()
    meaning = understood("new_purchase", unsure=not sure)
    assert call.hear(meaning, speech=phrase).number == number

"""Requests for haste, and words that resemble them."""

import pytest

from tests.entities.found import found


@pytest.mark.parametrize(
    "text",
    [
        "Pilne!",
        "na wczoraj",
        "need it ASAP",
        "u nas stoi produkcja",
        "brauche dringend Ersatz",
        "stoi cała linia",
        "це терміново",
        "nie działa, pilne!",
        "pompa nie działa pilne",
        "nie, to jest pilne",
        "nie to jest pilne",
        "no, it is urgent",
        "for a really urgent order",
        "nein, es ist dringend",
    ],
)
def test_urgency_is_found(text: str) -> None:
    assert [kind for kind, _, _ in found(text)] == ["urgency"]


@pytest.mark.parametrize(
    "text",
    [
        "nie pilne",
        "Not urgent",
        "In dringenden Fällen",
        "for urgent matters",
        "Es eilt nicht",
        "w sprawach pilnych",
        "не терміново",
        "od wczoraj",
        "z datą na wczoraj",
        "non-urgent",
        "mniej pilne",
        "drukarka jest ona już naprawiona",
        "pilnuje magazynu",
        "to nie jest pilne",
        "nie jest to pilne",
        "nie jest to dla nas pilne",
        "nie jest aż tak pilne",
        "to wcale nie było pilne",
        "nic pilnego",
        "it is not urgent",
        "it's not that urgent",
        "that isn't really urgent",
        "it wasn’t urgent",
        "nothing urgent",
        "es ist nicht dringend",
        "es ist nicht so dringend",
        "ist nicht eilig",
        "nichts Dringendes",
    ],
)
def test_calm_words_are_not_found(text: str) -> None:
    assert found(text) == []

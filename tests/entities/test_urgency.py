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
    ],
)
def test_calm_words_are_not_found(text: str) -> None:
    assert found(text) == []

"""Statements of danger and urgency, and words that only resemble them."""

import pytest

from inquiry_router.entities.finding import find_entities


def _found(text: str) -> list[tuple[str, str, str | None]]:
    return [(entity.kind.value, entity.text, entity.value) for entity in find_entities(None, text)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Pompa iskrzy!", "fire"),
        ("dymi się z silnika", "fire"),
        ("pralka nas zalewa, zalewa kuchnię", "flood"),
        ("grozi porażenie prądem", "electricity"),
        ("czuć gaz w kotłowni", "gas"),
        ("The boiler room smells of gas", "gas"),
        ("the plug caught fire", "fire"),
        ("Es riecht verschmort", "fire"),
        ("Mitarbeiter bekam Stromschlag", "electricity"),
        ("stroj jiskří", "fire"),
        ("prístroj iskrí", "fire"),
        ("болгарка іскрить", "fire"),
        ("il y a une odeur de gaz", "gas"),
        ("la máquina huele a quemado", "fire"),
        ("c'è odore di gas", "gas"),
    ],
)
def test_danger_is_found_with_its_kind(text: str, value: str) -> None:
    assert [found[::2] for found in _found(text)] == [("danger", value)]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "nie iskrzy",
            "żeby nic nie iskrzyło",
            "czujnik dymu",
            "dymiarka do pszczół",
            "katalog kuchenek gazowych",
            "między nami iskrzyło",
        ),
        *(
            "gas stove catalogue",
            "fire door",
            "nothing is on fire",
            "it isn't sparking",
            "smoke detector",
            "exploded view",
            "gas leak detector",
        ),
        *(
            "qualmt nicht",
            "Rauchmelder",
            "Funktion",
            "ochrona przed porażeniem prądem",
            "kosa spalinowa",
            "zalałem fakturę kawą",
        ),
        *(
            "lampka się pali",
            "не іскрить",
            "nejiskří",
            "détecteur de fumée",
            "stufa a gas",
            "cocina de gas",
        ),
        *(
            "nie pilne",
            "Not urgent",
            "In dringenden Fällen",
            "for urgent matters",
            "Es eilt nicht",
            "w sprawach pilnych",
            "не терміново",
        ),
        *(
            "od wczoraj",
            "z datą na wczoraj",
            "non-urgent",
            "mniej pilne",
            "drukarka jest ona już naprawiona",
            "pilnuje magazynu",
        ),
    ],
)
def test_harmless_and_calm_words_are_not_found(text: str) -> None:
    assert _found(text) == []


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
    assert [kind for kind, _, _ in _found(text)] == ["urgency"]

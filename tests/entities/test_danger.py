"""Statements of danger, and words that resemble them."""

from importlib import resources

import pytest
import yaml

from inquiry_router.inquiry.model import DANGERS
from tests.entities.found import found


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Pompa iskrzy!", "fire"),
        ("dymi się z silnika", "smoke"),
        ("dym leci z obudowy", "smoke"),
        ("z pieca idzie dym", "smoke"),
        ("pralka nas zalewa, zalewa kuchnię", "flooding"),
        ("grozi porażenie prądem", "electric_shock"),
        ("czuć gaz w kotłowni", "gas"),
        ("The boiler room smells of gas", "gas"),
        ("the plug caught fire", "fire"),
        ("Es riecht verschmort", "smoke"),
        ("Mitarbeiter bekam Stromschlag", "electric_shock"),
        ("stroj jiskří", "fire"),
        ("prístroj iskrí", "fire"),
        ("болгарка іскрить", "fire"),
        ("il y a une odeur de gaz", "gas"),
        ("la máquina huele a quemado", "smoke"),
        ("c'è odore di gas", "gas"),
    ],
)
def test_danger_is_found_with_its_kind(text: str, value: str) -> None:
    assert {(kind, danger) for kind, _, danger in found(text)} == {("danger", value)}


@pytest.mark.parametrize(
    "text",
    [
        "nie iskrzy",
        "żeby nic nie iskrzyło",
        "czujnik dymu",
        "dymiarka do pszczół",
        "katalog kuchenek gazowych",
        "między nami iskrzyło",
        "gas stove catalogue",
        "fire door",
        "nothing is on fire",
        "it isn't sparking",
        "smoke detector",
        "exploded view",
        "gas leak detector",
        "qualmt nicht",
        "Rauchmelder",
        "Funktion",
        "ochrona przed porażeniem prądem",
        "kosa spalinowa",
        "zalałem fakturę kawą",
        "lampka się pali",
        "не іскрить",
        "nejiskří",
        "détecteur de fumée",
        "stufa a gas",
        "cocina de gas",
    ],
)
def test_harmless_words_are_not_found(text: str) -> None:
    assert found(text) == []


def test_dangers_of_the_list_are_those_that_rules_may_name() -> None:
    text = resources.files("inquiry_router.entities").joinpath("danger.yaml").read_text("utf-8")
    assert yaml.safe_load(text)["kinds"].keys() == set(DANGERS)

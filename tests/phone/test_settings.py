"""Phone settings: validation and problems."""

from typing import Any

import pytest
from pydantic import ValidationError

from inquiry_router.phone.model import Target
from inquiry_router.phone.prompts import BLANKS, NAMES, OPTIONAL
from inquiry_router.phone.settings import PhoneSettings
from tests.phone.people import BARTEK, CELINA, TEAMS, settings_of


def test_numbers_are_normalised() -> None:
    settings = settings_of(
        desks={
            "sales": {"numbers": ["22 000 00 03", "sip:beata@pbx.example.com:5060;transport=tls"]}
        },
        fallback="48220000002",
    )
    assert settings.desks["sales"].numbers == [
        BARTEK,
        "sip:beata@pbx.example.com:5060;transport=tls",
    ]
    assert settings.fallback_targets == (Target(number=CELINA),)


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ({"fallback": "201"}, "is neither a phone number such as +48221234567 nor a SIP address"),
        ({"fallback": "sip:a@b\r\nX-Evil: 1"}, "is neither a phone number"),
        ({"fallback": "22 123 45 67 ext 12"}, "has an extension, which the platforms cannot dial"),
        ({"lines": {"22 123 45 67 wew. 1": "pl"}}, "has an extension"),
        ({"fallback": "22 123 45 67, 601 234 567"}, "is neither a phone number"),
        ({"lines": {"anonymous": "pl"}}, "is not a phone number such as +48221234567"),
        ({"language": "cs"}, "there are no texts in 'cs'"),
        ({"language_keys": {"1": "en"}}, "String should match pattern"),
        (
            {"prompts": {"pl": {"goodbye": "Pa, {name}!"}}},
            "pl.goodbye has the blank {name}; it may have: none",
        ),
        (
            {"prompts": {"pl": {"offer": "{day} {key}"}}},
            "pl.offer has the blank {day}; it may have: {key}, {time}",
        ),
        (
            {"prompts": {"cs": {"greeting": "Dobrý den."}}},
            "'cs' is not shipped, so it needs every text; 'choose_language' is missing",
        ),
        ({"prompts": {"pl": {"hello": "x y"}}}, "Input should be 'greeting'"),
        ({"ring_seconds": "20"}, "Input should be a valid integer"),
        ({"escalate_after": 0}, "greater than or equal to 1"),
        ({"numbers": {}}, "Extra inputs are not permitted"),
    ],
)
def test_invalid_settings_are_explained(document: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError) as refused:
        PhoneSettings.model_validate(document)
    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    "zero", ["022 123 45 6", "0-22 123 45 6", "(022) 123-45-6", "0048221234568"]
)
def test_numbers_are_stored_in_one_spelling_and_sales_is_known_in_any(zero: str) -> None:
    written = zero if zero.startswith("0048") else f"{zero}8"
    service = {"customer_service": {"numbers": [written]}, "sales": {"numbers": ["+48221234568"]}}
    settings = settings_of(
        desks=service,
        fallback=written,
        escalation=[written],
        on_duty=[written],
        lines={written: "de"},
    )
    assert settings.fallback == "+48221234568" and list(settings.lines) == ["+48221234568"]
    assert settings.desks["customer_service"].numbers == ["+48221234568"]
    places = [problem.partition(":")[0] for problem in settings.problems(TEAMS)]
    assert places == ["desks.customer_service", "escalation", "on_duty", "fallback"]


def test_number_that_nobody_can_have_is_a_problem() -> None:
    """A document that an earlier version accepted stays valid, but cannot be sent again."""
    settings = settings_of(fallback="101 234 567", lines={"+4900000000": "de"})
    assert settings.problems(TEAMS) == [
        "fallback: +48101234567 is a number that nobody can have; check its digits",
        "lines: +490000000 is a number that nobody can have; check its digits",
    ]


def test_additional_language_needs_every_text() -> None:
    texts = {
        name: f"{name} {' '.join(f'{{{blank}}}' for blank in BLANKS.get(name, ()))}"
        for name in NAMES
    }
    settings = settings_of(prompts={"cs": texts}, language="cs")
    assert settings.prompt("goodbye", "cs") == "goodbye"
    assert settings.prompt("goodbye", "pl").startswith("Dziękujemy")


def test_language_of_a_company_may_lack_the_later_texts() -> None:
    """A document that an earlier version accepted stays valid."""
    texts = {name: "text" for name in NAMES if name not in OPTIONAL}
    settings = settings_of(prompts={"cs": texts}, language="cs")
    assert settings.prompt("same_matter", "cs").startswith("Is it about")
    del texts["goodbye"]
    with pytest.raises(ValidationError, match="'goodbye' is missing"):
        settings_of(prompts={"cs": texts})


def test_sales_numbers_outside_sales_are_problems() -> None:
    settings = settings_of(
        desks={
            "customer_service": {"numbers": [BARTEK]},
            "sales": {"numbers": [BARTEK]},
            "choir": {},
        },
        fallback=BARTEK,
        escalation=[BARTEK],
    )
    assert settings.problems(TEAMS) == [
        "desks: there is no team 'choir'",
        f"desks.customer_service: {BARTEK} is a number of sales",
        f"escalation: {BARTEK} is a number of sales",
        f"fallback: {BARTEK} is a number of sales; take one of customer service",
    ]
    assert settings_of().problems(TEAMS) == []


def test_sip_address_of_sales_is_found_in_another_spelling() -> None:
    desks = {
        "customer_service": {"numbers": ["sip:Bartek@PBX.example.com;transport=tls"]},
        "sales": {"numbers": ["sip:bartek@pbx.example.com"]},
    }
    assert len(settings_of(desks=desks).problems(TEAMS)) == 1


def test_triage_without_numbers_rings_customer_service() -> None:
    settings = settings_of(desks={"customer_service": {"numbers": [CELINA]}})
    assert settings.targets_of(TEAMS.by_id["sales"], TEAMS) == ()
    assert settings.targets_of(TEAMS.triage, TEAMS) == (Target(number=CELINA),)
    assert settings_of(desks={}).targets_of(TEAMS.triage, TEAMS) == (Target(number=CELINA),)


def test_every_field_has_a_description_and_an_example() -> None:
    for definition in (
        PhoneSettings.model_json_schema(),
        *PhoneSettings.model_json_schema()["$defs"].values(),
    ):
        for name, shape in definition.get("properties", {}).items():
            assert shape.get("description") and shape.get("examples"), name

"""The phone document: what admins may write, and the sentences they get for what they may not."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from inquiry_router.phone.fallback import fallback_move, with_reference
from inquiry_router.phone.model import Action, Target
from inquiry_router.phone.prompts import BLANKS, NAMES, fill_blanks, find_blanks, shipped
from inquiry_router.phone.settings import PhoneSettings
from inquiry_router.phone.slots import callback_slots, say_time
from tests.phone.people import BARTEK, CELINA, EVENING, NOW, TEAMS, settings_of

HOURS = TEAMS.by_id["sales"].working_hours


def test_every_shipped_language_says_everything_with_the_right_blanks() -> None:
    assert set(shipped()) == {"pl", "en", "de"}
    for language, speech in shipped().items():
        assert speech.tag.startswith(language)
        for name in NAMES:
            assert find_blanks(speech.prompts[name]) == BLANKS.get(name, frozenset()), (
                language,
                name,
            )


def test_numbers_are_read_in_any_spelling_and_kept_in_one() -> None:
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
def test_mistakes_get_a_sentence(document: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError) as refused:
        PhoneSettings.model_validate(document)
    assert sentence in str(refused.value)


def test_an_own_language_needs_all_texts_and_can_then_be_used() -> None:
    texts = {
        name: f"{name} {' '.join(f'{{{blank}}}' for blank in BLANKS.get(name, ()))}"
        for name in NAMES
    }
    settings = settings_of(prompts={"cs": texts}, language="cs")
    assert settings.prompt("goodbye", "cs") == "goodbye"
    assert settings.prompt("goodbye", "pl").startswith("Dziękujemy")


def test_sales_numbers_where_sales_must_not_ring_are_found_out() -> None:
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


def test_a_sip_address_of_sales_is_found_out_in_other_letters() -> None:
    desks = {
        "customer_service": {"numbers": ["sip:Bartek@PBX.example.com;transport=tls"]},
        "sales": {"numbers": ["sip:bartek@pbx.example.com"]},
    }
    assert len(settings_of(desks=desks).problems(TEAMS)) == 1


def test_sales_without_numbers_is_not_rung_at_customer_service_but_triage_is() -> None:
    settings = settings_of(desks={"customer_service": {"numbers": [CELINA]}})
    assert settings.targets_of(TEAMS.by_id["sales"], TEAMS) == ()
    assert settings.targets_of(TEAMS.triage, TEAMS) == (Target(number=CELINA),)
    assert settings_of(desks={}).targets_of(TEAMS.triage, TEAMS) == (Target(number=CELINA),)


def test_every_field_is_described_with_an_example() -> None:
    for definition in (
        PhoneSettings.model_json_schema(),
        *PhoneSettings.model_json_schema()["$defs"].values(),
    ):
        for name, shape in definition.get("properties", {}).items():
            assert shape.get("description") and shape.get("examples"), name


def test_the_fallback_needs_nothing_but_the_settings() -> None:
    rung = fallback_move("+48220000009", settings_of(), TEAMS)
    assert (rung.action, rung.number, rung.language, rung.timeout_s) == (
        Action.TRANSFER,
        CELINA,
        "de",
        20,
    )
    assert fallback_move(None, settings_of(fallback=None), TEAMS).number == CELINA
    assert fallback_move("garbage", PhoneSettings(), TEAMS).action is Action.VOICEMAIL


def test_a_reference_is_said_first() -> None:
    move = with_reference(fallback_move(None, PhoneSettings(), TEAMS), "K7MA-4XEY", PhoneSettings())
    assert move.reference == "K7MA-4XEY" and move.text.startswith(
        "Numer sprawy to K 7 M A, 4 X E Y. Proszę"
    )


def test_blanks_are_replaced_and_nothing_else_is_done_with_a_text() -> None:
    assert fill_blanks("{a} {b.__class__} {0}", {"a": "{b}"}) == "{b}  "


@pytest.mark.parametrize(
    ("at", "first", "every", "expected"),
    [
        (NOW, 30, 120, ["dziś o jedenastej trzydzieści", "dziś o trzynastej trzydzieści", "dziś o piętnastej trzydzieści"]),
        (NOW + timedelta(minutes=1), 30, 120, ["dziś o jedenastej czterdzieści pięć", "dziś o trzynastej czterdzieści pięć"]),
        (EVENING, 30, 240, ["jutro o ósmej trzydzieści", "jutro o dwunastej trzydzieści", "w poniedziałek o ósmej trzydzieści"]),
        (NOW + timedelta(hours=4, minutes=40), 15, 60, ["jutro o ósmej", "jutro o dziewiątej", "jutro o dziesiątej"]),
    ],
)  # fmt: skip
def test_callbacks_are_offered_in_working_hours_on_the_quarter(
    at: datetime, first: int, every: int, expected: list[str]
) -> None:
    slots = callback_slots(HOURS, at, first, every, len(expected))
    assert [
        say_time(slot, at, "Europe/Warsaw", shipped()["pl"].clock) for slot in slots
    ] == expected


def test_times_are_said_in_every_language() -> None:
    at = NOW + timedelta(days=1, hours=3, minutes=30)
    assert say_time(at, NOW, "Europe/Warsaw", shipped()["en"].clock) == "tomorrow at 2:30 p.m."
    assert say_time(at, NOW, "Europe/Warsaw", shipped()["de"].clock) == "morgen um 14 Uhr 30"
    later = NOW + timedelta(days=9)
    assert (
        say_time(later, NOW, "Europe/Warsaw", shipped()["pl"].clock) == "28 listopada o jedenastej"
    )

"""Times for callbacks, and how they are said."""

from datetime import UTC, datetime, timedelta

import pytest

from inquiry_router.phone.prompts import shipped
from inquiry_router.phone.slots import callback_slots, say_time
from tests.phone.people import EVENING, NOW, TEAMS

HOURS = TEAMS.by_id["sales"].working_hours


HALF_PAST = ("dziś o jedenastej trzydzieści", "dziś o trzynastej trzydzieści")
TOMORROW = ("jutro o ósmej trzydzieści", "jutro o dwunastej trzydzieści")


@pytest.mark.parametrize(
    ("at", "first", "every", "expected"),
    [
        (NOW, 30, 120, [*HALF_PAST, "dziś o piętnastej trzydzieści"]),
        (
            NOW + timedelta(minutes=1),
            30,
            120,
            ["dziś o jedenastej czterdzieści pięć", "dziś o trzynastej czterdzieści pięć"],
        ),
        (EVENING, 30, 240, [*TOMORROW, "w poniedziałek o ósmej trzydzieści"]),
        (
            NOW + timedelta(hours=4, minutes=40),
            15,
            60,
            ["jutro o ósmej", "jutro o dziewiątej", "jutro o dziesiątej"],
        ),
    ],
)
def test_callback_slots_are_in_working_hours_on_the_quarter(
    at: datetime, first: int, every: int, expected: list[str]
) -> None:
    slots = callback_slots(HOURS, at, first, every, len(expected))
    assert [
        say_time(slot, at, "Europe/Warsaw", shipped()["pl"].clock) for slot in slots
    ] == expected


def test_times_in_words_of_every_language() -> None:
    at = NOW + timedelta(days=1, hours=3, minutes=30)
    assert say_time(at, NOW, "Europe/Warsaw", shipped()["en"].clock) == "tomorrow at 2:30 p.m."
    assert say_time(at, NOW, "Europe/Warsaw", shipped()["de"].clock) == "morgen um 14 Uhr 30"
    polish = shipped()["pl"].clock
    midnight = datetime(2026, 11, 19, 23, 0, tzinfo=UTC)
    assert say_time(midnight, NOW, "Europe/Warsaw", polish) == "jutro o północy"
    half_past = midnight + timedelta(minutes=30)
    said = [
        say_time(half_past + timedelta(minutes=minutes), NOW, "Europe/Warsaw", polish)
        for minutes in (-15, 0, 15, 30)
    ]
    assert said == [
        "jutro kwadrans po północy",
        "jutro pół godziny po północy",
        "jutro trzy kwadranse po północy",
        "jutro o pierwszej",
    ]
    later = NOW + timedelta(days=9)
    assert (
        say_time(later, NOW, "Europe/Warsaw", shipped()["pl"].clock) == "28 listopada o jedenastej"
    )

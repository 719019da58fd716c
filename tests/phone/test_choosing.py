"""Callers name one of the offered times in words."""

from datetime import UTC, datetime

import pytest

from inquiry_router.phone.choosing import chosen_slot
from tests.phone.people import EVENING

# Friday 8:30, Friday 12:30 and Monday 8:30 in Warsaw; it is Thursday evening.
SLOTS = (
    datetime(2026, 11, 20, 7, 30, tzinfo=UTC),
    datetime(2026, 11, 20, 11, 30, tzinfo=UTC),
    datetime(2026, 11, 23, 7, 30, tzinfo=UTC),
)
# 8:00, 8:15, 14:00 and 14:30 of the next day.
CLOSE = tuple(
    datetime(2026, 11, 20, hour, minute, tzinfo=UTC)
    for hour, minute in ((7, 0), (7, 15), (13, 0), (13, 30))
)


def choose(words: str, language: str = "pl", slots: tuple[datetime, ...] = SLOTS) -> int | None:
    slot = chosen_slot(words, slots, EVENING, "Europe/Warsaw", language)
    return slots.index(slot) if slot is not None else None


@pytest.mark.parametrize(
    ("words", "language", "place"),
    [
        ("poproszę jutro o ósmej trzydzieści", "pl", 0),
        ("jutro o wpół do dziewiątej", "pl", 0),
        ("pierwsza opcja", "pl", 0),
        ("poproszę jedynkę", "pl", 0),
        ("ta pierwsza", "pl", 0),
        ("o dwunastej trzydzieści", "pl", 1),
        ("na dwunastą trzydzieści może być", "pl", 1),
        ("12:30", "pl", 1),
        ("drugi termin", "pl", 1),
        ("dwójka", "pl", 1),
        ("w poniedziałek", "pl", 2),
        ("w poniedziałek o ósmej trzydzieści", "pl", 2),
        ("to ja poproszę ten ostatni", "pl", 2),
        ("trójeczkę poproszę trójkę", "pl", 2),
        ("o ósmej trzydzieści", "pl", None),
        ("jutro", "pl", None),
        ("o dziewiątej", "pl", None),
        ("chcę zostawić wiadomość", "pl", None),
        ("żadna z tych godzin", "pl", None),
        ("tomorrow at 8:30", "en", 0),
        ("tomorrow half past eight please", "en", 0),
        ("the second one", "en", 1),
        ("twelve thirty", "en", 1),
        ("Monday please", "en", 2),
        ("the last one", "en", 2),
        ("morgen um halb neun", "de", 0),
        ("die erste Möglichkeit", "de", 0),
        ("um zwölf Uhr dreißig", "de", 1),
        ("am Montag", "de", 2),
    ],
)
def test_time_is_chosen_by_its_hour_its_place_or_its_day(
    words: str, language: str, place: int | None
) -> None:
    assert choose(words, language) == place


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("o ósmej", 0),
        ("o ósmej piętnaście", 1),
        ("o czternastej", 2),
        ("o drugiej", 2),
        ("druga opcja", 1),
        ("wpół do trzeciej", 3),
        ("o czternastej trzydzieści", 3),
        ("8:15", 1),
    ],
)
def test_close_times_are_told_apart(words: str, place: int) -> None:
    assert choose(words, slots=CLOSE) == place

"""Answers to two offered times are read, and nothing else is."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from inquiry_router.calls.chosen_time import may_choose, read_choice

ZONE = ZoneInfo("Europe/Warsaw")
FRIDAY = datetime(2026, 11, 20, 12, tzinfo=UTC)
MONDAY_10, MONDAY_14 = (datetime(2026, 11, 23, hour, tzinfo=UTC) for hour in (9, 13))
TUESDAY_10 = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("times", "choice", "texts"),
    [
        (
            (MONDAY_10, MONDAY_14),
            1,
            (
                "1|1.| 1) |ten pierwszy|Pierwszy termin, dziękuję|o 10|godz. 10:00|10.00|"
                "jeden|W poniedziałek o dziesiątej|the first one please|at ten|"
                "Option 1|Der erste|um 10 Uhr"
            ),
        ),
        (
            (MONDAY_10, MONDAY_14),
            2,
            (
                "2|ten drugi proszę|opcja nr 2|Dzień dobry, pasuje mi o 14. Pozdrawiam|"
                "o czternastej|the second works|at 2|at 14:00|zweiter Termin passt, danke|zwei"
            ),
        ),
        ((MONDAY_10, TUESDAY_10), 2, "wtorek|Tuesday please|am Dienstag|2|we wtorek o 10"),
        (
            (MONDAY_10, MONDAY_14),
            None,
            (
                "|ok|dziękuję|3|o 12|w poniedziałek|1 i 2|nie 1|1 szt|10 szt.|1?|👍|11|"
                "1000000000000|drugi termin nie pasuje|Proszę o wycenę|1. Pompa cieknie|"
                "first delivery is broken"
            ),
        ),
        ((MONDAY_10, TUESDAY_10), None, "o 10|10:00|at ten"),
    ],
)
def test_only_a_plain_choice_is_read(
    times: tuple[datetime, datetime], choice: int | None, texts: str
) -> None:
    for text in texts.split("|"):
        assert read_choice(text, times, ZONE, FRIDAY) == choice, text
        assert may_choose(text) or choice is None, text


def test_near_days_are_counted_from_now() -> None:
    sunday = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)  # Monday already, in Poland
    assert read_choice("dzisiaj", (MONDAY_10, TUESDAY_10), ZONE, sunday) == 1
    assert read_choice("jutro o 10", (MONDAY_10, TUESDAY_10), ZONE, sunday) == 2

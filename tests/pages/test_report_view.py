"""The report for people: sentences, charts and tables from what the API answers."""

from datetime import UTC, datetime
from typing import Any

import pytest

from inquiry_router.configuration.model import Configuration
from inquiry_router.configuration.yaml_file import default_file
from inquiry_router.pages.names import ReaderNames
from inquiry_router.pages.report_view import (
    Section,
    bypass_section,
    flow_section,
    phone_tag_section,
    promises_section,
    saved_section,
)
from inquiry_router.pages.texts import LANGUAGES, texts_of

NOW = datetime(2026, 11, 19, 10, tzinfo=UTC)
WEEKS = ("2026-11-02", "2026-11-09", "2026-11-16")
CONFIGURATION = Configuration(1, default_file().documents, (), {})


def ends(low: float, expected: float, high: float) -> dict[str, float]:
    return {"low": low, "expected": expected, "high": high}


def way(channel: str, category: str, team: str, count: int) -> dict[str, Any]:
    return {"channel": channel, "category": category, "team": team, "inquiries": count}


FLOW = {
    "by_way": [
        way("email", "defect", "customer_service", 60),
        way("phone", "defect", "customer_service", 20),
        way("email", "new_purchase", "sales", 15),
        way("chat", "other", "triage", 5),
    ]
}
RELIEF = {
    "by_week": [
        {
            "week": week,
            "given_back": {
                "matters": 10 * number,
                "hours": ends(2.0 * number, 4.0 * number, 7.5 * number),
                "money": ends(20_000 * number, 40_000 * number, 75_000 * number),
            },
            "service_wait_hours": None if number == 0 else 3.4,
        }
        for number, week in enumerate(WEEKS)
    ]
}
RELIEF_TOTALS = {
    "currency": "PLN",
    "given_back": {
        "matters": 30,
        "hours": ends(6.0, 12.0, 22.5),
        "money": ends(60_000, 120_000, 225_000),
    },
}
BYPASS = {
    "by_week": [
        {
            "week": week,
            "bypassed": ends(rate * 80, rate * 100, rate * 120),
            "direct": 100,
            "rate": ends(rate * 0.8, rate, rate * 1.2),
        }
        for week, rate in zip(WEEKS, (0.6, 0.5, 0.2), strict=True)
    ]
}
COVERAGE = {"salespeople": 12, "seen": 9}
PROMISES = {
    "by_week": [
        {
            "week": week,
            "kept": 9,
            "broken": 1,
            "kept_share": 0.9,
            "answered": 10,
            "mean_wait_hours": 2.5,
        }
        for week in WEEKS
    ]
}
PHONE_TAG = {"by_week": [{"week": week, "loops": 4, "unmet": 1, "attempts": 15} for week in WEEKS]}


def made(section: Any, tables: Any, totals: Any, language: str = "en") -> Section:
    names = ReaderNames(language, CONFIGURATION, NOW)
    found: Section = section(tables, totals, texts_of("report", language), names)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("section", "tables", "totals"),
    [
        (flow_section, FLOW, {"inquiries": 100, "unsure": 4, "placed_by_people": 1}),
        (saved_section, RELIEF, RELIEF_TOTALS),
        (bypass_section, BYPASS, COVERAGE),
        (promises_section, PROMISES, {"kept": 27, "broken": 3, "kept_share": 0.9}),
        (
            phone_tag_section,
            PHONE_TAG,
            {"loops": 12, "median_attempts": 3, "median_elapsed_hours": 5.5},
        ),
    ],
)
def test_each_chart_has_its_sentence_and_its_table(
    language: str, section: Any, tables: Any, totals: Any
) -> None:
    found = made(section, tables, totals, language)
    assert found.chart is not None and found.said
    assert found.rows and all(len(row) == len(found.heads) for row in found.rows)
    assert "{" not in found.said


def test_flow_says_what_comes_most_and_draws_every_way() -> None:
    found = made(flow_section, FLOW, {"inquiries": 100, "unsure": 4, "placed_by_people": 1})
    assert "100 inquiries came in; 95% were decided" in found.said
    assert "e-mail" in found.said and "defect" in found.said
    assert found.chart.count("<path") == 7  # four ways to categories, three on to teams
    for name in ("Customer service", "Sales", "e-mail", "chat"):
        assert name in found.chart


def test_rare_places_of_a_flow_run_together() -> None:
    many = [way("email", f"own{number}", "triage", 30 - number) for number in range(20)]
    found = made(
        flow_section, {"by_way": many}, {"inquiries": 100, "unsure": 0, "placed_by_people": 0}
    )
    assert "others" in found.chart and "own19" not in found.chart
    assert any("own19" in row for row in found.rows)


def test_saved_hours_and_money_are_ranges() -> None:
    found = made(saved_section, RELIEF, RELIEF_TOTALS)
    assert "12 (6–22) hours back, worth 1,200\xa0PLN (600\xa0PLN–2,250\xa0PLN)" in found.said
    assert found.rows[1] == ["Nov 9" if False else "9 Nov", "4 (2–7.5)", *found.rows[1][2:]]
    assert found.rows[0][-1] == "–"
    polish = made(saved_section, RELIEF, RELIEF_TOTALS, "pl")
    assert "1200\xa0zł" in polish.said or "1\xa0200\xa0zł" in polish.said


def test_bypass_is_told_with_its_coverage() -> None:
    found = made(bypass_section, BYPASS, COVERAGE)
    assert "fell from 60% to 20%" in found.said and "9 of 12 salespeople" in found.said
    reverse = {"by_week": BYPASS["by_week"][::-1]}
    assert "grew from 20% to 60%" in made(bypass_section, reverse, COVERAGE).said
    nothing = made(bypass_section, {}, {"salespeople": 3, "seen": 0})
    assert nothing.chart is None and "0 of 3" in nothing.said


def test_empty_reports_say_so() -> None:
    for section, totals in (
        (flow_section, {"inquiries": 0}),
        (saved_section, {"given_back": {"matters": 0}}),
        (phone_tag_section, {}),
    ):
        found = made(section, {}, totals)
        assert found.chart is None and found.said and not found.rows
    assert "no answers" in made(promises_section, {}, {}).said

"""Reports on inquiries: flow, workload, promises, quality. Made from figures by week. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from inquiry_router.relief.figures import Figures
from inquiry_router.reports.periods import Period
from inquiry_router.reports.report_table import Report

_PLACED: Final = (
    "Placed by people: corrected, or moved in the helpdesk. GET /v1/quality has accuracy, "
    "calibration, confusion and drift."
)
# Figures by Monday and more, or by other parts of their keys.
ByKey = Mapping[tuple[Any, ...], Figures]


def figures_json(one: Figures) -> dict[str, Any]:
    """Render counts with the shares that people ask for."""
    return {
        "inquiries": one.inquiries,
        "unsure": one.unsure,
        "placed_by_people": one.placed,
        "answered": one.answered,
        "resolved": one.resolved,
        "mean_wait_hours": mean_wait(one),
    }


def mean_wait(one: Figures) -> float | None:
    """The mean time until the first answer, in hours; None without answers."""
    return round(one.waited_s / one.answered / 3600, 2) if one.answered else None


def by_week(found: ByKey, period: Period) -> dict[str, Figures]:
    """Add up figures by week. The first part of each key is the Monday; each week is there."""
    weeks = dict.fromkeys(period.weeks, Figures())
    for key, one in found.items():
        week = key[0].isoformat()
        weeks[week] = weeks.get(week, Figures()).plus(one)
    return weeks


def total_of(found: Iterable[Figures]) -> Figures:
    """Add up figures."""
    whole = Figures()
    for one in found:
        whole = whole.plus(one)
    return whole


def flow_report(found: ByKey, ways: ByKey, period: Period) -> Report:
    """The way of inquiries: channel, category, team. `ways` are keyed by these three."""
    rows = [
        {"channel": channel, "category": category, "team": team, **figures_json(one)}
        for (channel, category, team), one in sorted(
            ways.items(), key=lambda entry: -entry[1].inquiries
        )
    ]
    weeks = [{"week": week, **figures_json(one)} for week, one in by_week(found, period).items()]
    totals = figures_json(total_of(found.values()))
    return Report("flow", totals, {"by_week": weeks, "by_way": rows})


def workload_report(found: ByKey, people: ByKey | None, period: Period) -> Report:
    """The load of teams, and of people where that may be seen. `found` is by Monday and team."""
    teams = {key[1]: _of(found, key[1]) for key in sorted(found, key=lambda key: key[1])}
    wholes = {team: total_of(weeks.values()) for team, weeks in teams.items()}
    by_team = [
        {"team": team, "still_open": one.inquiries - one.resolved, **figures_json(one)}
        for team, one in wholes.items()
    ]
    weeks = [
        {"week": week, "team": team, **figures_json(one)}
        for team, mondays in teams.items()
        for week, one in by_week(mondays, period).items()
    ]
    tables: dict[str, Any] = {"by_team": by_team, "by_week": weeks}
    if people is not None:
        tables["by_person"] = [
            {"person": person, **figures_json(one)} for (person,), one in sorted(people.items())
        ]
    return Report("workload", figures_json(total_of(wholes.values())), tables)


def _of(found: ByKey, part: str) -> dict[tuple[date], Figures]:
    return {(key[0],): one for key, one in found.items() if key[1] == part}


def promises_report(
    found: ByKey, overdue: Mapping[str, int], kept: Mapping[str, tuple[int, int]], period: Period
) -> Report:
    """Promises: kept and broken by week of the answer, overdue now by team, and the wait.

    `kept` has the kept and the broken ones by week.
    """
    weeks = []
    for week, one in by_week(found, period).items():
        good, bad = kept.get(week, (0, 0))
        weeks.append(
            {
                "week": week,
                "kept": good,
                "broken": bad,
                "kept_share": round(good / (good + bad), 4) if good + bad else None,
                "answered": one.answered,
                "mean_wait_hours": mean_wait(one),
            }
        )
    good, bad = (sum(pair[place] for pair in kept.values()) for place in (0, 1))
    totals = {
        "kept": good,
        "broken": bad,
        "kept_share": round(good / (good + bad), 4) if good + bad else None,
        "overdue_now": sum(overdue.values()),
    }
    late = [{"team": team, "overdue": count} for team, count in sorted(overdue.items())]
    return Report("promises", totals, {"by_week": weeks, "overdue": late})


def quality_report(found: ByKey, categories: ByKey, period: Period) -> Report:
    """The work that the router left to people. `GET /v1/quality` has calibration and confusion."""
    rows = [
        {"category": category, **_quality(one)} for (category,), one in sorted(categories.items())
    ]
    weeks = [{"week": week, **_quality(one)} for week, one in by_week(found, period).items()]
    whole = _quality(total_of(found.values()))
    return Report("quality", whole, {"by_week": weeks, "by_category": rows}, [_PLACED])


def _quality(one: Figures) -> dict[str, Any]:
    whole = one.inquiries
    return {
        "inquiries": whole,
        "unsure": one.unsure,
        "unsure_share": round(one.unsure / whole, 4) if whole else None,
        "placed_by_people": one.placed,
        "placed_share": round(one.placed / whole, 4) if whole else None,
    }

"""The figures of counts: hours and money, whole and by group, as ranges. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Final

from inquiry_router.relief.costs import CostModel, Costs, Spent, add_up
from inquiry_router.relief.counting import CellKey
from inquiry_router.relief.inputs import ASSUMPTION, CostInputs
from inquiry_router.relief.pert import Estimate

GROUPS: Final = ("month", "person", "account", "category")
MAX_ACCOUNTS: Final = 50
Json = dict[str, Any]


def hours_json(found: Estimate) -> Json:
    """Render hours."""
    values = (found.low, found.expected, found.high)
    return dict(zip(("low", "expected", "high"), (round(one, 2) for one in values), strict=True))


def money_json(found: Estimate) -> Json:
    """Render money in minor units."""
    values = (found.low, found.expected, found.high)
    return dict(zip(("low", "expected", "high"), (round(one) for one in values), strict=True))


def costs_json(costs: Costs) -> Json:
    """Render hours and money."""
    return {
        "hours": hours_json(costs.hours),
        "money": money_json(costs.money),
        "lost_sales": money_json(costs.lost_sales),
    }


def count_json(spent: Spent) -> Json:
    """Render the plain counts."""
    return {
        "calls": spent.calls,
        "talk_hours": round(spent.talk_s / 3600, 2),
        "loops": spent.loops,
        "unmet_loops": spent.unmet,
        "matters": sum(spent.matters.values()),
        "measured_hours": round(spent.measured_s / 3600, 2),
    }


def summary_json(
    cells: Mapping[CellKey, Spent], inputs: CostInputs, names: Mapping[str, str]
) -> Json:
    """Render the figures of cells, whole and by group. `names` are those of accounts by id."""
    model = CostModel(inputs)
    whole = add_up(cells.values())
    return {
        "currency": inputs.currency,
        "whole": _figures(model, whole),
        **{f"by_{group}": _by_group(model, cells, group, names) for group in GROUPS},
    }


def _by_group(
    model: CostModel, cells: Mapping[CellKey, Spent], group: str, names: Mapping[str, str]
) -> list[Json]:
    """Figures by group: months in order, others with the largest first."""
    parts: dict[str, list[Spent]] = defaultdict(list)
    for key, spent in cells.items():
        parts[getattr(key, group)].append(spent)
    if set(parts) == {""} and group in ("person", "account"):
        return []
    found = [
        {group: names.get(name, name) or None, **_figures(model, add_up(some))}
        for name, some in sorted(parts.items())
    ]
    if group == "month":
        return found
    found.sort(key=_expected_hours, reverse=True)
    return found[:MAX_ACCOUNTS] if group == "account" else found


def _figures(model: CostModel, spent: Spent) -> Json:
    return {**costs_json(model.costs(spent)), **count_json(spent)}


def _expected_hours(figures: Json) -> float:
    hours: float = figures["hours"]["expected"]
    return hours


def assumptions_of(inputs: CostInputs) -> list[str]:
    """The names of the inputs of a baseline that nobody has measured."""
    return [
        name
        for name, source in _sources(inputs)
        if source.startswith(ASSUMPTION) and name != "would_have_reached"
    ]


def _sources(inputs: CostInputs) -> Iterable[tuple[str, str]]:
    for name in type(inputs).model_fields:
        value = getattr(inputs, name)
        if hasattr(value, "source"):
            yield name, value.source
    for one in inputs.minutes:
        label = ", ".join(filter(None, (one.channel, one.category, one.intent))) or "others"
        yield f"minutes ({label})", one.minutes.source

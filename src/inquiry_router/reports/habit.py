"""Reports on the old habit: bypass, relief, phone tag, single contact. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from inquiry_router.accounts.model import person_key
from inquiry_router.relief.bypass_reading import BypassCount, ServedAccount, sum_spent
from inquiry_router.relief.costs import CostModel
from inquiry_router.relief.figures import Figures
from inquiry_router.relief.pert import Estimate
from inquiry_router.relief.phone_tag import Loop, loops_json
from inquiry_router.relief.summary import costs_json, hours_json, money_json
from inquiry_router.reports.flows import ByKey, by_week, mean_wait
from inquiry_router.reports.periods import Period, week_of
from inquiry_router.reports.report_table import Report
from inquiry_router.reports.sight import MIN_GROUP, Sight

MAX_ROWS: Final = 50
TARGET_COLLEAGUES: Final = 2
INVISIBLE: Final = (
    "Calls on mobile phones are invisible unless the salesperson taps 'that was service' or the "
    "operator's bill is read. Read the rate beside its coverage."
)


def bypassed_of(found: Iterable[BypassCount], model: CostModel) -> Estimate:
    """The number of service matters among bypasses: of calls a share."""
    given = list(found)
    sure = sum(one.count for one in given if not one.is_call)
    calls = model.service_calls(sum(one.count for one in given if one.is_call))
    return Estimate(sure + calls.low, sure + calls.expected, sure + calls.high)


def rate_json(bypassed: Estimate, direct: int) -> dict[str, Any]:
    """The bypass rate: bypassed / (bypassed + direct), as a range."""
    ends = {name: getattr(bypassed, name) for name in ("low", "expected", "high")}
    return {
        "bypassed": {name: round(value, 1) for name, value in ends.items()},
        "direct": direct,
        "rate": {
            name: round(value / (value + direct), 4) if value + direct else None
            for name, value in ends.items()
        },
    }


def coverage_json(salespeople: Mapping[str, str], seen: set[str]) -> dict[str, Any]:
    """The part of the salespeople whose service matters are seen."""
    known = set(salespeople) | seen
    share = round(len(seen) / len(known), 4) if known else None
    return {"salespeople": len(known), "seen": len(seen), "coverage": share}


@dataclass(frozen=True, slots=True)
class Habit:
    """The bypasses of a period, by salesperson and week, and by what else a report needs."""

    people: int
    weeks: Sequence[BypassCount]
    # Service matters that came through a salesperson and are inquiries: none is direct.
    known: Mapping[str, int]
    coverage: Mapping[str, Any]
    accounts: Sequence[BypassCount] = ()
    departments: Sequence[BypassCount] = ()


@dataclass(frozen=True, slots=True)
class Direct:
    """Service matters that came directly, by week, owner and account; names of accounts by id."""

    weeks: Mapping[str, int]
    persons: Mapping[str, int]
    accounts: Mapping[str, int]
    names: Mapping[str, str]


def bypass_report(
    habit: Habit,
    direct: Direct,
    model: CostModel,
    period: Period,
    sight: Sight,
    departments: Mapping[str, int],
) -> Report:
    """The bypass rate by week, salesperson and account, with its coverage."""
    notes = [INVISIBLE]
    if (note := sight.note(habit.people)) is not None:
        notes.append(note)
    if not sight.may_see_group(habit.people):
        return Report("bypass", dict(habit.coverage), {}, notes)
    groups = _by("group", habit.weeks)
    weeks = [
        {
            "week": week,
            **rate_json(bypassed_of(groups.get(week, ()), model), direct.weeks.get(week, 0)),
        }
        for week in period.weeks
    ]
    whole = rate_json(bypassed_of(habit.weeks, model), sum(direct.weeks.values()))
    tables: dict[str, Any] = {
        "by_week": weeks,
        "by_department": _departments(habit.departments, departments),
    }
    if sight.people:
        tables["by_person"] = [
            {"person": who, **rate_json(bypassed_of(some, model), direct.persons.get(who, 0))}
            for who, some in _largest(habit.weeks, "person")
        ]
        tables["by_account"] = [
            {
                "account": direct.names.get(one, one),
                **rate_json(bypassed_of(some, model), direct.accounts.get(one, 0)),
            }
            for one, some in _largest(habit.accounts)
        ]
    return Report("bypass", {**whole, **habit.coverage}, tables, notes)


def _departments(found: Sequence[BypassCount], sizes: Mapping[str, int]) -> list[dict[str, Any]]:
    """Service matters that colleagues sent to salespeople; managers first, groups of five only."""
    rows = [
        {"department": name, "matters": sum(one.count for one in some)}
        for name, some in _largest(found)
        if sizes.get(name, 0) >= MIN_GROUP
    ]
    return sorted(rows, key=lambda row: row["department"] != "managers")


def _by(name: str, found: Iterable[BypassCount]) -> dict[str, list[BypassCount]]:
    groups: dict[str, list[BypassCount]] = defaultdict(list)
    for one in found:
        groups[getattr(one, name)].append(one)
    return groups


def _largest(
    found: Iterable[BypassCount], name: str = "group"
) -> list[tuple[str, list[BypassCount]]]:
    groups = _by(name, found)
    ordered = sorted(groups.items(), key=lambda entry: -sum(one.count for one in entry[1]))
    return ordered[:MAX_ROWS]


def relief_report(
    habit: Habit,
    service: ByKey,
    baseline_hours_a_week: Estimate | None,
    model: CostModel,
    period: Period,
    sight: Sight,
) -> Report:
    """Hours and money given back and still spent, and the wait of customer service beside it.

    `service` is keyed by Monday, channel and category.
    """
    matters: dict[str, Counter[tuple[str, str, str]]] = defaultdict(Counter)
    for (monday, channel, category), one in service.items():
        matters[monday.isoformat()][channel, category, ""] += one.inquiries
    share = _direct_share(service, habit.known)
    waits = by_week(service, period)
    shows_spent = sight.may_see_group(habit.people)
    spent = _by("group", habit.weeks)
    weeks, whole = [], Counter[tuple[str, str, str]]()
    for week in period.weeks:
        direct = _scaled(matters[week], share)
        whole += direct
        row: dict[str, Any] = {"week": week, "given_back": _back(model, direct)}
        if shows_spent:
            row["still_spent"] = _spent(model, spent.get(week, ()))
        weeks.append({**row, "service_wait_hours": mean_wait(waits[week])})
    totals: dict[str, Any] = {
        "currency": model.inputs.currency,
        "given_back": _back(model, whole),
        "service_wait_hours": mean_wait(_sum(waits.values())),
    }
    if shows_spent:
        totals |= {"still_spent": _spent(model, habit.weeks), **habit.coverage}
        if baseline_hours_a_week is not None:
            totals["baseline_hours_a_week"] = hours_json(baseline_hours_a_week)
    notes = [INVISIBLE]
    if not shows_spent and (note := sight.note(habit.people)) is not None:
        notes.append(note)
    return Report("relief", totals, {"by_week": weeks}, notes)


def _direct_share(service: ByKey, known: Mapping[str, int]) -> float:
    whole = sum(one.inquiries for one in service.values())
    return max(0.0, 1 - sum(known.values()) / whole) if whole else 0.0


def _scaled(
    matters: Mapping[tuple[str, str, str], int], share: float
) -> Counter[tuple[str, str, str]]:
    return Counter({key: round(count * share) for key, count in matters.items()})


def _sum(found: Iterable[Figures]) -> Figures:
    whole = Figures()
    for one in found:
        whole = whole.plus(one)
    return whole


def _back(model: CostModel, matters: Mapping[tuple[str, str, str], int]) -> dict[str, Any]:
    costs = model.given_back(matters)
    return {
        "matters": sum(matters.values()),
        "hours": hours_json(costs.hours),
        "money": money_json(costs.money),
    }


def _spent(model: CostModel, found: Iterable[BypassCount]) -> dict[str, Any]:
    costs = costs_json(model.costs(sum_spent(found)))
    return {name: costs[name] for name in ("hours", "money")}


def phone_tag_report(
    loops: Sequence[Loop], offers: Mapping[str, int], period: Period, sight: Sight
) -> Report:
    """Phone-tag loops by week, and the offers of two times that ended some."""
    people = len({loop.person for loop in loops})
    notes = ["Loops are found in the PBX log of the last 90 days; numbers are forgotten then."]
    if not sight.may_see_group(people):
        note = sight.note(people)
        return Report("phone-tag", dict(offers), {}, [*notes, *([note] if note else [])])
    groups: dict[str, list[Loop]] = defaultdict(list)
    for loop in loops:
        groups[week_of(loop.began_at.date())].append(loop)
    weeks = [{"week": week, **loops_json(groups.get(week, []))} for week in period.weeks]
    tables: dict[str, Any] = {"by_week": weeks}
    if sight.people:
        persons: dict[str, list[Loop]] = defaultdict(list)
        for loop in loops:
            persons[loop.person].append(loop)
        tables["by_person"] = [
            {"person": who, **loops_json(some)} for who, some in sorted(persons.items())
        ]
    return Report("phone-tag", {**loops_json(loops), **offers}, tables, notes)


def single_contact_report(found: Sequence[ServedAccount], sight: Sight) -> Report:
    """Accounts that only one person of ours ever served, and that have no deputy."""
    risky = [one for one in found if is_single(one)]
    totals = {
        "accounts": len(found),
        "single_contact": len(risky),
        "target_colleagues": TARGET_COLLEAGUES,
        "mean_colleagues": (
            round(sum(len(one.colleagues) for one in found) / len(found), 2) if found else None
        ),
    }
    notes = ["Colleagues: different people who answered, solved or took a call within 90 days."]
    owners = len({person_key(one.owner) for one in found})
    if not sight.people:
        note = sight.note(owners)
        shown = totals if sight.announced and owners >= MIN_GROUP else {"accounts": len(found)}
        return Report("single-contact", shown, {}, [*notes, *([note] if note else [])])
    rows = [
        {
            "account": one.name,
            "account_id": one.id,
            "owner": one.owner,
            "deputy": one.deputy,
            "inquiries": one.inquiries,
            "colleagues": list(one.colleagues),
            "single_contact": is_single(one),
        }
        for one in sorted(found, key=lambda one: (not is_single(one), -one.inquiries))
    ]
    return Report("single-contact", totals, {"accounts": rows[: 10 * MAX_ROWS]}, notes)


def is_single(account: ServedAccount) -> bool:
    """True if one person at most served it, and nobody stands in for the owner."""
    people = {person_key(one) for one in (account.owner, *account.colleagues)}
    return account.deputy is None and len(people) < TARGET_COLLEAGUES

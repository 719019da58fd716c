"""Make the reports for one reader: read what each needs, and hand it to its formula."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection, func, select

from inquiry_router.accounts.model import person_key
from inquiry_router.database.session import Database
from inquiry_router.inquiries.tables import inquiries
from inquiry_router.inquiry.categories import SERVICE_IDS
from inquiry_router.relief import baseline_store
from inquiry_router.relief import bypass_reading as reading
from inquiry_router.relief.costs import CostModel, add_up
from inquiry_router.relief.figures import ASSIGNEE, FLOW, OWNER, bounds_of
from inquiry_router.relief.inputs import CostInputs
from inquiry_router.relief.pert import Estimate
from inquiry_router.relief.phone_tag import find_loops
from inquiry_router.relief.rollups import Grouping, read_groupings
from inquiry_router.relief.tables import phone_tag_offers
from inquiry_router.reports import flows, habit
from inquiry_router.reports.kept import count_kept_by_week, count_overdue
from inquiry_router.reports.periods import Period
from inquiry_router.reports.report_table import Report
from inquiry_router.reports.sight import MIN_GROUP, Sight

SERVED_DAYS: Final = 90
WAYS: Final = ("channel", "category", "team")
_MAX_ACCOUNTS: Final = 5_000


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """Everything that a report depends on besides the database."""

    period: Period
    sight: Sight
    inputs: CostInputs
    salespeople: Mapping[str, str]
    # Persons in each department.
    departments: Mapping[str, int]
    now: datetime


async def make_report(database: Database, name: str, request: ReportRequest) -> Report:
    """Make the report of a name in `REPORTS`."""
    read, render = REPORTS[name]
    found = await database.scan(partial(read, request=request))
    return await asyncio.to_thread(render, found, request)


def _groupings(connection: Connection, period: Period, *groupings: Grouping) -> Any:
    return read_groupings(connection, period.first, period.last, *groupings)


def _flow(*by: str) -> Grouping:
    return Grouping(FLOW, by)


def _read_flow(connection: Connection, request: ReportRequest) -> Any:
    return _groupings(connection, request.period, _flow("week"), _flow(*WAYS))


def _read_workload(connection: Connection, request: ReportRequest) -> Any:
    people = [Grouping(ASSIGNEE, ("person",))] if request.sight.people else []
    return _groupings(connection, request.period, _flow("week", "team"), *people)


def _read_promises(connection: Connection, request: ReportRequest) -> Any:
    kept = count_kept_by_week(connection, request.period)
    late = count_overdue(connection, request.now)
    return _groupings(connection, request.period, _flow("week"))[0], late, kept


def _read_quality(connection: Connection, request: ReportRequest) -> Any:
    return _groupings(connection, request.period, _flow("week"), _flow("category"))


def _spelling(connection: Connection, request: ReportRequest) -> Callable[[str], str]:
    """Find one spelling for each name: that of the staff, else of accounts, else the first one."""
    names = {**reading.owner_keys(connection), **request.salespeople}
    return lambda person: names.setdefault(person_key(person), person)


def _read_habit(connection: Connection, request: ReportRequest, *more: str) -> habit.Habit:
    """Read the bypasses of a period by week, and by more columns if they are wanted."""
    first, last = request.period.first, request.period.last
    salespeople = {**reading.owner_keys(connection), **request.salespeople}
    spell = _spelling(connection, request)
    read = reading.read_weeks(connection, first, last)
    weeks = [replace(one, person=spell(one.person)) for one in read]
    people = reading.find_people(weeks)
    seen = {key for key, is_seen in people.items() if is_seen}
    others = {name: reading.read_groups(connection, first, last, name) for name in more}
    return habit.Habit(
        len(people),
        weeks,
        reading.count_known_inquiries(connection, first, last),
        habit.coverage_json(salespeople, seen),
        others.get("account_id", ()),
        others.get("department", ()),
    )


def _read_bypass(connection: Connection, request: ReportRequest) -> Any:
    period = request.period
    more = ("account_id",) if request.sight.people else ()
    if max(request.departments.values(), default=0) >= MIN_GROUP:
        more = ("department", *more)
    read = _read_habit(connection, request, *more)
    service, owners = _groupings(
        connection,
        period,
        Grouping(FLOW, ("week",), SERVICE_IDS),
        Grouping(OWNER, ("person",), SERVICE_IDS),
    )
    weeks = {week.isoformat(): one.inquiries for (week,), one in service.items()}
    for week, count in read.known.items():
        weeks[week] = max(0, weeks.get(week, 0) - count)
    spell, people = _spelling(connection, request), Counter[str]()
    for (person,), one in owners.items():
        people[spell(person)] += one.inquiries
    ids = {one.group for one in read.accounts}
    names = baseline_store.account_names(connection, ids)
    direct = habit.Direct(weeks, people, _direct_accounts(connection, period, ids), names)
    return read, direct


def _direct_accounts(connection: Connection, period: Period, ids: set[str]) -> dict[str, int]:
    """Count the service inquiries of accounts that bypassed, by an index."""
    found: dict[str, int] = {}
    wanted = sorted(ids)
    for begin in range(0, len(wanted), 500):
        query = (
            select(inquiries.c.account_id, func.count())
            .where(
                inquiries.c.account_id.in_(wanted[begin : begin + 500]),
                inquiries.c.received_at >= bounds_of(period.first)[0],
                inquiries.c.received_at < bounds_of(period.last)[1],
                inquiries.c.category.in_(SERVICE_IDS),
                inquiries.c.merged_into.is_(None),
            )
            .group_by(inquiries.c.account_id)
        )
        found |= reading.count_by(connection, query)
    return found


def _render_bypass(found: Any, request: ReportRequest) -> Report:
    read, direct = found
    model = CostModel(request.inputs)
    return habit.bypass_report(
        read, direct, model, request.period, request.sight, request.departments
    )


def _read_relief(connection: Connection, request: ReportRequest) -> Any:
    by_matter = Grouping(FLOW, ("week", "channel", "category"), SERVICE_IDS)
    service = _groupings(connection, request.period, by_matter)[0]
    baseline = _baseline_hours(connection, request.sight)
    return _read_habit(connection, request), service, baseline


def _baseline_hours(connection: Connection, sight: Sight) -> Estimate | None:
    """The service hours of a week as the newest call log shows them."""
    if not sight.people:
        return None
    for row in baseline_store.list_baselines(connection, 20):
        if row.kind == "calls" and row.begins_on is not None:
            found = baseline_store.read_baseline(connection, row.id)
            weeks = max(1.0, ((row.ends_on - row.begins_on).days + 1) / 7)
            hours = CostModel(found.inputs).costs(add_up(found.counts.cells.values())).hours
            return Estimate(hours.low / weeks, hours.expected / weeks, hours.high / weeks)
    return None


def _render_relief(found: Any, request: ReportRequest) -> Report:
    read, service, baseline = found
    model = CostModel(request.inputs)
    return habit.relief_report(read, service, baseline, model, request.period, request.sight)


def _read_phone_tag(connection: Connection, request: ReportRequest) -> Any:
    first, last = request.period.first, request.period.last
    spell = _spelling(connection, request)
    read = reading.read_attempts(connection, first, last)
    attempts = [one._replace(person=spell(one.person)) for one in read]
    offered = select(func.count(), func.count(phone_tag_offers.c.chosen)).where(
        phone_tag_offers.c.told_at >= bounds_of(first)[0],
        phone_tag_offers.c.told_at < bounds_of(last)[1],
    )
    made, chosen = connection.execute(offered).one()
    return attempts, {"offers": made, "offers_chosen": chosen}


def _render_phone_tag(found: Any, request: ReportRequest) -> Report:
    attempts, offers = found
    loops = find_loops(attempts, request.inputs.loop_hours)
    return habit.phone_tag_report(loops, offers, request.period, request.sight)


def _read_single_contact(connection: Connection, request: ReportRequest) -> Any:
    return reading.read_served_accounts(connection, request.now, SERVED_DAYS, _MAX_ACCOUNTS)


def _render_flow(found: Any, request: ReportRequest) -> Report:
    weeks, ways = found
    return flows.flow_report(weeks, ways, request.period)


def _render_workload(found: Any, request: ReportRequest) -> Report:
    weeks, *people = found
    return flows.workload_report(weeks, people[0] if people else None, request.period)


def _render_promises(found: Any, request: ReportRequest) -> Report:
    weeks, overdue, kept = found
    return flows.promises_report(weeks, overdue, kept, request.period)


def _render_quality(found: Any, request: ReportRequest) -> Report:
    weeks, categories = found
    return flows.quality_report(weeks, categories, request.period)


def _render_single_contact(found: Any, request: ReportRequest) -> Report:
    return habit.single_contact_report(found, request.sight)


Reader = Callable[..., Any]
Renderer = Callable[[Any, ReportRequest], Report]
REPORTS: Final[Mapping[str, tuple[Reader, Renderer]]] = {
    "relief": (_read_relief, _render_relief),
    "bypass": (_read_bypass, _render_bypass),
    "flow": (_read_flow, _render_flow),
    "promises": (
        _read_promises,
        _render_promises,
    ),
    "quality": (
        _read_quality,
        _render_quality,
    ),
    "phone-tag": (_read_phone_tag, _render_phone_tag),
    "single-contact": (
        _read_single_contact,
        _render_single_contact,
    ),
    "workload": (
        _read_workload,
        _render_workload,
    ),
}

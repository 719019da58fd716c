"""A small company for the tests of promises: one team, its people, and short ways to a history."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from inquiry_router.inquiry.rendering import format_time
from inquiry_router.promises.looking import Setting
from inquiry_router.promises.model import Asking, HistoryEntry, Watched
from inquiry_router.promises.staffing import Staffing
from inquiry_router.routing.promise_rules import PromiseFacts, PromiseRules
from inquiry_router.routing.teams import Teams
from inquiry_router.staff.model import Absence, Member, Roster

# A Monday at 10:00 in Warsaw, in winter: 09:00 in UTC.
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
OFFICE = {day: ["08:00-16:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
TEAMS = Teams.model_validate(
    {
        "teams": [
            {"id": "customer_service", "kind": "service", "names": {"en": "Care"}, "hours": OFFICE},
            {"id": "sales", "kind": "sales", "names": {"en": "Sales"}, "hours": OFFICE},
            {"id": "triage", "kind": "triage", "names": {"en": "Triage"}, "hours": OFFICE},
        ]
    }
)
CARE = TEAMS.by_id["customer_service"]
FACTS = PromiseFacts("customer_service", "defect", None, "normal", None, consumer=False)
RULES = PromiseRules.model_validate(
    {"rows": [{"next_answer_minutes": 240, "resolution_minutes": 960}], "deadlines": []}
)
CELINA = Member("celina", "Celina Kos", teams=("customer_service",))
PIOTR = Member("piotr", "Piotr Lis", teams=("customer_service",))


def away(member: Member, first: date, last: date) -> Member:
    """The member, absent on these days."""
    return replace(member, absences=(Absence(first, last),))


def setting(*members: Member, rules: PromiseRules = RULES) -> Setting:
    return Setting(rules, TEAMS, Staffing(TEAMS, Roster(members)))


def watched(*askings: Asking, **more: Any) -> Watched:
    """An open inquiry with these askings."""
    values = {"facts": FACTS, "owner": None, "is_open": True, **more}
    return Watched("1", "K7MA-4XEH", askings=askings, **values)


def asked(due_at: datetime | None = MONDAY + 4 * HOUR, **more: Any) -> Asking:
    return Asking(MONDAY, due_at, **more)


def entry(kind: str, at: datetime, **details: Any) -> HistoryEntry:
    return HistoryEntry(at, kind, details)


def routed(at: datetime = MONDAY, due_at: datetime | None = MONDAY + 4 * HOUR) -> HistoryEntry:
    return entry("routed", at, decision={"due_at": format_time(due_at)})


def message(at: datetime, status: str, kind: str = "kept") -> HistoryEntry:
    return entry("message", at, change={"kind": kind}, status=status)

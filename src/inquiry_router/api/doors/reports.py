"""The door for reports: the old habit, what is saved, and how inquiries flow."""

from datetime import date
from typing import Annotated, Any, Final, Literal

from fastapi import Path, Query, Request, Response

from inquiry_router.access.roles import Scope
from inquiry_router.accounts.model import person_key
from inquiry_router.api.schemas.reports import ReportOut
from inquiry_router.api.web.auditing import AUDITED_FIELD
from inquiry_router.api.web.routing import Door, answer, house, key_of
from inquiry_router.configuration.documents import MONITORING, RELIEF
from inquiry_router.inquiry.errors import Invalid
from inquiry_router.process.clock import utc_now
from inquiry_router.reports.making import ReportRequest, make_report
from inquiry_router.reports.periods import Period, period_of
from inquiry_router.reports.report_table import Report, as_csv
from inquiry_router.reports.sight import sight_of
from inquiry_router.routing.fields import CalendarDay

door = Door("Relief")

ReportName = Literal[
    "relief",
    "bypass",
    "flow",
    "promises",
    "quality",
    "phone-tag",
    "single-contact",
    "workload",
]
_FIRST_TABLES: Final = ("by_week", "accounts")


@door.operation(
    "GET",
    "/reports/{report}",
    scope=Scope.READ,
    response_model=ReportOut,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
    summary="See a report",
    openapi_extra={AUDITED_FIELD: True},
)
async def read_report(
    request: Request,
    report: Annotated[
        ReportName,
        Path(
            description="Which report.",
            openapi_examples={"flow": {"value": "flow"}},
        ),
    ],
    since: Annotated[CalendarDay | None, Query(description="The first day; 12 weeks ago.")] = None,
    until: Annotated[CalendarDay | None, Query(description="The last day; today.")] = None,
    format: Annotated[  # noqa: A002 - the name is part of the address
        str, Query(pattern="^(json|csv)$", description="json, or csv: one table.")
    ] = "json",
    table: Annotated[
        str | None, Query(max_length=40, description="With csv: the table; else the first.")
    ] = None,
) -> Response:
    """Show hours, money, bypass, flow, promises, quality, phone tag, single contacts or workload.

    Days are those of Poland. Figures about one salesperson are for managers, after the monitoring
    was announced; others see groups of five at least. Each look is in the audit.
    """
    period = _period(since, until)
    made = await make_report(house(request).database, report, request_for(request, period))
    if format == "csv":
        return _csv(made, table)
    return answer(report_json(made, period))


def request_for(request: Request, period: Period) -> ReportRequest:
    """Return what a report needs to know of its reader and of the settings."""
    rooms = house(request)
    documents = rooms.configuration.current.documents
    members = rooms.staff.roster.members
    sizes: dict[str, int] = {"managers": sum(one.kind == "manager" for one in members)}
    for one in members:
        for team in one.teams:
            sizes[team] = sizes.get(team, 0) + 1
    return ReportRequest(
        period,
        sight_of(key_of(request), announced=documents[MONITORING].announced),
        documents[RELIEF],
        {person_key(one.name): one.name for one in members if one.kind == "salesperson"},
        sizes,
        utc_now(),
    )


def report_json(made: Report, period: Period) -> dict[str, Any]:
    """Render a report."""
    return {
        "name": made.name,
        "since": period.first.isoformat(),
        "until": period.last.isoformat(),
        "totals": dict(made.totals),
        "tables": {name: list(rows) for name, rows in made.tables.items()},
        "notes": list(made.notes),
    }


def _period(since: date | None, until: date | None) -> Period:
    try:
        return period_of(since, until, utc_now())
    except ValueError as error:
        raise Invalid(f"The period cannot be used: {error}.") from None


def _csv(made: Report, table: str | None) -> Response:
    first = next((name for name in _FIRST_TABLES if name in made.tables), None)
    chosen = table or first
    if chosen is None:
        rows: Any = [made.totals]
    elif chosen in made.tables:
        rows = made.tables[chosen]
    else:
        known = ", ".join(made.tables) or "none that you may see"
        raise Invalid(f"There is no table '{chosen}'.", hint=f"Tables of this report: {known}.")
    headers = {"content-disposition": f'attachment; filename="{made.name}.csv"'}
    return Response(as_csv(rows), headers=headers, media_type="text/csv; charset=utf-8")

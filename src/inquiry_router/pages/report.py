"""The page of the report: what is saved, the old habit, and the way of inquiries, by week."""

from datetime import date, datetime
from typing import Final

from fastapi import Request, Response

from inquiry_router.access.roles import Scope
from inquiry_router.api.doors.reports import request_for
from inquiry_router.api.web.routing import house
from inquiry_router.pages.kit import names_for, render
from inquiry_router.pages.report_view import SECTIONS
from inquiry_router.pages.routing import PageDoor
from inquiry_router.pages.texts import texts_of
from inquiry_router.reports.making import make_report
from inquiry_router.reports.periods import Period, period_of
from inquiry_router.reports.sight import NOT_ANNOUNCED, TOO_FEW

door = PageDoor()

PATH: Final = "/report"
# Notes of reports that the page says in its own words; the sentences have the others in them.
_NOTES: Final = {NOT_ANNOUNCED: "note_monitoring", TOO_FEW: "note_few"}


@door.page("GET", PATH, scope=Scope.READ, audited=True)
async def show_report(request: Request) -> Response:
    """Show all reports of a period: the last twelve weeks, or the days that were chosen."""
    names = names_for(request)
    texts = texts_of("report", names.language)
    try:
        period, wrong = _read_period(request, names.now), False
    except ValueError:
        period, wrong = period_of(None, None, names.now), True
    sections = []
    for name, section_of in SECTIONS.items():
        made = await make_report(house(request).database, name, request_for(request, period))
        section = section_of(made.tables, made.totals, texts, names)
        notes = [texts[_NOTES[note]] for note in made.notes if note in _NOTES]
        sections.append((section, notes, name))
    return render(
        request,
        "report.html",
        422 if wrong else 200,
        period=period,
        wrong=wrong,
        sections=sections,
    )


def _read_period(request: Request, now: datetime) -> Period:
    """Read the chosen days. Raises `ValueError`."""
    since, until = (request.query_params.get(name) for name in ("since", "until"))
    return period_of(
        date.fromisoformat(since) if since else None,
        date.fromisoformat(until) if until else None,
        now,
    )

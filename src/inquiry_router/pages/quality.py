"""The page of quality: how often decisions are right, if confidence is honest, what has changed."""

from datetime import timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from fastapi import Request, Response
from markupsafe import Markup

from inquiry_router.access.roles import Scope
from inquiry_router.api.doors.inquiries import look_at_inquiry
from inquiry_router.api.doors.inquiry_list import item_of
from inquiry_router.api.web.routing import house, key_of
from inquiry_router.corrections.service import Correction
from inquiry_router.pages.charts import Series, line_chart
from inquiry_router.pages.kit import names_for, render
from inquiry_router.pages.names import ReaderNames
from inquiry_router.pages.routing import PageDoor, go_to
from inquiry_router.process.clock import utc_now
from inquiry_router.reports.quality import MIN_FOR_DRIFT
from inquiry_router.reports.sample import read_sample, week_of

door = PageDoor()

PATH: Final = "/quality"
_PERIODS: Final = (30, 90, 365)


@door.page("GET", PATH, scope=Scope.READ)
async def show_quality(request: Request) -> Response:
    """Show the report of the last days, and the random sample of last week."""
    rooms, names = house(request), names_for(request)
    asked = request.query_params.get("days", "")
    days = next((one for one in _PERIODS if str(one) == asked), _PERIODS[0])
    report = await rooms.reports.quality(names.now - timedelta(days=days), None)
    zone = ZoneInfo(names.configuration.teams.triage.timezone)
    since, until = week_of(names.now.astimezone(zone))
    sample = await rooms.database.scan(lambda c: read_sample(c, since, until))
    return render(
        request,
        "quality.html",
        days=days,
        periods=_PERIODS,
        report=report,
        calibration=_calibration(report["calibration"]["bins"], names),
        categories=sorted({*report["confusion"], *_second_keys(report["confusion"])}),
        min_for_drift=MIN_FOR_DRIFT,
        week=(since, until - timedelta(days=1)),
        sample=[(item_of(one.row), one.looked_at) for one in sample],
        sample_left=sum(not one.looked_at for one in sample),
    )


@door.page("POST", f"{PATH}/{{inquiry_id}}/confirm", scope=Scope.WORK)
async def confirm_decision(request: Request, inquiry_id: str) -> Response:
    """Record that the category of an inquiry of the sample is right."""
    rooms, actor = house(request), key_of(request)
    inquiry = await look_at_inquiry(rooms.database, inquiry_id)
    said = Correction(who=actor.name, category=inquiry["classification"]["category"])
    await rooms.corrections.correct(inquiry["id"], said, actor.id, utc_now())
    return go_to(request, f"{PATH}#sample", "confirmed")


def _calibration(bins: list[dict[str, Any]], names: ReaderNames) -> Markup | None:
    """Draw how often decisions were right, over how sure the system was."""
    if not bins:
        return None
    labels = [names.percent(one["confidence"]) for one in bins]
    right = Series("right", [100 * one["right"] for one in bins])
    sure = Series("sure", [100 * one["confidence"] for one in bins])
    return line_chart(labels, [right, sure], lambda value: names.percent(value / 100))


def _second_keys(confusion: dict[str, dict[str, int]]) -> set[str]:
    return {first for found in confusion.values() for first in found}

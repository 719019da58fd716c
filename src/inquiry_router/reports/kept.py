"""The SQL of promises that ended, for the report."""

from datetime import date, datetime

from sqlalchemy import Connection, String, case, cast, func, select

from inquiry_router.promises.model import Ending
from inquiry_router.promises.tables import promises
from inquiry_router.relief.figures import bounds_of
from inquiry_router.reports.periods import Period, week_of


def count_kept_by_week(connection: Connection, period: Period) -> dict[str, tuple[int, int]]:
    """Count the kept and the broken promises by the week in which they ended."""
    day = cast(func.date(promises.c.ended_at), String)
    kept, broken = (
        func.count(case((promises.c.outcome == outcome.value, 1)))
        for outcome in (Ending.KEPT, Ending.BROKEN)
    )
    query = (
        select(day, kept, broken)
        .where(
            promises.c.ended_at >= bounds_of(period.first)[0],
            promises.c.ended_at < bounds_of(period.last)[1],
        )
        .group_by(day)
    )
    weeks: dict[str, tuple[int, int]] = {}
    for row in connection.execute(query):
        week = week_of(date.fromisoformat(row[0]))
        good, bad = weeks.get(week, (0, 0))
        weeks[week] = (good + row[1], bad + row[2])
    return weeks


def count_overdue(connection: Connection, now: datetime) -> dict[str, int]:
    """Count the promises that have run out and are still open, by team."""
    query = (
        select(promises.c.team, func.count())
        .where(promises.c.ended_at.is_(None), promises.c.due_at < now)
        .group_by(promises.c.team)
    )
    return {row[0]: row[1] for row in connection.execute(query)}

"""Ask the database for the figures that metrics show."""

from sqlalchemy import Connection, case, func, select

from inquiry_router.calls.callback_store import count_waiting_callbacks
from inquiry_router.corrections.tables import corrections
from inquiry_router.database.session import Database, database_now
from inquiry_router.delivery.records import count_deliveries
from inquiry_router.inquiries.waiting import count_waiting
from inquiry_router.inquiry.errors import Unavailable
from inquiry_router.process.figures import DatabaseFigures
from inquiry_router.process.metrics import Metrics
from inquiry_router.sources.traffic_store import read_traffic


async def render_metrics(database: Database, metrics: Metrics) -> bytes:
    """Render all metrics; without those of the database while it is away."""
    try:
        figures = await database.check(read_figures)
    except Unavailable:
        figures = None
    return metrics.text(figures)


def read_figures(connection: Connection) -> DatabaseFigures:
    """Read the figures."""
    deliveries, late = count_deliveries(connection), count_waiting(connection)
    callbacks, overdue = count_waiting_callbacks(connection, database_now(connection))
    changed, confirmed = _count_corrections(connection)
    return DatabaseFigures(
        pending=deliveries.pending,
        dead=deliveries.dead,
        superseded=deliveries.superseded,
        oldest_due_s=deliveries.oldest_due_s,
        paused=deliveries.paused,
        waiting_shown=late.shown,
        waiting_hidden=late.hidden,
        callbacks=callbacks,
        callbacks_overdue=overdue,
        corrections_changed=changed,
        corrections_confirmed=confirmed,
        last_events={
            source_id: traffic.last_event_at
            for source_id, traffic in read_traffic(connection).items()
            if traffic.last_event_at is not None
        },
    )


def _count_corrections(connection: Connection) -> tuple[int, int]:
    """Count the corrections that changed the category or the team, and the others."""
    same = (corrections.c.category == corrections.c.category_before) & (
        corrections.c.team == corrections.c.team_before
    )
    row = connection.execute(
        select(func.count(), func.count(case((same, 1)))).select_from(corrections)
    ).one()
    return row[0] - row[1], row[1]

"""The standing of a destination: consecutive failures, pauses with probes, switching off."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, or_, select, update

from inquiry_router.database.revision import count_up
from inquiry_router.delivery.model import Result, Standing
from inquiry_router.delivery.schedule import AttemptOutcome, Gate, find_gate, pause_after
from inquiry_router.delivery.tables import destinations


def take_probe(
    connection: Connection, destination_id: str, now: datetime, lease: timedelta
) -> bool:
    """Report if this claim may be the probe. Of several at the same moment one may."""
    statement = (
        update(destinations)
        .where(destinations.c.id == destination_id, destinations.c.open_until <= now)
        .values(open_until=now + lease)
    )
    return connection.execute(statement).rowcount == 1


def pause(connection: Connection, destination_id: str, until: datetime) -> None:
    """Send a destination nothing but one probe at a time from this moment on."""
    connection.execute(
        update(destinations).where(destinations.c.id == destination_id).values(open_until=until)
    )


def update_standing(
    connection: Connection,
    destination: Row[*tuple[Any, ...]],
    results: Sequence[Result],
    now: datetime,
) -> Standing:
    """Count consecutive failures, pause, disable; return the standing after that.

    Successes of a healthy destination write nothing, because many processes share the row. Nothing
    was sent for a skipped delivery, so it says nothing about the destination.
    """
    if destination.enabled is None:  # it was deleted meanwhile
        return Standing(failures=0, usable=False)
    sent = [result for result in results if result.outcome is not AttemptOutcome.SKIPPED]
    failed = 0
    for result in sent:
        failed = 0 if result.outcome is AttemptOutcome.DELIVERED else failed + 1
    healthy = destination.failures == 0 and destination.open_until is None
    if healthy and all(result.outcome is AttemptOutcome.DELIVERED for result in sent):
        return Standing(failures=0, usable=destination.enabled)
    destination_id, probe = destination.destination_id, any(result.probe for result in results)
    if failed < len(sent):
        _clear_failures(connection, destination_id)
    if failed:
        _count_failures(connection, destination_id, failed, now, probe=probe)
    elif probe and not sent:
        pause(connection, destination_id, now)  # the next one is the probe
    reason = next((result.disable for result in results if result.disable), None)
    if reason is not None:
        _disable(connection, destination_id, reason)
    return _read_standing(connection, destination_id, now)


def _clear_failures(connection: Connection, destination_id: str) -> None:
    troubled = or_(destinations.c.failures > 0, destinations.c.open_until.is_not(None))
    connection.execute(
        update(destinations)
        .where(destinations.c.id == destination_id, troubled)
        .values(failures=0, open_until=None)
    )


def _count_failures(
    connection: Connection, destination_id: str, failed: int, now: datetime, *, probe: bool
) -> None:
    counted = destinations.c.id == destination_id
    if not probe:
        # Attempts in flight when a pause began say nothing new and must not lengthen it.
        not_paused = or_(destinations.c.open_until.is_(None), destinations.c.open_until <= now)
        counted = and_(counted, not_paused)
    statement = (
        update(destinations)
        .where(counted)
        .values(failures=destinations.c.failures + failed)
        .returning(destinations.c.failures)
    )
    failures = connection.execute(statement).scalar_one_or_none()
    length = pause_after(failures) if failures is not None else None
    if length is not None:
        pause(connection, destination_id, now + length)


def _disable(connection: Connection, destination_id: str, reason: str) -> None:
    statement = (
        update(destinations)
        .where(destinations.c.id == destination_id, destinations.c.enabled)
        .values(enabled=False, disabled_reason=reason, version=destinations.c.version + 1)
    )
    if connection.execute(statement).rowcount:
        count_up(connection)


def _read_standing(connection: Connection, destination_id: str, now: datetime) -> Standing:
    query = select(destinations).where(destinations.c.id == destination_id)
    row = connection.execute(query).one()
    may_be_called = find_gate(row.failures, row.open_until, now) is Gate.CLOSED
    return Standing(row.failures, usable=row.enabled and may_be_called)

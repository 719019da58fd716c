"""The SQL of retention: the rows of each class whose time is over."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    delete,
    exists,
    func,
    select,
)

from inquiry_router.calls.tables import calls
from inquiry_router.configuration.retention import RetentionRules
from inquiry_router.delivery.model import DeliveryState
from inquiry_router.delivery.tables import deliveries
from inquiry_router.inquiries.tables import inquiries, timeline
from inquiry_router.inquiry.model import Status
from inquiry_router.privacy.erasing import RETENTION, delete_inquiries
from inquiry_router.privacy.groups import group_of
from inquiry_router.privacy.referral_ageing import (
    forget_referrals,
    is_closed_and_over,
    is_without_consent_and_over,
)
from inquiry_router.referrals.tables import referrals
from inquiry_router.sources.tables import thin_events
from inquiry_router.telling.tables import notices, tellings

# Of one transaction: intake waits for no longer than this takes.
BATCH: Final = 100


@dataclass(frozen=True)
class AgedClass:
    """A class of rows. `is_over` tells the rows whose time ended before a moment."""

    name: str
    table: Table
    is_over: Callable[[datetime], ColumnElement[bool]]

    def count(self, connection: Connection, before: datetime) -> int:
        """Count the rows whose time is over."""
        query = select(func.count()).select_from(self.table).where(self.is_over(before))
        return int(connection.execute(query).scalar_one())

    def delete_some(self, connection: Connection, before: datetime, now: datetime) -> int:
        """Delete some of the rows whose time is over; return their number.

        Of referrals only the personal data go: rewards hang on them.
        """
        ids = list(connection.scalars(self._oldest(before)))
        if self.table is referrals:
            return forget_referrals(connection, ids, now)
        if self.table is inquiries:
            for inquiry_id in ids:
                delete_inquiries(connection, group_of(connection, inquiry_id), RETENTION)
            return len(ids)
        gone = delete(self.table).where(self.table.c.id.in_(ids))
        return connection.execute(gone).rowcount if ids else 0

    def _oldest(self, before: datetime) -> Select[Any]:
        """Select ids. On PostgreSQL two processes take different ones."""
        query = select(self.table.c.id).where(self.is_over(before)).order_by(self.table.c.id)
        return query.limit(BATCH).with_for_update(skip_locked=True)


def _is_quiet(before: datetime) -> ColumnElement[bool]:
    """True for an inquiry to which nothing has happened since a moment."""
    happened = exists().where(timeline.c.inquiry_id == inquiries.c.id, timeline.c.at >= before)
    here = inquiries.c.merged_into.is_(None)  # merged ones go with the inquiry they are part of
    return here & (inquiries.c.received_at < before) & (inquiries.c.created_at < before) & ~happened


def _is_resolved_and_over(before: datetime) -> ColumnElement[bool]:
    return (inquiries.c.status == Status.RESOLVED.value) & _is_quiet(before)


def _is_open_and_over(before: datetime) -> ColumnElement[bool]:
    return (inquiries.c.status != Status.RESOLVED.value) & _is_quiet(before)


def _is_delivered_and_over(before: datetime) -> ColumnElement[bool]:
    """True for finished deliveries, but not for the newest decision, which later ones look at."""
    newer = deliveries.alias()
    superseded = exists().where(
        newer.c.inquiry_id == deliveries.c.inquiry_id,
        newer.c.destination_id == deliveries.c.destination_id,
        newer.c.decides,
        newer.c.id > deliveries.c.id,
    )
    unfinished = (DeliveryState.PENDING, DeliveryState.DEAD)
    finished = deliveries.c.state.not_in(unfinished) & (deliveries.c.finished_at < before)
    return finished & (~deliveries.c.decides | superseded)


def _is_told_and_over(before: datetime) -> ColumnElement[bool]:
    """True for notices that are about no inquiry, which would go with it, and wait no more."""
    waits = exists().where(tellings.c.notice_id == notices.c.id, tellings.c.state == "waiting")
    done = (notices.c.state != "waiting") & ~waits
    return notices.c.inquiry_id.is_(None) & (notices.c.created_at < before) & done


def _is_dead_and_over(before: datetime) -> ColumnElement[bool]:
    return (deliveries.c.state == DeliveryState.DEAD) & (deliveries.c.finished_at < before)


CLASSES: Final = (
    AgedClass("referrals_without_consent_days", referrals, is_without_consent_and_over),
    AgedClass("closed_referrals_days", referrals, is_closed_and_over),
    AgedClass("resolved_inquiries_days", inquiries, _is_resolved_and_over),
    AgedClass("open_inquiries_days", inquiries, _is_open_and_over),
    AgedClass("deliveries_days", deliveries, _is_delivered_and_over),
    AgedClass("deliveries_days", notices, _is_told_and_over),
    AgedClass("dead_letters_days", deliveries, _is_dead_and_over),
    AgedClass("calls_days", calls, lambda before: calls.c.started_at < before),
    AgedClass(
        "events_days",
        thin_events,
        lambda before: (thin_events.c.state == "done") & (thin_events.c.created_at < before),
    ),
    AgedClass(
        "dead_events_days",
        thin_events,
        lambda before: (thin_events.c.state == "dead") & (thin_events.c.created_at < before),
    ),
)


def moments(rules: RetentionRules, now: datetime) -> list[tuple[AgedClass, datetime]]:
    """Return the classes that are deleted, each with the moment before which its time is over."""
    periods = ((one, rules.period(one.name)) for one in CLASSES)
    return [(one, now - period) for one, period in periods if period is not None]

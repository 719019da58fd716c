"""The facts from which findings and the checklist are made, read in one place."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from inquiry_router.access.roles import Role
from inquiry_router.calls.callback_store import count_waiting_callbacks
from inquiry_router.configuration.documents import PHONE, POLICY, TEAMS
from inquiry_router.configuration.model import Configuration
from inquiry_router.corrections.tables import corrections
from inquiry_router.database.session import database_now
from inquiry_router.delivery.records import count_deliveries
from inquiry_router.delivery.schedule import FAILURES_BEFORE_PAUSE
from inquiry_router.delivery.tables import attempts, deliveries, destinations
from inquiry_router.inquiries.waiting import count_waiting
from inquiry_router.phone.platforms import PLATFORMS
from inquiry_router.process.settings import Settings
from inquiry_router.providers.imap import find_warning
from inquiry_router.sources.mailbox_store import MailboxState, list_states
from inquiry_router.sources.store import count_events
from inquiry_router.sources.traffic_store import SourceTraffic, read_traffic
from inquiry_router.upkeep.synthetic import SyntheticResult


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """A source and how it stands."""

    id: str
    is_phone: bool
    shadow: bool
    created_at: datetime
    traffic: SourceTraffic = field(default_factory=SourceTraffic)
    dead_events: int = 0
    mailbox_problem: str | None = None
    mailbox_warning: str | None = None


@dataclass(frozen=True, slots=True)
class DestinationFacts:
    """A destination and how it stands."""

    id: str
    kind: str
    enabled: bool
    disabled_reason: str | None
    paused: bool
    dead: int


@dataclass(frozen=True, slots=True)
class ServiceFacts:
    """Everything that findings look at. `None` is what cannot be known from here."""

    now: datetime
    clock_error: timedelta
    has_public_url: bool
    has_metrics: bool
    has_key_file: bool
    has_client_key: bool
    sources: tuple[SourceFacts, ...]
    destinations: tuple[DestinationFacts, ...]
    teams_changed: bool
    policy_changed: bool
    phone_set: bool
    dead_rules: int
    oldest_due: timedelta
    hidden_waiting: int
    callbacks_overdue: int
    corrections: int
    delivered: bool
    store_problem: str | None = None
    classifier_ready: bool | None = None
    synthetic: Mapping[str, SyntheticResult] = field(default_factory=dict)


def read_facts(
    connection: Connection, configuration: Configuration, settings: Settings, now: datetime
) -> ServiceFacts:
    """Read the facts that the database, the configuration and the settings hold."""
    documents = configuration.documents
    at = database_now(connection)
    _, overdue = count_waiting_callbacks(connection, at)
    made = select(func.count()).select_from(corrections)
    handed_over = select(attempts.c.id).where(attempts.c.outcome == "delivered").limit(1)
    roles = {role for key in configuration.api_keys.values() for role in key.actor.roles}
    return ServiceFacts(
        now=now,
        clock_error=abs(now - at),
        has_public_url=settings.public_url is not None,
        has_metrics=settings.metrics_address is not None or Role.MONITOR in roles,
        has_key_file=settings.admin_key_file is not None and settings.admin_key_file.exists(),
        has_client_key=bool(roles - {Role.ADMIN}),
        sources=_sources(connection, configuration, now),
        destinations=_destinations(connection, configuration),
        teams_changed=documents.version(TEAMS) > 1,
        policy_changed=documents.version(POLICY) > 1,
        phone_set=documents.version(PHONE) > 1,
        dead_rules=len(documents.dead_rules),
        oldest_due=timedelta(seconds=count_deliveries(connection).oldest_due_s),
        hidden_waiting=count_waiting(connection).hidden,
        callbacks_overdue=overdue,
        corrections=connection.execute(made).scalar_one(),
        delivered=connection.execute(handed_over).first() is not None,
    )


def _sources(
    connection: Connection, configuration: Configuration, now: datetime
) -> tuple[SourceFacts, ...]:
    traffic, events = read_traffic(connection), count_events(connection)
    boxes = list_states(connection)
    return tuple(
        SourceFacts(
            id=source.id,
            is_phone=source.kind in PLATFORMS,
            shadow=source.shadow,
            created_at=source.created_at,
            traffic=traffic.get(source.id, SourceTraffic()),
            dead_events=events.get(source.id, {}).get("dead", 0),
            mailbox_problem=boxes.get(source.id, MailboxState()).problem,
            mailbox_warning=_credentials_end(source.settings, now),
        )
        for source in configuration.sources
    )


def _credentials_end(settings: Mapping[str, Any], now: datetime) -> str | None:
    return find_warning(settings.get("credentials_end"), now.date())


def _destinations(
    connection: Connection, configuration: Configuration
) -> tuple[DestinationFacts, ...]:
    dead_ones = (
        select(deliveries.c.destination_id, func.count())
        .where(deliveries.c.state == "dead")
        .group_by(deliveries.c.destination_id)
    )
    dead = {row[0]: row[1] for row in connection.execute(dead_ones)}
    failures = {
        row.id: row.failures
        for row in connection.execute(select(destinations.c.id, destinations.c.failures))
    }
    return tuple(
        DestinationFacts(
            id=one.id,
            kind=one.kind,
            enabled=one.enabled,
            disabled_reason=one.disabled_reason,
            paused=failures.get(one.id, 0) >= FAILURES_BEFORE_PAUSE,
            dead=dead.get(one.id, 0),
        )
        for one in configuration.destinations
    )

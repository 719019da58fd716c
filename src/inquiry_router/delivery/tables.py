"""The tables of destinations and deliveries."""

from datetime import UTC, datetime
from typing import Final

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    false,
    text,
)

from inquiry_router.database.encrypted import EncryptedJson
from inquiry_router.database.metadata import Id, Utc, metadata

# The destinations of decisions. `settings` includes secrets, which the API never shows.
destinations = Table(
    "destinations",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("settings", EncryptedJson, nullable=False),
    Column("events", JSON, nullable=False),
    Column("teams", JSON, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("disabled_reason", Text),
    # The breaker: consecutive failures, and the time until which only one probe at a time is sent.
    Column("failures", Integer, nullable=False, server_default=text("0")),
    Column("open_until", Utc),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Column("created_at", Utc, nullable=False),
)

# `due_at` of a delivery before its first attempt. An application's clock may be wrong and delay it.
AT_ONCE: Final = datetime(2000, 1, 1, tzinfo=UTC)

# A delivery to one destination, of an event of an inquiry or of a message to people, which may be
# about no inquiry. state: pending -> delivered | skipped | dead | discarded |
# superseded.
# A retry makes it pending again.
deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Id, primary_key=True),
    Column("inquiry_id", Id, ForeignKey("inquiries.id", ondelete="CASCADE")),
    # No foreign key: an inquiry must be stored even if another process has just deleted this.
    Column("destination_id", String(64), nullable=False),
    Column("event", String(32), nullable=False),
    # Deliveries with the same thread are sent in order (`delivery.order`).
    Column("thread", Text, nullable=False, server_default=""),
    # True if it carries a decision, which a newer one supersedes.
    Column("decides", Boolean, nullable=False, server_default=false()),
    # NULL if it is rendered when it is sent (`delivery.payloads`).
    Column("payload", Text),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("due_at", Utc, nullable=False),
    Column("lease_until", Utc),
    Column("lease_owner", String(36)),
    Column("last_error", Text),
    Column("finished_at", Utc),
    Index(None, "inquiry_id"),
    Index(
        "ix_deliveries_due",
        "destination_id",
        "due_at",
        "id",
        sqlite_where=text("state = 'pending'"),
        postgresql_where=text("state = 'pending'"),
    ),
    Index(
        "ix_deliveries_thread",
        "destination_id",
        "thread",
        "id",
        sqlite_where=text("state = 'pending'"),
        postgresql_where=text("state = 'pending'"),
    ),
    Index(None, "state", "id"),
)

# An attempt of a delivery. outcome: delivered, skipped, retry, dead.
attempts = Table(
    "attempts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("delivery_id", Id, ForeignKey("deliveries.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("at", Utc, nullable=False),
    Column("duration_ms", Integer, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("status_code", Integer),
    Column("error", Text),
    Index(None, "delivery_id", "number"),
)

"""The tables of sources and their events."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from inquiry_router.database.metadata import Id, Utc, metadata

# The doors of vendors. `secret` is what they sign with, `token` what they carry in the URL or a header where they do not sign.
# `polled_at` is the moment up to which their API has been asked for tickets whose webhook never came.
sources = Table(
    "sources",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", Text, nullable=False),
    Column("provider", String(32), nullable=False),
    Column("settings", JSON, nullable=False),
    Column("token", Text, nullable=False),
    Column("secret", Text),
    Column("previous_secret", Text),
    Column("shadow", Boolean, nullable=False),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Column("created_at", Utc, nullable=False),
    Column("polled_at", Utc),
)

# Events that name a ticket without what it says: stored before the sender is answered, fetched and taken in afterwards.
# state: pending -> done | dead.
thin_events = Table(
    "thin_events",
    metadata,
    Column("id", Id, primary_key=True),
    Column("source_id", String(64), nullable=False),
    Column("key", Text, nullable=False),
    Column("known", JSON, nullable=False),
    Column("ticket", JSON(none_as_null=True)),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("due_at", Utc, nullable=False),
    Column("last_error", Text),
    UniqueConstraint("source_id", "key"),
    Index(
        "ix_thin_events_due",
        "due_at",
        sqlite_where=text("state = 'pending'"),
        postgresql_where=text("state = 'pending'"),
    ),
)

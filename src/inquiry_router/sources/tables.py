"""The tables of sources and their events."""

from sqlalchemy import (
    JSON,
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

# Events that name a ticket but not its content: stored before the sender is answered, and fetched
# later.
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

"""The tables of calls and callbacks."""

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
    UniqueConstraint,
    text,
)

from inquiry_router.database.metadata import Id, Utc, metadata

# A call and its progress. `state` is the conversation's; `answers` has the answer to each step, for
# platforms that repeat a request. `line` is the id of the source or the API key. Kept for a month.
calls = Table(
    "calls",
    metadata,
    Column("id", Id, primary_key=True),
    Column("line", String(64), nullable=False),
    Column("call_id", Text, nullable=False),
    Column("caller", Text),
    Column("called", Text),
    Column("state", JSON, nullable=False),
    Column("answers", JSON, nullable=False),
    Column("inquiry_id", Id, ForeignKey("inquiries.id", ondelete="CASCADE")),
    Column("reached", Boolean, nullable=False),
    Column("started_at", Utc, nullable=False),
    UniqueConstraint("line", "call_id"),
    Index(None, "inquiry_id"),
    Index(None, "started_at"),
)

# A promise to call a customer back. state: pending -> done. `attempts` counts the calls that did
# not reach them.
callbacks = Table(
    "callbacks",
    metadata,
    Column("id", Id, primary_key=True),
    Column("call", Id, nullable=False, unique=True),
    Column("inquiry_id", Id, ForeignKey("inquiries.id", ondelete="CASCADE"), nullable=False),
    Column("number", Text, nullable=False),
    Column("team", String(64), nullable=False),
    Column("owner", Text),
    Column("state", String(16), nullable=False),
    Column("due_at", Utc, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("reminders", Integer, nullable=False),
    Column("remind_at", Utc, nullable=False),
    Column("escalated", Boolean, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("finished_at", Utc),
    Index(None, "inquiry_id"),
    Index(
        "ix_callbacks_due",
        "remind_at",
        sqlite_where=text("state = 'pending'"),
        postgresql_where=text("state = 'pending'"),
    ),
)

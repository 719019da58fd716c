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
# platforms that repeat a request. `line` is the id of the source or the API key. `use` counts the
# calls that had this id one after the other. `hung_up_at` is set while the caller has hung up and
# the result of dialling is not known yet. Kept for a month.
calls = Table(
    "calls",
    metadata,
    Column("id", Id, primary_key=True),
    Column("line", String(64), nullable=False),
    Column("call_id", Text, nullable=False),
    Column("use", Integer, nullable=False),
    Column("caller", Text),
    Column("called", Text),
    Column("state", JSON, nullable=False),
    Column("answers", JSON, nullable=False),
    Column("inquiry_id", Id, ForeignKey("inquiries.id", ondelete="CASCADE")),
    Column("reached", Boolean, nullable=False),
    Column("started_at", Utc, nullable=False),
    Column("hung_up_at", Utc),
    UniqueConstraint("line", "call_id", "use"),
    Index(None, "inquiry_id"),
    Index(None, "started_at"),
    Index(
        "ix_calls_hung_up",
        "hung_up_at",
        sqlite_where=text("hung_up_at IS NOT NULL"),
        postgresql_where=text("hung_up_at IS NOT NULL"),
    ),
)

# Somebody who waits for a call from us: a callback was promised, or they left a voicemail, or
# nobody answered (`kind`). state: pending -> done; `outcome` says why. The team is that of the
# inquiry, and a resolved inquiry has nobody waiting. `attempts` counts the calls that did not reach
# them. `remind_at` is NULL if nobody is reminded any more.
callbacks = Table(
    "callbacks",
    metadata,
    Column("id", Id, primary_key=True),
    Column("call", Id, nullable=False, unique=True),
    Column("inquiry_id", Id, ForeignKey("inquiries.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("number", Text),
    Column("owner", Text),
    Column("state", String(16), nullable=False),
    Column("outcome", String(16)),
    Column("due_at", Utc, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("reminders", Integer, nullable=False),
    Column("remind_at", Utc),
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

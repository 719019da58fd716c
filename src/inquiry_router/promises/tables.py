"""The tables of promises: the clocks, and the alarms that were raised."""

from sqlalchemy import (
    JSON,
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

# One row a promise. kind: first_answer, next_answer, resolution, or law: and the id of a deadline.
promises = Table(
    "promises",
    metadata,
    Column("inquiry_id", Id, ForeignKey("inquiries.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", String(80), primary_key=True),
    Column("began_at", Utc, primary_key=True),
    Column("team", String(64), nullable=False),
    # Team, category, intent, priority, tier and consumer, for which the promise was made.
    Column("facts", JSON, nullable=False),
    Column("minutes", Integer),
    # NULL while we wait for the customer; then the seconds of working time that are left.
    Column("due_at", Utc),
    Column("left_s", Integer),
    Column("ended_at", Utc),
    # kept, broken, dropped.
    Column("outcome", String(8)),
    # The steps that people were told of, as bits (`promises.model.Told`).
    Column("told", Integer, nullable=False),
    Index(None, "ended_at"),
    Index(None, "due_at"),
)

# An inquiry in limbo, once for each state. It ends when the state does.
alarms = Table(
    "alarms",
    metadata,
    Column("id", Id, primary_key=True),
    Column("inquiry_id", Id, ForeignKey("inquiries.id", ondelete="CASCADE"), nullable=False),
    Column("state", Text, nullable=False),
    # overdue, owner_away, nobody, no_team.
    Column("breach", String(16), nullable=False),
    Column("team", String(64), nullable=False),
    # The member who has it, if we know them.
    Column("member_id", Id),
    Column("due_at", Utc),
    Column("raised_at", Utc, nullable=False),
    Column("ended_at", Utc),
    # NULL until its bundle was handed over to be told.
    Column("told_at", Utc),
    UniqueConstraint("inquiry_id", "state"),
    Index(
        "ix_alarms_untold",
        "id",
        sqlite_where=text("told_at IS NULL"),
        postgresql_where=text("told_at IS NULL"),
    ),
)

# The newest settings and roster for which all open inquiries were looked at again.
watch_marks = Table(
    "watch_marks",
    metadata,
    Column("name", String(16), primary_key=True),
    Column("value", Integer, nullable=False),
)

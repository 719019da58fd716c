"""The tables of notices and of their ways to people."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, String, Table, Text, text

from inquiry_router.database.metadata import Id, Utc, metadata

# state: waiting -> planned | nobody | failed. `key` says what must be told only once.
notices = Table(
    "notices",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", String(64), nullable=False),
    Column("key", String(200), nullable=False, unique=True),
    Column("member_id", String(64)),
    Column("receivers", String(80)),
    Column("inquiry_id", Id, ForeignKey("inquiries.id", ondelete="CASCADE")),
    Column("facts", JSON, nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", Text),
    Column("created_at", Utc, nullable=False),
    Index(None, "inquiry_id"),
    Index(
        "ix_notices_waiting",
        "id",
        sqlite_where=text("state = 'waiting'"),
        postgresql_where=text("state = 'waiting'"),
    ),
)

# A notice for one address. state: waiting -> sent | failed; then `delivery_id` has the rest.
tellings = Table(
    "tellings",
    metadata,
    Column("id", Id, primary_key=True),
    Column("notice_id", Id, ForeignKey("notices.id", ondelete="CASCADE"), nullable=False),
    Column("channel", String(64), nullable=False),
    Column("address", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("member_id", String(64)),
    Column("language", String(8), nullable=False),
    Column("state", String(16), nullable=False),
    Column("delivery_id", Id),
    Column("created_at", Utc, nullable=False),
    Column("due_at", Utc, nullable=False),
    Index(None, "notice_id"),
    # The flood is counted by address.
    Index(None, "address", "created_at"),
    Index(
        "ix_tellings_waiting",
        "due_at",
        sqlite_where=text("state = 'waiting'"),
        postgresql_where=text("state = 'waiting'"),
    ),
)

# Everything that one of our people chose about how they are told.
telling_preferences = Table(
    "telling_preferences",
    metadata,
    Column("member_id", String(64), primary_key=True),
    Column("channels", JSON),
    Column("language", String(8)),
    Column("quiet_from", String(5)),
    Column("quiet_to", String(5)),
    Column("digest", Boolean),
    Column("changed_at", Utc, nullable=False),
)

"""The tables of sources, their events, and the mailboxes that are read."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from inquiry_router.database.encrypted import EncryptedText
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

# How far a mailbox was read, and by whom. `place` is the folder that the numbers belong to: they
# are worth nothing in another one, nor when the server's `uid_validity` is another.
mailboxes = Table(
    "mailboxes",
    metadata,
    Column("source_id", String(64), primary_key=True),
    Column("place", Text, nullable=False),
    Column("uid_validity", BigInteger),
    Column("last_uid", BigInteger, nullable=False),
    Column("newest_at", Utc),
    Column("holder", Id),
    Column("held_until", Utc),
    Column("read_at", Utc),
    Column("taken", Integer, nullable=False),
    Column("problem", Text),
    Column("refresh_token", EncryptedText),
)

# The traffic of a source, for admins: counts, and the last events. No record of what was taken in.
source_traffic = Table(
    "source_traffic",
    metadata,
    Column("source_id", String(64), primary_key=True),
    Column("last_event_at", Utc),
    Column("taken", Integer, nullable=False),
    Column("taken_at", Utc),
    Column("repeated", Integer, nullable=False),
    Column("ignored", Integer, nullable=False),
    Column("ignored_at", Utc),
    Column("ignored_reason", Text),
    Column("refused", Integer, nullable=False),
    Column("refused_at", Utc),
    Column("refused_reason", Text),
)

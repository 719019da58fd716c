"""The whole schema on one page. The same tables on SQLite and PostgreSQL; `migrations/` builds exactly this.

Times are UTC. Ids are UUIDv7 as text, so that `ORDER BY id` is the order of arrival.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)

# The newest migration; they are numbered in their order.
SCHEMA = "0005"

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def aware(moment: datetime | None) -> datetime | None:
    """The time as it is. Raises `ValueError` for a naive one, which is a mistake of ours."""
    if moment is not None and moment.tzinfo is None:
        raise ValueError("a naive datetime must not be stored")
    return moment


class Utc(TypeDecorator[datetime]):
    """An aware datetime; SQLite, which keeps no zone, stores it as UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database."""
        if (value := aware(value)) is None:
            return None
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database."""
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


Id = String(36)

inquiries = Table(
    "inquiries",
    metadata,
    Column("id", Id, primary_key=True),
    Column("reference", String(9), nullable=False, unique=True),
    Column("status", String(16), nullable=False),
    Column("channel", String(8), nullable=False),
    Column("subject", Text),
    Column("text", Text, nullable=False),
    Column("language", String(8), nullable=False),
    Column("contact_name", Text),
    Column("contact_email", Text),
    Column("contact_phone", Text),
    Column("contact_company", Text),
    Column("source_system", Text),
    Column("source_id", Text),
    Column("source_url", Text),
    Column("received_at", Utc, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("category", String(64), nullable=False),
    Column("confidence", Float, nullable=False),
    Column("secondary", String(64)),
    Column("team", String(64), nullable=False),
    Column("assignee", String(64)),
    Column("priority", String(8), nullable=False),
    Column("due_at", Utc),
    # How it came where that is not plain (see `inquiry.model.Passage`), or NULL.
    Column("passage", JSON(none_as_null=True)),
    # Subject, text, contact and reference, case and diacritics folded: what `q` looks into, the same on both databases.
    Column("search", Text, nullable=False),
    Index(None, "received_at", "id"),
    Index(None, "team", "received_at", "id"),
    Index(None, "category", "received_at", "id"),
    # Who rings is looked up while he waits.
    Index(None, "contact_phone", "received_at"),
)

# Who has asked for this before: one row for an Idempotency-Key, one for a source's own id.
intake_keys = Table(
    "intake_keys",
    metadata,
    Column("key", Text, primary_key=True),
    # Deferred: a key is claimed before its inquiry is written.
    Column(
        "inquiry_id",
        Id,
        ForeignKey("inquiries.id", ondelete="CASCADE", deferrable=True, initially="DEFERRED"),
        nullable=False,
    ),
    Column("fingerprint", String(64), nullable=False),
    Index(None, "inquiry_id"),
)

# What happened to an inquiry, append-only. kind: routed, corrected, resolved. A routed row holds
# classification, decision and acknowledgement whole; the newest one is in force.
timeline = Table(
    "timeline",
    metadata,
    Column("inquiry_id", Id, ForeignKey("inquiries.id", ondelete="CASCADE"), primary_key=True),
    Column("id", Id, primary_key=True),
    Column("at", Utc, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("actor", Text, nullable=False),
    Column("details", JSON, nullable=False),
)

# What people said was right: the router learns from these.
corrections = Table(
    "corrections",
    metadata,
    Column("id", Id, primary_key=True),
    Column("inquiry_id", Id, ForeignKey("inquiries.id", ondelete="CASCADE"), nullable=False),
    Column("at", Utc, nullable=False),
    Column("who", Text, nullable=False),
    Column("why", Text),
    Column("category_before", String(64), nullable=False),
    Column("category", String(64), nullable=False),
    Column("team_before", String(64), nullable=False),
    Column("team", String(64), nullable=False),
    Index(None, "inquiry_id"),
)

# Where decisions are handed over. `settings` holds what its kind needs, secrets included; the API never shows those.
destinations = Table(
    "destinations",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("settings", JSON, nullable=False),
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

# A call, as far as it has come. `state` is the conversation's, `answers` what each step was answered, for platforms that ask
# twice. `line` is the source that it came through, or the API key. Kept for a month.
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

# Somebody is to be rung back. state: pending -> done. `attempts` counts those that did not reach him.
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

# One handing-over. state: pending -> delivered | dead | discarded; a retry makes it pending again.
deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Id, primary_key=True),
    Column("inquiry_id", Id, ForeignKey("inquiries.id", ondelete="CASCADE"), nullable=False),
    # No foreign key: an inquiry must be storable although its destination was deleted a moment ago elsewhere.
    Column("destination_id", String(64), nullable=False),
    Column("event", String(32), nullable=False),
    # NULL where it can be written when it is sent (`delivery.payloads`).
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
    Index(None, "state", "id"),
)

# One try of a delivery and what came of it. outcome: delivered, retry, dead.
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

# Teams, policy, the company's own categories, and which taught model is in use: whole documents, every version kept; the
# newest is in force, the others are the history.
documents = Table(
    "documents",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("body", JSON, nullable=False),
    Column("at", Utc, nullable=False),
    Column("actor", Text, nullable=False),
    Column("note", Text),
)

# What the company has taught the classifier, every version kept. state: proposed -> active | refused; active -> retired.
# `head` is the linear layer itself; it fits only the encoder with this SHA-256.
taught_models = Table(
    "taught_models",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Utc, nullable=False),
    Column("actor", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("objections", JSON, nullable=False),
    Column("lessons", Integer, nullable=False),
    Column("encoder", String(64), nullable=False),
    Column("labels", JSON, nullable=False),
    Column("head", LargeBinary, nullable=False),
    Column("figures", JSON, nullable=False),
)

# Corrected inquiries as the encoder with this SHA-256 sees them, in 16-bit floats: reading them is what takes the time.
lesson_vectors = Table(
    "lesson_vectors",
    metadata,
    Column("inquiry_id", Id, ForeignKey("inquiries.id", ondelete="CASCADE"), primary_key=True),
    Column("encoder", String(64), nullable=False),
    Column("vector", LargeBinary, nullable=False),
    Column("offsets", LargeBinary, nullable=False),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("name", Text, nullable=False),
    Column("scopes", JSON, nullable=False),
    Column("secret_sha256", String(64), nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("revoked_at", Utc),
)

# One row, counted up by every change of teams, policy, destinations or keys, so that each replica sees that it must reload.
configuration_revision = Table(
    "configuration_revision",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("revision", Integer, nullable=False),
)

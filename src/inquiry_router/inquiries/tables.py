"""The tables of inquiries."""

from sqlalchemy import JSON, Column, Float, ForeignKey, Index, String, Table, Text

from inquiry_router.database.metadata import Id, Utc, metadata

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
    # How it came where that is not plain (see `inquiry.model.Provenance`), or NULL.
    Column("passage", JSON(none_as_null=True)),
    # Subject, text, contact and reference, case and diacritics folded: what `q` looks into, the same on both databases.
    Column("search", Text, nullable=False),
    Index(None, "received_at", "id"),
    Index(None, "team", "received_at", "id"),
    Index(None, "category", "received_at", "id"),
    # Who rings is looked up while he waits.
    Index(None, "contact_phone", "received_at"),
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

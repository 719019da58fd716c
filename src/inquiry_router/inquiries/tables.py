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
    # The provenance (`inquiry.model.Provenance`); NULL for the plain one.
    Column("passage", JSON(none_as_null=True)),
    # Subject, text, contact and reference without case and diacritics, for the filter `q`.
    Column("search", Text, nullable=False),
    Index(None, "received_at", "id"),
    Index(None, "team", "received_at", "id"),
    Index(None, "category", "received_at", "id"),
    # Callers are looked up while they wait.
    Index(None, "contact_phone", "received_at"),
)

# The history of an inquiry, append-only. kind: routed, corrected, resolved, and those of calls. A
# routed row holds the whole classification, decision and acknowledgement; the newest is in force.
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

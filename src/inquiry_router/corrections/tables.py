"""The tables of corrections, and of the links by which people act."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from inquiry_router.database.metadata import Id, Utc, metadata

# Corrections by people. The router learns from them.
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
    # As the person said; empty if they did not say.
    Column("intent", String(64)),
    Index(None, "inquiry_id"),
)

# How often a link was used. `link` is the SHA-256 of its token.
link_uses = Table(
    "link_uses",
    metadata,
    Column("link", String(64), primary_key=True),
    Column("uses", Integer, nullable=False),
    Column("last_at", Utc, nullable=False),
)

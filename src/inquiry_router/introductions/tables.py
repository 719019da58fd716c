"""The table of introductions."""

from sqlalchemy import Column, ForeignKey, Index, String, Table, Text

from inquiry_router.database.metadata import Id, Utc, metadata

# A customer who was told, in the name of a salesperson, who is there for them next time.
introductions = Table(
    "introductions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", Utc, nullable=False),
    Column("inquiry_id", Id, ForeignKey("inquiries.id", ondelete="CASCADE"), nullable=False),
    Column("account_id", Id),
    # Their address or number.
    Column("customer", Text, nullable=False),
    Column("person", String(128), nullable=False),
    Column("person_key", String(128), nullable=False),
    # The people who were named.
    Column("names", Text, nullable=False),
    Column("delivery_id", Id, nullable=False),
    Index(None, "customer", "person_key"),
    Index(None, "inquiry_id"),
    Index(None, "at"),
)

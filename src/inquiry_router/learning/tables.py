"""The tables of taught models."""

from sqlalchemy import Column, ForeignKey, LargeBinary, String, Table

from inquiry_router.database.metadata import Id, metadata

# Corrected inquiries as the encoder with this SHA-256 sees them, in 16-bit floats: reading them is what takes the time.
lesson_vectors = Table(
    "lesson_vectors",
    metadata,
    Column("inquiry_id", Id, ForeignKey("inquiries.id", ondelete="CASCADE"), primary_key=True),
    Column("encoder", String(64), nullable=False),
    Column("vector", LargeBinary, nullable=False),
    Column("offsets", LargeBinary, nullable=False),
)

"""The tables of taught models."""

from sqlalchemy import Column, ForeignKey, LargeBinary, String, Table

from inquiry_router.database.metadata import Id, metadata

# Corrected inquiries as vectors of the model with this fingerprint (`encoder`), in 16-bit floats.
# They are stored because encoding takes milliseconds a text.
lesson_vectors = Table(
    "lesson_vectors",
    metadata,
    Column("inquiry_id", Id, ForeignKey("inquiries.id", ondelete="CASCADE"), primary_key=True),
    Column("encoder", String(64), nullable=False),
    Column("vector", LargeBinary, nullable=False),
    Column("offsets", LargeBinary, nullable=False),
)

"""The tables of taught models."""

from sqlalchemy import JSON, Column, ForeignKey, Integer, LargeBinary, String, Table, Text

from inquiry_router.database.metadata import Id, Utc, metadata

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

"""The tables of configuration documents and API keys."""

from sqlalchemy import JSON, Column, Integer, String, Table, Text

from inquiry_router.database.metadata import Utc, metadata

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

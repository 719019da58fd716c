"""The tables of configuration documents and API keys."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    text,
)

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

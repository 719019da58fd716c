"""The tables of configuration documents, API keys, sources and taught models."""

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

from inquiry_router.database.encrypted import EncryptedJson, EncryptedText
from inquiry_router.database.metadata import Utc, metadata

# Configuration documents (`configuration/documents.py`), and the number of the taught model in use.
# Every version is kept; the newest is in force.
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
    Column("secret_sha256", String(64), nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("revoked_at", Utc),
    Column("roles", JSON, nullable=False, server_default=text("'[]'")),
    # What it is bound to; an empty list of teams is all of them, of sources none.
    Column("teams", JSON, nullable=False, server_default=text("'[]'")),
    Column("owner", Text),
    Column("sources", JSON, nullable=False, server_default=text("'[]'")),
    Column("expires_at", Utc),
    # To the minute. It is no change of the configuration.
    Column("last_used_at", Utc),
    # The secret before the last rotation is valid until then.
    Column("previous_sha256", String(64)),
    Column("previous_until", Utc),
    # The link that hands the key over to a person, once.
    Column("link_sha256", String(64)),
    Column("link_until", Utc),
    Column("requests_a_minute", Integer),
)

# Configured ways in. Requests are signed with `secret`, or carry `token` in the URL or a header.
# `polled_at`: the vendor's API was asked up to this time for tickets whose webhook never came.
sources = Table(
    "sources",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", Text, nullable=False),
    Column("provider", String(32), nullable=False),
    Column("settings", EncryptedJson, nullable=False),
    Column("token", EncryptedText, nullable=False),
    Column("secret", EncryptedText),
    Column("previous_secret", EncryptedText),
    Column("shadow", Boolean, nullable=False),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Column("created_at", Utc, nullable=False),
    Column("polled_at", Utc),
    # The helpdesk was asked up to this time for the states of its tickets.
    Column("states_at", Utc),
)

# Models taught by corrections; every version is kept.
# state: proposed -> active | refused; active -> retired.
# `head` is the linear layer itself, `intents` that of the intents (NULL: the shipped one). They fit
# only the encoder with this SHA-256.
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
    Column("intents", LargeBinary),
)

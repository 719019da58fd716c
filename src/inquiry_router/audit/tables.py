"""The tables of the audit."""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from inquiry_router.database.metadata import Utc, metadata

# What people did, append-only and numbered without gaps. `changes` is JSON as it was hashed. It
# holds ids and settings, never words or contacts of customers, and no secrets.
audit = Table(
    "audit",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Utc, nullable=False),
    Column("actor", String(128), nullable=False),
    Column("operation", String(64), nullable=False),
    Column("object", String(160), nullable=False),
    Column("address", String(64), nullable=False),
    Column("request_id", String(64), nullable=False),
    Column("changes", Text, nullable=False),
    Column("hash", String(64), nullable=False),
    Index(None, "at"),
    Index(None, "actor", "number"),
    Index(None, "object", "number"),
)

# One row: the last entry. Appending locks it, so that the chain never forks.
audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False),
)

# Where old entries were cut: the last one that went, signed. The newest is the chain's beginning.
audit_checkpoints = Table(
    "audit_checkpoints",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", String(64), nullable=False),
    Column("at", Utc, nullable=False),
    Column("signature", String(64), nullable=False),
)

"""The tables of erasures, and of the counts that stay of deleted inquiries."""

from sqlalchemy import JSON, Column, Integer, String, Table, Text

from inquiry_router.database.metadata import Id, Utc, metadata

# Acts of erasing a person; never which one. `given` lists the kinds of values that named the
# person, `recordings` the random names of the files to delete in each process's folder. Without
# `finished_at` it was broken off.
erasures = Table(
    "erasures",
    metadata,
    Column("id", Id, primary_key=True),
    # The SHA-256 of the key id and the Idempotency-Key.
    Column("key_sha256", String(64), unique=True),
    Column("started_at", Utc, nullable=False),
    Column("finished_at", Utc),
    Column("actor", Text, nullable=False),
    Column("given", JSON, nullable=False),
    Column("counts", JSON, nullable=False),
    Column("recordings", JSON, nullable=False),
    Column("note", Text),
)

# The inquiries that were deleted, as numbers. `month` is that of their arrival, such as 2026-11;
# `why` is request or retention.
erased_counts = Table(
    "erased_counts",
    metadata,
    Column("month", String(7), primary_key=True),
    Column("channel", String(8), primary_key=True),
    Column("language", String(8), primary_key=True),
    Column("category", String(64), primary_key=True),
    Column("team", String(64), primary_key=True),
    Column("why", String(16), primary_key=True),
    Column("inquiries", Integer, nullable=False),
    Column("messages", Integer, nullable=False),
    Column("corrected", Integer, nullable=False),
)

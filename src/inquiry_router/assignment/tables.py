"""The tables of assignment."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Integer, String, Table, false
from sqlalchemy.schema import Index

from inquiry_router.database.metadata import Id, Utc, metadata

# Inquiries that a rule gives to a person: one row each, until they are resolved.
# state: queued -> offered -> held | queued | pool.
assignments = Table(
    "assignments",
    metadata,
    Column("inquiry_id", Id, ForeignKey("inquiries.id", ondelete="CASCADE"), primary_key=True),
    Column("state", String(8), nullable=False),
    Column("team", String(64), nullable=False),
    Column("rule", String(64), nullable=False),
    # Who has it, or is asked.
    Column("member_id", Id),
    Column("weight", Integer, nullable=False),
    Column("is_call", Boolean, nullable=False),
    # It waits since then: the longest waiting is served first.
    Column("since", Utc, nullable=False),
    # The member got it then.
    Column("given_at", Utc),
    # It counts as a turn in the team, which is given back if they pass it on.
    Column("in_turn", Boolean, nullable=False),
    # An offer runs out then, and its member was told of it.
    Column("ends_at", Utc),
    Column("told", Boolean, nullable=False, server_default=false()),
    # Look at it again then: an offer runs out, or somebody may be free.
    Column("due_at", Utc),
    # Members who were asked and did not take it, with their reasons.
    Column("passed", JSON, nullable=False),
    Index(None, "member_id"),
    Index(None, "due_at"),
)

# Whose turn it is in a team. The row of member '' holds the latest turn.
turns = Table(
    "turns",
    metadata,
    Column("team", String(64), primary_key=True),
    Column("member_id", String(36), primary_key=True),
    Column("next", Integer, nullable=False),
    Column("credits", Integer, nullable=False),
)

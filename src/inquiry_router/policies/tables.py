"""The tables of policies that are not in force: the draft, and replays of policies."""

from sqlalchemy import JSON, Column, Index, Integer, String, Table, Text

from inquiry_router.database.metadata import Id, Utc, metadata

# The one draft. It may have problems still. `based_on` is the version of the policy in force when
# it was begun. The `body` of a draft that is gone is JSON's null; the row keeps its version.
policy_drafts = Table(
    "policy_drafts",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("body", JSON, nullable=False),
    Column("based_on", Integer, nullable=False),
    Column("note", Text),
    Column("at", Utc, nullable=False),
    Column("actor", Text, nullable=False),
)

# Policies tried on inquiries that came in: on those of a period, or as a shadow on every new one.
# kind: replay, shadow. state: running -> done | cancelled | failed. The inquiries up to `after_at`
# and `after_id` are counted in `found`, so that whoever gets the lease goes on from there.
policy_replays = Table(
    "policy_replays",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", String(8), nullable=False),
    Column("state", String(16), nullable=False),
    Column("body", JSON, nullable=False),
    Column("compared_with", Integer, nullable=False),
    Column("since", Utc, nullable=False),
    Column("until", Utc),
    Column("samples", Integer, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("actor", Text, nullable=False),
    Column("total", Integer),
    Column("done", Integer, nullable=False),
    Column("found", JSON, nullable=False),
    Column("after_at", Utc),
    Column("after_id", Id),
    Column("holder", Id),
    # By the database's clock: a lease while it is worked on, else the time of the next look.
    Column("due_at", Utc, nullable=False),
    Column("finished_at", Utc),
    Column("error", Text),
    Index(None, "state", "due_at"),
)

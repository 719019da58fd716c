"""The tables of inquiries."""

from datetime import UTC, datetime
from typing import Final

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    false,
    text,
)

from inquiry_router.database.metadata import Id, Utc, metadata

# An inquiry that was changed is looked at as soon as possible, whatever the clocks say.
WATCH_AT_ONCE: Final = datetime(2000, 1, 1, tzinfo=UTC)

inquiries = Table(
    "inquiries",
    metadata,
    Column("id", Id, primary_key=True),
    Column("reference", String(9), nullable=False, unique=True),
    Column("status", String(24), nullable=False),
    Column("channel", String(8), nullable=False),
    Column("language", String(8), nullable=False),
    Column("contact_name", Text),
    Column("contact_email", Text),
    Column("contact_phone", Text),
    Column("contact_company", Text),
    Column("source_system", Text),
    Column("source_id", Text),
    Column("source_url", Text),
    Column("received_at", Utc, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("category", String(64), nullable=False),
    Column("confidence", Float, nullable=False),
    Column("secondary", String(64)),
    Column("team", String(64), nullable=False),
    # The person who has it: a name, and the member of staff.
    Column("assignee", String(64)),
    Column("assignee_id", Id),
    Column("priority", String(8), nullable=False),
    # The promise that is still to be kept.
    Column("due_at", Utc),
    # Everything that was said, contact and reference without case and diacritics, for `q`.
    Column("search", Text, nullable=False),
    # The decision is too uncertain to act on, or there is none yet.
    Column("unsure", Boolean, nullable=False, server_default=false()),
    # Who placed it: since then the router never moves it.
    Column("placed_by", Text),
    # The promise counts from here: the opening, or the message that reopened it.
    Column("asked_at", Utc, nullable=False),
    Column("answered_at", Utc),
    Column("resolved_at", Utc),
    # The state of its ticket as the helpdesk reported it last, and the vendor's time of it.
    Column("seen", JSON(none_as_null=True)),
    Column("state_at", Utc),
    # The inquiry that this one is part of now.
    Column("merged_into", Id),
    # Empty where the category has none, or the router is unsure of it.
    Column("intent", String(64)),
    # The account as it was recognised, sure and maybe, and the id of the sure one.
    Column("account", JSON(none_as_null=True)),
    Column("account_id", Id),
    # The time at which the watchdog looks at it; NULL for one that is over.
    Column("watch_at", Utc),
    # Place and filters of the list: it is walked instead of the table. One index for all filters,
    # because each index of its own would slow every intake down.
    Index(
        "ix_inquiries_list",
        "received_at",
        "id",
        "status",
        "team",
        "category",
        "channel",
        "priority",
        "unsure",
        "due_at",
        "source_system",
        "merged_into",
        "intent",
    ),
    # Callers are looked up while they wait.
    Index(None, "contact_phone", "received_at"),
    Index(None, "account_id", "received_at"),
    # Of few inquiries, so that the others pay nothing for it.
    Index(
        "ix_inquiries_assignee_id",
        "assignee_id",
        "received_at",
        sqlite_where=text("assignee_id IS NOT NULL"),
        postgresql_where=text("assignee_id IS NOT NULL"),
    ),
    Index(
        "ix_inquiries_watch_at",
        "watch_at",
        sqlite_where=text("watch_at IS NOT NULL"),
        postgresql_where=text("watch_at IS NOT NULL"),
    ),
)

# All that customers said. The opening of an inquiry is the message with the inquiry's own id; after
# a merge its message belongs to the other inquiry.
messages = Table(
    "messages",
    metadata,
    Column("id", Id, primary_key=True),
    Column("inquiry_id", Id, ForeignKey("inquiries.id", ondelete="CASCADE"), nullable=False),
    Column("received_at", Utc, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("channel", String(8), nullable=False),
    Column("subject", Text),
    Column("text", Text, nullable=False),
    Column("language", String(8), nullable=False),
    # The contact as the message gave it.
    Column("author", JSON, nullable=False),
    Column("source_system", Text),
    Column("source_id", Text),
    Column("source_url", Text),
    Column("mail_id", Text),
    # The provenance (`inquiry.model.Provenance`); NULL for the plain one.
    Column("passage", JSON(none_as_null=True)),
    Column("category", String(64), nullable=False),
    Column("confidence", Float, nullable=False),
    Column("intent", String(64)),
    Index(None, "inquiry_id", "id"),
)

# Messages that wait for the classifier. A row goes when its message was classified.
waiting = Table(
    "waiting",
    metadata,
    Column("message_id", Id, ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True),
    # The language that the sender declared: that of the message is a guess.
    Column("language", String(8)),
    Column("since", Utc, nullable=False),
    # The time of the next attempt, by the database's clock: a lease while one is made.
    Column("due_at", Utc, nullable=False),
    Column("attempts", Integer, nullable=False),
    # False for an opening that people do not see yet.
    Column("shown", Boolean, nullable=False),
    Index(None, "shown", "since"),
)

# Values by which a later message is recognised: tickets, mails, contacts, numbers. They belong to
# the message that they stand in, and go with it.
signs = Table(
    "signs",
    metadata,
    Column("sign", Text, primary_key=True),
    Column("message_id", Id, ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True),
    Index(None, "message_id"),
    sqlite_with_rowid=False,
)

# Inquiries that have to do with each other; `other_id` is the later one.
# kind: perhaps, split, continues, by_hand.
links = Table(
    "links",
    metadata,
    Column("inquiry_id", Id, ForeignKey("inquiries.id", ondelete="CASCADE"), primary_key=True),
    Column("other_id", Id, ForeignKey("inquiries.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("at", Utc, nullable=False),
    Column("why", Text, nullable=False),
    Index(None, "other_id"),
)

# The history of an inquiry, append-only. kind: routed, corrected, resolved, and those of calls. A
# routed row holds the whole classification, decision and acknowledgement; the newest is in force.
# A waiting row holds the same, before the first routed one of an opening that was not classified.
timeline = Table(
    "timeline",
    metadata,
    Column("inquiry_id", Id, ForeignKey("inquiries.id", ondelete="CASCADE"), primary_key=True),
    Column("id", Id, primary_key=True),
    Column("at", Utc, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("actor", Text, nullable=False),
    Column("details", JSON, nullable=False),
)

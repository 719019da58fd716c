"""The tables of relief: bypasses, baselines, daily figures, monitors, offers that end phone tag."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from inquiry_router.database.metadata import Id, Utc, metadata

# Service matters that reached a salesperson all the same, and the calls of a PBX log, of which only
# a share is service: those have no category. how: forward, not_mine, one_tap, call_log, api.
# `key` recognises a repeat. `minutes` is the measured time; NULL where nobody measured it. Of a
# call: `met` if the two talked, `outgoing` if we rang, and the other `number`, for 90 days.
bypasses = Table(
    "bypasses",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", String(80), unique=True),
    Column("at", Utc, nullable=False),
    Column("inquiry_id", Id),
    Column("person", String(128), nullable=False),
    # The name in lower case, by which it is found.
    Column("person_key", String(128), nullable=False),
    Column("account_id", Id),
    Column("channel", String(8), nullable=False),
    Column("category", String(64)),
    Column("intent", String(64)),
    Column("minutes", Float),
    Column("how", String(16), nullable=False),
    # The department of the colleague who sent it; NULL if it came from a customer.
    Column("department", String(64)),
    Column("outgoing", Boolean),
    Column("met", Boolean),
    Column("number", String(32)),
    Column("created_at", Utc, nullable=False),
    Index(None, "at"),
    Index(None, "person_key", "at"),
    Index(None, "account_id", "at"),
    Index(None, "inquiry_id"),
)

# Readings of last year: a call log, a mailbox, a diary. state: reading -> done or
# failed. `inputs` are the
# cost inputs as they were, with their version. `known` holds the counts and sentences on what can
# and cannot be known from the file. `place` is the number of mails that were read already.
baselines = Table(
    "baselines",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", String(8), nullable=False),
    Column("name", Text, nullable=False),
    # Of the file and of the choices: the same file goes on where it stopped.
    Column("sha256", String(64), nullable=False),
    Column("state", String(8), nullable=False),
    Column("place", Integer, nullable=False),
    Column("at", Utc, nullable=False),
    Column("actor", Text, nullable=False),
    Column("begins_on", Date),
    Column("ends_on", Date),
    Column("inputs", JSON, nullable=False),
    Column("inputs_version", Integer, nullable=False),
    Column("known", JSON, nullable=False),
    Index(None, "sha256"),
)

# Counts of a baseline, as `relief.costs.Spent`: never a number or a word of a customer. Empty texts
# where something is not known. `curves` are those behind incoming calls, outgoing calls and tries.
baseline_cells = Table(
    "baseline_cells",
    metadata,
    Column("baseline_id", Id, ForeignKey("baselines.id", ondelete="CASCADE"), primary_key=True),
    Column("month", String(7), primary_key=True),
    Column("person", String(128), primary_key=True),
    Column("account", String(128), primary_key=True),
    Column("channel", String(8), primary_key=True),
    Column("category", String(64), primary_key=True),
    Column("intent", String(64), primary_key=True),
    Column("calls", Integer, nullable=False),
    Column("talk_s", Integer, nullable=False),
    Column("curves", JSON, nullable=False),
    Column("loops", Integer, nullable=False),
    Column("unmet", Integer, nullable=False),
    Column("matters", Integer, nullable=False),
    Column("measured_s", Integer, nullable=False),
)

# Figures of inquiries by local day; they outlive the inquiries. `gone`: those of deleted inquiries.
# `breakdown`: flow (channel, category, team), owner or assignee (person).
daily_figures = Table(
    "daily_figures",
    metadata,
    Column("day", Date, primary_key=True),
    Column("breakdown", String(8), primary_key=True),
    Column("gone", Boolean, primary_key=True),
    Column("channel", String(8), primary_key=True),
    Column("category", String(64), primary_key=True),
    Column("team", String(64), primary_key=True),
    Column("person", String(128), primary_key=True),
    Column("inquiries", Integer, nullable=False),
    Column("unsure", Integer, nullable=False),
    Column("placed", Integer, nullable=False),
    Column("answered", Integer, nullable=False),
    Column("resolved", Integer, nullable=False),
    # Seconds until the first answer, of the answered ones.
    Column("waited_s", Integer, nullable=False),
)

# Days whose figures in `daily_figures` are true. A trigger deletes the row when an inquiry of the
# day changes; reports read the inquiries themselves then.
rolled_days = Table(
    "rolled_days",
    metadata,
    Column("begin_at", Utc, primary_key=True),
    Column("end_at", Utc, nullable=False, index=True),
    Column("day", Date, nullable=False, unique=True),
)

# Saved questions over history and new inquiries. `seen_until` is the last inquiry that was asked
# about, `alerted_at` the last alert.
monitors = Table(
    "monitors",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", String(80), nullable=False),
    Column("question", JSON, nullable=False),
    Column("threshold", Integer, nullable=False),
    Column("days", Integer, nullable=False),
    Column("receiver", String(80), nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("actor", Text, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("asked_at", Utc),
    Column("alerted_at", Utc),
)

# Two fixed times, offered to a customer after two rounds of calls that missed each other. `chosen`
# is 1 or 2.
phone_tag_offers = Table(
    "phone_tag_offers",
    metadata,
    Column("callback_id", Id, ForeignKey("callbacks.id", ondelete="CASCADE"), primary_key=True),
    Column("inquiry_id", Id, nullable=False),
    Column("first_at", Utc, nullable=False),
    Column("second_at", Utc, nullable=False),
    Column("told_at", Utc, nullable=False),
    Column("rounds", Integer, nullable=False),
    Column("chosen", Integer),
    Column("chosen_at", Utc),
    Index(None, "inquiry_id"),
)

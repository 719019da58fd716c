"""The tables of staff."""

from sqlalchemy import JSON, Column, Integer, String, Table

from inquiry_router.database.metadata import Id, Utc, metadata

# Our agents, salespeople and managers. They are few: every process holds all of them.
staff = Table(
    "staff",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", String(128), nullable=False),
    # The name in lower case, by which roles of accounts name people.
    Column("name_key", String(128), nullable=False, unique=True),
    Column("kind", String(16), nullable=False),
    Column("email", String(254), unique=True),
    Column("phone", String(32)),
    Column("helpdesk_user", String(254)),
    Column("language", String(8), nullable=False),
    Column("teams", JSON, nullable=False),
    Column("languages", JSON, nullable=False),
    Column("skills", JSON, nullable=False),
    Column("capacity", Integer),
    Column("limit_an_hour", Integer),
    Column("timezone", String(64), nullable=False),
    Column("holidays", String(16)),
    # Their own working hours, as those of a team; NULL for the team's.
    Column("hours", JSON(none_as_null=True)),
    Column("substitute_id", Id),
    Column("buffer_days", Integer, nullable=False),
    # Planned ahead: first and last day, and who stands in.
    Column("absences", JSON, nullable=False),
    # Said by hand.
    Column("away_since", Utc),
    Column("away_until", Utc),
    Column("version", Integer, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("changed_at", Utc, nullable=False),
)

# People who left, while something bears their name: nobody else gets it.
staff_left = Table(
    "staff_left",
    metadata,
    Column("name_key", String(128), primary_key=True),
    Column("name", String(128), nullable=False),
    Column("member_id", Id, nullable=False),
    Column("left_at", Utc, nullable=False),
)

# One row: counts the changes of staff, so that each process reads them again.
staff_revision = Table(
    "staff_revision",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("revision", Integer, nullable=False),
)

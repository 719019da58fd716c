"""Bypasses, baselines, daily figures, monitors, and offers that end phone tag."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_UTC = sa.DateTime(timezone=True)
_ID = sa.String(length=36)
_COUNTED = "status, category, team, assignee, unsure, placed_by, answered_at, resolved_at"
_EVENTS = (
    ("insert", "INSERT", "NEW"),
    ("update", f"UPDATE OF {_COUNTED}, merged_into, account_id, channel, asked_at", "NEW"),
    ("delete", "DELETE", "OLD"),
)
_UNROLL = (
    "DELETE FROM rolled_days WHERE end_at > {row}.received_at AND begin_at <= {row}.received_at"
)


def upgrade() -> None:
    _create_bypasses()
    _create_baselines()
    _create_figures()
    _create_watches()
    for name, event, row in _EVENTS:
        _create_trigger(name, event, row)


def _create_trigger(name: str, event: str, row: str) -> None:
    """Let a day's figures be counted again after a change of one of its inquiries."""
    unroll = _UNROLL.format(row=row)
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER unroll_on_{name} AFTER {event} ON inquiries BEGIN {unroll}; END"
        )
        return
    op.execute(
        f"CREATE FUNCTION unroll_on_{name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {unroll}; RETURN NULL; END $$"
    )
    op.execute(
        f"CREATE TRIGGER unroll_on_{name} AFTER {event} ON inquiries FOR EACH ROW "
        f"EXECUTE FUNCTION unroll_on_{name}()"
    )


def _create_bypasses() -> None:
    op.create_table(
        "bypasses",
        sa.Column("id", _ID, nullable=False),
        sa.Column("key", sa.String(length=80), nullable=True),
        sa.Column("at", _UTC, nullable=False),
        sa.Column("inquiry_id", _ID, nullable=True),
        sa.Column("person", sa.String(length=128), nullable=False),
        sa.Column("person_key", sa.String(length=128), nullable=False),
        sa.Column("account_id", _ID, nullable=True),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("category", sa.String(length=64), nullable=True),
        sa.Column("intent", sa.String(length=64), nullable=True),
        sa.Column("minutes", sa.Float(), nullable=True),
        sa.Column("how", sa.String(length=16), nullable=False),
        sa.Column("department", sa.String(length=64), nullable=True),
        sa.Column("outgoing", sa.Boolean(), nullable=True),
        sa.Column("met", sa.Boolean(), nullable=True),
        sa.Column("number", sa.String(length=32), nullable=True),
        sa.Column("created_at", _UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bypasses")),
        sa.UniqueConstraint("key", name=op.f("uq_bypasses_key")),
    )
    for columns in (["at"], ["person_key", "at"], ["account_id", "at"], ["inquiry_id"]):
        op.create_index(op.f(f"ix_bypasses_{'_'.join(columns)}"), "bypasses", columns)


def _create_baselines() -> None:
    op.create_table(
        "baselines",
        sa.Column("id", _ID, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("at", _UTC, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("inputs", sa.JSON(), nullable=False),
        sa.Column("inputs_version", sa.Integer(), nullable=False),
        sa.Column("known", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_baselines")),
    )
    op.create_index(op.f("ix_baselines_sha256"), "baselines", ["sha256"])
    keys = (
        ("month", 7),
        ("person", 128),
        ("account", 128),
        ("channel", 8),
        ("category", 64),
        ("intent", 64),
    )
    counts = ("calls", "talk_s", "loops", "unmet", "matters", "measured_s")
    op.create_table(
        "baseline_cells",
        sa.Column("baseline_id", _ID, nullable=False),
        *(sa.Column(name, sa.String(length=length), nullable=False) for name, length in keys),
        sa.Column("curves", sa.JSON(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in counts),
        sa.ForeignKeyConstraint(
            ["baseline_id"],
            ["baselines.id"],
            name=op.f("fk_baseline_cells_baseline_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "baseline_id", *(name for name, _ in keys), name=op.f("pk_baseline_cells")
        ),
    )


def _create_figures() -> None:
    keys = (
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("breakdown", sa.String(length=8), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("category", sa.String(length=64), nullable=False),
        sa.Column("team", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=128), nullable=False),
    )
    counts = ("inquiries", "unsure", "placed", "answered", "resolved", "waited_s")
    op.create_table(
        "daily_figures",
        *keys,
        *(sa.Column(name, sa.Integer(), nullable=False) for name in counts),
        sa.PrimaryKeyConstraint(*(key.name for key in keys), name=op.f("pk_daily_figures")),
    )
    op.create_table(
        "rolled_days",
        sa.Column("begin_at", _UTC, nullable=False),
        sa.Column("end_at", _UTC, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("begin_at", name=op.f("pk_rolled_days")),
        sa.UniqueConstraint("day", name=op.f("uq_rolled_days_day")),
    )
    op.create_index(op.f("ix_rolled_days_end_at"), "rolled_days", ["end_at"])


def _create_watches() -> None:
    op.create_table(
        "monitors",
        sa.Column("id", _ID, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("question", sa.JSON(), nullable=False),
        sa.Column("threshold", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("receiver", sa.String(length=80), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("created_at", _UTC, nullable=False),
        sa.Column("asked_at", _UTC, nullable=True),
        sa.Column("alerted_at", _UTC, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_monitors")),
    )
    op.create_table(
        "phone_tag_offers",
        sa.Column("callback_id", _ID, nullable=False),
        sa.Column("inquiry_id", _ID, nullable=False),
        sa.Column("first_at", _UTC, nullable=False),
        sa.Column("second_at", _UTC, nullable=False),
        sa.Column("told_at", _UTC, nullable=False),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column("chosen", sa.Integer(), nullable=True),
        sa.Column("chosen_at", _UTC, nullable=True),
        sa.ForeignKeyConstraint(
            ["callback_id"],
            ["callbacks.id"],
            name=op.f("fk_phone_tag_offers_callback_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("callback_id", name=op.f("pk_phone_tag_offers")),
    )
    op.create_index(op.f("ix_phone_tag_offers_inquiry_id"), "phone_tag_offers", ["inquiry_id"])


def downgrade() -> None:
    for name, _, _ in _EVENTS:
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"DROP TRIGGER unroll_on_{name}")
        else:
            op.execute(f"DROP TRIGGER unroll_on_{name} ON inquiries")
            op.execute(f"DROP FUNCTION unroll_on_{name}()")
    for table in (
        "phone_tag_offers",
        "monitors",
        "rolled_days",
        "daily_figures",
        "baseline_cells",
        "baselines",
        "bypasses",
    ):
        op.drop_table(table)

"""Promises: clocks, alarms, and the time at which the watchdog looks at an inquiry."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_UTC = sa.DateTime(timezone=True)
_ID = sa.String(length=36)
_AT_ONCE = datetime(2000, 1, 1, tzinfo=UTC)


def upgrade() -> None:
    op.create_table(
        "promises",
        sa.Column("inquiry_id", _ID, nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("began_at", _UTC, nullable=False),
        sa.Column("team", sa.String(length=64), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("due_at", _UTC, nullable=True),
        sa.Column("left_s", sa.Integer(), nullable=True),
        sa.Column("ended_at", _UTC, nullable=True),
        sa.Column("outcome", sa.String(length=8), nullable=True),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["inquiry_id"],
            ["inquiries.id"],
            name=op.f("fk_promises_inquiry_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("inquiry_id", "kind", "began_at", name=op.f("pk_promises")),
    )
    for column in ("ended_at", "due_at"):
        op.create_index(op.f(f"ix_promises_{column}"), "promises", [column])
    op.create_table(
        "alarms",
        sa.Column("id", _ID, nullable=False),
        sa.Column("inquiry_id", _ID, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("breach", sa.String(length=16), nullable=False),
        sa.Column("team", sa.String(length=64), nullable=False),
        sa.Column("member_id", _ID, nullable=True),
        sa.Column("due_at", _UTC, nullable=True),
        sa.Column("raised_at", _UTC, nullable=False),
        sa.Column("ended_at", _UTC, nullable=True),
        sa.Column("told_at", _UTC, nullable=True),
        sa.ForeignKeyConstraint(
            ["inquiry_id"], ["inquiries.id"], name=op.f("fk_alarms_inquiry_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarms")),
        sa.UniqueConstraint("inquiry_id", "state", name=op.f("uq_alarms_inquiry_id_state")),
    )
    untold = sa.text("told_at IS NULL")
    op.create_index(
        "ix_alarms_untold", "alarms", ["id"], sqlite_where=untold, postgresql_where=untold
    )
    op.create_table(
        "watch_marks",
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_watch_marks")),
    )
    _watch_open_inquiries()


def _watch_open_inquiries() -> None:
    op.add_column("inquiries", sa.Column("watch_at", _UTC, nullable=True))
    table = sa.table(
        "inquiries",
        sa.column("status", sa.String),
        sa.column("merged_into", sa.String),
        sa.column("watch_at", _UTC),
    )
    connection = op.get_bind()
    moment = _AT_ONCE.replace(tzinfo=None) if connection.dialect.name == "sqlite" else _AT_ONCE
    is_open = (table.c.status != "resolved") & table.c.merged_into.is_(None)
    connection.execute(sa.update(table).where(is_open).values(watch_at=moment))
    watched = sa.text("watch_at IS NOT NULL")
    op.create_index(
        "ix_inquiries_watch_at",
        "inquiries",
        ["watch_at"],
        sqlite_where=watched,
        postgresql_where=watched,
    )


def downgrade() -> None:
    op.drop_index("ix_inquiries_watch_at", "inquiries")
    op.drop_column("inquiries", "watch_at")
    for table in ("watch_marks", "alarms", "promises"):
        op.drop_table(table)

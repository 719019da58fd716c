"""The traffic of sources: counts and the last events, for admins."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0016"
branch_labels = None
depends_on = None

_UTC = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "source_traffic",
        sa.Column("source_id", sa.String(length=64), nullable=False),
        sa.Column("last_event_at", _UTC, nullable=True),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("taken_at", _UTC, nullable=True),
        sa.Column("repeated", sa.Integer(), nullable=False),
        sa.Column("ignored", sa.Integer(), nullable=False),
        sa.Column("ignored_at", _UTC, nullable=True),
        sa.Column("ignored_reason", sa.Text(), nullable=True),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("refused_at", _UTC, nullable=True),
        sa.Column("refused_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_source_traffic")),
    )


def downgrade() -> None:
    op.drop_table("source_traffic")

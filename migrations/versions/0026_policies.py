"""The draft of the policy, and policies that are tried on inquiries."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0024"
branch_labels = None
depends_on = None

_UTC = sa.DateTime(timezone=True)
_ID = sa.String(length=36)


def upgrade() -> None:
    op.create_table(
        "policy_drafts",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("at", _UTC, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_drafts")),
    )
    op.create_table(
        "policy_replays",
        sa.Column("id", _ID, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("compared_with", sa.Integer(), nullable=False),
        sa.Column("since", _UTC, nullable=False),
        sa.Column("until", _UTC, nullable=True),
        sa.Column("samples", sa.Integer(), nullable=False),
        sa.Column("created_at", _UTC, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.Column("after_at", _UTC, nullable=True),
        sa.Column("after_id", _ID, nullable=True),
        sa.Column("holder", _ID, nullable=True),
        sa.Column("due_at", _UTC, nullable=False),
        sa.Column("finished_at", _UTC, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_replays")),
    )
    op.create_index(op.f("ix_policy_replays_state_due_at"), "policy_replays", ["state", "due_at"])


def downgrade() -> None:
    op.drop_table("policy_replays")
    op.drop_table("policy_drafts")

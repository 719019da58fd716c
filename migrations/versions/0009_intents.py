"""Intents of inquiries, messages and corrections, and the taught head of intents."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_TABLES = ("inquiries", "messages", "corrections")
_LISTED_BEFORE = (
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
)
_LISTED = (*_LISTED_BEFORE, "intent")


def upgrade() -> None:
    for table in _TABLES:
        op.add_column(table, sa.Column("intent", sa.String(64), nullable=True))
    op.add_column("taught_models", sa.Column("intents", sa.LargeBinary(), nullable=True))
    op.drop_index("ix_inquiries_list", "inquiries")
    op.create_index("ix_inquiries_list", "inquiries", _LISTED)


def downgrade() -> None:
    op.drop_index("ix_inquiries_list", "inquiries")
    op.create_index("ix_inquiries_list", "inquiries", _LISTED_BEFORE)
    op.drop_column("taught_models", "intents")
    for table in _TABLES:
        op.drop_column(table, "intent")

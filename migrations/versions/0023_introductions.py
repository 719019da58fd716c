"""Introductions of the team to customers."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_ID = sa.String(length=36)


def upgrade() -> None:
    op.create_table(
        "introductions",
        sa.Column("id", _ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("inquiry_id", _ID, nullable=False),
        sa.Column("account_id", _ID, nullable=True),
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("person", sa.String(length=128), nullable=False),
        sa.Column("person_key", sa.String(length=128), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("delivery_id", _ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["inquiry_id"],
            ["inquiries.id"],
            name=op.f("fk_introductions_inquiry_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_introductions")),
    )
    op.create_index(
        op.f("ix_introductions_customer_person_key"), "introductions", ["customer", "person_key"]
    )
    op.create_index(op.f("ix_introductions_inquiry_id"), "introductions", ["inquiry_id"])
    op.create_index(op.f("ix_introductions_at"), "introductions", ["at"])


def downgrade() -> None:
    op.drop_table("introductions")

"""Referrals: keys of entries, facts of doubts, turns, and the end of personal data."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0027"
branch_labels = None
depends_on = None

_UTC = sa.DateTime(timezone=True)
_ID = sa.String(length=36)


def upgrade() -> None:
    op.create_table(
        "referral_keys",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("said", sa.String(length=64), nullable=False),
        sa.Column("referral_id", _ID, nullable=False),
        sa.Column("at", _UTC, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_referral_keys")),
    )
    op.create_index(op.f("ix_referral_keys_at"), "referral_keys", ["at"])
    for name in ("given_at", "warned_at", "forgotten_at"):
        op.add_column("referrals", sa.Column(name, _UTC))
    op.add_column("referral_flags", sa.Column("facts", sa.JSON()))


def downgrade() -> None:
    with op.batch_alter_table("referral_flags") as flags:
        flags.drop_column("facts")
    with op.batch_alter_table("referrals") as referrals:
        for name in ("forgotten_at", "warned_at", "given_at"):
            referrals.drop_column(name)
    op.drop_index(op.f("ix_referral_keys_at"), table_name="referral_keys")
    op.drop_table("referral_keys")

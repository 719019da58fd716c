"""Messages that wait for the classifier, with those that older versions left unclassified."""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

from inquiry_router.process.clock import utc_now

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_UTC = sa.DateTime(timezone=True)
# People have dealt with what is older.
_KEPT = timedelta(days=7)
# Openings that the classifier did not answer, and that nobody has touched. Those of calls were
# decided on the phone. What could not be read is among them: it is left alone when its turn comes.
_LEFT = """
    INSERT INTO waiting (message_id, since, due_at, attempts, shown)
    SELECT inquiries.id, inquiries.created_at, inquiries.created_at, 0, true
    FROM inquiries
    WHERE inquiries.category = 'other' AND inquiries.confidence = 0 AND inquiries.unsure
        AND inquiries.status IN ('new', 'routed') AND inquiries.placed_by IS NULL
        AND inquiries.answered_at IS NULL AND inquiries.merged_into IS NULL
        AND inquiries.channel <> 'phone' AND inquiries.created_at > :since
"""


def upgrade() -> None:
    op.create_table(
        "waiting",
        sa.Column("message_id", sa.String(length=36), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("since", _UTC, nullable=False),
        sa.Column("due_at", _UTC, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["messages.id"],
            name=op.f("fk_waiting_message_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_waiting")),
    )
    op.create_index(op.f("ix_waiting_shown_since"), "waiting", ["shown", "since"])
    since = utc_now() - _KEPT
    if op.get_bind().dialect.name == "sqlite":  # it keeps no time zone
        since = since.replace(tzinfo=None)
    op.execute(sa.text(_LEFT).bindparams(sa.bindparam("since", since, _UTC)))


def downgrade() -> None:
    # Openings that nobody was told of keep the status `new`.
    op.execute("UPDATE timeline SET kind = 'routed' WHERE kind = 'waiting'")
    op.drop_table("waiting")

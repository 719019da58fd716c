"""Deliveries of one inquiry, and of one ticket, are sent in order; newer decisions supersede."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_PENDING = sa.text("state = 'pending'")
# As `delivery.order.thread_of` makes it.
_FILL = """
    UPDATE deliveries SET
        thread = (
            SELECT COALESCE(
                substr(inquiries.source_system || ':' || inquiries.source_id, 1, 600),
                deliveries.inquiry_id
            )
            FROM inquiries WHERE inquiries.id = deliveries.inquiry_id
        ),
        decides = event IN ('inquiry.routed', 'inquiry.corrected')
"""


def upgrade() -> None:
    # Server defaults, because SQLite adds no column without a value. New rows have their own.
    thread = sa.Column("thread", sa.Text(), nullable=False, server_default="")
    decides = sa.Column("decides", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("deliveries", thread)
    op.add_column("deliveries", decides)
    op.execute(_FILL)
    op.create_index(
        "ix_deliveries_thread",
        "deliveries",
        ["destination_id", "thread", "id"],
        sqlite_where=_PENDING,
        postgresql_where=_PENDING,
    )


def downgrade() -> None:
    op.drop_index("ix_deliveries_thread", table_name="deliveries")
    op.drop_column("deliveries", "decides")
    op.drop_column("deliveries", "thread")
    # The version before knows no superseded deliveries. It never sends discarded ones either.
    op.execute("UPDATE deliveries SET state = 'discarded' WHERE state = 'superseded'")

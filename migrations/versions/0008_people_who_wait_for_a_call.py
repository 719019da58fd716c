"""Ids of calls that come again, and everybody who waits for a call: also missed calls."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_UTC = sa.DateTime(timezone=True)
# A second promise of the same inquiry to the same number replaces the first.
_REPLACED = """
    UPDATE callbacks SET state = 'done', outcome = 'replaced', finished_at = (
        SELECT max(newer.created_at) FROM callbacks AS newer
        WHERE newer.inquiry_id = callbacks.inquiry_id AND newer.state = 'pending')
    WHERE state = 'pending' AND EXISTS (
        SELECT 1 FROM callbacks AS newer
        WHERE newer.inquiry_id = callbacks.inquiry_id AND newer.id > callbacks.id
            AND newer.state = 'pending')
"""


def upgrade() -> None:
    op.add_column("calls", sa.Column("hung_up_at", _UTC, nullable=True))
    with op.batch_alter_table("calls") as calls:
        calls.add_column(sa.Column("use", sa.Integer(), nullable=False, server_default="1"))
        calls.drop_constraint(op.f("uq_calls_line_call_id"), type_="unique")
        calls.create_unique_constraint(
            op.f("uq_calls_line_call_id_use"), ["line", "call_id", "use"]
        )
    with op.batch_alter_table("calls") as calls:
        calls.alter_column("use", server_default=None)
    op.create_index(
        "ix_calls_hung_up",
        "calls",
        ["hung_up_at"],
        sqlite_where=sa.text("hung_up_at IS NOT NULL"),
        postgresql_where=sa.text("hung_up_at IS NOT NULL"),
    )
    op.drop_index("ix_callbacks_due", table_name="callbacks")
    with op.batch_alter_table("callbacks") as callbacks:
        callbacks.add_column(
            sa.Column("kind", sa.String(length=16), nullable=False, server_default="callback")
        )
        callbacks.add_column(sa.Column("outcome", sa.String(length=16), nullable=True))
        callbacks.alter_column("number", existing_type=sa.Text(), nullable=True)
        callbacks.alter_column("remind_at", existing_type=_UTC, nullable=True)
        callbacks.drop_column("team")
    with op.batch_alter_table("callbacks") as callbacks:
        callbacks.alter_column("kind", server_default=None)
    op.execute("UPDATE callbacks SET outcome = 'reached' WHERE state = 'done'")
    op.execute(_REPLACED)
    _index_due()


def downgrade() -> None:
    op.execute("DELETE FROM callbacks WHERE kind <> 'callback' OR number IS NULL")
    op.execute("UPDATE callbacks SET remind_at = due_at WHERE remind_at IS NULL")
    op.drop_index("ix_callbacks_due", table_name="callbacks")
    op.add_column("callbacks", sa.Column("team", sa.String(length=64), nullable=True))
    op.execute(
        "UPDATE callbacks SET team ="
        " (SELECT team FROM inquiries WHERE inquiries.id = callbacks.inquiry_id)"
    )
    with op.batch_alter_table("callbacks") as callbacks:
        callbacks.alter_column("team", existing_type=sa.String(length=64), nullable=False)
        callbacks.alter_column("number", existing_type=sa.Text(), nullable=False)
        callbacks.alter_column("remind_at", existing_type=_UTC, nullable=False)
        callbacks.drop_column("outcome")
        callbacks.drop_column("kind")
    _index_due()
    op.execute("DELETE FROM calls WHERE use > 1")
    op.drop_index("ix_calls_hung_up", table_name="calls")
    with op.batch_alter_table("calls") as calls:
        calls.drop_constraint(op.f("uq_calls_line_call_id_use"), type_="unique")
        calls.create_unique_constraint(op.f("uq_calls_line_call_id"), ["line", "call_id"])
        calls.drop_column("use")
        calls.drop_column("hung_up_at")


def _index_due() -> None:
    pending = sa.text("state = 'pending'")
    op.create_index(
        "ix_callbacks_due",
        "callbacks",
        ["remind_at"],
        sqlite_where=pending,
        postgresql_where=pending,
    )

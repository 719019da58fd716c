"""Notices for people; deliveries that are about no inquiry."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_UTC = sa.DateTime(timezone=True)
_ID = sa.String(length=36)
_IS_WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    _let_inquiry_be_null()
    op.create_table(
        "notices",
        sa.Column("id", _ID, nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("member_id", sa.String(length=64), nullable=True),
        sa.Column("receivers", sa.String(length=80), nullable=True),
        sa.Column("inquiry_id", _ID, nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("created_at", _UTC, nullable=False),
        sa.ForeignKeyConstraint(
            ["inquiry_id"],
            ["inquiries.id"],
            name=op.f("fk_notices_inquiry_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("key", name=op.f("uq_notices_key")),
    )
    op.create_index(op.f("ix_notices_inquiry_id"), "notices", ["inquiry_id"])
    op.create_index(
        "ix_notices_waiting",
        "notices",
        ["id"],
        sqlite_where=_IS_WAITING,
        postgresql_where=_IS_WAITING,
    )
    op.create_table(
        "tellings",
        sa.Column("id", _ID, nullable=False),
        sa.Column("notice_id", _ID, nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("member_id", sa.String(length=64), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("delivery_id", _ID, nullable=True),
        sa.Column("created_at", _UTC, nullable=False),
        sa.Column("due_at", _UTC, nullable=False),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notices.id"], name=op.f("fk_tellings_notice_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tellings")),
    )
    op.create_index(op.f("ix_tellings_notice_id"), "tellings", ["notice_id"])
    op.create_index(op.f("ix_tellings_address_created_at"), "tellings", ["address", "created_at"])
    op.create_index(
        "ix_tellings_waiting",
        "tellings",
        ["due_at"],
        sqlite_where=_IS_WAITING,
        postgresql_where=_IS_WAITING,
    )
    op.create_table(
        "telling_preferences",
        sa.Column("member_id", sa.String(length=64), nullable=False),
        sa.Column("channels", sa.JSON(), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("quiet_from", sa.String(length=5), nullable=True),
        sa.Column("quiet_to", sa.String(length=5), nullable=True),
        sa.Column("digest", sa.Boolean(), nullable=True),
        sa.Column("changed_at", _UTC, nullable=False),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_telling_preferences")),
    )


def downgrade() -> None:
    op.drop_table("telling_preferences")
    op.drop_table("tellings")
    op.drop_table("notices")
    op.execute("DELETE FROM deliveries WHERE inquiry_id IS NULL")
    _let_inquiry_be_null(back=True)


def _let_inquiry_be_null(*, back: bool = False) -> None:
    """Change the constraint alone.

    SQLite has no statement for it, and copying the table would delete every attempt. Its manual
    describes this way for constraints (lang_altertable, "Making Other Kinds Of Table Schema
    Changes").
    """
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        op.alter_column("deliveries", "inquiry_id", nullable=not back)
        return
    null, not_null = "inquiry_id VARCHAR(36)", "inquiry_id VARCHAR(36) NOT NULL"
    before, after = (null, not_null) if back else (not_null, null)
    version = connection.execute(sa.text("PRAGMA schema_version")).scalar_one()
    connection.execute(sa.text("PRAGMA writable_schema = ON"))
    changed = connection.execute(
        sa.text(
            "UPDATE sqlite_master SET sql = replace(sql, :before, :after) "
            "WHERE type = 'table' AND name = 'deliveries'"
        ),
        {"before": f"{before},", "after": f"{after},"},
    )
    assert changed.rowcount == 1
    connection.execute(sa.text(f"PRAGMA schema_version = {version + 1}"))
    connection.execute(sa.text("PRAGMA writable_schema = OFF"))

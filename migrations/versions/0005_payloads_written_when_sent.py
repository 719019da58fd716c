"""Payloads rendered when they are sent, and one index per timeline entry instead of two."""

import json
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_SAID = ("name", "email", "phone", "company")
_UNWRITTEN = """
    SELECT deliveries.id AS delivery_id, deliveries.created_at AS told_at, inquiries.*,
        (SELECT CAST(details AS TEXT) FROM timeline
            WHERE inquiry_id = inquiries.id AND kind = 'routed' ORDER BY id LIMIT 1) AS decided
    FROM deliveries JOIN inquiries ON inquiries.id = deliveries.inquiry_id
    WHERE deliveries.told IS NULL
"""


def upgrade() -> None:
    # A new column instead of a changed one: SQLite would copy the table, and dropping the old one
    # would delete every attempt.
    op.alter_column("deliveries", "payload", new_column_name="told")
    op.add_column("deliveries", sa.Column("payload", sa.Text(), nullable=True))
    op.execute("UPDATE deliveries SET payload = told WHERE event <> 'inquiry.routed'")
    op.drop_column("deliveries", "told")
    _key_the_timeline("inquiry_id", "id")
    op.drop_index(op.f("ix_timeline_inquiry_id_id"), table_name="timeline")


def downgrade() -> None:
    op.create_index(op.f("ix_timeline_inquiry_id_id"), "timeline", ["inquiry_id", "id"])
    _key_the_timeline("id")
    op.alter_column("deliveries", "payload", new_column_name="told")
    op.add_column("deliveries", sa.Column("payload", sa.Text(), nullable=False, server_default=""))
    op.execute("UPDATE deliveries SET payload = told WHERE told IS NOT NULL")
    connection = op.get_bind()
    unwritten = sa.text(_UNWRITTEN)
    for row in connection.execute(unwritten).mappings().all():
        payload = json.dumps(_payload(row), ensure_ascii=False, separators=(",", ":"))
        connection.execute(
            sa.text("UPDATE deliveries SET payload = :payload WHERE id = :id"),
            {"payload": payload, "id": row["delivery_id"]},
        )
    op.drop_column("deliveries", "told")


def _key_the_timeline(*columns: str) -> None:
    with op.batch_alter_table("timeline") as timeline:
        timeline.drop_constraint(op.f("pk_timeline"), type_="primary")
        timeline.create_primary_key(op.f("pk_timeline"), list(columns))


def _payload(row: Any) -> dict[str, Any]:
    """The payload that the previous version stored for a new inquiry."""
    passage = row["passage"]
    return {
        "type": "inquiry.routed",
        "timestamp": _time(row["told_at"]),
        "data": {
            "id": row["id"],
            "reference": row["reference"],
            "status": "routed",
            "received_at": _time(row["received_at"]),
            **json.loads(row["decided"]),
            "channel": row["channel"],
            "subject": row["subject"],
            "text": row["text"],
            "contact": {name: row[f"contact_{name}"] for name in _SAID},
            "source": (
                {"system": row["source_system"], "id": row["source_id"], "url": row["source_url"]}
                if row["source_system"]
                else None
            ),
            "passage": json.loads(passage) if isinstance(passage, str) else passage,
        },
    }


def _time(moment: str | datetime) -> str:
    at = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC).isoformat(
        timespec="milliseconds"
    )[:-6] + "Z"

"""Our people, and the salespeople of the phone settings among them."""

import json

import sqlalchemy as sa
from alembic import op

from inquiry_router.process.clock import utc_now
from inquiry_router.process.ids import new_id

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_UTC = sa.DateTime(timezone=True)
_ID = sa.String(length=36)
_staff = sa.table(
    "staff",
    *(
        sa.column(name, sa.String)
        for name in ("id", "name", "name_key", "kind", "phone", "language", "timezone", "holidays")
    ),
    *(sa.column(name, sa.JSON) for name in ("teams", "languages", "skills", "absences")),
    *(sa.column(name, sa.Integer) for name in ("buffer_days", "version")),
    *(sa.column(name, _UTC) for name in ("created_at", "changed_at")),
)


def upgrade() -> None:
    op.create_table(
        "staff",
        sa.Column("id", _ID, nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("name_key", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("phone", sa.String(length=32), nullable=True),
        sa.Column("helpdesk_user", sa.String(length=254), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("teams", sa.JSON(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("skills", sa.JSON(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("limit_an_hour", sa.Integer(), nullable=True),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("holidays", sa.String(length=16), nullable=True),
        sa.Column("hours", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("substitute_id", _ID, nullable=True),
        sa.Column("buffer_days", sa.Integer(), nullable=False),
        sa.Column("absences", sa.JSON(), nullable=False),
        sa.Column("away_since", _UTC, nullable=True),
        sa.Column("away_until", _UTC, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _UTC, nullable=False),
        sa.Column("changed_at", _UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("email", name=op.f("uq_staff_email")),
        sa.UniqueConstraint("name_key", name=op.f("uq_staff_name_key")),
    )
    op.create_table(
        "staff_revision",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_revision")),
    )
    _enter_salespeople(op.get_bind())
    _create_assignments()
    op.add_column("inquiries", sa.Column("assignee_id", _ID, nullable=True))
    has_one = sa.text("assignee_id IS NOT NULL")
    op.create_index(
        op.f("ix_inquiries_assignee_id"),
        "inquiries",
        ["assignee_id", "received_at"],
        sqlite_where=has_one,
        postgresql_where=has_one,
    )


def _create_assignments() -> None:
    op.create_table(
        "assignments",
        sa.Column("inquiry_id", _ID, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("team", sa.String(length=64), nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("member_id", _ID, nullable=True),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("is_call", sa.Boolean(), nullable=False),
        sa.Column("since", _UTC, nullable=False),
        sa.Column("given_at", _UTC, nullable=True),
        sa.Column("in_turn", sa.Boolean(), nullable=False),
        sa.Column("ends_at", _UTC, nullable=True),
        sa.Column("told", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("due_at", _UTC, nullable=True),
        sa.Column("passed", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["inquiry_id"],
            ["inquiries.id"],
            name=op.f("fk_assignments_inquiry_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("inquiry_id", name=op.f("pk_assignments")),
    )
    for column in ("member_id", "due_at"):
        op.create_index(op.f(f"ix_assignments_{column}"), "assignments", [column])
    op.create_table(
        "turns",
        sa.Column("team", sa.String(length=64), nullable=False),
        sa.Column("member_id", sa.String(length=36), nullable=False),
        sa.Column("next", sa.Integer(), nullable=False),
        sa.Column("credits", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("team", "member_id", name=op.f("pk_turns")),
    )


def _enter_salespeople(connection: sa.Connection) -> None:
    """Enter everybody whom the phone settings name, so that accounts find their owners."""
    query = sa.text("SELECT body FROM documents WHERE name = 'phone' ORDER BY version DESC LIMIT 1")
    body = connection.execute(query).scalar()
    settings = json.loads(body) if isinstance(body, str) else body or {}
    now, entered = utc_now(), {}
    for one in settings.get("salespeople") or []:
        key = " ".join(one["name"].casefold().split())
        entered[key] = {
            "id": new_id(),
            "name": one["name"],
            "name_key": key,
            "kind": "salesperson",
            "phone": one["number"] if one["number"].startswith("+") else None,
            "language": "pl",
            "timezone": "Europe/Warsaw",
            "holidays": "PL",
            "teams": [],
            "languages": [],
            "skills": [],
            "absences": [],
            "buffer_days": 0,
            "version": 1,
            "created_at": now,
            "changed_at": now,
        }
    if entered:
        connection.execute(sa.insert(_staff), list(entered.values()))


def downgrade() -> None:
    op.drop_index(op.f("ix_inquiries_assignee_id"), "inquiries")
    op.drop_column("inquiries", "assignee_id")
    op.drop_table("turns")
    op.drop_table("assignments")
    op.drop_table("staff_revision")
    op.drop_table("staff")

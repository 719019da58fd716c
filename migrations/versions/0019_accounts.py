"""Accounts, and the customers of salespeople, who were a list in the phone settings."""

import json

import sqlalchemy as sa
from alembic import op

from inquiry_router.process.clock import utc_now
from inquiry_router.process.ids import new_id
from inquiry_router.text.folding import fold

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_UTC = sa.DateTime(timezone=True)
_ID = sa.String(length=36)
_MAX_CUSTOMERS = 2000
_documents = sa.table(
    "documents",
    sa.column("name", sa.String),
    sa.column("version", sa.Integer),
    sa.column("body", sa.JSON),
)
_accounts = sa.table(
    "accounts",
    sa.column("id", sa.String),
    sa.column("name", sa.Text),
    sa.column("search", sa.Text),
    sa.column("provisional", sa.Boolean),
    sa.column("version", sa.Integer),
    sa.column("created_at", _UTC),
    sa.column("changed_at", _UTC),
)
_points = sa.table(
    "contact_points",
    sa.column("value", sa.String),
    sa.column("kind", sa.String),
    sa.column("account_id", sa.String),
)
_roles = sa.table(
    "account_roles",
    sa.column("account_id", sa.String),
    sa.column("role", sa.String),
    sa.column("person", sa.String),
    sa.column("person_key", sa.String),
)


def upgrade() -> None:
    _create_tables()
    op.add_column("inquiries", sa.Column("account", sa.JSON(), nullable=True))
    op.add_column("inquiries", sa.Column("account_id", _ID, nullable=True))
    op.create_index(
        op.f("ix_inquiries_account_id_received_at"), "inquiries", ["account_id", "received_at"]
    )
    _move_customers(op.get_bind())


def _create_tables() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", _ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("tax_id", sa.String(length=16), nullable=True),
        sa.Column("external_id", sa.String(length=128), nullable=True),
        sa.Column("tier", sa.String(length=64), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("brand", sa.Text(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("company_key", sa.String(length=200), nullable=True),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("provisional", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("merged_into", _ID, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _UTC, nullable=False),
        sa.Column("changed_at", _UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("external_id", name=op.f("uq_accounts_external_id")),
    )
    for column in ("tax_id", "company_key", "merged_into"):
        op.create_index(op.f(f"ix_accounts_{column}"), "accounts", [column])
    op.create_table(
        "contacts",
        sa.Column("id", _ID, nullable=False),
        sa.Column("account_id", _ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_contacts_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
    )
    op.create_index(op.f("ix_contacts_account_id"), "contacts", ["account_id"])
    op.create_table(
        "contact_points",
        sa.Column("value", sa.String(length=254), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("account_id", _ID, nullable=False),
        sa.Column("contact_id", _ID, nullable=True),
        sa.Column("domain", sa.String(length=254), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_contact_points_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contacts.id"],
            name=op.f("fk_contact_points_contact_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("value", name=op.f("pk_contact_points")),
    )
    for column in ("account_id", "contact_id", "domain"):
        op.create_index(op.f(f"ix_contact_points_{column}"), "contact_points", [column])
    op.create_table(
        "account_roles",
        sa.Column("account_id", _ID, nullable=False),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=128), nullable=False),
        sa.Column("person_key", sa.String(length=128), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_account_roles_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "role", name=op.f("pk_account_roles")),
    )
    op.create_index(op.f("ix_account_roles_person_key"), "account_roles", ["person_key"])
    op.create_table(
        "account_merges",
        sa.Column("id", _ID, nullable=False),
        sa.Column("kept_id", _ID, nullable=False),
        sa.Column("gone_id", _ID, nullable=False),
        sa.Column("at", _UTC, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.Column("undone_at", _UTC, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_merges")),
    )
    for column in ("kept_id", "gone_id"):
        op.create_index(op.f(f"ix_account_merges_{column}"), "account_merges", [column])


def _move_customers(connection: sa.Connection) -> None:
    """Make an account of each number that a salesperson's customers call from."""
    for version, body in _phone_settings(connection):
        salespeople = body.get("salespeople") or []
        if _is_newest(connection, version):
            _add_accounts(connection, salespeople)
        kept = [
            {name: value for name, value in one.items() if name != "customers"}
            for one in salespeople
        ]
        _save(connection, version, {**body, "salespeople": kept})


def _add_accounts(connection: sa.Connection, salespeople: list[dict]) -> None:
    now = utc_now()
    owners = {number: one["name"] for one in reversed(salespeople) for number in one["customers"]}
    accounts, points, roles = [], [], []
    for number, owner in owners.items():
        account, name = new_id(), _name_of(connection, number)
        accounts.append(
            {
                "id": account,
                "name": name,
                "search": fold(f"{name} {number}"),
                "provisional": True,
                "version": 1,
                "created_at": now,
                "changed_at": now,
            }
        )
        points.append({"value": number, "kind": "phone", "account_id": account})
        roles.append(
            {
                "account_id": account,
                "role": "owner",
                "person": owner,
                "person_key": " ".join(owner.casefold().split()),
            }
        )
    for table, rows in ((_accounts, accounts), (_points, points), (_roles, roles)):
        if rows:
            connection.execute(sa.insert(table), rows)


def _name_of(connection: sa.Connection, number: str) -> str:
    """The newest company or name that called from a number, else the number."""
    query = sa.text(
        "SELECT contact_company, contact_name FROM inquiries WHERE contact_phone = :number "
        "ORDER BY received_at DESC LIMIT 1"
    )
    row = connection.execute(query, {"number": number}).first()
    return (row and (row[0] or row[1])) or number


def downgrade() -> None:
    connection = op.get_bind()
    for version, body in _phone_settings(connection):
        salespeople = []
        for one in body.get("salespeople") or []:
            numbers = connection.scalars(
                sa.text(
                    "SELECT p.value FROM contact_points p JOIN account_roles r "
                    "ON r.account_id = p.account_id AND r.role = 'owner' "
                    "WHERE p.kind = 'phone' AND r.person = :person ORDER BY p.value"
                ),
                {"person": one["name"]},
            ).all()
            # The older version has no salesperson without a customer.
            if numbers:
                salespeople.append({**one, "customers": list(numbers[:_MAX_CUSTOMERS])})
        _save(connection, version, {**body, "salespeople": salespeople})
    op.drop_index(op.f("ix_inquiries_account_id_received_at"), "inquiries")
    op.drop_column("inquiries", "account_id")
    op.drop_column("inquiries", "account")
    for table in ("account_merges", "account_roles", "contact_points", "contacts", "accounts"):
        op.drop_table(table)


def _phone_settings(connection: sa.Connection) -> list[tuple[int, dict]]:
    query = sa.select(_documents.c.version, _documents.c.body)
    rows = connection.execute(query.where(_documents.c.name == "phone")).all()
    return [
        (row.version, body if isinstance(body := row.body, dict) else json.loads(body))
        for row in rows
        if row.body
    ]


def _is_newest(connection: sa.Connection, version: int) -> bool:
    query = sa.select(sa.func.max(_documents.c.version)).where(_documents.c.name == "phone")
    return connection.execute(query).scalar() == version


def _save(connection: sa.Connection, version: int, body: dict) -> None:
    this = sa.and_(_documents.c.name == "phone", _documents.c.version == version)
    connection.execute(sa.update(_documents).where(this).values(body=body))

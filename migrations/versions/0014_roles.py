"""Roles of API keys and what they are bound to, their life."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0011"
branch_labels = None
depends_on = None

_UTC = sa.DateTime(timezone=True)
_ROLES = {
    "intake": ["source", "phone"],
    "read": ["reader"],
    "agent": ["agent"],
    "admin": ["admin"],
}
_SCOPES = {
    "source": ["intake"],
    "phone": ["intake"],
    "reader": ["read"],
    "agent": ["agent"],
    "manager": ["agent", "read"],
    "admin": ["admin"],
}
_LISTS = ("roles", "teams", "sources")
_ADDED = (
    ("owner", sa.Text()),
    ("expires_at", _UTC),
    ("last_used_at", _UTC),
    ("previous_sha256", sa.String(64)),
    ("previous_until", _UTC),
    ("link_sha256", sa.String(64)),
    ("link_until", _UTC),
    ("requests_a_minute", sa.Integer()),
)
_KEYS = sa.table("api_keys", sa.column("id"), *(sa.column(n, sa.JSON) for n in ("scopes", *_LISTS)))


def upgrade() -> None:
    for name in _LISTS:
        op.add_column("api_keys", sa.Column(name, sa.JSON, nullable=False, server_default="[]"))
    for name, kind in _ADDED:
        op.add_column("api_keys", sa.Column(name, kind, nullable=True))
    connection = op.get_bind()
    for row in connection.execute(sa.select(_KEYS.c.id, _KEYS.c.scopes)).all():
        roles = _mapped(_ROLES, row.scopes)
        sources = ["*"] if "source" in roles else []
        values = {"roles": roles, "sources": sources}
        connection.execute(sa.update(_KEYS).where(_KEYS.c.id == row.id).values(values))
    op.drop_column("api_keys", "scopes")


def downgrade() -> None:
    op.add_column("api_keys", sa.Column("scopes", sa.JSON, nullable=False, server_default="[]"))
    connection = op.get_bind()
    for row in connection.execute(sa.select(_KEYS.c.id, _KEYS.c.roles)).all():
        values = {"scopes": _mapped(_SCOPES, row.roles)}
        connection.execute(sa.update(_KEYS).where(_KEYS.c.id == row.id).values(values))
    for name in (*_LISTS, *(name for name, _ in _ADDED)):
        op.drop_column("api_keys", name)


def _mapped(words: dict[str, list[str]], given: list[str]) -> list[str]:
    return list(dict.fromkeys(new for old in given for new in words.get(old, [])))

"""Messages of an inquiry, the signs by which later ones are recognised, and links."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_OPENINGS = """
    INSERT INTO messages (id, inquiry_id, received_at, created_at, channel, subject, text, language,
        author, source_system, source_id, source_url, passage, category, confidence)
    SELECT id, id, received_at, created_at, channel, subject, text, language,
        {author}('name', contact_name, 'email', contact_email, 'phone', contact_phone,
            'company', contact_company),
        source_system, source_id, source_url, passage, category, confidence
    FROM inquiries
"""
_CONTACT_SIGNS = """
    INSERT INTO signs (sign, message_id)
    SELECT '{kind}:' || {column}, id FROM inquiries WHERE {column} IS NOT NULL
"""
_TICKET_SIGNS = """
    INSERT INTO signs (sign, message_id)
    SELECT 'ticket:' || source_system || ':' || source_id, id FROM inquiries
    WHERE source_system IS NOT NULL AND channel <> 'phone'
"""
_NUMBERS = "'order_number', 'invoice_number', 'complaint_number'"
# Numbers are compared without the letters before and the signs between their parts.
_BARE = (
    "ltrim(upper(replace(replace(replace({value}, '/', ''), '-', ''), '.', '')),"
    " 'ABCDEFGHIJKLMNOPQRSTUVWXYZ')"
)
_SQLITE = {
    "kind": "json_extract(one.value, '$.kind')",
    "value": "json_extract(one.value, '$.value')",
}
_POSTGRES = {"kind": "one ->> 'kind'", "value": "(one ->> 'value')"}
_NUMBER_SIGNS = """
    INSERT INTO signs (sign, message_id)
    SELECT DISTINCT 'number:' || {bare}, timeline.inquiry_id FROM timeline, {entities} AS one
    WHERE timeline.kind = 'routed' AND {value} IS NOT NULL AND {kind} IN ({numbers})
"""
_ENTITIES = {
    "sqlite": "json_each(timeline.details, '$.entities')",
    "postgresql": "json_array_elements(timeline.details -> 'entities')",
}
_FLAGS = {
    "sqlite": "SELECT value FROM json_each(timeline.details, '$.decision.flags')",
    "postgresql": "SELECT json_array_elements_text(timeline.details -> 'decision' -> 'flags')",
}
_UNSURE = """
    UPDATE inquiries SET unsure = TRUE WHERE id IN (
        SELECT inquiry_id FROM timeline
        WHERE id IN (SELECT max(id) FROM timeline WHERE kind = 'routed' GROUP BY inquiry_id)
            AND ('unsure' IN ({flags}) OR 'unclassified' IN ({flags}) OR 'unread' IN ({flags})))
"""
_ADDED = (
    "unsure",
    "placed_by",
    "merged_into",
    "asked_at",
    "answered_at",
    "resolved_at",
    "seen",
    "state_at",
)
_MOVED = ("subject", "text", "passage")
_PLACE = ("received_at", "id")
_DECIDED = ("status", "team", "category", "channel", "priority", "unsure", "due_at")
_LISTED = (*_PLACE, *_DECIDED, "source_system", "merged_into")
_LISTED_BEFORE = (_PLACE, ("team", *_PLACE), ("category", *_PLACE))


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    op.create_table(
        "messages",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column(
            "inquiry_id",
            sa.String(36),
            sa.ForeignKey("inquiries.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("channel", sa.String(8), nullable=False),
        sa.Column("subject", sa.Text()),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("author", sa.JSON(), nullable=False),
        sa.Column("source_system", sa.Text()),
        sa.Column("source_id", sa.Text()),
        sa.Column("source_url", sa.Text()),
        sa.Column("mail_id", sa.Text()),
        sa.Column("passage", sa.JSON()),
        sa.Column("category", sa.String(64), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
    )
    op.create_table(
        "signs",
        sa.Column("sign", sa.Text(), primary_key=True),
        sa.Column(
            "message_id",
            sa.String(36),
            sa.ForeignKey("messages.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "links",
        sa.Column(
            "inquiry_id",
            sa.String(36),
            sa.ForeignKey("inquiries.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column(
            "other_id",
            sa.String(36),
            sa.ForeignKey("inquiries.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
    )
    _widen_status(24)
    op.add_column(
        "inquiries", sa.Column("unsure", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    for column in ("placed_by", "merged_into"):
        kind = sa.Text() if column == "placed_by" else sa.String(36)
        op.add_column("inquiries", sa.Column(column, kind))
    op.add_column("inquiries", sa.Column("seen", sa.JSON()))
    _add_asked_at()
    for column in ("answered_at", "resolved_at", "state_at"):
        op.add_column("inquiries", sa.Column(column, sa.DateTime(timezone=True)))
    op.add_column(
        "intake_keys", sa.Column("message_id", sa.String(36), nullable=False, server_default="")
    )
    op.add_column("sources", sa.Column("states_at", sa.DateTime(timezone=True)))
    _carry_over(dialect)
    for column in _MOVED:
        op.drop_column("inquiries", column)
    for columns in _LISTED_BEFORE:
        op.drop_index(op.f(f"ix_inquiries_{'_'.join(columns)}"), "inquiries")
    op.create_index("ix_inquiries_list", "inquiries", _LISTED)
    op.create_index(op.f("ix_messages_inquiry_id_id"), "messages", ["inquiry_id", "id"])
    op.create_index(op.f("ix_signs_message_id"), "signs", ["message_id"])
    op.create_index(op.f("ix_links_other_id"), "links", ["other_id"])


def _add_asked_at() -> None:
    asked_at = sa.Column(
        "asked_at", sa.DateTime(timezone=True), nullable=False, server_default="2000-01-01"
    )
    op.add_column("inquiries", asked_at)
    op.execute("UPDATE inquiries SET asked_at = received_at")


def _widen_status(chars: int) -> None:
    # A new column instead of a changed one: SQLite would copy the table, and dropping the old one
    # would delete every timeline.
    op.alter_column("inquiries", "status", new_column_name="stood")
    wider = sa.Column("status", sa.String(chars), nullable=False, server_default="")
    op.add_column("inquiries", wider)
    op.execute("UPDATE inquiries SET status = stood")
    op.drop_column("inquiries", "stood")


def _carry_over(dialect: str) -> None:
    author = "json_object" if dialect == "sqlite" else "json_build_object"
    op.execute(_OPENINGS.format(author=author))
    op.execute(_TICKET_SIGNS)
    for kind in ("email", "phone"):
        op.execute(_CONTACT_SIGNS.format(kind=kind, column=f"contact_{kind}"))
    names = _SQLITE if dialect == "sqlite" else _POSTGRES
    bare = _BARE.format(**names)
    entities = _ENTITIES[dialect]
    op.execute(_NUMBER_SIGNS.format(**names, bare=bare, entities=entities, numbers=_NUMBERS))
    op.execute(_UNSURE.format(flags=_FLAGS[dialect]))
    op.execute(
        "UPDATE inquiries SET placed_by = (SELECT who FROM corrections WHERE corrections.inquiry_id"
        " = inquiries.id ORDER BY corrections.id DESC LIMIT 1)"
    )
    op.execute(
        "UPDATE inquiries SET resolved_at = (SELECT max(at) FROM timeline WHERE"
        " timeline.inquiry_id = inquiries.id AND kind = 'resolved') WHERE status = 'resolved'"
    )
    op.execute("UPDATE intake_keys SET message_id = inquiry_id")


def downgrade() -> None:
    op.drop_index("ix_inquiries_list", "inquiries")
    for columns in _LISTED_BEFORE:
        op.create_index(op.f(f"ix_inquiries_{'_'.join(columns)}"), "inquiries", columns)
    op.add_column("inquiries", sa.Column("subject", sa.Text()))
    op.add_column("inquiries", sa.Column("text", sa.Text(), nullable=False, server_default=""))
    op.add_column("inquiries", sa.Column("passage", sa.JSON()))
    op.execute(
        "UPDATE inquiries SET (subject, text, passage) = (SELECT subject, text, passage"
        " FROM messages WHERE messages.id = inquiries.id)"
    )
    op.execute(
        "UPDATE inquiries SET status = 'routed' WHERE status IN"
        " ('new', 'waiting_for_customer', 'waiting_for_us')"
    )
    _widen_status(16)
    op.drop_column("sources", "states_at")
    op.drop_column("intake_keys", "message_id")
    for column in _ADDED:
        op.drop_column("inquiries", column)
    for table in ("links", "signs", "messages"):
        op.drop_table(table)

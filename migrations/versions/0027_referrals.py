"""Referrals: states, credit, doubts, rewards, invoices, hints, asks, the board."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_UTC = sa.DateTime(timezone=True)
_ID = sa.String(length=36)


def upgrade() -> None:
    _create_ask_scripts()
    _create_asks()
    _create_board_people()
    _create_board_seasons()
    _create_hints()
    _create_invoices()
    _create_referrals()
    _create_referral_credits()
    _create_referral_feedback()
    _create_referral_flags()
    _create_referral_signs()
    _create_referral_timeline()
    _create_rewards()
    _create_reward_entries()


def downgrade() -> None:
    tables = (
        "reward_entries",
        "rewards",
        "referral_timeline",
        "referral_signs",
        "referral_flags",
        "referral_feedback",
        "referral_credits",
        "referrals",
        "invoices",
        "hints",
        "board_seasons",
        "board_people",
        "asks",
        "ask_scripts",
    )
    for table in tables:
        op.drop_table(table)


def _create_ask_scripts() -> None:
    op.create_table(
        "ask_scripts",
        sa.Column("id", _ID, nullable=False),
        sa.Column("author", sa.String(length=128), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("way", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", _UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ask_scripts")),
    )


def _create_asks() -> None:
    op.create_table(
        "asks",
        sa.Column("id", _ID, nullable=False),
        sa.Column("account_id", _ID, nullable=False),
        sa.Column("person", sa.String(length=128), nullable=False),
        sa.Column("person_key", sa.String(length=128), nullable=False),
        sa.Column("at", _UTC, nullable=False),
        sa.Column("way", sa.String(length=16), nullable=False),
        sa.Column("result", sa.String(length=16), nullable=True),
        sa.Column("script_id", _ID, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asks")),
    )
    op.create_index(op.f("ix_asks_account_id_at"), "asks", ["account_id", "at"])
    op.create_index(op.f("ix_asks_person_key_at"), "asks", ["person_key", "at"])


def _create_board_people() -> None:
    op.create_table(
        "board_people",
        sa.Column("person_key", sa.String(length=128), nullable=False),
        sa.Column("person", sa.String(length=128), nullable=False),
        sa.Column("by_name", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("mentor_key", sa.String(length=128), nullable=True),
        sa.Column("is_mentor", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("changed_at", _UTC, nullable=False),
        sa.PrimaryKeyConstraint("person_key", name=op.f("pk_board_people")),
    )


def _create_board_seasons() -> None:
    op.create_table(
        "board_seasons",
        sa.Column("id", _ID, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("manager", sa.String(length=128), nullable=False),
        sa.Column("manager_key", sa.String(length=128), nullable=False),
        sa.Column("opened_at", _UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_seasons")),
    )


def _create_hints() -> None:
    op.create_table(
        "hints",
        sa.Column("id", _ID, nullable=False),
        sa.Column("account_id", _ID, nullable=False),
        sa.Column("account_name", sa.Text(), nullable=False),
        sa.Column("person", sa.String(length=128), nullable=False),
        sa.Column("person_key", sa.String(length=128), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("inquiry_id", _ID, nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("at", _UTC, nullable=False),
        sa.Column("ends_at", _UTC, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("answered_at", _UTC, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hints")),
    )
    op.create_index(op.f("ix_hints_account_id_at"), "hints", ["account_id", "at"])
    op.create_index(op.f("ix_hints_person_key_state"), "hints", ["person_key", "state"])


def _create_invoices() -> None:
    op.create_table(
        "invoices",
        sa.Column("id", _ID, nullable=False),
        sa.Column("tax_id", sa.String(length=16), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("account_id", _ID, nullable=True),
        sa.Column("referral_id", _ID, nullable=True),
        sa.Column("imported_at", _UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoices")),
        sa.UniqueConstraint("tax_id", "number", name=op.f("uq_invoices_tax_id_number")),
    )
    op.create_index(op.f("ix_invoices_account_id"), "invoices", ["account_id"])
    op.create_index(op.f("ix_invoices_referral_id"), "invoices", ["referral_id"])


def _create_referrals() -> None:
    op.create_table(
        "referrals",
        sa.Column("id", _ID, nullable=False),
        sa.Column("inquiry_id", _ID, nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("candidate", sa.Boolean(), nullable=False),
        sa.Column("origin", sa.String(length=16), nullable=False),
        sa.Column("speaker", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("recommender", sa.JSON(), nullable=False),
        sa.Column("prospect", sa.JSON(), nullable=False),
        sa.Column("recommender_account_id", _ID, nullable=True),
        sa.Column("prospect_account_id", _ID, nullable=True),
        sa.Column("need", sa.Text(), nullable=True),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("consent", sa.String(length=32), nullable=True),
        sa.Column("consent_at", _UTC, nullable=True),
        sa.Column("consent_note", sa.Text(), nullable=True),
        sa.Column("informed_at", _UTC, nullable=True),
        sa.Column("objected_at", _UTC, nullable=True),
        sa.Column("handled_by", sa.String(length=128), nullable=True),
        sa.Column("handled_by_key", sa.String(length=128), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("received_at", _UTC, nullable=False),
        sa.Column("changed_at", _UTC, nullable=False),
        sa.Column("expires_at", _UTC, nullable=False),
        sa.Column("won_at", _UTC, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referrals")),
    )
    op.create_index(op.f("ix_referrals_handled_by_key"), "referrals", ["handled_by_key"])
    op.create_index(op.f("ix_referrals_inquiry_id"), "referrals", ["inquiry_id"])
    op.create_index(op.f("ix_referrals_prospect_account_id"), "referrals", ["prospect_account_id"])
    op.create_index(
        op.f("ix_referrals_recommender_account_id"), "referrals", ["recommender_account_id"]
    )
    op.create_index(op.f("ix_referrals_state_expires_at"), "referrals", ["state", "expires_at"])


def _create_referral_credits() -> None:
    op.create_table(
        "referral_credits",
        sa.Column("referral_id", _ID, nullable=False),
        sa.Column("person_key", sa.String(length=128), nullable=False),
        sa.Column("person", sa.String(length=128), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["referral_id"],
            ["referrals.id"],
            name=op.f("fk_referral_credits_referral_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("referral_id", "person_key", name=op.f("pk_referral_credits")),
    )
    op.create_index(op.f("ix_referral_credits_person_key"), "referral_credits", ["person_key"])


def _create_referral_feedback() -> None:
    op.create_table(
        "referral_feedback",
        sa.Column("referral_id", _ID, nullable=False),
        sa.Column("person", sa.String(length=128), nullable=False),
        sa.Column("at", _UTC, nullable=False),
        sa.Column("answered", sa.Boolean(), nullable=True),
        sa.Column("came", sa.Boolean(), nullable=True),
        sa.Column("serious", sa.Boolean(), nullable=True),
        sa.Column("paid", sa.Boolean(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["referral_id"],
            ["referrals.id"],
            name=op.f("fk_referral_feedback_referral_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("referral_id", name=op.f("pk_referral_feedback")),
    )


def _create_referral_flags() -> None:
    op.create_table(
        "referral_flags",
        sa.Column("id", _ID, nullable=False),
        sa.Column("referral_id", _ID, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", _UTC, nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", _UTC, nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("appeal", sa.Text(), nullable=True),
        sa.Column("appealed_at", _UTC, nullable=True),
        sa.ForeignKeyConstraint(
            ["referral_id"],
            ["referrals.id"],
            name=op.f("fk_referral_flags_referral_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_flags")),
        sa.UniqueConstraint("referral_id", "kind", name=op.f("uq_referral_flags_referral_id_kind")),
    )
    op.create_index(op.f("ix_referral_flags_referral_id"), "referral_flags", ["referral_id"])


def _create_referral_signs() -> None:
    op.create_table(
        "referral_signs",
        sa.Column("sign", sa.String(length=254), nullable=False),
        sa.Column("referral_id", _ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["referral_id"],
            ["referrals.id"],
            name=op.f("fk_referral_signs_referral_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("sign", "referral_id", name=op.f("pk_referral_signs")),
    )
    op.create_index(op.f("ix_referral_signs_referral_id"), "referral_signs", ["referral_id"])


def _create_referral_timeline() -> None:
    op.create_table(
        "referral_timeline",
        sa.Column("id", _ID, nullable=False),
        sa.Column("referral_id", _ID, nullable=False),
        sa.Column("at", _UTC, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["referral_id"],
            ["referrals.id"],
            name=op.f("fk_referral_timeline_referral_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_timeline")),
    )
    op.create_index(op.f("ix_referral_timeline_referral_id"), "referral_timeline", ["referral_id"])


def _create_rewards() -> None:
    op.create_table(
        "rewards",
        sa.Column("id", _ID, nullable=False),
        sa.Column("referral_id", _ID, nullable=False),
        sa.Column("event", sa.String(length=16), nullable=False),
        sa.Column("receiver_kind", sa.String(length=16), nullable=False),
        sa.Column("receiver", sa.String(length=200), nullable=False),
        sa.Column("receiver_key", sa.String(length=200), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("held_until", _UTC, nullable=False),
        sa.Column("approved_by", sa.JSON(), nullable=False),
        sa.Column("created_at", _UTC, nullable=False),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referrals.id"], name=op.f("fk_rewards_referral_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rewards")),
        sa.UniqueConstraint(
            "referral_id",
            "event",
            "receiver_kind",
            "receiver_key",
            name=op.f("uq_rewards_referral_id_event_receiver_kind_receiver_key"),
        ),
    )
    op.create_index(op.f("ix_rewards_receiver_key"), "rewards", ["receiver_key"])
    op.create_index(op.f("ix_rewards_referral_id"), "rewards", ["referral_id"])


def _create_reward_entries() -> None:
    op.create_table(
        "reward_entries",
        sa.Column("id", _ID, nullable=False),
        sa.Column("reward_id", _ID, nullable=False),
        sa.Column("referral_id", _ID, nullable=False),
        sa.Column("at", _UTC, nullable=False),
        sa.Column("step", sa.String(length=16), nullable=False),
        sa.Column("holder", sa.String(length=200), nullable=False),
        sa.Column("place", sa.String(length=16), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referrals.id"], name=op.f("fk_reward_entries_referral_id")
        ),
        sa.ForeignKeyConstraint(
            ["reward_id"], ["rewards.id"], name=op.f("fk_reward_entries_reward_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reward_entries")),
        sa.UniqueConstraint(
            "reward_id",
            "step",
            "holder",
            "place",
            name=op.f("uq_reward_entries_reward_id_step_holder_place"),
        ),
    )
    op.create_index(op.f("ix_reward_entries_referral_id"), "reward_entries", ["referral_id"])

"""The tables of referrals."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from inquiry_router.database.metadata import Id, Utc, metadata


def _referral() -> Column[str]:
    key = ForeignKey("referrals.id", ondelete="CASCADE")
    return Column("referral_id", Id, key, nullable=False, index=True)


# It stays when its inquiry is deleted: rewards hang on it.
referrals = Table(
    "referrals",
    metadata,
    Column("id", Id, primary_key=True),
    Column("inquiry_id", Id, index=True),
    # ReferralState
    Column("state", String(16), nullable=False),
    # Counts only after a person has confirmed it.
    Column("candidate", Boolean, nullable=False),
    # Its way: message, api, form, link.
    Column("origin", String(16), nullable=False),
    # Speaker
    Column("speaker", String(16), nullable=False),
    Column("language", String(8), nullable=False),
    # `party_json`: each fact with its words and certainty.
    Column("recommender", JSON, nullable=False),
    Column("prospect", JSON, nullable=False),
    Column("recommender_account_id", Id, index=True),
    Column("prospect_account_id", Id, index=True),
    Column("need", Text),
    Column("reasons", JSON, nullable=False),
    # Source of the right to contact them: own_inquiry, told_recommender, written, spoken.
    Column("consent", String(32)),
    Column("consent_at", Utc),
    Column("consent_note", Text),
    Column("informed_at", Utc),
    Column("objected_at", Utc),
    Column("handled_by", String(128)),
    Column("handled_by_key", String(128), index=True),
    # It was given to whoever handles it, and they were warned that they lose it.
    Column("given_at", Utc),
    Column("warned_at", Utc),
    Column("amount_minor", BigInteger),
    Column("currency", String(3)),
    Column("received_at", Utc, nullable=False),
    Column("changed_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False),
    Column("won_at", Utc),
    Column("version", Integer, nullable=False),
    # Its personal data were deleted when their time was over.
    Column("forgotten_at", Utc),
    Index(None, "state", "expires_at"),
)

# Values by which a prospect is known again: their number, address, tax id, company.
referral_signs = Table(
    "referral_signs",
    metadata,
    Column("sign", String(254), primary_key=True),
    Column("referral_id", Id, ForeignKey("referrals.id", ondelete="CASCADE"), primary_key=True),
    Index(None, "referral_id"),
)

# Keys by which a repeat of an entry is recognised, hashed. `said` is the hash of the words.
referral_keys = Table(
    "referral_keys",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("said", String(64), nullable=False),
    Column("referral_id", Id, nullable=False),
    Column("at", Utc, nullable=False, index=True),
)

referral_timeline = Table(
    "referral_timeline",
    metadata,
    Column("id", Id, primary_key=True),
    _referral(),
    Column("at", Utc, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("actor", Text, nullable=False),
    Column("details", JSON, nullable=False),
)

# Fixed at intake; changed only by a manager, with a reason in the timeline.
referral_credits = Table(
    "referral_credits",
    metadata,
    Column("referral_id", Id, ForeignKey("referrals.id", ondelete="CASCADE"), primary_key=True),
    Column("person_key", String(128), primary_key=True),
    Column("person", String(128), nullable=False),
    # In hundredths of a percent; those of a referral sum up to 10,000.
    Column("share", Integer, nullable=False),
    Column("why", Text, nullable=False),
    Index(None, "person_key"),
)

# Reasons to look before anything is paid. verdict: NULL, fine, refused.
referral_flags = Table(
    "referral_flags",
    metadata,
    Column("id", Id, primary_key=True),
    _referral(),
    Column("kind", String(32), nullable=False),
    # In English; `facts` are the code and facts to say it in another language.
    Column("reason", Text, nullable=False),
    Column("facts", JSON),
    Column("at", Utc, nullable=False),
    Column("verdict", String(16)),
    Column("decided_by", Text),
    Column("decided_at", Utc),
    Column("why", Text),
    Column("appeal", Text),
    Column("appealed_at", Utc),
    UniqueConstraint("referral_id", "kind"),
)

# B says to A about the prospect: answered, came, serious, paid.
referral_feedback = Table(
    "referral_feedback",
    metadata,
    Column("referral_id", Id, ForeignKey("referrals.id", ondelete="CASCADE"), primary_key=True),
    Column("person", String(128), nullable=False),
    Column("at", Utc, nullable=False),
    Column("answered", Boolean),
    Column("came", Boolean),
    Column("serious", Boolean),
    Column("paid", Boolean),
    Column("note", Text),
)

# One promise to pay somebody for a referral. The entries are the truth; this is their head.
rewards = Table(
    "rewards",
    metadata,
    Column("id", Id, primary_key=True),
    Column("referral_id", Id, ForeignKey("referrals.id"), nullable=False, index=True),
    # qualified or won
    Column("event", String(16), nullable=False),
    # salesperson, company, charity
    Column("receiver_kind", String(16), nullable=False),
    Column("receiver", String(200), nullable=False),
    Column("receiver_key", String(200), nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    # pending -> held -> approved -> paid | reversed
    Column("state", String(16), nullable=False),
    Column("rule", Text, nullable=False),
    Column("held_until", Utc, nullable=False),
    Column("approved_by", JSON, nullable=False),
    Column("created_at", Utc, nullable=False),
    UniqueConstraint("referral_id", "event", "receiver_kind", "receiver_key"),
    Index(None, "receiver_key"),
)

# Append-only. Each step of a reward books from one place to another: the two sum up to zero.
reward_entries = Table(
    "reward_entries",
    metadata,
    Column("id", Id, primary_key=True),
    Column("reward_id", Id, ForeignKey("rewards.id"), nullable=False),
    Column("referral_id", Id, ForeignKey("referrals.id"), nullable=False, index=True),
    Column("at", Utc, nullable=False),
    # The state that the reward took; each once.
    Column("step", String(16), nullable=False),
    # company, or the receiver's key
    Column("holder", String(200), nullable=False),
    # The state in which the holder has the amount.
    Column("place", String(16), nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("actor", Text, nullable=False),
    Column("why", Text),
    UniqueConstraint("reward_id", "step", "holder", "place"),
)

# Lines of a file of invoices: purchases that were won.
invoices = Table(
    "invoices",
    metadata,
    Column("id", Id, primary_key=True),
    Column("tax_id", String(16), nullable=False),
    Column("number", String(64), nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("issued_on", Date, nullable=False),
    Column("account_id", Id, index=True),
    Column("referral_id", Id, index=True),
    Column("imported_at", Utc, nullable=False),
    UniqueConstraint("tax_id", "number"),
)

# Moments at which asking for a referral is easy. state: open, asked, not_now, never, over.
hints = Table(
    "hints",
    metadata,
    Column("id", Id, primary_key=True),
    Column("account_id", Id, nullable=False),
    Column("account_name", Text, nullable=False),
    Column("person", String(128), nullable=False),
    Column("person_key", String(128), nullable=False),
    # complaint_solved, promise_kept, purchase, praise
    Column("reason", String(32), nullable=False),
    Column("inquiry_id", Id),
    Column("words", Text),
    Column("language", String(8), nullable=False),
    Column("at", Utc, nullable=False),
    Column("ends_at", Utc, nullable=False),
    Column("state", String(16), nullable=False),
    Column("answered_at", Utc),
    Index(None, "account_id", "at"),
    Index(None, "person_key", "state"),
)

# A salesperson asked a customer for a recommendation.
# result: NULL, named, no, thinking.
asks = Table(
    "asks",
    metadata,
    Column("id", Id, primary_key=True),
    Column("account_id", Id, nullable=False),
    Column("person", String(128), nullable=False),
    Column("person_key", String(128), nullable=False),
    Column("at", Utc, nullable=False),
    # mail, phone, in_person
    Column("way", String(16), nullable=False),
    Column("result", String(16)),
    Column("script_id", Id),
    Index(None, "account_id", "at"),
    Index(None, "person_key", "at"),
)

# Wordings that colleagues share, with their author.
ask_scripts = Table(
    "ask_scripts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("author", String(128), nullable=False),
    Column("language", String(8), nullable=False),
    Column("way", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("at", Utc, nullable=False),
)

# Choices of our people about the board.
board_people = Table(
    "board_people",
    metadata,
    Column("person_key", String(128), primary_key=True),
    Column("person", String(128), nullable=False),
    # Their name is shown; only they themselves say so.
    Column("by_name", Boolean, nullable=False, server_default=false()),
    # The person who teaches them, by key.
    Column("mentor_key", String(128)),
    Column("is_mentor", Boolean, nullable=False, server_default=false()),
    Column("changed_at", Utc, nullable=False),
)

board_seasons = Table(
    "board_seasons",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", String(100), nullable=False),
    Column("begins_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("manager", String(128), nullable=False),
    Column("manager_key", String(128), nullable=False),
    Column("opened_at", Utc, nullable=False),
)

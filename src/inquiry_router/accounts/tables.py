"""The tables of accounts."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Integer, String, Table, Text, false
from sqlalchemy.schema import Index

from inquiry_router.database.encrypted import EncryptedJson
from inquiry_router.database.metadata import Id, Utc, metadata

accounts = Table(
    "accounts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Text, nullable=False),
    # Ten digits of a Polish NIP, or a foreign VAT number with its country. Branches may share it.
    Column("tax_id", String(16), index=True),
    # The id in the company's own system: an import recognises the account by it.
    Column("external_id", String(128), unique=True),
    Column("tier", String(64)),
    Column("language", String(8)),
    Column("brand", Text),
    Column("notes", Text),
    # The words of the name that not all companies have, in order, for comparison.
    Column("company_key", String(200), index=True),
    # Name, external id and tax id without case and diacritics, for `q`.
    Column("search", Text, nullable=False),
    # Made of a phone number alone: who enters the number somewhere else takes it over.
    Column("provisional", Boolean, nullable=False, server_default=false()),
    # The account that this one is part of now.
    Column("merged_into", Id, index=True),
    Column("version", Integer, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("changed_at", Utc, nullable=False),
)

# The CRM that is asked about customers whom no account matches: one row, or none.
account_lookup = Table(
    "account_lookup",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("settings", EncryptedJson, nullable=False),
    Column("version", Integer, nullable=False),
    Column("changed_at", Utc, nullable=False),
)

# People at a customer.
contacts = Table(
    "contacts",
    metadata,
    Column("id", Id, primary_key=True),
    Column(
        "account_id",
        Id,
        ForeignKey("accounts.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("name", Text, nullable=False),
)

# Addresses, numbers and mail domains, in one spelling: each belongs to one account.
# kind: email, phone, domain.
contact_points = Table(
    "contact_points",
    metadata,
    Column("value", String(254), primary_key=True),
    Column("kind", String(8), nullable=False),
    Column("account_id", Id, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Column("contact_id", Id, ForeignKey("contacts.id", ondelete="CASCADE"), index=True),
    # The company's domain of an address; NULL for free mail and for phones.
    Column("domain", String(254), index=True),
    Index(None, "account_id"),
)

# Our people for an account. role: owner, deputy, service_carer, accounts_clerk, or another name.
account_roles = Table(
    "account_roles",
    metadata,
    Column("account_id", Id, ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column("role", String(64), primary_key=True),
    Column("person", String(128), nullable=False),
    # The name in lower case, by which it is found.
    Column("person_key", String(128), nullable=False, index=True),
)

# Merges, with everything that they moved, so that they can be undone.
account_merges = Table(
    "account_merges",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kept_id", Id, nullable=False, index=True),
    Column("gone_id", Id, nullable=False, index=True),
    Column("at", Utc, nullable=False),
    Column("actor", Text, nullable=False),
    Column("moved", JSON, nullable=False),
    Column("undone_at", Utc),
)

"""Recognise a repeat of an entry: by a key of the client, or by the same words within minutes."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from inquiry_router.inquiry.errors import KeyReused
from inquiry_router.referrals.tables import referral_keys

# Keys are kept so long.
KEPT: Final = timedelta(days=7)
# The same words from the same form are a second tap within this time.
TAPPED_AGAIN: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class EntryKey:
    """A key of an entry, and the hash of its words; it counts for some time."""

    key: str
    said: str
    lasts: timedelta = KEPT


def entry_key(who: str, key: str, words: str, lasts: timedelta = KEPT) -> EntryKey:
    """Make the key of an entry by somebody. Only hashes are stored."""
    return EntryKey(_hashed(f"{who}\n{key}"), _hashed(words), lasts)


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def claim(connection: Connection, key: EntryKey, referral_id: str, now: datetime) -> str | None:
    """Take a key for a new referral; return the referral that has it already, else None.

    Of two at the same moment one waits for the other. Raises `KeyReused` if the words differ.
    """
    values = {"key": key.key, "said": key.said, "referral_id": referral_id, "at": now}
    into = sqlite_insert if connection.dialect.name == "sqlite" else postgres_insert
    statement = into(referral_keys).values(values)
    taken = connection.execute(
        statement.on_conflict_do_update(
            index_elements=["key"], set_=values, where=referral_keys.c.at < now - key.lasts
        )
    )
    if taken.rowcount:
        return None
    first = connection.execute(select(referral_keys).where(referral_keys.c.key == key.key)).one()
    if first.said != key.said:
        raise KeyReused(hint="Use a new Idempotency-Key for another referral.")
    return str(first.referral_id)


def forget_keys(connection: Connection, now: datetime) -> None:
    """Delete keys that nobody repeats any more."""
    connection.execute(delete(referral_keys).where(referral_keys.c.at < now - KEPT))

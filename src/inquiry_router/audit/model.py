"""Entries of the audit, their hashes, and the signatures of checkpoints."""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

# The hash before the first entry.
NO_HASH: Final = "0" * 64


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One act, without its place in the chain. `changes` is JSON: before and after by name."""

    at: datetime
    actor: str
    operation: str
    object: str
    address: str
    request_id: str
    changes: str


@dataclass(frozen=True, slots=True)
class Link:
    """A place in the chain: the number of an entry, and its hash."""

    number: int
    hash: str


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The last entry that was cut, and the time of the cut."""

    link: Link
    at: datetime
    signature: str


def next_link(previous: Link, entry: AuditEntry) -> Link:
    """Return the place of an entry after another one: its hash covers that one's hash."""
    number = previous.number + 1
    content = [
        previous.hash,
        number,
        write_moment(entry.at),
        entry.actor,
        entry.operation,
        entry.object,
        entry.address,
        entry.request_id,
        entry.changes,
    ]
    return Link(number, hashlib.sha256(write(content).encode()).hexdigest())


def sign(link: Link, at: datetime, key: bytes) -> str:
    """Return the signature of a checkpoint."""
    content = write([link.number, link.hash, write_moment(at)])
    return hmac.new(key, content.encode(), hashlib.sha256).hexdigest()


def is_genuine(checkpoint: Checkpoint, key: bytes) -> bool:
    """True if a checkpoint was signed with this key."""
    signed = sign(checkpoint.link, checkpoint.at, key)
    return hmac.compare_digest(signed, checkpoint.signature)


def write(value: Any) -> str:
    """Write JSON in one way only, so that it can be hashed."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def write_moment(moment: datetime) -> str:
    """Write a moment in UTC, to the microsecond, as databases keep it."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")

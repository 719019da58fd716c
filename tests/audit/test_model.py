"""Hashes of entries and signatures of checkpoints."""

from dataclasses import fields, replace
from datetime import UTC, timedelta, timezone

from inquiry_router.audit.model import (
    NO_HASH,
    AuditEntry,
    Checkpoint,
    Link,
    is_genuine,
    next_link,
    sign,
    write_moment,
)
from tests.conftest import NOW

START = Link(0, NO_HASH)
ENTRY = AuditEntry(NOW, "admin", "replace_policy", "", "192.0.2.7", "r-1", "{}")
KEY = b"k" * 32


def test_hash_covers_every_field_the_number_and_the_entry_before() -> None:
    first = next_link(START, ENTRY)
    assert (first.number, len(first.hash)) == (1, 64)
    changed = [replace(ENTRY, **{field.name: "x"}) for field in fields(ENTRY) if field.name != "at"]
    changed.append(replace(ENTRY, at=NOW + timedelta(microseconds=1)))
    hashes = {next_link(START, one).hash for one in (ENTRY, *changed)}
    hashes |= {next_link(Link(1, NO_HASH), ENTRY).hash, next_link(first, ENTRY).hash}
    assert len(hashes) == len(changed) + 3


def test_fields_do_not_run_into_each_other() -> None:
    one, other = (
        replace(ENTRY, actor="a", operation="bc"),
        replace(ENTRY, actor="ab", operation="c"),
    )
    assert next_link(START, one) != next_link(START, other)


def test_moment_is_the_same_in_every_zone() -> None:
    there = NOW.astimezone(timezone(timedelta(hours=1)))
    assert next_link(START, replace(ENTRY, at=there)) == next_link(START, ENTRY)
    assert write_moment(NOW) == "2026-11-19T10:00:00.000000+00:00"
    assert NOW.tzinfo is UTC


def test_checkpoint_is_genuine_only_with_its_key_and_content() -> None:
    link = Link(7, "a" * 64)
    signed = Checkpoint(link, NOW, sign(link, NOW, KEY))
    assert is_genuine(signed, KEY)
    assert not is_genuine(signed, b"other")
    assert not is_genuine(replace(signed, link=Link(8, "a" * 64)), KEY)
    assert not is_genuine(replace(signed, at=NOW + timedelta(days=1)), KEY)

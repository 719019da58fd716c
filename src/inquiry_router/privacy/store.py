"""The SQL of recorded erasures, and of the copies that other systems have."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from inquiry_router.calls.recordings import NAME
from inquiry_router.calls.tables import calls
from inquiry_router.database.revision import count_up
from inquiry_router.delivery.tables import deliveries
from inquiry_router.inquiries.tables import messages, timeline
from inquiry_router.inquiry.errors import Conflict
from inquiry_router.privacy.finding import FoundPerson, in_parts
from inquiry_router.privacy.tables import erasures

_ADDRESS = re.compile(r"https?://[^\s\"]+")


@dataclass(frozen=True)
class Erasure:
    """A recorded act of erasing a person. `finished_at` is None if it was broken off."""

    id: str
    started_at: datetime
    finished_at: datetime | None
    actor: str
    given: tuple[str, ...]
    counts: dict[str, int]
    note: str | None
    replayed: bool = False


def begin_erasure(
    connection: Connection,
    erasure_id: str,
    key_sha256: str | None,
    actor: str,
    given: Sequence[str],
    recordings: Sequence[str],
    note: str | None,
    now: datetime,
) -> str:
    """Record that an erasure begins; return its id, which is that of an unfinished one.

    Raises `Conflict` if this key finished another one meanwhile.
    """
    known = find_erasure(connection, key_sha256) if key_sha256 is not None else None
    if known is not None and known.finished_at is not None:
        raise Conflict("This Idempotency-Key has just finished an erasure.")
    if known is not None:
        row = connection.execute(select(erasures).where(erasures.c.id == known.id)).one()
        both = sorted({*row.recordings, *recordings})
        statement = update(erasures).where(erasures.c.id == known.id)
        connection.execute(statement.values(recordings=both))
        return known.id
    values: dict[str, Any] = {
        "id": erasure_id,
        "key_sha256": key_sha256,
        "started_at": now,
        "actor": actor,
        "given": list(given),
        "counts": {},
        "recordings": list(recordings),
        "note": note,
    }
    connection.execute(insert(erasures).values(values))
    return erasure_id


def finish_erasure(
    connection: Connection, erasure_id: str, counts: dict[str, int], now: datetime
) -> Erasure:
    """Record that an erasure is done. Every process forgets what it had in memory."""
    statement = update(erasures).where(erasures.c.id == erasure_id)
    connection.execute(statement.values(finished_at=now, counts=counts))
    count_up(connection)
    return _erasure(connection.execute(select(erasures).where(erasures.c.id == erasure_id)).one())


def find_erasure(connection: Connection, key_sha256: str) -> Erasure | None:
    """Find the erasure that came with a key."""
    query = select(erasures).where(erasures.c.key_sha256 == key_sha256)
    row = connection.execute(query).first()
    return _erasure(row) if row is not None else None


def list_erasures(connection: Connection, limit: int) -> list[Erasure]:
    """List erasures, the newest first."""
    query = select(erasures).order_by(erasures.c.id.desc()).limit(limit)
    return [_erasure(row) for row in connection.execute(query)]


def erased_recordings(connection: Connection, since: datetime) -> list[str]:
    """List the names of recordings that belong to people erased since a moment."""
    query = select(erasures.c.recordings).where(erasures.c.started_at >= since)
    return [name for names in connection.scalars(query) for name in names]


def list_recordings(connection: Connection, found: FoundPerson) -> list[str]:
    """List the recorded messages of a person by name."""
    texts = [str(row) for row in _rows_about(connection, found)]
    return sorted({name for text in texts for name in NAME.findall(text)})


def list_elsewhere(connection: Connection, found: FoundPerson) -> list[dict[str, Any]]:
    """List the copies of other systems: tickets, destinations that were told, recordings."""
    own: dict[tuple[str, str], dict[str, Any]] = {}
    for row in _spoken(connection, found):
        if row.source_system is not None:
            what = {"system": row.source_system, "id": row.source_id, "url": row.source_url}
            own[row.source_system, row.source_id] = what
    told = set()
    for some in in_parts(found.inquiry_ids):
        query = select(deliveries.c.destination_id).distinct()
        told |= set(
            connection.scalars(
                query.where(deliveries.c.inquiry_id.in_(some), deliveries.c.attempts > 0)
            )
        )
    addresses = {
        address
        for row in _rows_about(connection, found)
        for address in _recording_addresses(row)
        if NAME.search(address) is None
    }
    return [
        *own.values(),
        *({"system": one, "id": None, "url": None} for one in sorted(told)),
        *({"system": "recording", "id": None, "url": one} for one in sorted(addresses)),
    ]


def _recording_addresses(row: Row[Any]) -> list[str]:
    value = row[0] if isinstance(row[0], dict) else {}
    url = value.get("recording_url") or value.get("url")
    return _ADDRESS.findall(url) if isinstance(url, str) else []


def _rows_about(connection: Connection, found: FoundPerson) -> list[Row[Any]]:
    """The states of the person's calls, and voicemails in their own inquiries."""
    rows: list[Row[Any]] = []
    for some in in_parts(found.own):
        query = select(timeline.c.details).where(timeline.c.inquiry_id.in_(some))
        rows += connection.execute(query.where(timeline.c.kind == "voicemail"))
        rows += connection.execute(select(calls.c.state).where(calls.c.inquiry_id.in_(some)))
    for some in in_parts(found.calls):
        rows += connection.execute(select(calls.c.state).where(calls.c.id.in_(some)))
    return rows


def _spoken(connection: Connection, found: FoundPerson) -> Iterable[Row[Any]]:
    for some in in_parts(found.own):
        yield from connection.execute(select(messages).where(messages.c.inquiry_id.in_(some)))
    for shared in found.shared:
        for some in in_parts(shared.message_ids):
            yield from connection.execute(select(messages).where(messages.c.id.in_(some)))


def _erasure(row: Row[Any]) -> Erasure:
    return Erasure(
        row.id,
        row.started_at,
        row.finished_at,
        row.actor,
        tuple(row.given),
        dict(row.counts),
        row.note,
    )

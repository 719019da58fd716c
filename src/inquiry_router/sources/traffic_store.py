"""The SQL of the traffic of sources."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Self

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from inquiry_router.sources.tables import source_traffic

_COUNTS = ("taken", "repeated", "ignored", "refused")
_MOMENTS = ("last_event_at", "taken_at")
_REASONS = ("ignored", "refused")


@dataclass(frozen=True, slots=True)
class SourceTraffic:
    """The events of a source. `last_event_at` is that of the last one with a valid proof."""

    last_event_at: datetime | None = None
    taken: int = 0
    taken_at: datetime | None = None
    repeated: int = 0
    ignored: int = 0
    ignored_at: datetime | None = None
    ignored_reason: str | None = None
    refused: int = 0
    refused_at: datetime | None = None
    refused_reason: str | None = None

    def plus(self, later: Self) -> "SourceTraffic":
        """This traffic with more. Of two moments the later one stays, with its reason."""
        summed: dict[str, Any] = {
            name: getattr(self, name) + getattr(later, name) for name in _COUNTS
        }
        for name in _MOMENTS:
            summed[name] = _latest(getattr(self, name), getattr(later, name))
        for name in _REASONS:
            at = f"{name}_at"
            summed[at] = _latest(getattr(self, at), getattr(later, at))
            of = later if summed[at] == getattr(later, at) else self
            summed[f"{name}_reason"] = getattr(of, f"{name}_reason")
        return SourceTraffic(**summed)


def add_traffic(connection: Connection, noted: Mapping[str, SourceTraffic]) -> None:
    """Add the traffic of some sources to what is stored of them."""
    dialect_insert = sqlite_insert if connection.dialect.name == "sqlite" else postgres_insert
    # In a fixed order, so that two processes cannot deadlock.
    ids = sorted(noted)
    nothing = [{"source_id": one, **asdict(SourceTraffic())} for one in ids]
    connection.execute(dialect_insert(source_traffic).on_conflict_do_nothing(), nothing)
    stored = read_traffic(connection, ids, for_update=True)
    for one in ids:
        values = asdict(stored[one].plus(noted[one]))
        this = source_traffic.c.source_id == one
        connection.execute(update(source_traffic).where(this).values(values))


def read_traffic(
    connection: Connection, ids: list[str] | None = None, *, for_update: bool = False
) -> dict[str, SourceTraffic]:
    """Read the traffic of these sources, or of all, by source."""
    query = select(source_traffic).order_by(source_traffic.c.source_id)
    if ids is not None:
        query = query.where(source_traffic.c.source_id.in_(ids))
    if for_update:
        query = query.with_for_update()
    rows = connection.execute(query).mappings()
    return {
        row["source_id"]: SourceTraffic(
            **{name: value for name, value in row.items() if name != "source_id"}
        )
        for row in rows
    }


def forget_traffic(connection: Connection, source_id: str) -> None:
    """Forget the traffic of a source that is removed."""
    connection.execute(delete(source_traffic).where(source_traffic.c.source_id == source_id))


def _latest(one: datetime | None, other: datetime | None) -> datetime | None:
    moments = [moment for moment in (one, other) if moment is not None]
    return max(moments, default=None)

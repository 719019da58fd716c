"""Moments as text."""

from datetime import UTC, datetime
from functools import lru_cache


def utc_text(moment: datetime) -> str:
    """A moment in UTC to the microsecond: 2026-11-21 19:16:18.123456."""
    return _text(moment if moment.tzinfo is UTC else moment.astimezone(UTC))


@lru_cache
def _text(moment: datetime) -> str:
    """A time in UTC. An inquiry leaves eight, few of them different. Others must not come: those of a repeated hour are equal."""
    return moment.isoformat(" ", "microseconds")[:-6]

"""Counts above the list of inquiries, kept for seconds for everybody who sees the same inquiries.

Counting reads an index over all inquiries, and many people look at the list all day.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final
from weakref import WeakKeyDictionary

from inquiry_router.access.actor import Actor
from inquiry_router.api.doors.inquiry_list import count_each
from inquiry_router.api.schemas.inquiry_list import FilterParameters
from inquiry_router.house import House

KEPT: Final = timedelta(seconds=5)
_MAX_SCOPES: Final = 1_000
_Scope = tuple[bool, tuple[str, ...], str | None]
_kept: WeakKeyDictionary[House, dict[_Scope, tuple[datetime, list[int]]]] = WeakKeyDictionary()


async def count_for(
    rooms: House,
    filters: Callable[[], Sequence[FilterParameters]],
    actor: Actor,
    now: datetime,
) -> list[int]:
    """Count what each of some filters lets through for an actor, as of the last seconds."""
    kept = _kept.setdefault(rooms, {})
    scope = (actor.is_bound, actor.teams, actor.owner)
    at, counts = kept.get(scope, (None, []))
    if at is not None and timedelta(0) <= now - at < KEPT:
        return counts
    counts = [one["total"] for one in await count_each(rooms, filters(), actor, now)]
    if len(kept) >= _MAX_SCOPES:
        kept.clear()
    kept[scope] = (now, counts)
    return counts

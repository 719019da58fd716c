"""Find rows of promises that can never decide anything, and say why. Pure.

An inquiry has one team, category, intent, priority and tier. So a row holds for a box of them, and
it is dead if the boxes of earlier rows with the same promise leave nothing of its own. Only what is
surely dead is named.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from inquiry_router.inquiry.model import Priority
from inquiry_router.routing.promise_rules import (
    PromiseConditions,
    PromiseRow,
    PromiseRules,
)
from inquiry_router.routing.teams import Teams

_Box = Mapping[str, frozenset[object]]
# Boxes that are left after cutting; beyond it nothing is surely dead.
_MAX_LEFT: Final = 2000


def find_dead_rows(rules: PromiseRules, teams: Teams, intents: Mapping[str, str]) -> list[str]:
    """A sentence for each row and deadline that never holds. `intents` maps each to its category.

    A row counts as dead too if one of its promises is never reached.
    """
    everything: dict[str, frozenset[object]] = {
        "team": frozenset(teams.by_id),
        "priority": frozenset(priority.value for priority in Priority),
        "consumer": frozenset((True, False)),
    }
    found = []
    for place, row in enumerate(rules.rows):
        name = f"row {place + 1}"
        if why := _why_empty(row, intents):
            found.append(f"{name} never holds: {why}")
            continue
        found += [
            f"{name} never decides {promise}: {told}"
            for promise in row.promised
            if (told := _why_covered(row, rules.rows[:place], promise, everything, intents))
        ]
    for deadline in rules.deadlines:
        if why := _why_empty(deadline.when, intents):
            found.append(f"deadline '{deadline.id}' never holds: {why}")
    return found


def _why_empty(given: PromiseConditions, intents: Mapping[str, str]) -> str | None:
    if given.category and given.intent:
        own = {intents[one] for one in given.intent if one in intents}
        if own and all(one in intents for one in given.intent) and not own & set(given.category):
            return f"its intents belong to {', '.join(sorted(own))}"
    if given.tier and given.consumer:
        return "a tier belongs to an account, and a consumer has none"
    return None


def _why_covered(
    row: PromiseRow,
    before: Sequence[PromiseRow],
    promise: str,
    everything: _Box,
    intents: Mapping[str, str],
) -> str | None:
    """The earlier rows that take everything of a row; None if something is left."""
    left, takers = [_whole(row, everything, intents)], []
    for number, other in enumerate(before, 1):
        if getattr(other, promise) is None:
            continue
        cut = [part for box in left for part in _without(box, other.allowed)]
        if len(cut) > _MAX_LEFT:
            return None
        if cut != left:
            takers.append(f"row {number}")
        left = cut
        if not left:
            return f"{' and '.join(takers)} before it {'hold' if takers[1:] else 'holds'} first"
    return None


def _whole(row: PromiseRow, everything: _Box, intents: Mapping[str, str]) -> _Box:
    """The box of a row. An intent names its category, a tier excludes consumers."""
    box = {**everything, **row.allowed}
    if row.intent and all(one in intents for one in row.intent):
        own: frozenset[object] = frozenset(intents[one] for one in row.intent)
        box["category"] = row.allowed.get("category", own) & own
    if row.tier:
        box["consumer"] = frozenset((False,))
    return box


def _without(box: _Box, taken: _Box) -> list[_Box]:
    """Cut one box out of another; return the boxes that are left, apart from each other.

    A condition that a box does not limit has endless values, so nothing can take all of them.
    """
    if any(name in box and not box[name] & values for name, values in taken.items()):
        return [box]
    if any(name not in box for name in taken):
        return [box]
    parts: list[_Box] = []
    inside = dict(box)
    for name, values in taken.items():
        outside = inside[name] - values
        if outside:
            parts.append({**inside, name: outside})
        inside[name] = inside[name] & values
    return parts

"""Count calls into cells: month, salesperson, account, and the time that they took. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from inquiry_router.relief.call_reading import LoggedCall
from inquiry_router.relief.costs import Spent, add_up
from inquiry_router.relief.curves import FLAT, Curve, curve_of
from inquiry_router.relief.phone_tag import CallAttempt, Loop, find_loops

# Behind the last call of somebody there is no next one to cut the time.
_LAST_GAP_S = 3600


class CellKey(NamedTuple):
    """The group that something is counted in; empty texts where a part is not known."""

    month: str
    person: str
    account: str = ""
    channel: str = "phone"
    category: str = ""
    intent: str = ""


@dataclass(slots=True)
class Counted:
    """The counts of a file. The period is that of its calls or mails."""

    cells: dict[CellKey, Spent] = field(default_factory=dict)
    loops: list[Loop] = field(default_factory=list)
    begin: datetime | None = None
    end: datetime | None = None


class _Moment(NamedTuple):
    """A call on a salesperson's clock: they are busy from `begin` to `end`."""

    begin: datetime
    end: datetime
    call: LoggedCall
    met: bool


def drop_repeats(calls: Iterable[LoggedCall]) -> list[LoggedCall]:
    """Leave out legs of one call: the same people at the same second; the longest talk stays."""
    found: dict[tuple[datetime, str, str, bool], LoggedCall] = {}
    for call in calls:
        key = (call.at.replace(microsecond=0), call.person, call.other, call.outgoing)
        known = found.get(key)
        if known is None or known.talk_s < call.talk_s:
            found[key] = call
    return sorted(found.values())


def count_calls(
    calls: Sequence[LoggedCall],
    met_after_s: int,
    loop_hours: int,
    accounts: Mapping[str, str],
    zone: str,
) -> Counted:
    """Count calls. `accounts` are the accounts of customers' lines."""
    calls = drop_repeats(calls)
    by_person: dict[str, list[LoggedCall]] = defaultdict(list)
    for call in calls:
        by_person[call.person].append(call)
    local = ZoneInfo(zone)
    parts: dict[CellKey, list[Spent]] = defaultdict(list)
    for person, theirs in by_person.items():
        for call, spent in spent_by_call(theirs, met_after_s):
            month = f"{call.at.astimezone(local):%Y-%m}"
            parts[CellKey(month, person, accounts.get(call.other, ""))].append(spent)
    loops = find_loops((_attempt(call, met_after_s) for call in calls), loop_hours)
    for loop in loops:
        month = f"{loop.began_at.astimezone(local):%Y-%m}"
        spent = Spent(loops=1, unmet=int(loop.met_at is None))
        parts[CellKey(month, loop.person, accounts.get(loop.other, ""))].append(spent)
    found = Counted({key: add_up(some) for key, some in parts.items()}, loops)
    if calls:
        found.begin, found.end = calls[0].at, calls[-1].at
    return found


def is_met(call: LoggedCall, met_after_s: int) -> bool:
    """True if two people spoke, and it was no voicemail."""
    return call.talk_s > 0 and call.talk_s >= met_after_s


def _attempt(call: LoggedCall, met_after_s: int) -> CallAttempt:
    return CallAttempt(call.at, call.person, call.other, call.outgoing, is_met(call, met_after_s))


def spent_by_call(
    calls: Sequence[LoggedCall], met_after_s: int
) -> Iterable[tuple[LoggedCall, Spent]]:
    """The time of each call of one salesperson, no second twice. `calls` are in order."""
    moments = sorted(_moments(calls, met_after_s))
    free: datetime | None = None
    for place, (begin, end, call, met) in enumerate(moments):
        start = begin if free is None else max(begin, free)
        talk_s = max(0, round((end - start).total_seconds()))
        free = end if free is None else max(end, free)
        after = moments[place + 1].begin if place + 1 < len(moments) else None
        gap_s = _LAST_GAP_S if after is None else round((after - free).total_seconds())
        yield call, _of_call(call, met, talk_s, curve_of(gap_s))
    for call in calls:
        if not is_met(call, met_after_s) and not call.outgoing:
            yield call, Spent(calls=1)  # it rang, and nobody was interrupted


def _moments(calls: Sequence[LoggedCall], met_after_s: int) -> Iterable[_Moment]:
    for call in calls:
        met = is_met(call, met_after_s)
        if met:
            begin = call.at + timedelta(seconds=call.ring_s)
            yield _Moment(begin, begin + timedelta(seconds=call.talk_s), call, met)
        elif call.outgoing:
            yield _Moment(call.at, call.at, call, met)


def _of_call(call: LoggedCall, met: bool, talk_s: int, curve: Curve) -> Spent:
    base = Spent(calls=1)
    if not met:
        return replace(base, tries=curve)
    incoming, outgoing = (FLAT, curve) if call.outgoing else (curve, FLAT)
    return replace(base, talk_s=talk_s, incoming=incoming, outgoing=outgoing)

"""The clocks of an inquiry: made from its askings, in the working time of its team. Pure.

The first answer is due when the decision says. A promise that runs stays as it was made, unless
team, category, intent, priority or tier of its inquiry change.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from inquiry_router.promises.model import (
    FIRST_ANSWER,
    LAW,
    NEXT_ANSWER,
    RESOLUTION,
    Asking,
    Ending,
    PromiseClock,
    Span,
    Watched,
)
from inquiry_router.routing.promise_rules import LegalDeadline, PromiseRules
from inquiry_router.routing.teams import Team, Teams
from inquiry_router.routing.working_hours import WorkingHours, add_working_time, working_time


class _Ground(NamedTuple):
    """Everything that the clocks of one inquiry are made on."""

    watched: Watched
    rules: PromiseRules
    team: Team
    stored: dict[tuple[str, datetime], PromiseClock]


def make_clocks(watched: Watched, rules: PromiseRules, teams: Teams) -> tuple[PromiseClock, ...]:
    """Make all clocks of an inquiry. Stored ones that nothing stands for any more are dropped."""
    team = teams.by_id.get(watched.facts.team, teams.triage)
    stored = {clock.key: clock for clock in watched.clocks}
    ground = _Ground(watched, rules, team, stored)
    made = {
        clock.key: clock
        for asking in watched.askings
        for clock in _of_asking(asking, ground)
        if clock is not None
    }
    last = watched.askings[-1] if watched.askings else None
    for key, clock in stored.items():
        if key not in made and clock.ended_at is None and last is not None:
            ended_at = last.ended_at or clock.began_at
            made[key] = replace(clock, ended_at=ended_at, outcome=Ending.DROPPED)
    return tuple(made.values())


def earliest_due(clocks: Sequence[PromiseClock]) -> datetime | None:
    """The time by which the next promise must be kept; None if none runs."""
    return min((clock.due_at for clock in clocks if clock.runs and clock.due_at), default=None)


def _of_asking(asking: Asking, ground: _Ground) -> Iterator[PromiseClock | None]:
    first = min(asking.answers, default=None)
    if asking.answer_due is not None:
        clock = PromiseClock(FIRST_ANSWER, asking.began_at, ground.watched.facts)
        yield _run(clock, asking, asking.answer_due, first, ground)
    for began_at, answered_at in _owed(asking):
        yield _promised(NEXT_ANSWER, began_at, asking, answered_at, ground)
    yield _promised(RESOLUTION, asking.began_at, asking, None, ground)
    for deadline in ground.rules.deadlines:
        if deadline.when.hold(ground.watched.facts):
            yield _by_law(deadline, asking, first, ground)


def _owed(asking: Asking) -> Iterator[tuple[datetime, datetime | None]]:
    """The messages that we owe an answer to, each with the answer if it came.

    The first message after an answer starts the clock; one more before the next answer does not
    put it off.
    """
    owed_since: datetime | None = None
    happened = [(at, "answer") for at in asking.answers]
    happened += [(at, "message") for at in asking.messages]
    for at, what in sorted(happened):
        if what == "message" and owed_since is None:
            owed_since = at
        elif what == "answer" and owed_since is not None:
            yield owed_since, at
            owed_since = None
    if owed_since is not None:
        yield owed_since, None


def _promised(
    kind: str, began_at: datetime, asking: Asking, kept_at: datetime | None, ground: _Ground
) -> PromiseClock | None:
    """The clock of a promise of the rows; None if nothing is promised."""
    facts = ground.watched.facts
    stored = ground.stored.get((kind, began_at))
    if stored is not None and (stored.facts == facts or stored.ended_at is not None):
        minutes = stored.minutes
    else:
        minutes = ground.rules.minutes(f"{kind}_minutes", facts)
    if minutes is None:
        return None
    span = timedelta(minutes=minutes)
    due_at = add_working_time(ground.team.working_hours, began_at, span)
    if due_at is None:
        return None
    return _run(PromiseClock(kind, began_at, facts, minutes), asking, due_at, kept_at, ground)


def _by_law(
    deadline: LegalDeadline, asking: Asking, answered_at: datetime | None, ground: _Ground
) -> PromiseClock:
    """The clock of a law: it goes by the calendar, so it never stands still."""
    kept_at = answered_at if deadline.kept_by == "answer" else None
    clock = PromiseClock(LAW + deadline.id, asking.began_at, ground.watched.facts)
    due_at = deadline.due_at(asking.began_at, ground.team)
    return _run(clock, replace(asking, pauses=()), due_at, kept_at, ground)


def _run(
    clock: PromiseClock, asking: Asking, due_at: datetime, kept_at: datetime | None, ground: _Ground
) -> PromiseClock:
    """Run a clock through the pauses of its asking, to its end if it has one."""
    stored = ground.stored.get(clock.key)
    ended_at = kept_at or asking.ended_at
    if stored is not None:
        clock = replace(clock, told=stored.told)
        if stored.ended_at is not None and stored.ended_at == ended_at:
            return stored
    hours = ground.team.working_hours
    due, left, counted_from = pass_pauses(hours, clock.began_at, due_at, asking.pauses, ended_at)
    clock = replace(clock, due_at=due, left=left, counted_from=counted_from)
    if ended_at is None:
        return clock
    dropped = kept_at is None and asking.is_dropped
    outcome = Ending.KEPT if due is None or ended_at <= due else Ending.BROKEN
    return replace(
        clock, ended_at=ended_at, outcome=Ending.DROPPED if dropped else outcome, left=None
    )


def pass_pauses(
    hours: WorkingHours,
    began_at: datetime,
    due_at: datetime,
    pauses: Sequence[Span],
    until: datetime | None = None,
) -> tuple[datetime | None, timedelta | None, datetime]:
    """Move a due time by the pauses before it.

    Return the due time, or None with the working time that is left while it is paused; and the
    moment from which that time is counted. Pauses from `until` on do not count.
    """
    counted_from, due = began_at, due_at
    for begin, end in pauses:
        if begin >= due or (until is not None and begin >= until):
            break
        if end is not None and end <= began_at:
            continue
        left = working_time(hours, max(begin, began_at), due)
        if end is None:
            return None, left, counted_from
        moved = add_working_time(hours, end, left)
        due, counted_from = moved or due, end
    return due, None, counted_from

"""One look of the watchdog at an inquiry: clocks, due steps, alarms, and when to look again. Pure.

The simulation of the tests uses this code, and so does the watchdog.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from inquiry_router.promises.clocks import earliest_due, make_clocks
from inquiry_router.promises.law import FAR, find_limbo, lawful_until
from inquiry_router.promises.model import LAW, Limbo, PromiseClock, Told, Watched
from inquiry_router.promises.staffing import Staffing
from inquiry_router.routing.promise_rules import PromiseRules
from inquiry_router.routing.teams import Team, Teams
from inquiry_router.routing.working_hours import WorkingHours, add_working_time, working_time

# A step that is later than this is not told any more: after a long standstill, or where promises
# are new, people would get hundreds of messages about what they know.
STALE: Final = timedelta(days=1)
_ESCALATIONS: Final = (Told.FIRST_ESCALATION, Told.SECOND_ESCALATION)


class Setting(NamedTuple):
    """Everything that promises depend on beside the inquiry."""

    rules: PromiseRules
    teams: Teams
    staffing: Staffing

    def team_of(self, watched: Watched) -> Team:
        """The team of an inquiry; triage if it is gone."""
        return self.teams.by_id.get(watched.facts.team, self.teams.triage)


@dataclass(frozen=True, slots=True)
class PromiseStep:
    """A reminder or an escalation of one clock, and its receivers."""

    clock: PromiseClock
    step: Told
    at: datetime
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """The result of a look.

    `steps` are to be told now. `limbo` is the one that needs an alarm, raised before or not.
    `next_at` is the time of the next look; None if nothing will happen by mere time.
    """

    clocks: tuple[PromiseClock, ...]
    due_at: datetime | None
    steps: tuple[PromiseStep, ...]
    limbo: Limbo | None
    next_at: datetime | None


def look_at(watched: Watched, setting: Setting, now: datetime) -> Look:
    """Look at an inquiry. The clocks of the result know the steps that are told now."""
    clocks = make_clocks(watched, setting.rules, setting.teams)
    steps: list[PromiseStep] = []
    moments: list[datetime] = []
    done: list[PromiseClock] = []
    hours = setting.team_of(watched).working_hours
    for clock in clocks:
        told = clock.told
        if watched.is_open and watched.is_heard:
            for step in steps_of(clock, setting.rules, hours):
                if step.at > now:
                    moments.append(step.at)
                    continue
                told |= step.step
                if now - step.at <= STALE and not _is_late_reminder(step, now):
                    steps.append(step)
        done.append(replace(clock, told=told))
    due_at = earliest_due(done)
    limbo = find_limbo(watched, due_at, setting.staffing, now)
    if not watched.is_open:
        return Look(tuple(done), None, (), None, None)
    if limbo is None:
        moments.append(lawful_until(watched, due_at, setting.staffing, now))
    elif due_at is not None and due_at > now:
        moments.append(due_at)
    soonest = min(moments, default=now + FAR)
    return Look(tuple(done), due_at, tuple(steps), limbo, min(soonest, now + FAR))


def steps_of(
    clock: PromiseClock, rules: PromiseRules, hours: WorkingHours
) -> Iterator[PromiseStep]:
    """The steps of a running clock that nobody was told of yet."""
    if not clock.runs or clock.due_at is None:
        return
    reminder_at = _reminder_at(clock, rules, hours)
    if reminder_at is not None and rules.remind and Told.REMINDER not in clock.told:
        yield PromiseStep(clock, Told.REMINDER, reminder_at, tuple(rules.remind))
    for step, escalation in zip(_ESCALATIONS, rules.escalations, strict=False):
        if step in clock.told:
            continue
        after = timedelta(minutes=escalation.after_minutes)
        at = clock.due_at
        if after:
            at = add_working_time(hours, clock.due_at, after) or clock.due_at
        yield PromiseStep(clock, step, at, tuple(escalation.to))


def _reminder_at(clock: PromiseClock, rules: PromiseRules, hours: WorkingHours) -> datetime | None:
    assert clock.due_at is not None
    if clock.by_law:
        deadline = next((one for one in rules.deadlines if LAW + one.id == clock.kind), None)
        days = deadline.remind_days_before if deadline is not None else 0
        return clock.due_at - timedelta(days=days)
    if rules.remind_before_minutes is None:
        return None
    begin = clock.counted_from or clock.began_at
    whole = working_time(hours, begin, clock.due_at)
    before = min(timedelta(minutes=rules.remind_before_minutes), whole / 2)
    return add_working_time(hours, begin, whole - before)


def _is_late_reminder(step: PromiseStep, now: datetime) -> bool:
    """True for a reminder of what has run out already: the escalation says that."""
    due_at = step.clock.due_at
    return step.step is Told.REMINDER and due_at is not None and due_at <= now

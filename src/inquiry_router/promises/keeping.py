"""Keep the clocks of inquiries: in the transaction that changes one, and when one is looked at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy import Connection

from inquiry_router.configuration.model import Configuration
from inquiry_router.inquiries.store import timeline_entry
from inquiry_router.inquiries.waiting import ROUTER
from inquiry_router.inquiry.rendering import Json, format_time
from inquiry_router.process.steps import step as step_done
from inquiry_router.promises import store
from inquiry_router.promises.clocks import earliest_due, make_clocks
from inquiry_router.promises.looking import Look, PromiseStep, Setting, look_at
from inquiry_router.promises.model import Limbo, PromiseClock, Told, Watched
from inquiry_router.promises.notices import tell_step

_KINDS: Final = {
    Told.REMINDER: "promise_reminded",
    Told.FIRST_ESCALATION: "escalated",
    Told.SECOND_ESCALATION: "escalated",
}


# Until an inquiry is looked at again that could not be.
PUT_OFF: Final = timedelta(hours=1)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Round:
    """The numbers of one round of the watchdog."""

    looked_at: int = 0
    told: int = 0
    alarms: int = 0


def unheard_sources(configuration: Configuration) -> frozenset[str]:
    """The sources of whose inquiries nobody hears if they were answered, as the admin says."""
    return frozenset(configuration.promises.unheard_sources)


def refresh(
    connection: Connection, inquiry_id: str, configuration: Configuration
) -> datetime | None:
    """Bring the clocks of an inquiry up to date after a change, in the transaction of the change.

    Return the time by which the next promise must be kept. The watchdog does the rest.
    """
    unheard = unheard_sources(configuration)
    found = store.read_watched(connection, [inquiry_id], unheard)
    for watched in found:
        clocks = make_clocks(watched, configuration.promises, configuration.teams)
        store.save_clocks(connection, [(watched, clocks)])
        due_at = earliest_due(clocks)
        store.set_due(connection, inquiry_id, due_at)
        return due_at
    return None


def present_clocks(
    connection: Connection, inquiry_id: str, configuration: Configuration
) -> list[PromiseClock]:
    """The clocks of an inquiry as they are now, the oldest first; nothing is stored."""
    for watched in store.read_watched(connection, [inquiry_id], ()):
        clocks = make_clocks(watched, configuration.promises, configuration.teams)
        return sorted(clocks, key=lambda clock: (clock.began_at, clock.kind))
    return []


def look_at_due(
    connection: Connection,
    setting: Setting,
    configuration: Configuration,
    now: datetime,
    limit: int,
) -> Round:
    """Look at inquiries whose time has come; store and tell what follows, in one transaction."""
    claimed = store.claim_due(connection, now, limit)
    if not claimed:
        return Round()
    watched = store.read_watched(connection, claimed, unheard_sources(configuration))
    looks = [(one, look) for one in watched if (look := _look(one, setting, now)) is not None]
    store.put_off(connection, set(claimed) - {one.id for one, _ in looks}, now + PUT_OFF)
    _save(connection, looks, now)
    entries = [
        timeline_entry(one.id, now, _KINDS[step.step], ROUTER, step_details(step))
        for one, look in looks
        for step in look.steps
    ]
    alarms = 0
    for one, look in looks:
        for step in look.steps:
            tell_step(connection, one, step, setting.rules, setting.staffing, now)
        if look.limbo is not None and store.raise_alarm(connection, one, look.limbo, now):
            details = limbo_details(look.limbo)
            entries.append(timeline_entry(one.id, now, "alarmed", ROUTER, details))
            alarms += 1
    store.add_entries(connection, entries)
    step_done("watch.in_transaction")
    return Round(len(claimed), len(entries) - alarms, alarms)


def _look(watched: Watched, setting: Setting, now: datetime) -> Look | None:
    try:
        return look_at(watched, setting, now)
    except Exception as error:  # one odd inquiry must not keep the others from being looked at
        log.error("promises.not_looked_at", inquiry=watched.id, exc_info=error)
        return None


def _save(connection: Connection, looks: Sequence[tuple[Watched, Look]], now: datetime) -> None:
    store.save_clocks(connection, [(one, look.clocks) for one, look in looks])
    store.set_watches(connection, [(one.id, look.due_at, look.next_at) for one, look in looks])
    for one, look in looks:
        present = look.limbo.state if look.limbo is not None else None
        if one.alarms - {present}:
            store.end_alarms(connection, one.id, present, now)


def step_details(step: PromiseStep) -> Json:
    """The details of a timeline entry about a reminder or an escalation."""
    escalation = {Told.FIRST_ESCALATION: 1, Told.SECOND_ESCALATION: 2}.get(step.step)
    details: Json = {
        "promise": step.clock.kind,
        "due_at": format_time(step.clock.due_at),
        "to": list(step.to),
    }
    return details if escalation is None else {**details, "step": escalation}


def limbo_details(limbo: Limbo) -> Json:
    """The details of a timeline entry about an alarm."""
    return {
        "breach": limbo.breach.value,
        "team": limbo.team,
        "member": limbo.owner,
        "due_at": format_time(limbo.due_at),
    }


def clock_json(clock: PromiseClock) -> dict[str, Any]:
    """Render a clock for the API."""
    state = "running"
    if clock.outcome is not None:
        state = clock.outcome.value
    elif clock.due_at is None:
        state = "paused"
    return {
        "kind": clock.kind,
        "state": state,
        "began_at": format_time(clock.began_at),
        "due_at": format_time(clock.due_at),
        "minutes": clock.minutes,
        "left_minutes": int(clock.left.total_seconds() // 60) if clock.left is not None else None,
        "ended_at": format_time(clock.ended_at),
        "told": [one.name.lower() for one in Told if one in clock.told and one.name],
    }

"""Notices of reminders, escalations and alarms: who gets them, and the facts in them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row

from inquiry_router.inquiry.rendering import Json, format_time
from inquiry_router.promises.looking import PromiseStep
from inquiry_router.promises.model import Told, Watched
from inquiry_router.promises.staffing import Staffing
from inquiry_router.promises.wording import name_breach, name_promise
from inquiry_router.routing.promise_rules import PromiseRules
from inquiry_router.telling.model import ALARMS, MANAGERS, TEAM, Notice, Receiver
from inquiry_router.telling.store import add_notice

# Inquiries that an alarm names; of the others it says how many there are.
MAX_NAMED: Final = 20
_GROUPS: Final = (MANAGERS, ALARMS)
_STEPS: Final = {Told.FIRST_ESCALATION: 1, Told.SECOND_ESCALATION: 2}


def receivers_of(
    names: Iterable[str], owner: str | None, team: str, staffing: Staffing
) -> tuple[Receiver, ...]:
    """The receivers of a list as admins write it, each once.

    A name that the roster does not know is told to the managers instead of nobody.
    """
    return tuple(dict.fromkeys(_receiver(name, owner, team, staffing) for name in names))


def _receiver(name: str, owner: str | None, team: str, staffing: Staffing) -> Receiver:
    if name in _GROUPS:
        return Receiver(group=name)
    if name == "team":
        return Receiver(group=TEAM + team)
    member = staffing.member(owner if name == "owner" else name)
    if member is not None:
        return Receiver(member_id=member.id)
    return Receiver(group=TEAM + team if name == "owner" else MANAGERS)


def tell_step(
    connection: Connection,
    watched: Watched,
    step: PromiseStep,
    rules: PromiseRules,
    staffing: Staffing,
    now: datetime,
) -> None:
    """Queue a reminder or an escalation for each of its receivers."""
    clock = step.clock
    facts: Json = {
        "promise": name_promise(clock.kind, rules),
        "due_at": format_time(clock.due_at),
        "who": watched.owner,
        "step": _STEPS.get(step.step, 0),
    }
    kind = "reminder" if step.step is Told.REMINDER else "escalation"
    began = int(clock.began_at.timestamp())
    for to in receivers_of(step.to, watched.owner_sign, watched.facts.team, staffing):
        whom = to.member_id or to.group
        key = f"{kind}:{watched.id}:{clock.kind}:{began}:{step.step.value}:{whom}"
        add_notice(connection, Notice(kind, key, to, facts, watched.id), now)


def tell_alarms(
    connection: Connection,
    rows: Sequence[Row[Any]],
    rules: PromiseRules,
    staffing: Staffing,
    now: datetime,
) -> int:
    """Queue alarms, bundled: one notice for each receiver. Return the number of notices."""
    bundles: dict[Receiver, list[Row[Any]]] = {}
    for row in rows:
        for to in receivers_of(rules.alarm, row.member_id or row.assignee, row.team, staffing):
            bundles.setdefault(to, []).append(row)
    for to, bundle in bundles.items():
        first = bundle[0]
        only = first.inquiry_id if len(bundle) == 1 else None
        facts = _of_one(first) if only is not None else _of_many(bundle)
        key = f"alarm:{first.id}:{to.member_id or to.group}"
        add_notice(connection, Notice("alarm", key, to, facts, only), now)
    return len(bundles)


def _of_one(row: Row[Any]) -> Json:
    return {"reason": name_breach(row.breach, row.assignee), "due_at": format_time(row.due_at)}


def _of_many(bundle: Sequence[Row[Any]]) -> Json:
    """The facts of a bundle: the number, and the first ones by reference, in each language."""
    named = bundle[:MAX_NAMED]
    lines = [(row.reference, name_breach(row.breach, row.assignee)) for row in named]
    rest = f"\n+ {len(bundle) - MAX_NAMED}" if len(bundle) > MAX_NAMED else ""
    text = {
        language: "\n".join(f"{reference}: {why[language]}" for reference, why in lines) + rest
        for language in lines[0][1]
    }
    return {"count": len(bundle), "text": text}

"""Choose the person who gets an inquiry: from the roster, loads and turns. Pure.

Owner, carer or last handler first, then those of the team who work now: who has room, understands
the language and knows the matter, by turn or by load. Nobody who is away, nobody twice. Matters of
service never go to salespeople, and owners get sure sales matters of a sure account only.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from inquiry_router.assignment.model import Asked, Chosen, Load, Turns
from inquiry_router.inquiry.account import DEPUTY, OWNER
from inquiry_router.routing.working_hours import add_working_minutes, is_open
from inquiry_router.staff.model import Member, Roster
from inquiry_router.text.folding import fold

CARER = "service_carer"
_NONE = Load()


def choose(
    asked: Asked, roster: Roster, loads: Mapping[str, Load], turns: Turns, now: datetime
) -> Chosen | None:
    """Choose somebody; None if nobody is free now."""
    person = _first_personal(asked, roster, loads, now)
    if person is not None:
        member, why = person
        return _chosen(member, why, in_turn=False)
    free = [
        one
        for one in roster.working(asked.team, now)
        if _may_get(one, asked, now) and _has_room(one, asked, loads)
    ]
    free = _who_fit(asked, free)
    if not free:
        return None
    order = {one.id: place for place, one in enumerate(free)}
    if asked.assign.to == "least_loaded":

        def place(one: Member) -> tuple[int, tuple[bool, int], int]:
            return loads.get(one.id, _NONE).weight, turns.place(one.id), order[one.id]

        member = min(free, key=place)
        return _chosen(member, {"least_loaded": True}, in_turn=True)
    member = min(free, key=lambda one: (turns.place(one.id), order[one.id]))
    return _chosen(member, {"in_turn": True}, in_turn=True)


def _chosen(member: Member, why: Mapping[str, Any], *, in_turn: bool) -> Chosen:
    login = member.helpdesk_user or member.email
    return Chosen(member.id, member.name, why, in_turn, login)


def _first_personal(
    asked: Asked, roster: Roster, loads: Mapping[str, Load], now: datetime
) -> tuple[Member, Mapping[str, Any]] | None:
    """The first of the people who are meant in person, should they be there soon enough."""
    ready = _next_opening(asked, now)
    for member, why in _meant(asked, roster, now):
        there = not member.is_away(ready) and _may_get(member, asked, now)
        if there and (asked.is_for_sales or _has_room(member, asked, loads)):
            return member, why
    return None


def _meant(
    asked: Asked, roster: Roster, now: datetime
) -> Iterator[tuple[Member, Mapping[str, Any]]]:
    """The people meant in person, in order: last handler, owner or carer, their substitutes."""
    if asked.assign.sticky and (last := roster.member(asked.last)) is not None:
        yield last, {"last": True}
    named = {role: roster.by_name(asked.people.get(role)) for role in _roles(asked)}
    people = {role: person for role, person in named.items() if person is not None}
    yield from ((person, {role: True}) for role, person in people.items())
    for person in people.values():
        for one in roster.stand_ins(person, now):
            yield one, {"stands_in_for": person.name}


def _roles(asked: Asked) -> tuple[str, ...]:
    """The roles of the account whose people are meant. Nobody is, unless all is sure."""
    if asked.assign.to == "owner" and asked.is_for_sales and asked.is_sure:
        return (OWNER, DEPUTY)
    if asked.assign.to == "carer" and not asked.is_for_sales:
        return (CARER,)
    return ()


def _next_opening(asked: Asked, now: datetime) -> datetime:
    """The present moment, or the next one at which the team works."""
    if is_open(asked.team.working_hours, now):
        return now
    return add_working_minutes(asked.team.working_hours, now, 1) or now


def _may_get(member: Member, asked: Asked, now: datetime) -> bool:
    if member.id in asked.passed or member.is_away(now):
        return False
    if not asked.is_for_sales:
        return member.kind != "salesperson"
    return not member.leaves_soon(now)


def _has_room(member: Member, asked: Asked, loads: Mapping[str, Load]) -> bool:
    """True if a member can have one more. A call interrupts mail: only other calls count then."""
    load = loads.get(member.id, _NONE)
    if asked.is_call:
        return load.calls == 0 or member.capacity is None or _fits(load.calls, member, asked)
    if member.limit_an_hour is not None and load.last_hour >= member.limit_an_hour:
        return False
    return member.capacity is None or _fits(load.weight, member, asked)


def _fits(weight: int, member: Member, asked: Asked) -> bool:
    return member.capacity is not None and weight + asked.weight <= member.capacity


def _who_fit(asked: Asked, members: Iterable[Member]) -> list[Member]:
    """Those who fit by language and skill. A preference counts only if somebody has it."""
    found = list(members)
    if asked.assign.language is not None:
        theirs = [one for one in found if not one.languages or asked.language in one.languages]
        found = theirs if theirs or asked.assign.language == "require" else found
    if asked.assign.skill is not None:
        skilled = [one for one in found if _knows(one, asked)]
        found = skilled if skilled or asked.assign.skill == "require" else found
    return found


def _knows(member: Member, asked: Asked) -> bool:
    return any(fold(skill) in asked.skills for skill in member.skills)

"""The people of ours whom an actor sees. Pure."""

from collections.abc import Iterable

from inquiry_router.access.actor import Actor
from inquiry_router.access.roles import ALWAYS_BOUND
from inquiry_router.accounts.model import person_key
from inquiry_router.routing.teams import Team
from inquiry_router.staff.model import Member


def is_self(actor: Actor, member: Member) -> bool:
    """True if an actor is this member."""
    return actor.owner is not None and person_key(actor.owner) == person_key(member.name)


def is_seen(actor: Actor, member: Member) -> bool:
    """True if an actor sees a member: bound ones their teams and themself, salespeople themself."""
    if not actor.is_bound or is_self(actor, member):
        return True
    return not _teams_of(actor).isdisjoint(member.teams)


def seen_teams(actor: Actor, teams: Iterable[Team]) -> list[Team]:
    """The teams whose people an actor sees."""
    return [one for one in teams if not actor.is_bound or one.id in _teams_of(actor)]


def _teams_of(actor: Actor) -> frozenset[str]:
    return frozenset() if ALWAYS_BOUND.issuperset(actor.roles) else frozenset(actor.teams)

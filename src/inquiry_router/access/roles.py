"""Roles and scopes: the one table of who may do what.

An operation names the scope that it needs. A role is a set of scopes. What no role has is refused.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final


class Scope(StrEnum):
    """A right that an operation needs."""

    SELF = "self"  # see one's own rights
    INTAKE = "intake"  # send inquiries
    PHONE = "phone"  # ask what to do with a caller
    TRY = "try"  # try an inquiry out; nothing is stored
    NAMES = "names"  # read what a correction may name: teams, categories, intents
    INQUIRIES = "inquiries"  # read inquiries and callbacks
    WORK = "work"  # answer, correct, resolve and reopen inquiries; call customers back
    ARRANGE = "arrange"  # merge, split and link inquiries; add messages
    ACCOUNTS = "accounts"  # create, change, import and merge accounts
    STAFF = "staff"  # enter and change our people, their absences and who is here
    REFERRALS = "referrals"  # decide about credit, doubts and rewards of referrals
    READ = "read"  # read settings, deliveries and reports, of all teams
    METRICS = "metrics"  # read /metrics, which holds nothing about customers
    AUDIT = "audit"  # read who did what
    ADMIN = "admin"  # change settings, make keys, see secrets


class Role(StrEnum):
    """The purpose of a key or a person."""

    ADMIN = "admin"
    MANAGER = "manager"
    AGENT = "agent"
    SALESPERSON = "salesperson"
    SOURCE = "source"
    PHONE = "phone"
    READER = "reader"
    MONITOR = "monitor"


_DESK: Final = frozenset({Scope.SELF, Scope.NAMES, Scope.INQUIRIES, Scope.WORK})
_AGENT: Final = _DESK | {Scope.TRY, Scope.ARRANGE}

SCOPES: Final[Mapping[Role, frozenset[Scope]]] = {
    Role.ADMIN: frozenset(Scope),
    Role.MANAGER: _AGENT
    | {Scope.ACCOUNTS, Scope.STAFF, Scope.REFERRALS}
    | {Scope.READ, Scope.METRICS, Scope.AUDIT},
    Role.AGENT: _AGENT,
    Role.SALESPERSON: _DESK,
    Role.SOURCE: frozenset({Scope.SELF, Scope.INTAKE}),
    Role.PHONE: frozenset({Scope.SELF, Scope.PHONE}),
    Role.READER: frozenset(
        {Scope.SELF, Scope.TRY, Scope.NAMES, Scope.INQUIRIES, Scope.READ, Scope.METRICS},
    ),
    Role.MONITOR: frozenset({Scope.SELF, Scope.METRICS}),
}

# Roles that see only the inquiries of the teams and the owner that are named with them.
ALWAYS_BOUND: Final = frozenset({Role.SALESPERSON})
# What shows or changes something of all teams. Who is bound to some may not do it.
OF_ALL_TEAMS: Final = frozenset(
    {Scope.ACCOUNTS, Scope.STAFF, Scope.REFERRALS, Scope.READ, Scope.METRICS}
    | {Scope.AUDIT, Scope.ADMIN}
)
# Scopes of keys before there were roles.
ROLES_OF_OLD_SCOPES: Final[Mapping[str, tuple[Role, ...]]] = {
    "intake": (Role.SOURCE, Role.PHONE),
    "read": (Role.READER,),
    "agent": (Role.AGENT,),
    "admin": (Role.ADMIN,),
}


def scopes_of(roles: Iterable[Role]) -> frozenset[Scope]:
    """Return everything that these roles may do."""
    return frozenset().union(*(SCOPES[role] for role in roles))


def roles_with(scope: Scope) -> tuple[Role, ...]:
    """List the roles that have a scope, those with the fewest scopes first."""
    return tuple(sorted((r for r in Role if scope in SCOPES[r]), key=lambda r: len(SCOPES[r])))


def roles_of_old_scopes(scopes: Iterable[str]) -> tuple[Role, ...]:
    """Return the roles that may do what a key with these scopes of older versions might do."""
    found = (role for scope in scopes for role in ROLES_OF_OLD_SCOPES.get(scope, ()))
    return tuple(dict.fromkeys(found))

"""Actors: a key or a person, with roles, and the objects that they are bound to."""

from dataclasses import dataclass
from typing import Final

from inquiry_router.access.roles import (
    ALWAYS_BOUND,
    OF_ALL_TEAMS,
    Role,
    Scope,
    roles_with,
    scopes_of,
)
from inquiry_router.inquiry.errors import Forbidden

ANY_SOURCE: Final = "*"
_HOW: Final = (
    "An admin gives it: PUT /v1/api-keys/{id} or 'inquiry-router keys change {id}'. For people of "
    "an identity provider it is a role there. GET /v1/me shows what you may do."
)


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who calls the API.

    Without `teams` and `owner` they see the inquiries of every team, unless their role is always
    bound. `owner` is the name of a member of staff: their inquiries and those of their accounts.
    `sources` are those that they may send inquiries for.
    """

    id: str
    name: str
    roles: tuple[Role, ...]
    teams: tuple[str, ...] = ()
    owner: str | None = None
    sources: tuple[str, ...] = ()
    is_person: bool = False
    # A limit of their own; None for the usual one.
    requests_a_minute: int | None = None

    @property
    def is_bound(self) -> bool:
        """True if they see only inquiries of some teams or of one owner."""
        return bool(self.teams) or self.owner is not None or ALWAYS_BOUND.issuperset(self.roles)

    @property
    def only_teams(self) -> tuple[str, ...] | None:
        """The teams to which lists are narrowed; None for all."""
        return self.teams if self.is_bound else None

    @property
    def scopes(self) -> frozenset[Scope]:
        """Everything that they may do."""
        scopes = scopes_of(self.roles)
        return scopes - OF_ALL_TEAMS if self.is_bound else scopes

    def require(self, scope: Scope) -> None:
        """Raise `Forbidden`, which says what is missing and who can give it."""
        if scope in self.scopes:
            return
        if scope in scopes_of(self.roles):
            raise Forbidden(
                f"'{self.id}' is bound to {self._bounds()}, and this is about all teams.",
                hint=_HOW.format(id=self.id),
                required_scope=scope,
            )
        roles = " or ".join(f"'{role}'" for role in roles_with(scope))
        raise Forbidden(
            f"'{self.id}' lacks the scope '{scope}', which the role {roles} has.",
            hint=_HOW.format(id=self.id),
            required_scope=scope,
        )

    def sees(self, team: str, owner: str | None = None) -> bool:
        """True if an inquiry that this team has now, of this owner, is theirs to see."""
        if not self.is_bound:
            return True
        return team in self.teams or (owner is not None and owner == self.owner)

    def require_sight(self, team: str, owner: str | None = None) -> None:
        """Raise `Forbidden` unless an inquiry of this team and owner is theirs to see."""
        if not self.sees(team, owner):
            raise Forbidden(
                f"'{self.id}' is bound to {self._bounds()}, and this inquiry stands elsewhere.",
                hint=_HOW.format(id=self.id),
            )

    def require_source(self, system: str) -> None:
        """Raise `Forbidden` unless they may send inquiries of this source."""
        allowed = Role.ADMIN in self.roles or not {ANY_SOURCE, system}.isdisjoint(self.sources)
        if not allowed:
            made_for = ", ".join(f"'{one}'" for one in self.sources) or "no source"
            raise Forbidden(
                f"'{self.id}' is made for {made_for}, not for the source '{system[:64]}'.",
                hint="Leave 'source' out and send an Idempotency-Key. Or an admin names the source "
                f"in 'sources' of PUT /v1/api-keys/{self.id}, or 'keys change --source'.",
            )

    def _bounds(self) -> str:
        teams = f"the teams {', '.join(self.teams)}" if self.teams else None
        owner = f"the owner {self.owner}" if self.owner is not None else None
        return " and ".join(filter(None, (teams, owner))) or "no team yet"

"""Figures about employees: the people who may see them, and the groups that hide one person. Pure.

One person's figures are for themselves and their managers. Others see groups of five at
least. Until the admin's word that the monitoring was announced, nobody sees any.
"""

from dataclasses import dataclass
from typing import Final

from inquiry_router.access.actor import Actor
from inquiry_router.access.roles import Role

MIN_GROUP: Final = 5
NOT_ANNOUNCED: Final = (
    "Figures about salespeople are left out: the monitoring was not announced yet. An admin says "
    "so with PUT /v1/relief/monitoring; docs/privacy.md has what the law asks."
)
TOO_FEW: Final = (
    "Figures about salespeople are left out: fewer than five of them would be seen, and only "
    "managers may see that."
)
ONLY_MANAGERS: Final = "By salesperson and by account: managers only, as an account has one owner."


@dataclass(frozen=True, slots=True)
class Sight:
    """The sight of one reader. `people`: they may see figures about each salesperson."""

    people: bool
    announced: bool

    def may_see_group(self, size: int) -> bool:
        """True if they may see figures about a group of so many salespeople."""
        return self.announced and (self.people or size >= MIN_GROUP)

    def note(self, size: int) -> str | None:
        """The sentence about figures that are left out."""
        if not self.announced:
            return NOT_ANNOUNCED
        if self.people:
            return None
        return TOO_FEW if size < MIN_GROUP else ONLY_MANAGERS


def sight_of(actor: Actor, *, announced: bool) -> Sight:
    """Return the sight of an actor."""
    is_manager = not {Role.ADMIN, Role.MANAGER}.isdisjoint(actor.roles)
    return Sight(announced and is_manager, announced)

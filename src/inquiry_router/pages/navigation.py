"""The menu: the pages that an actor may open, by their scopes."""

from dataclasses import dataclass
from typing import Final

from inquiry_router.access.actor import Actor
from inquiry_router.access.roles import Scope


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """A page in the menu. Its text is `menu_<id>` of the common texts."""

    id: str
    path: str
    scope: Scope


# In the order of the menu. The first one that an actor may open is their front page.
MENU: Final = (
    MenuEntry("inquiries", "/inquiries", Scope.INQUIRIES),
    MenuEntry("triage", "/triage", Scope.WORK),
    MenuEntry("callbacks", "/callbacks", Scope.INQUIRIES),
    MenuEntry("staff", "/staff", Scope.INQUIRIES),
    MenuEntry("report", "/report", Scope.READ),
    MenuEntry("referrals", "/referrals", Scope.INQUIRIES),
    MenuEntry("policy", "/policy", Scope.READ),
    MenuEntry("quality", "/quality", Scope.READ),
    MenuEntry("doors", "/doors", Scope.READ),
    MenuEntry("deliveries", "/deliveries", Scope.READ),
)


def menu_of(actor: Actor) -> tuple[MenuEntry, ...]:
    """List the pages that an actor may open."""
    return tuple(entry for entry in MENU if entry.scope in actor.scopes)

"""What we would have done against what people did: the report on a source in shadow mode.

What people did is the group that the ticket is in now, asked of the helpdesk; where somebody corrected the inquiry, it is what he
said. Everything is compared by team.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, select

from inquiry_router.configuration.model import Configuration, Destination, Source
from inquiry_router.database.tables import inquiries
from inquiry_router.inquiries import store
from inquiry_router.outside.client import Failed
from inquiry_router.outside.conversing import Client, Unsuccessful, converse
from inquiry_router.providers import PROVIDERS
from inquiry_router.providers.kit.provider import Locating, ProviderSettings, Refused

# Gentle with the helpdesk: so many questions at a time.
_AT_ONCE: Final = 4
# How many inquiries of all sources are looked through for those of this one.
_LOOKED_THROUGH: Final = 20_000


@dataclass(frozen=True, slots=True)
class Routed:
    """One inquiry of the source, and the team we would have sent it to; `corrected` is the team that a person said instead."""

    inquiry_id: str
    reference: str
    ticket: str
    said: str
    team: str
    corrected: str | None


@dataclass(frozen=True, slots=True)
class Compared:
    """The same with where it is: None when the helpdesk has it in no group of ours, or no longer."""

    routed: Routed
    present: str | None


@dataclass(frozen=True, slots=True)
class ShadowReport:
    """`compared` are the inquiries whose tickets are in a group of ours; `elsewhere` counts the others."""

    compared: tuple[Compared, ...]
    elsewhere: int
    unreachable: int

    @property
    def same(self) -> int:
        """How many of the compared are where we would have put them."""
        return sum(one.present == one.routed.team for one in self.compared)

    @property
    def teams(self) -> Counter[tuple[str, str]]:
        """How often (our team, their team) occurs."""
        return Counter((one.routed.team, one.present or "") for one in self.compared)


def newest_of(connection: Connection, source_id: str, limit: int) -> list[Routed]:
    """The newest inquiries that came through this source, each ticket once."""
    window = (
        select(inquiries)
        .order_by(inquiries.c.received_at.desc(), inquiries.c.id.desc())
        .limit(_LOOKED_THROUGH)
        .subquery()
    )
    query = select(window).where(window.c.source_system == source_id).limit(2 * limit)
    found: dict[str, Routed] = {}
    for row in connection.execute(query):
        if len(found) == limit:
            break
        present, first = (
            store.present_receipt(connection, row),
            store.first_receipt(connection, row.id),
        )
        said = f"{row.subject or ''} {row.text}".strip()[:120]
        corrected = present.decision.team if present.classification.method == "person" else None
        routed = Routed(row.id, row.reference, row.source_id, said, first.decision.team, corrected)
        found.setdefault(row.source_id, routed)
    return list(found.values())


def destination_of(configuration: Configuration, source: Source) -> Destination | None:
    """The destination that moves this source's tickets, or None: then nobody knows where they are."""
    for destination in configuration.destinations:
        if (
            isinstance(PROVIDERS.get(destination.kind), Locating)
            and destination.settings.get("source") == source.id
        ):
            return destination
    return None


def by_corrections(routed: Sequence[Routed]) -> ShadowReport:
    """The report without a helpdesk to ask: only what people corrected is compared."""
    corrected = tuple(Compared(one, one.corrected) for one in routed if one.corrected is not None)
    return ShadowReport(corrected, elsewhere=0, unreachable=len(routed) - len(corrected))


async def compare(
    routed: Sequence[Routed], destination: Destination, settings: ProviderSettings, client: Client
) -> ShadowReport:
    """Ask the helpdesk where each ticket is now."""
    provider = PROVIDERS[destination.kind]
    assert isinstance(provider, Locating)
    teams = {group: team for team, group in destination.settings.get("groups", {}).items()}
    turns = asyncio.Semaphore(_AT_ONCE)

    async def look(one: Routed) -> Compared | None:
        if one.corrected is not None:
            return Compared(one, one.corrected)
        async with turns:
            try:
                group: Any = (await converse(client, provider.locate(settings, one.ticket))).value
            except (Unsuccessful, Failed, Refused):
                return None
        return Compared(one, teams.get(str(group)) if group is not None else None)

    looked = await asyncio.gather(*(look(one) for one in routed))
    known = [one for one in looked if one is not None]
    placed = tuple(one for one in known if one.present is not None)
    return ShadowReport(
        placed, elsewhere=len(known) - len(placed), unreachable=len(looked) - len(known)
    )

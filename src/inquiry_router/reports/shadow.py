"""Compare our decisions on a source in shadow mode with the decisions of people.

People's decision is the team that a correction names, or else the team of the ticket's present
group, which the helpdesk is asked for.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row

from inquiry_router.configuration.model import Configuration, Destination, Source
from inquiry_router.inquiries import store
from inquiry_router.inquiries.listing import Filters, list_inquiries
from inquiry_router.outside.client import Failed
from inquiry_router.outside.exchange import Client, Unsuccessful, exchange
from inquiry_router.providers import PROVIDERS
from inquiry_router.providers.kit.provider import Locating, ProviderSettings, Refused

MAX_REQUESTS_AT_ONCE: Final = 4
EXCERPT_CHARS: Final = 120


@dataclass(frozen=True, slots=True)
class ShadowInquiry:
    """An inquiry of the source. `team` is our decision, `corrected` the team of a correction."""

    inquiry_id: str
    reference: str
    ticket: str
    excerpt: str
    team: str
    corrected: str | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """An inquiry and its present team; None if its ticket is gone or in no group of ours."""

    inquiry: ShadowInquiry
    present: str | None


@dataclass(frozen=True, slots=True)
class ShadowReport:
    """The result of a comparison.

    `compared` are the inquiries that have a team in the helpdesk; `elsewhere` counts those without
    one, `unreachable` those that the helpdesk could not be asked for. `has_helpdesk` is False if
    no destination can locate the source's tickets.
    """

    has_helpdesk: bool
    looked_at: int
    compared: tuple[Comparison, ...]
    elsewhere: int
    unreachable: int

    @property
    def same(self) -> int:
        """The number of compared inquiries on which we and people agree."""
        return sum(one.present == one.inquiry.team for one in self.compared)

    @property
    def teams(self) -> Counter[tuple[str, str]]:
        """The number of compared inquiries for each pair (our team, their team)."""
        return Counter((one.inquiry.team, one.present or "") for one in self.compared)


def newest_inquiries(connection: Connection, source_id: str, limit: int) -> list[ShadowInquiry]:
    """Read the newest inquiries of a source, one for each ticket."""
    page = list_inquiries(connection, Filters(source=source_id), None, 2 * limit)
    by_ticket: dict[str, Row[Any]] = {}
    for row in page.rows:
        by_ticket.setdefault(row.source_id, row)
    rows = list(by_ticket.values())[:limit]
    decided = store.read_decided(connection, [row.id for row in rows])
    return [_shadow_inquiry(row, decided[row.id][0], decided[row.id][-1]) for row in rows]


def _shadow_inquiry(row: Row[Any], first: dict[str, Any], newest: dict[str, Any]) -> ShadowInquiry:
    is_corrected = newest["classification"]["method"] == "person"
    return ShadowInquiry(
        inquiry_id=row.id,
        reference=row.reference,
        ticket=row.source_id,
        excerpt=f"{row.subject or ''} {row.text}".strip()[:EXCERPT_CHARS],
        team=first["decision"]["team"],
        corrected=newest["decision"]["team"] if is_corrected else None,
    )


def destination_of(configuration: Configuration, source: Source) -> Destination | None:
    """Return the destination that moves this source's tickets and can locate them, if any."""
    for destination in configuration.destinations:
        if (
            isinstance(PROVIDERS.get(destination.kind), Locating)
            and destination.settings.get("source") == source.id
        ):
            return destination
    return None


def compare_corrections(shadow_inquiries: Sequence[ShadowInquiry]) -> ShadowReport:
    """Compare with corrections only, for a source without a helpdesk to ask."""
    corrected = tuple(
        Comparison(one, one.corrected) for one in shadow_inquiries if one.corrected is not None
    )
    count = len(shadow_inquiries)
    return ShadowReport(False, count, corrected, elsewhere=0, unreachable=count - len(corrected))


async def compare(
    shadow_inquiries: Sequence[ShadowInquiry],
    destination: Destination,
    settings: ProviderSettings,
    client: Client,
) -> ShadowReport:
    """Compare with corrections, and with the helpdesk for inquiries that nobody corrected."""
    provider = PROVIDERS[destination.kind]
    assert isinstance(provider, Locating)
    teams = {group: team for team, group in destination.settings.get("groups", {}).items()}
    slots = asyncio.Semaphore(MAX_REQUESTS_AT_ONCE)

    async def look_up(one: ShadowInquiry) -> Comparison | None:
        if one.corrected is not None:
            return Comparison(one, one.corrected)
        async with slots:
            try:
                group: Any = (await exchange(client, provider.locate(settings, one.ticket))).value
            except (Unsuccessful, Failed, Refused):
                return None
        return Comparison(one, teams.get(str(group)) if group is not None else None)

    return _report(await asyncio.gather(*(look_up(one) for one in shadow_inquiries)))


def _report(results: Sequence[Comparison | None]) -> ShadowReport:
    reached = [one for one in results if one is not None]
    placed = tuple(one for one in reached if one.present is not None)
    return ShadowReport(
        has_helpdesk=True,
        looked_at=len(results),
        compared=placed,
        elsewhere=len(reached) - len(placed),
        unreachable=len(results) - len(reached),
    )

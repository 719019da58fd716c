"""Synthetic inquiries: one for each category goes the whole way, and leaves nothing behind.

It is read, classified and decided by the code of real ones, and stored with its deliveries in a
transaction that is then taken back. Nobody is told of it, no list or figure of inquiries has it.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog
from sqlalchemy import Connection, select

from inquiry_router.configuration.model import Configuration
from inquiry_router.configuration.service import ConfigurationService
from inquiry_router.database.group_commit import store_singly
from inquiry_router.database.session import Database
from inquiry_router.delivery.schedule import FAILURES_BEFORE_PAUSE
from inquiry_router.delivery.tables import destinations
from inquiry_router.inquiry.categories import OTHER
from inquiry_router.inquiry.errors import RouterError
from inquiry_router.inquiry.matter import NEW_MATTER
from inquiry_router.inquiry.model import Channel, Draft, Event, Receipt, Sending, Understanding
from inquiry_router.process.clock import utc_now
from inquiry_router.process.ids import new_id
from inquiry_router.recording.arriving import Arrival
from inquiry_router.recording.hearing import is_classified
from inquiry_router.recording.openings import Opening, new_receipt
from inquiry_router.routing.decide import Rulebook
from inquiry_router.telling.model import ALARMS, Notice, Receiver
from inquiry_router.telling.store import add_notice

log = structlog.get_logger()

# After the start: the service has more urgent things to do first.
FIRST_AFTER_S: Final = 60.0
SENDER: Final = "synthetic"
# A text for each category that always exists; a customer could have written it.
TEXTS: Final[Mapping[str, str]] = {
    "defect": "Dzień dobry, pompa kupiona w marcu od wczoraj cieknie, proszę o serwis.",
    "order_support": "Gdzie jest moje zamówienie? Paczka miała przyjść w poniedziałek.",
    "catalog_request": "Proszę o przesłanie aktualnego katalogu i cennika w PDF.",
    "new_purchase": "Proszę o ofertę na 40 okien do nowego hotelu, kiedy możecie przyjechać?",
    "referral": "Polecił mi Państwa pan Nowak z Agro-Maxu, proszę o kontakt.",
    OTHER: "Szukam praktyk studenckich na wakacje, do kogo wysłać CV?",
}
# Counts a run of a route; the time is that of a success.
Count = Callable[[str, str, float | None], None]


class Understand(Protocol):
    """Reads, classifies and decides, as for a real inquiry."""

    async def __call__(self, draft: Draft, rulebook: Rulebook, now: datetime) -> Understanding:
        """Understand a draft."""


@dataclass(frozen=True, slots=True)
class SyntheticResult:
    """The last run of a route. `stage` is where it stopped: None if it came through."""

    at: datetime
    stage: str | None = None
    reason: str | None = None


class _NotThrough(Exception):
    def __init__(self, stage: str, reason: str) -> None:
        super().__init__(reason)
        self.stage = stage


class _TakenBack(Exception):
    """Ends the transaction without a trace, after everything was stored."""


class SyntheticInquiries:
    """Sends a synthetic inquiry along each route, every so often."""

    def __init__(
        self,
        database: Database,
        configuration: ConfigurationService,
        understand: Understand,
        count: Count,
        every: timedelta,
    ) -> None:
        self._database = database
        self._configuration = configuration
        self._understand = understand
        self._count = count
        self._every = every
        self.results: dict[str, SyntheticResult] = {}

    async def run(self) -> None:
        """Send them until cancelled."""
        await asyncio.sleep(min(FIRST_AFTER_S, self._every.total_seconds()))
        while True:
            for route in TEXTS:
                await self.send(route, utc_now())
            await asyncio.sleep(self._every.total_seconds())

    async def send(self, route: str, now: datetime) -> SyntheticResult:
        """Send one inquiry along a route, and count it. Logs an error if it stops on the way."""
        begun = time.monotonic()
        try:
            await self._send(route, now)
        except _NotThrough as error:
            result = SyntheticResult(now, error.stage, str(error))
        except RouterError as error:
            result = SyntheticResult(now, "database", error.detail)
        except Exception as error:  # a mistake of ours is what this looks for
            log.error("synthetic.broken", route=route, exc_info=error)
            result = SyntheticResult(now, "service", type(error).__name__)
        else:
            result = SyntheticResult(now)
        self.results[route] = result
        if result.stage is None:
            self._count(route, "ok", now.timestamp())
        else:
            self._count(route, result.stage, None)
            ms = round(1000 * (time.monotonic() - begun))
            await self._alarm(route, result, now)
            log.error(
                "synthetic.not_through",
                route=route,
                state=result.stage,
                reason=result.reason,
                ms=ms,
            )
        return result

    async def _alarm(self, route: str, result: SyntheticResult, now: datetime) -> None:
        """Tell those who get alarms, once a day for each route, if the database can be written."""
        facts = {"category": route, "reason": result.reason}
        key = f"synthetic:{route}:{now:%Y-%m-%d}"
        notice = Notice("synthetic_failed", key, Receiver(group=ALARMS), facts)
        with contextlib.suppress(RouterError):
            await self._database.write(lambda connection: add_notice(connection, notice, now))

    async def _send(self, route: str, now: datetime) -> None:
        configuration = self._configuration.current
        draft = Draft(Channel.API, TEXTS[route])
        said = await self._understand(draft, configuration.rulebook, now)
        if not is_classified(said):
            raise _NotThrough("classifier", "the classifier did not answer in time")
        receipt = new_receipt(new_id(), said, configuration.rulebook, now)
        if receipt.decision.team not in configuration.teams.by_id:
            raise _NotThrough("decision", f"there is no team '{receipt.decision.team}'")
        arrival = Arrival(
            receipt.id, said, NEW_MATTER, Sending(SENDER, ()), (), (), configuration, now
        )
        told = configuration.destinations_for(Event.ROUTED, receipt, draft)
        try:
            await self._database.write(lambda connection: _store(connection, receipt, arrival))
        except _TakenBack:
            await self._require_destinations(told, configuration)

    async def _require_destinations(self, told: list[str], configuration: Configuration) -> None:
        """Raise `_NotThrough` if a destination of the route gets nothing now."""
        if not told:
            return

        def work(connection: Connection) -> list[str]:
            paused = destinations.c.failures >= FAILURES_BEFORE_PAUSE
            query = select(destinations.c.id).where(destinations.c.id.in_(told), paused)
            return list(connection.execute(query.order_by(destinations.c.id)).scalars())

        if paused := await self._database.read(work):
            raise _NotThrough("destination", f"'{paused[0]}' fails and is paused")


def _store(connection: Connection, receipt: Receipt, arrival: Arrival) -> None:
    """Store everything, and take it back. Raises `_NotThrough` if it cannot be stored."""
    (stored,) = store_singly(connection, [Opening(receipt, arrival).rows()])
    if isinstance(stored, Exception):
        raise _NotThrough("database", f"it cannot be stored: {type(stored).__name__}")
    raise _TakenBack

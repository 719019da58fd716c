"""Asking helpdesks for tickets whose webhook never came, and taking those in. What came before is known by its keys."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import structlog

from inquiry_router.configuration.model import Source
from inquiry_router.configuration.service import ConfigurationService
from inquiry_router.database.session import Database
from inquiry_router.inquiry.errors import RouterError
from inquiry_router.outside.client import Failed
from inquiry_router.outside.error_text import describe
from inquiry_router.outside.exchange import ANSWER_S, Client, Unsuccessful, exchange
from inquiry_router.process.clock import utc_now
from inquiry_router.providers.kit.provider import Refused
from inquiry_router.providers.kit.source import ApiSettings, Listed
from inquiry_router.sources import store
from inquiry_router.sources.kinds import SOURCES
from inquiry_router.sources.service import SourceService

log = structlog.get_logger()

# Helpdesks' clocks and pages overlap: what was made a day before the last time is asked for again.
OVERLAP: Final = timedelta(hours=24)
_TO_BE_CONTINUED: Final = (
    "There are more tickets than are read at once: ask again, which goes on where this stopped."
)
_LONG_LIST: Final = (
    "There are more tickets than are read at once, and their order does not tell where to go on: "
    "see at the helpdesk which older ones have no note of the router, and send those to POST /v1/inquiries."
)


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What came of asking one source's helpdesk. `problem` is a sentence where it could not be asked, or not to the end."""

    source_id: str
    looked_at: int = 0
    taken_in: int = 0
    problem: str | None = None


class Reconciler:
    """Asks one source's helpdesk after the other."""

    def __init__(
        self,
        database: Database,
        configuration: ConfigurationService,
        service: SourceService,
        client: Callable[[], Client],
        now: Callable[[], datetime] = utc_now,
        answer_s: float = ANSWER_S,
    ) -> None:
        self._database = database
        self._configuration = configuration
        self._service = service
        self._client = client
        self._now = now
        self._answer_s = answer_s

    def polled(self) -> list[Source]:
        """The sources whose helpdesk can be asked: its provider has an API, and the settings say where it is."""
        return [
            source for source in self._configuration.current.sources if self._can_be_asked(source)
        ]

    async def reconcile(self, source: Source) -> Reconciled:
        """Ask for everything since the last time, less a day, and take in what is missing."""
        begun = self._now()
        last = await self._database.read(partial(store.polled_at, source_id=source.id))
        since = max(source.created_at, (last or source.created_at) - OVERLAP)
        try:
            kind, settings = self._service.settings_of(source)
            listed = (
                await exchange(self._client(), kind.poll(settings, since), self._answer_s)
            ).value
            taken = [
                await self._service.take(source, settings, ticket, begun)
                for ticket in listed.tickets
            ]
        except Unsuccessful as error:
            answer = error.answer
            return self._failed(
                source, describe(answer.status, answer.body, compressed=answer.compressed)
            )
        except (Failed, Refused, RouterError, ValueError) as error:
            return self._failed(source, str(error))
        except Exception as error:  # one odd helpdesk must not keep the others from being asked
            log.error("source.poll_broken", source_id=source.id, exc_info=error)
            return self._failed(
                source, f"the router could not read its answer: {type(error).__name__}"
            )
        polled_at = _so_far(listed, since, begun)
        if polled_at is not None:
            await self._database.write(
                partial(store.set_polled_at, source_id=source.id, moment=polled_at)
            )
        found = sum(one.status == "accepted" for one in taken)
        if found:
            log.warning("source.missed_webhooks", source_id=source.id, found=found)
        if listed.to_the_end:
            return Reconciled(source.id, len(taken), found)
        problem = _LONG_LIST if polled_at is None else _TO_BE_CONTINUED
        log.warning("source.long_list", source_id=source.id, reason=problem)
        return Reconciled(source.id, len(taken), found, problem)

    def _failed(self, source: Source, problem: str) -> Reconciled:
        log.error("source.not_reconciled", source_id=source.id, reason=problem)
        return Reconciled(source.id, problem=problem)

    def _can_be_asked(self, source: Source) -> bool:
        kind = SOURCES.get(source.kind)
        if kind is None or not kind.polls:
            return False
        try:
            _, settings = self._service.settings_of(source)
        except ValueError:
            return False
        return (
            isinstance(settings, ApiSettings)
            and settings.api_url is not None
            and settings.api_token is not None
        )


def _so_far(listed: Listed, since: datetime, now: datetime) -> datetime | None:
    """The moment to note so that the next time asks from where this one stopped; None when it would not come any further."""
    if listed.to_the_end:
        return now
    if listed.until is None or listed.until <= since:
        return None
    return (
        min(listed.until, now) + OVERLAP
    )  # a helpdesk whose clock is wrong must not have us wait for years

"""Make reports for one running service. Reads only; one report on quality at a time."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from inquiry_router.classification.service import ClassifierService
from inquiry_router.configuration.model import Configuration, Destination, Source
from inquiry_router.database.session import Database
from inquiry_router.inquiry.errors import Conflict, ReadUnavailable
from inquiry_router.outside.addresses import Reach
from inquiry_router.outside.exchange import Client
from inquiry_router.providers import PROVIDERS
from inquiry_router.providers.kit.provider import ProviderSettings
from inquiry_router.reports import quality, shadow

# A report on quality takes less than a second.
MAX_WAIT_S: Final = 3.0


class ReportService:
    """Reports on the quality of decisions and on sources in shadow mode."""

    def __init__(self, database: Database, classifier: ClassifierService, reach: Reach) -> None:
        self._database = database
        self._classifier = classifier
        self._reach = reach
        self._quality_lock = asyncio.Lock()

    async def quality(self, since: datetime | None, until: datetime | None) -> dict[str, Any]:
        """Report the quality of a period's decisions, and the drift of its input.

        Raises `ReadUnavailable` when others have asked for it and are not done in time.
        """
        base = self._classifier.shipped
        baseline = base.card.about.get("baseline", {}) if base is not None else {}
        unknown_letters = base.unknown_letters if base is not None else _unmeasured

        def work(connection: Connection) -> tuple[list[quality.QualityEntry], list[str]]:
            entries = quality.read_entries(connection, since, until)
            return entries, quality.read_texts(connection, since, until)

        async with self._quality_turn():
            return await asyncio.to_thread(
                quality.quality_report, *await self._database.scan(work), baseline, unknown_letters
            )

    @contextlib.asynccontextmanager
    async def _quality_turn(self) -> AsyncIterator[None]:
        """Let one report read at a time: together they would keep lists waiting."""
        try:
            await asyncio.wait_for(self._quality_lock.acquire(), MAX_WAIT_S)
        except TimeoutError:
            raise ReadUnavailable("Other reports on quality are being made.") from None
        try:
            yield
        finally:
            self._quality_lock.release()

    async def shadow(
        self, source: Source, configuration: Configuration, limit: int, client: Client
    ) -> shadow.ShadowReport:
        """Compare the newest tickets of a source with their present place in the helpdesk.

        Raises `Conflict` when the settings of the source's destination cannot be used.
        """
        inquiries = await self._database.scan(
            lambda connection: shadow.newest_inquiries(connection, source.id, limit)
        )
        destination = shadow.destination_of(configuration, source)
        if destination is None:
            return shadow.compare_corrections(inquiries)
        settings = self._settings_of(destination)
        return await shadow.compare(inquiries, destination, settings, client)

    def _settings_of(self, destination: Destination) -> ProviderSettings:
        model = PROVIDERS[destination.kind].settings_model
        try:
            return model.from_stored(destination.settings, reach=self._reach)
        except ValueError as error:
            raise Conflict(f"The destination '{destination.id}' cannot be used: {error}") from None


def _unmeasured(_: str) -> float:
    return 0.0

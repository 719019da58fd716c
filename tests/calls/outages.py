"""A database and a classifier that go away during a call."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from inquiry_router.calls.answered_offers import OfferAnswers
from inquiry_router.calls.service import CallService
from inquiry_router.calls.spool import Spool
from inquiry_router.house import House
from inquiry_router.inquiry.model import Classification, Draft
from inquiry_router.journey import Journey
from inquiry_router.recording.service import Recorder
from inquiry_router.referrals.intake import ReferralFinder
from inquiry_router.staff.model import Roster


class Unreliable:
    """A database that raises `error` if it is set, hangs if `hangs` is set, and works otherwise.

    With `only_writes` reading still works.
    """

    def __init__(self, house: House) -> None:
        self._database = house.database
        self.dialect = house.database.dialect
        self.error: Exception | None = None
        self.hangs = False
        self.only_writes = False

    async def read(self, work: Any) -> Any:
        if not self.only_writes:
            await self._fail()
        return await self._database.read(work)

    async def look_up(self, work: Any) -> Any:
        if not self.only_writes:
            await self._fail()
        return await self._database.look_up(work)

    async def write(self, work: Any) -> Any:
        await self._fail()
        return await self._database.write(work)

    async def record(self, rows: Any) -> Any:
        await self._fail()
        return await self._database.record(rows)

    async def _fail(self) -> None:
        if self.hangs:
            await asyncio.Event().wait()
        if self.error is not None:
            raise self.error


class HangingClassifier:
    """A classifier that never answers."""

    async def classify(self, draft: Draft) -> Classification:
        await asyncio.Event().wait()
        raise AssertionError


def calls_on(
    house: House,
    database: Any,
    folder: Path,
    classifier: Any = None,
    on_commit: Callable[[], None] = lambda: None,
) -> CallService:
    """Make a service of calls on this database, with its spool in a folder."""
    recorder = Recorder(database, house.metrics, on_commit, lambda: None)
    journey = Journey(
        classifier or house.classifier,
        house.configuration,
        recorder,
        house.accounts,
        ReferralFinder(database),
        OfferAnswers(database, house.configuration, Roster).find,
    )
    return CallService(database, house.configuration, journey, Spool(folder), on_commit)

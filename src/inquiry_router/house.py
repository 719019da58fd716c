"""The parts of one running service, and the order in which they start and stop."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import timedelta
from functools import partial
from typing import Any, Final

import structlog

from inquiry_router.access.limits import RateLimits
from inquiry_router.accounts.crm import Crm
from inquiry_router.accounts.service import AccountFinder
from inquiry_router.assignment.service import HandingOut
from inquiry_router.audit.recording import with_audit
from inquiry_router.audit.service import AuditService
from inquiry_router.calls.answered_offers import OfferAnswers
from inquiry_router.calls.recordings import Recordings
from inquiry_router.calls.reminding import Reminder
from inquiry_router.calls.service import CallService
from inquiry_router.calls.spool import Spool
from inquiry_router.classification.service import ClassifierService
from inquiry_router.configuration.documents import MONITORING, RELIEF
from inquiry_router.configuration.key_uses import KeyUses
from inquiry_router.configuration.last_known import LastKnown
from inquiry_router.configuration.service import ConfigurationService
from inquiry_router.corrections.links import CorrectionLinks
from inquiry_router.corrections.service import CorrectionService
from inquiry_router.corrections.staff_links import StaffLinks
from inquiry_router.database.session import Database
from inquiry_router.delivery.checking import Checker
from inquiry_router.delivery.worker import Worker
from inquiry_router.documents.reading import DocumentReader
from inquiry_router.inquiry.errors import RouterError, Unavailable
from inquiry_router.introductions.handing import Handovers
from inquiry_router.introductions.office import office_of, wordbook_of
from inquiry_router.introductions.service import take_over
from inquiry_router.introductions.weekly import WeeklyDigests
from inquiry_router.journey import Journey
from inquiry_router.learning.service import LearningService
from inquiry_router.outside.addresses import Reach
from inquiry_router.outside.exchange import Client
from inquiry_router.people.service import PeopleService
from inquiry_router.people.tokens import Expected
from inquiry_router.phone.platforms import PLATFORMS
from inquiry_router.policies.replaying import Replayer
from inquiry_router.policies.service import PolicyService
from inquiry_router.privacy.retaining import Retainer
from inquiry_router.privacy.service import PrivacyService
from inquiry_router.process.background import beside
from inquiry_router.process.clock import utc_now
from inquiry_router.process.metrics import Metrics
from inquiry_router.process.metrics_server import serve_metrics
from inquiry_router.process.secret_box import secret_box_of
from inquiry_router.process.settings import (
    Settings,
    Unreachable,
    WrongSettings,
    find_metrics_folder,
)
from inquiry_router.process.wrong_keys import WrongKeys
from inquiry_router.promises.watchdog import Watchdog
from inquiry_router.recording.acts import ActService
from inquiry_router.recording.by_hand import ByHand
from inquiry_router.recording.late import LIMIT_S, LateDecider
from inquiry_router.recording.service import Recorder
from inquiry_router.referrals.intake import ReferralFinder
from inquiry_router.referrals.keeping import ReferralKeeper
from inquiry_router.referrals.service import ReferralService
from inquiry_router.relief.mailbox_folder import MailboxFolder
from inquiry_router.relief.mailbox_reader import MailboxReader, Terms
from inquiry_router.relief.rolling import Roller
from inquiry_router.reports.service import ReportService
from inquiry_router.sources.fetching import Fetcher
from inquiry_router.sources.mailboxes import Mailboxes
from inquiry_router.sources.service import SourceService
from inquiry_router.sources.traffic import Traffic
from inquiry_router.staff.service import StaffService
from inquiry_router.telling.acknowledging import FORWARDED
from inquiry_router.telling.planning import Office
from inquiry_router.telling.service import Teller
from inquiry_router.telling.texts import Wordbook
from inquiry_router.upkeep.figures import render_metrics
from inquiry_router.upkeep.synthetic import SyntheticInquiries

log = structlog.get_logger()

RECONNECT_EVERY_S: Final = 1.0
# A model that could not be loaded may be mended while the service runs.
LOAD_AGAIN_EVERY_S: Final = 60.0
MEASURE_EVERY_S: Final = 5.0


class House:
    """The parts of one running service. Doors and pages get them from here."""

    def __init__(
        self, settings: Settings, database: Database, classifier: ClassifierService
    ) -> None:
        self.settings = settings
        self.audit = AuditService(database, settings.audit_days)
        self.database = database = with_audit(database)
        self.classifier = classifier
        self.metrics = Metrics(find_metrics_folder())
        self.traffic = Traffic(database, self.metrics.source_event)
        self.wrong_keys = WrongKeys()
        self.key_uses = KeyUses(database)
        self.limits = RateLimits(
            settings.requests_a_minute,
            settings.source_requests_a_minute,
            settings.reading_seconds_a_minute,
        )
        self.correction_links = CorrectionLinks(
            database, settings.public_url, settings.correction_link_days
        )
        self.worker = Worker(
            database,
            settings,
            self.correction_links,
            count=self.metrics.attempted,
            terms=lambda: self.configuration.terms,
        )
        self.configuration = ConfigurationService(
            database, lambda now: classifier.follow(now.taught), last_known_of(settings)
        )
        self.learning = LearningService(
            database, self.configuration, classifier, settings.learn_every_hours
        )
        self.corrections = CorrectionService(database, self.configuration, self.wake)
        recorder = Recorder(
            database, self.metrics, self.wake, self.wake_late, lambda: self.staff.roster
        )
        self.reach = reach = Reach.of(
            settings.allow_loopback_destinations_for_development, settings.own_hosts
        )
        self.crm = Crm(database, lambda: self.fetcher.client, reach)
        self.accounts = AccountFinder(database, self.crm)
        self.staff = StaffService(database)
        self.staff_links = StaffLinks(database, settings.public_url)
        self.handing_out = HandingOut(
            database, self.configuration, self.staff_links.offer, self.wake
        )
        self.journey = Journey(
            classifier,
            self.configuration,
            recorder,
            self.accounts,
            ReferralFinder(database),
            OfferAnswers(database, self.configuration, lambda: self.staff.roster).find,
        )
        self.referrals = ReferralService(
            database, self.configuration, lambda: self.staff.roster, self.wake
        )
        self.referral_keeper = ReferralKeeper(
            database,
            self.configuration,
            lambda: self.staff.roster,
            self.referrals.on_step,
            self.wake,
        )
        self.late = LateDecider(
            database,
            self.configuration,
            partial(
                self.journey.understand, ask=partial(classifier.classify_later, limit_s=LIMIT_S)
            ),
            lambda: classifier.ready,
            self.wake,
        )
        self.replayer = Replayer(database, self.configuration)
        self.policies = PolicyService(
            database, self.configuration, self.journey.understand, self.replayer.wake
        )
        self.by_hand = ByHand(database, self.configuration, self.journey.understand, self.wake)
        self.acts = ActService(database, self.configuration, self.wake)
        self.documents = DocumentReader()
        self.roller = Roller(database)
        self.mailbox_reader = MailboxReader(
            database,
            MailboxFolder(settings.phone_dir / "mailboxes"),
            classifier.classify_later,
            lambda: terms_of(self.configuration),
            utc_now,
        )
        self.reports = ReportService(database, classifier, reach)
        self.sources = SourceService(
            database,
            self.configuration,
            self.journey,
            self.acts,
            self.wake_fetcher,
            self.documents,
            reach=reach,
            traffic=self.traffic,
        )
        self.fetcher = Fetcher(
            database,
            self.configuration,
            self.sources,
            reach=reach,
            reconcile_every=timedelta(minutes=settings.reconcile_every_minutes) or None,
        )
        self.mailboxes = Mailboxes(
            database,
            self.configuration,
            self.sources,
            reach=reach,
            client=lambda: self.fetcher.client,
            shelf=self.documents.shelf,
        )
        spool = Spool(settings.phone_dir)
        self.calls = CallService(database, self.configuration, self.journey, spool, self.wake)
        self.recordings = recordings = Recordings(settings.phone_dir / "recordings")
        self.privacy = PrivacyService(
            database, self.configuration, self.calls, spool, recordings, self.mailbox_reader
        )
        self.retainer = Retainer(database, self.configuration, recordings)
        self.watchdog = Watchdog(database, self.configuration, lambda: self.staff.roster)
        self.reminder = Reminder(database, self.configuration, self.calls, self.wake)
        self.teller = Teller(
            database,
            self.office,
            self.wordbook,
            self.wake,
            handlers={FORWARDED: take_over},
            links=self.correction_links,
        )
        self.handovers = Handovers(
            database, self.configuration, self.corrections, self.office, self.wake
        )
        self.weekly = WeeklyDigests(
            database, self.configuration, self.office, self.wordbook, self.wake
        )
        self.synthetic = SyntheticInquiries(
            database,
            self.configuration,
            self.journey.understand,
            self.metrics.synthetic,
            timedelta(minutes=settings.synthetic_every_minutes),
        )
        self.checker = Checker(reach=reach)
        self.people = people_of(settings, lambda: self.fetcher.client)

    def wake(self) -> None:
        """Tell the dispatcher and the teller that something may be due."""
        self.worker.wake()
        self.teller.wake()

    def wake_late(self) -> None:
        """Tell the late decider that a message waits for the classifier."""
        self.late.wake()

    def wake_fetcher(self) -> None:
        """Tell the fetcher that something may be due."""
        self.fetcher.wake()

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Start the parts in the order of their needs, and stop them in the opposite order."""
        reached = await self._connect()
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(self.database.stop)
            if reached:
                await self.configuration.load()
                await self.staff.load()
            else:
                await stack.enter_async_context(beside(self._keep_connecting()))
            stack.push_async_callback(self.crm.stop)
            await self.classifier.start()
            stack.push_async_callback(self.classifier.stop)
            if not self.classifier.ready:
                await stack.enter_async_context(beside(self._keep_loading()))
            self.metrics.observe(lambda: self.database.queued, lambda: self.classifier.ready)
            await stack.enter_async_context(beside(self._keep_measuring()))
            await stack.enter_async_context(
                serve_metrics(
                    self.settings.metrics_address,
                    self.render_metrics,
                    shared=self.settings.workers > 1,
                )
            )
            await _enter(stack, self.configuration.follow(), self.staff.follow())
            await _enter(stack, self.key_uses.keep_storing(), self.audit.keep_cutting())
            if self.settings.decide_late:
                await stack.enter_async_context(beside(self.late.run()))
            await stack.enter_async_context(beside(self.learning.keep_learning()))
            await stack.enter_async_context(beside(self.replayer.run()))
            stack.push_async_callback(self._flush_traffic)
            await stack.enter_async_context(beside(self.traffic.run()))
            # Reports and reconciliations use its HTTP client even if nothing is fetched here.
            stack.push_async_callback(self.fetcher.close)
            stack.push_async_callback(self.sources.close)
            if self.settings.fetch:
                await _enter(stack, self.fetcher.run(), self.mailboxes.run())
            stack.callback(self.calls.close)
            await _enter(stack, self.roller.run(), self.mailbox_reader.run(), self.retainer.run())
            if self.settings.hand_out:
                await stack.enter_async_context(beside(self.handing_out.run()))
            if self.settings.remind:
                await stack.enter_async_context(beside(self.referral_keeper.run()))
                await stack.enter_async_context(beside(self.reminder.run()))
                await stack.enter_async_context(beside(self.watchdog.run()))
            if self.settings.tell:
                await _enter(stack, self.teller.run(), self.weekly.run())
            if self.settings.synthetic_every_minutes:
                await stack.enter_async_context(beside(self.synthetic.run()))
            if self.settings.dispatch:
                await self.worker.start()
                stack.push_async_callback(self.worker.stop)
            yield

    def office(self) -> Office:
        """Everything that telling people needs to know now, but for what each of them prefers."""
        return office_of(self.configuration.current, self.staff.roster.members)

    def wordbook(self) -> Wordbook:
        """The names that messages to people use."""
        return wordbook_of(self.configuration.current)

    async def _connect(self) -> bool:
        """Connect to the database. False if only phone lines can be answered for now.

        Raises `WrongSettings` if not even they can.
        """
        try:
            await self.database.start()
        except Unreachable as error:
            if not self.configuration.recall():
                raise
            log.error("service.phone_only", error=str(error))
            return False
        return True

    async def render_metrics(self) -> bytes:
        """Render the metrics of this service."""
        return await render_metrics(self.database, self.metrics)

    async def _flush_traffic(self) -> None:
        with contextlib.suppress(Unavailable):
            await self.traffic.flush()

    async def _keep_measuring(self) -> None:
        """Keep the figures of this process fresh for the others, which may answer for it."""
        while True:
            self.metrics.measure()
            await asyncio.sleep(MEASURE_EVERY_S)

    async def _keep_loading(self) -> None:
        while not self.classifier.ready:
            await asyncio.sleep(LOAD_AGAIN_EVERY_S)
            await self.classifier.start()
        self.late.wake()

    async def _keep_connecting(self) -> None:
        started = False
        while True:
            await asyncio.sleep(RECONNECT_EVERY_S)
            try:
                if not started:
                    await self.database.start()
                    started = True
                await self.configuration.load()
                await self.staff.load()
            except (WrongSettings, RouterError) as error:
                log.warning("service.phone_only", error=str(error))
            else:
                log.info("service.database_reached")
                return


async def _enter(stack: contextlib.AsyncExitStack, *works: Coroutine[Any, Any, None]) -> None:
    """Run parts in the background until the stack is left."""
    for work in works:
        await stack.enter_async_context(beside(work))


def people_of(settings: Settings, client: Callable[[], Client]) -> PeopleService | None:
    """The people of the identity provider, if there is one."""
    if settings.oidc_issuer is None or settings.oidc_audience is None:
        return None
    expected = Expected(
        settings.oidc_issuer,
        settings.oidc_audience,
        settings.oidc_roles_claim,
        settings.oidc_teams_claim,
    )
    return PeopleService(expected, settings.oidc_keys_url, client)


def terms_of(configuration: ConfigurationService) -> Terms:
    """The settings under which a baseline is kept."""
    documents = configuration.current.documents
    return Terms(documents[RELIEF], documents.version(RELIEF), documents[MONITORING].announced)


def last_known_of(settings: Settings) -> LastKnown:
    """The file of settings that answer callers after a start without the database."""
    path, kinds = settings.phone_dir / "last-known", frozenset(PLATFORMS)
    return LastKnown(path, kinds, secret_box_of(settings))

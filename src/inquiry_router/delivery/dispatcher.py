"""The dispatcher: sees what is due, gives each destination a lane, makes the attempts, stops in good order."""

import asyncio
import sys
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any, Final

import structlog

from inquiry_router.corrections.link_key import LinkKey
from inquiry_router.corrections.links import new_link
from inquiry_router.database.session import Database
from inquiry_router.delivery import store
from inquiry_router.delivery.lane import MARGIN_S, Lane, Lease, Workplace
from inquiry_router.delivery.marking import Marker
from inquiry_router.delivery.model import ClaimedDestination, Due, Result
from inquiry_router.delivery.schedule import judge
from inquiry_router.inquiry.errors import Unavailable
from inquiry_router.outside.addresses import PUBLIC, Reach, check_url
from inquiry_router.outside.client import CONNECTIONS_PER_HOST, Clients, Failed
from inquiry_router.outside.error_text import describe
from inquiry_router.outside.exchange import Client, Unsuccessful, exchange, single
from inquiry_router.outside.messages import OutgoingRequest, Reply
from inquiry_router.process.steps import step
from inquiry_router.providers import PROVIDERS, Handover, PrintedLine, Provider, ProviderSettings
from inquiry_router.providers.kit.provider import Refused

log = structlog.get_logger()

LONGEST_BACK_OFF_S: Final = 10.0
# Between two looks, however often `wake` is called: under load one look then serves many commits.
REST_S: Final = 0.02
ORPHANS_EVERY_S: Final = 300.0


class CorrectionLinks:
    """Makes links under the service's public address, good for so many days."""

    def __init__(self, key: LinkKey, public_url: str, days: int) -> None:
        self._key = key
        self._public_url = public_url.rstrip("/")
        self._lasts = timedelta(days=days)

    async def link(self, inquiry_id: str, now: datetime) -> str:
        """The link for this inquiry."""
        return (
            f"{self._public_url}/c/{new_link(inquiry_id, now + self._lasts, await self._key.get())}"
        )


@dataclass(frozen=True, slots=True)
class _Route:
    """How a destination is reached; `host` is what the limit of requests in flight is shared by."""

    provider: Provider[Any]
    settings: ProviderSettings
    host: str


@dataclass(frozen=True, slots=True)
class _Said:
    """What came back from an attempt."""

    status: int | None = None
    retry_after: str | None = None
    error: str | None = None
    done: bool = False
    hopeless: bool = False


def print_line(line: str) -> None:
    """Write a line to standard output at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class Dispatcher:
    """Hands deliveries over, in one event loop. Any number of processes may have one on the same PostgreSQL.

    `time_limit_s` holds for an attempt as a whole, from the look-up of the name to the last byte. `stop_grace_s` is how
    long `run` lets attempts finish when it is stopped. `open_client` is called once, in the event loop. `random` gives
    the jitter. `links` makes the link by which an agent may correct the decision; without it there is none.
    """

    def __init__(
        self,
        database: Database,
        *,
        time_limit_s: float = 15.0,
        reach: Reach = PUBLIC,
        open_client: Callable[[], Client] | None = None,
        write_line: Callable[[str], None] = print_line,
        random: Random | None = None,
        poll_s: float = 1.0,
        stop_grace_s: float = 6.0,
        links: CorrectionLinks | None = None,
    ) -> None:
        self._database = database
        self._links = links
        self._time_limit_s = time_limit_s
        self._reach = reach
        self._open_client = open_client or partial(Clients, reach=reach)
        self._client: Client | None = None
        self._write_line = write_line
        self._random = random or Random()  # noqa: S311 - jitter is no secret
        self._poll_s = poll_s
        self._stop_grace_s = stop_grace_s
        self._work = Workplace(database, Marker(database), self._send, time_limit_s, doubtful=set())
        self._lanes: dict[str, tuple[Lane, asyncio.Task[None]]] = {}
        self._hosts: dict[str, asyncio.Semaphore] = {}
        self._woken = asyncio.Event()
        self._reclaimed = False
        self._orphans_due = 0.0
        self._attempts = 0

    def wake(self) -> None:
        """Something was committed: look now instead of at the next poll. Cheap, from the event loop's thread only."""
        self._woken.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set, then finish what is in flight and give the rest back. Outlives database outages."""
        watch = asyncio.create_task(self._wake_at(stop))
        failures = 0
        try:
            while not stop.is_set():
                self._woken.clear()
                failures = 0 if await self._look_safely() else failures + 1
                await self._rest(
                    min(
                        self._poll_s * 2 ** min(failures, 10), max(self._poll_s, LONGEST_BACK_OFF_S)
                    )
                )
        finally:
            watch.cancel()
            await self._finish()

    async def drain_once(self) -> int:
        """Tests: hand over everything that is due now and return the number of attempts. Raises what a lane raised."""
        before = self._attempts
        await self._look()
        await asyncio.gather(*[task for _, task in self._lanes.values()])
        return self._attempts - before

    async def close(self) -> None:
        """Close the HTTP client; `run` does so itself."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _wake_at(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self.wake()

    async def _rest(self, seconds: float) -> None:
        await asyncio.sleep(REST_S)
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return

    async def _look_safely(self) -> bool:
        """Look; False when it failed, which must never be the end of all handing over."""
        try:
            if not self._reclaimed and self._database.dialect == "sqlite":
                # The only process that writes: whoever held these leases is dead.
                await self._database.write(store.release_all)
            self._reclaimed = True
            await self._look()
        except Unavailable:
            log.warning("dispatcher.database_unavailable")
            return False
        except Exception as error:
            log.error("dispatcher.broken", exc_info=error)
            return False
        return True

    async def _look(self) -> None:
        """Start a lane, or ask the running one, for each destination with something due."""
        await self._tidy()
        for destination_id in await self._database.read(store.due_destinations):
            running = self._lanes.get(destination_id)
            if running is not None and not running[1].done():
                running[0].ask()
                continue
            lane = Lane(destination_id, self._work)
            task = asyncio.create_task(lane.run())
            self._lanes[destination_id] = (lane, task)
            task.add_done_callback(partial(self._ended, destination_id))

    async def _tidy(self) -> None:
        doubtful = frozenset(self._work.doubtful)
        if doubtful:
            await self._database.write(partial(store.release, owners=doubtful))
            self._work.doubtful.difference_update(doubtful)
        if time.monotonic() >= self._orphans_due:
            buried = await self._database.write(store.bury_orphans)
            self._orphans_due = time.monotonic() + ORPHANS_EVERY_S
            if buried:
                log.error("delivery.destination_deleted", count=buried)

    def _ended(self, destination_id: str, task: asyncio.Task[None]) -> None:
        if (
            self._lanes.get(destination_id, (None, None))[1] is task
        ):  # else its successor has begun before this was called
            del self._lanes[destination_id]
        error = None if task.cancelled() else task.exception()
        if isinstance(error, Unavailable):
            log.warning("dispatcher.database_unavailable", destination_id=destination_id)
        elif error is not None:
            log.error("dispatcher.lane_broken", destination_id=destination_id, exc_info=error)

    async def _finish(self) -> None:
        running = list(self._lanes.values())
        for lane, _ in running:
            lane.stop()
        tasks = [task for _, task in running]
        if tasks:
            await asyncio.wait(
                tasks, timeout=min(self._stop_grace_s, self._time_limit_s + MARGIN_S)
            )
        late = [(lane, task) for lane, task in running if not task.done()]
        for lane, _ in late:
            lane.abort()
        if late:
            await asyncio.wait([task for _, task in late], timeout=MARGIN_S)
        for _, task in late:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.close()

    async def _send(self, lease: Lease, delivery: Due) -> Result | None:
        destination = lease.claim.destination
        try:
            route = self._route(destination)
        except Failed as error:
            return self._result(lease, delivery, lease.now(), 0.0, _Said(error=str(error)))
        async with self._hosts.setdefault(route.host, asyncio.Semaphore(CONNECTIONS_PER_HOST)):
            if not lease.outlasts(self._time_limit_s + MARGIN_S):
                return None
            at, started = lease.now(), time.monotonic()
            self._attempts += 1
            link = (
                await self._links.link(delivery.inquiry_id, at) if self._links is not None else None
            )
            handover = Handover(
                delivery.id, delivery.event, delivery.payload, delivery.repeated, link
            )
            said = await self._attempt(route, handover, at)
            step("delivery.answered")
        return self._result(lease, delivery, at, time.monotonic() - started, said)

    async def _attempt(self, route: _Route, handover: Handover, at: datetime) -> _Said:
        try:
            async with asyncio.timeout(self._time_limit_s):
                return await self._hand_over(route, handover, at)
        except TimeoutError:
            return _Said(error=f"no complete answer came within {self._time_limit_s:g} s")
        except Failed as error:
            return _Said(error=str(error))
        except Refused as error:
            return _Said(error=str(error), hopeless=True)
        except (
            Exception
        ) as error:  # one delivery that cannot be built or sent must not stop those behind it
            log.error("delivery.broken", delivery_id=handover.id, exc_info=error)
            return _Said(error=f"the router could not send it: {type(error).__name__}")

    async def _hand_over(self, route: _Route, handover: Handover, at: datetime) -> _Said:
        outgoing = route.provider.hand_over(route.settings, handover, at)
        step("delivery.sending")
        if isinstance(outgoing, PrintedLine):
            self._write_line(outgoing.text)
            return _Said(done=True)
        if self._client is None:
            self._client = self._open_client()
        asking: Generator[OutgoingRequest, Reply, Any] = (
            single(outgoing) if isinstance(outgoing, OutgoingRequest) else outgoing
        )
        try:
            told = await exchange(self._client, asking, self._time_limit_s)
        except Unsuccessful as error:
            answer = error.answer
            said = describe(answer.status, answer.body, compressed=answer.compressed)
            return _Said(
                answer.status,
                answer.retry_after,
                said,
                hopeless=answer.status in route.provider.final,
            )
        return _Said(told.status, done=True)

    def _route(self, destination: ClaimedDestination) -> _Route:
        """Raises `Failed` when the stored destination cannot be used by this version or with these settings."""
        provider = PROVIDERS.get(destination.kind)
        if provider is None:
            raise Failed(
                f"there is no kind of destination named {destination.kind}", configuration=True
            )
        try:
            settings = provider.settings_model.from_stored(destination.settings, reach=self._reach)
        except ValueError as error:
            raise Failed(str(error), configuration=True) from None
        url = provider.url(settings)
        host = f"nowhere:{destination.id}" if url is None else check_url(url, self._reach).origin
        return _Route(provider, settings, host)

    def _result(
        self, lease: Lease, delivery: Due, at: datetime, seconds: float, said: _Said
    ) -> Result:
        judgement = judge(
            200 if said.done else said.status,
            said.retry_after,
            hopeless=said.hopeless,
            attempt=delivery.attempts + 1,
            now=lease.now(),
            jitter=self._random.random(),
        )
        return Result(
            delivery_id=delivery.id,
            destination_id=lease.claim.destination.id,
            owner=lease.claim.owner,
            probe=lease.claim.probe,
            outcome=judgement.outcome,
            at=at,
            duration_ms=round(1000 * seconds),
            status_code=said.status,
            error=said.error,
            due_at=judgement.due_at,
            disable=f"the receiver wants no more deliveries: {said.error}"
            if judgement.disable
            else None,
        )

"""Inquiries of two years decided again by another policy, beside the event loop of a service."""

import asyncio
import time
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from itertools import count
from statistics import quantiles

from benchmarks import filling
from benchmarks.figures import Stores
from benchmarks.servers import Store, settings_of
from benchmarks.table import Line, at_most, told
from inquiry_router.configuration.service import ConfigurationService
from inquiry_router.database.opening import open_database
from inquiry_router.house import last_known_of
from inquiry_router.policies import store as policies
from inquiry_router.policies.model import Replay, ReplayKind, ReplayState
from inquiry_router.policies.replaying import Replayer
from inquiry_router.process.clock import utc_now
from inquiry_router.process.ids import new_id
from inquiry_router.routing.policy import Outcome, Policy

INQUIRIES = 100_000
_PEOPLE = 5_000
_TICK_S = 0.005
_TO_TRIAGE = Policy(rules=[], default=Outcome(team="triage", priority="low"))
_DECIDE_ALL = (
    "INSERT INTO timeline (inquiry_id, id, at, kind, actor, details) "
    "SELECT i.id, i.id, i.received_at, 'routed', 'bench', "
    "(SELECT details FROM timeline LIMIT 1) FROM inquiries i "
    "WHERE NOT EXISTS (SELECT 1 FROM timeline t WHERE t.inquiry_id = i.id)"
)


def replaying(make: Stores, inquiries: int = INQUIRIES) -> Iterator[Line]:
    """Seconds for all of them, and how long the event loop waits meanwhile."""
    for new_store in make:
        with new_store("replaying") as store:
            filling.fill(store, inquiries, _PEOPLE)
            store.run([_DECIDE_ALL])
            seconds, cpu_s, waits, done = asyncio.run(_replay(store))
        label = f"replay of {done:,} inquiries"
        yield at_most(f"{label}, s", store.kind, seconds, 60 * inquiries / INQUIRIES)
        yield told(f"{label}: CPU of the service for each, ms", store.kind, f"{cpu_s / done:.3f}")
        yield told(f"{label}: the event loop waits, p99, ms", store.kind, f"{waits:.1f}")


async def _replay(store: Store) -> tuple[float, float, float, int]:
    settings = settings_of(store.url)
    database = open_database(settings)
    await database.start()
    try:
        configuration = ConfigurationService(database, lambda _: None, last_known_of(settings))
        await configuration.load()
        now = utc_now()
        replay = Replay(
            new_id(),
            ReplayKind.REPLAY,
            ReplayState.RUNNING,
            _TO_TRIAGE,
            1,
            now - timedelta(days=1000),
            now + timedelta(days=1),
            5,
            now,
            "bench",
        )
        await database.write(partial(policies.add_replay, replay=replay))
        begun, cpu, waits = time.monotonic(), time.process_time(), list[float]()
        ticking = asyncio.create_task(_tick(waits))
        await Replayer(database, configuration).work_once()
        ticking.cancel()
        seconds, cpu_s = time.monotonic() - begun, time.process_time() - cpu
        ended = await database.read(partial(policies.find_replay, replay_id=replay.id))
        assert ended.state is ReplayState.DONE, ended
        return seconds, cpu_s * 1000, quantiles(waits, n=100)[98] * 1000, ended.done
    finally:
        await database.stop()


async def _tick(waits: list[float]) -> None:
    for _ in count():
        asked = time.monotonic()
        await asyncio.sleep(_TICK_S)
        waits.append(time.monotonic() - asked - _TICK_S)

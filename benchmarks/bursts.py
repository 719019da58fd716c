"""The service under more load than the model can answer at once: nothing may be skipped."""

import contextlib
import time
from collections.abc import Iterator

from benchmarks import load
from benchmarks.figures import CONNECTIONS, NewStore, Stores
from benchmarks.processor import described
from benchmarks.servers import KEY, Store, serving
from benchmarks.table import Line, at_least, at_most, told

SECONDS = 30.0
SECONDS_OF_ONE = 10.0
WEBHOOKS = 500
DECIDED_WITHIN_S = 60.0
_WAITING = "SELECT count(*) FROM waiting"
_UNCLASSIFIED = "SELECT count(*) FROM inquiries WHERE category = 'other' AND confidence = 0"


def under_load(make: Stores) -> Iterator[Line]:
    """64 connections with the model: on one thread, and on as many as there are cores."""
    yield told("processor", "", described())
    alone = _load(make[0], "one", SECONDS_OF_ONE, threads=1)
    yield _rate("64 connections with the model, one thread", alone)
    for new_store in make:
        seen = _load(new_store, "threads", SECONDS)
        yield _rate("64 connections with the model, a thread a core", seen)
        if seen.kind == alone.kind:
            yield at_least("  texts a second / one thread", seen.kind, seen.rps / alone.rps, 1.4)
        yield at_most("  p99, ms", seen.kind, seen.p99_ms, 3000)
        yield at_most("  never classified", seen.kind, seen.unclassified, 0)
        yield at_most("  memory after the load, MB", seen.kind, seen.memory_mb, 220)


def webhooks_at_once(make: Stores) -> Iterator[Line]:
    """500 webhooks at the same moment: each is answered, and all are decided soon."""
    for new_store in make:
        with new_store("webhooks") as store, serving("model", store) as server:
            plan = load.Plan(
                server.port,
                "/v1/hooks/bench",
                WEBHOOKS,
                key=KEY,
                body="of_own_ticket",
                once=True,
            )
            begun = time.monotonic()
            seen = load.run(plan)
            waited = store.ask(_WAITING)
            _wait_until_decided(store)
            took = time.monotonic() - begun
            stored = store.ask("SELECT count(*) FROM inquiries")
            answers = f"{seen.statuses}, p50 {seen.p50_ms:,.0f} ms, p99 {seen.p99_ms:,.0f} ms"
            what = f"{WEBHOOKS} webhooks at once"
            yield told(f"{what}: answers", store.kind, answers)
            yield told(f"{what}: decided after the answer", store.kind, f"{waited}")
            yield at_most("  not stored", store.kind, WEBHOOKS - stored, 0)
            yield at_most("  never classified", store.kind, store.ask(_UNCLASSIFIED), 0)
            yield at_most("  until all are decided, s", store.kind, took, DECIDED_WITHIN_S)


class _Loaded:
    """The observations of one server."""

    def __init__(self, kind: str, seen: load.Seen, unclassified: int, memory_mb: float) -> None:
        self.kind = kind
        self.rps, self.p50_ms, self.p99_ms = seen.rps, seen.p50_ms, seen.p99_ms
        self.statuses = seen.statuses
        self.unclassified = unclassified
        self.memory_mb = memory_mb


def _load(new_store: NewStore, name: str, seconds: float, threads: int = 0) -> _Loaded:
    with contextlib.ExitStack() as stack:
        store = stack.enter_context(new_store(name))
        server = stack.enter_context(serving("model", store, classifier_threads=threads))
        plan = load.Plan(server.port, "/v1/inquiries", CONNECTIONS, seconds=seconds, key=KEY)
        seen = load.run(plan)
        if seen.failed:
            raise RuntimeError(f"{seen.failed} requests failed, first: {seen.first_failure}")
        _wait_until_decided(store)
        return _Loaded(store.kind, seen, store.ask(_UNCLASSIFIED), server.memory_mb())


def _rate(what: str, seen: _Loaded) -> Line:
    times = f"p50 {seen.p50_ms:,.0f} ms, p99 {seen.p99_ms:,.0f} ms"
    return told(what, seen.kind, f"{seen.rps:,.0f}/s, {times}, answers {seen.statuses}")


def _wait_until_decided(store: Store) -> None:
    until = time.monotonic() + DECIDED_WITHIN_S
    while store.ask(_WAITING) and time.monotonic() < until:
        time.sleep(0.2)

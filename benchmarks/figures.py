"""The figures: what is measured, in which order, and what is wanted of it."""

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median, quantiles

from benchmarks import calling, encode, listing, load
from benchmarks.delivering import ratio
from benchmarks.delivering import run as delivering_costs
from benchmarks.servers import KEY, Server, Store, postgres_store, serving, sqlite_store
from benchmarks.starting import help_cpu_s, ready_s
from benchmarks.table import Line, at_least, at_most, told

CONNECTIONS = 64
ROUNDS = 5
SECONDS = 2.0
# Two processes of the same program differ by a tenth in the cost of a request, by their place in
# memory, so intake is measured in several starts, and in several rounds of each.
STARTS = 5
ROUNDS_OF_A_START = 2
STORM_KEYS = 30
_DRAINED_WITHIN_S = 20.0
_PENDING = "SELECT count(*) FROM deliveries WHERE state = 'pending'"

NewStore = Callable[[str], contextlib.AbstractContextManager[Store]]
Stores = list[NewStore]


def stores(folder: Path, postgres_url: str) -> Stores:
    """Makers of a fresh database of each kind, given its name."""
    return [
        lambda name: sqlite_store(folder, name),
        lambda name: postgres_store(postgres_url, name),
    ]


@dataclass(slots=True)
class Case:
    """A server under one kind of load, and what each round saw."""

    name: str
    where: str
    server: Server
    plan: load.Plan
    drained: bool = False
    rounds: list[load.Seen] = field(default_factory=list)
    cpu_us: list[float] = field(default_factory=list)
    memory_mb: list[float] = field(default_factory=list)

    def run(self) -> None:
        """Run one round. Where the service delivers too, CPU counts until all is delivered."""
        before = self.server.cpu_s()
        seen = load.run(self.plan)
        if seen.failed:
            raise RuntimeError(
                f"{self.name}, {self.where}: {seen.failed} requests failed, "
                f"first: {seen.first_failure}"
            )
        if self.drained and self.server.store is not None:
            _wait_until_drained(self.server.store)
        self.cpu_us.append((self.server.cpu_s() - before) / seen.answered * 1e6)
        self.rounds.append(seen)

    def add(self, again: "Case") -> None:
        """Count the rounds of another start of the same among its own."""
        self.rounds += again.rounds
        self.cpu_us += again.cpu_us
        self.memory_mb += again.memory_mb

    def ratios_to(self, bare: "Case", value: Callable[[load.Seen], float]) -> list[float]:
        """The ratios of the rounds: only what was measured moments apart is compared."""
        return [
            value(mine) / value(other) for mine, other in zip(self.rounds, bare.rounds, strict=True)
        ]

    def cpu_ratios_to(self, bare: "Case") -> list[float]:
        """The same for CPU."""
        return [mine / other for mine, other in zip(self.cpu_us, bare.cpu_us, strict=True)]

    def typical(self, value: Callable[[load.Seen], float]) -> float:
        """The median over the rounds."""
        return median(value(seen) for seen in self.rounds)

    @property
    def told(self) -> Line:
        """The figures themselves, which hold for this machine at this moment only."""
        spread = f"p50 {self.typical(p50):.1f} ms, p99 {self.typical(_p99):.1f} ms"
        return told(
            self.name,
            self.where,
            f"{self.typical(_rps):,.0f}/s, {median(self.cpu_us):.0f} µs CPU each, {spread}",
        )


def intake(make: Stores) -> Iterator[Line]:
    """Durable intake without the model, with 64 connections."""
    first, *others = (_started_afresh(make, f"intake{number}") for number in range(STARTS))
    for other in others:
        for case, again in zip(first, other, strict=True):
            case.add(again)
    bare, *plain = first
    yield bare.told
    for case in plain:
        throughput, cpu = case.ratios_to(bare, _rps), case.cpu_ratios_to(bare)
        yield case.told
        yield at_least(
            "  throughput / bare", case.where, median(throughput), 0.25, _spread(throughput)
        )
        yield at_most("  CPU per inquiry / bare request", case.where, median(cpu), 6, _spread(cpu))
        yield at_most(
            "  p99 / p50", case.where, case.typical(lambda seen: seen.p99_ms / seen.p50_ms), 4
        )
    yield from _with_keys_and_delivering(make)
    for case in plain:
        yield at_most(
            "memory after load, without the model, MB", case.where, max(case.memory_mb), 220
        )


def _started_afresh(make: Stores, name: str) -> list[Case]:
    """The bare app and intake, measured by turns in processes that run for this only."""
    with contextlib.ExitStack() as stack:
        cases = [_bare(stack.enter_context(serving("bare")))]
        for new_store in make:
            server = stack.enter_context(_stub(new_store, name))
            cases.append(_case("intake", kind_of(server), server))
        by_turns(cases, ROUNDS_OF_A_START)
        for case in cases:
            case.memory_mb.append(case.server.memory_mb())
        return cases


def _with_keys_and_delivering(make: Stores) -> Iterator[Line]:
    with contextlib.ExitStack() as stack:
        bare = _bare(stack.enter_context(serving("bare")))
        keyed, delivering = [], []
        for new_store in make:
            server = stack.enter_context(_stub(new_store, "keyed"))
            keyed.append(
                _case(
                    "intake with an Idempotency-Key", kind_of(server), server, idempotency_keys=True
                )
            )
            server = stack.enter_context(_stub(new_store, "delivering", dispatch=True))
            delivering.append(_case("intake and delivering", kind_of(server), server, drained=True))
        cases = [*keyed, *delivering]
        by_turns([bare, *cases], ROUNDS)
        for case in cases:
            throughput, cpu = median(case.ratios_to(bare, _rps)), median(case.cpu_ratios_to(bare))
            yield case.told
            yield told(
                "  throughput / bare",
                case.where,
                f"{throughput:.2f} of bare; CPU {cpu:.2f} of bare",
            )


def with_model(make: Stores) -> Iterator[Line]:
    """The service as it is, model included, beside the classifier alone; and its memory."""
    if encode.run() is None:
        yield told("classifier", "", "no usable model, so nothing was measured")
        return
    with contextlib.ExitStack() as stack:
        cases = [_with_model_cases(stack, new_store) for new_store in make]
        alone = []
        for _ in range(ROUNDS):
            alone.append(encode.run())
            for one, many in cases:
                one.run()
                many.run()
        yield from _model_lines(cases, [one for one in alone if one is not None])


def _with_model_cases(stack: contextlib.ExitStack, new_store: NewStore) -> tuple[Case, Case]:
    store = stack.enter_context(new_store("model"))
    server = stack.enter_context(serving("model", store))
    one, many = (
        _case(f"intake with the model, {name}", store.kind, server, connections=count, seconds=1.5)
        for name, count in (("one at a time", 1), ("16 at once", 16))
    )
    return one, many


def _model_lines(cases: list[tuple[Case, Case]], alone: list[encode.Alone]) -> Iterator[Line]:
    one_ms = median(each.one_ms for each in alone)
    sixteen = median(each.sixteen_rps for each in alone)
    yield told("classifier alone", "", f"{one_ms:.2f} ms a text; 16 at once {sixteen:,.0f}/s")
    for one, many in cases:
        beyond, times, shares = [], [], []
        for each, single, parallel in zip(alone, one.rounds, many.rounds, strict=True):
            beyond.append(single.p50_ms - each.one_ms)
            times.append(single.p50_ms / each.one_ms)
            shares.append(parallel.rps / each.sixteen_rps)
        yield one.told
        yield at_most("  p50 minus the classifier alone, ms", one.where, median(beyond), 5)
        yield at_most("  p50 / the classifier alone", one.where, median(times), 1.5)
        yield many.told
        note = _spread(shares)
        yield at_least(
            "  texts a second / classifier alone", many.where, median(shares), 0.85, note
        )
        memory_mb = many.server.memory_mb()
        yield at_most("memory after load, per worker, MB", many.where, memory_mb, 220)


def delivering(make: Stores) -> Iterator[Line]:
    """Delivering through the outbox beside the HTTP client alone."""
    for new_store in make:
        with new_store("sending") as store:
            costs = delivering_costs(store.url)
        each = median(cost.delivering_us for cost in costs)
        note = f"  ({each:.0f} µs; on PostgreSQL without the server's)"
        wanted = "delivering an inquiry, CPU / the HTTP client alone"
        yield at_most(wanted, store.kind, ratio(costs), 1.5, note)


def starting(make: Stores) -> Iterator[Line]:
    """Waiting for the program itself."""
    for new_store in make:
        with new_store("starting") as store:
            yield at_most("start to ready, s", store.kind, ready_s(store), 2.5)
    yield at_most("inquiry-router --help, CPU s", "", help_cpu_s(), 0.6)


def phone(make: Stores) -> Iterator[Line]:
    """Calls of people who state their matter at once: understood, stored, answered."""
    with contextlib.ExitStack() as stack:
        cases = []
        for new_store in make:
            store = stack.enter_context(new_store("phone"))
            server = stack.enter_context(serving("model", store))
            plan = load.Plan(
                server.port, "/v1/phone/decide", 16, seconds=SECONDS, key=KEY, body="call"
            )
            cases.append(Case("calls, 16 at once", store.kind, server, plan))
        by_turns(cases, ROUNDS)
        for case in cases:
            yield case.told
            yield at_most(
                "  p99 / p50", case.where, case.typical(lambda seen: seen.p99_ms / seen.p50_ms), 4
            )
    late_ms = calling.latest_ms()
    yield at_most("fallback after the hard stop, 16 at once, ms", "", late_ms, 50)


def duplicates(make: Stores) -> Iterator[Line]:
    """64 equal requests at once, for each of 30 keys."""
    for new_store in make:
        with new_store("storm") as store, serving("stub", store) as server:
            seen = load.run(
                load.Plan(server.port, "/v1/inquiries", CONNECTIONS, key=KEY, storm_keys=STORM_KEYS)
            )
            rows = store.ask("SELECT count(*) FROM inquiries")
            outbox = store.ask("SELECT count(*) FROM deliveries")
        fine = (rows, outbox, seen.failed, seen.answered) == (
            STORM_KEYS,
            STORM_KEYS,
            0,
            STORM_KEYS * CONNECTIONS,
        )
        value = (
            f"{rows} / {outbox} / {seen.failed}, p50 {seen.p50_ms:.1f} ms, p99 {seen.p99_ms:.1f} ms"
        )
        what = (
            f"{CONNECTIONS} equal requests x {STORM_KEYS} keys: inquiries / deliveries / failures"
        )
        yield Line(what, store.kind, value, f"{STORM_KEYS} / {STORM_KEYS} / 0", fine)


def pages(make: Stores, count: int) -> Iterator[Line]:
    """50 rows by cursor, anywhere."""
    for new_store in make:
        with new_store("pages") as store:
            found = listing.measure(store, count)
        for name, times in found.pages.items():
            what = f"slowest page of {listing.PAGE} in {count:,} / newest{name}"
            note = f"  ({times.slowest_ms:.2f} / {times.newest_ms:.2f} ms)"
            yield at_most(what, store.kind, times.slowest_ms / times.newest_ms, 2, note)
        for what, (slowest_ms, name) in (("filter", found.filter_ms), ("count", found.count_ms)):
            label = f"slowest {what} among {count:,}: ms for each 100,000"
            yield at_most(label, store.kind, slowest_ms * 100_000 / count, 100, f"  ({name})")
        searched_ms, name = found.search_ms
        label = f"slowest page of a search among {count:,}, ms"
        yield at_most(label, store.kind, searched_ms, 500, f"  ({name})")


def by_turns(cases: list[Case], rounds: int) -> None:
    for case in cases:  # connections, caches and the files' first pages are nobody's cost
        load.run(_shorter(case.plan))
    for case in cases:
        if case.drained and case.server.store is not None:
            _wait_until_drained(case.server.store)
    for _ in range(rounds):
        for case in cases:
            case.run()


def _shorter(plan: load.Plan) -> load.Plan:
    return replace(plan, seconds=0.5, warm_up_s=0.0)


def _wait_until_drained(store: Store) -> None:
    until = time.monotonic() + _DRAINED_WITHIN_S
    while store.ask(_PENDING) and time.monotonic() < until:
        time.sleep(0.1)


@contextlib.contextmanager
def _stub(new_store: NewStore, name: str, *, dispatch: bool = False) -> Iterator[Server]:
    with new_store(name) as store, serving("stub", store, dispatch=dispatch) as server:
        yield server


def _bare(server: Server) -> Case:
    return Case(
        "bare FastAPI", "", server, load.Plan(server.port, "/echo", CONNECTIONS, seconds=SECONDS)
    )


def _case(
    name: str,
    where: str,
    server: Server,
    *,
    drained: bool = False,
    idempotency_keys: bool = False,
    connections: int = CONNECTIONS,
    seconds: float = SECONDS,
) -> Case:
    plan = load.Plan(
        server.port,
        "/v1/inquiries",
        connections,
        seconds=seconds,
        key=KEY,
        idempotency_keys=idempotency_keys,
    )
    return Case(name, where, server, plan, drained)


def _spread(ratios: list[float]) -> str:
    low, _, high = quantiles(ratios, n=4)
    return f"  (half of the rounds: {low:.2f} to {high:.2f})"


def kind_of(server: Server) -> str:
    return server.store.kind if server.store is not None else ""


def _rps(seen: load.Seen) -> float:
    return seen.rps


def p50(seen: load.Seen) -> float:
    return seen.p50_ms


def _p99(seen: load.Seen) -> float:
    return seen.p99_ms

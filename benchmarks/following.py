"""Later messages, and joining among many inquiries: what they cost beside an intake."""

import asyncio
import contextlib
import random
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from statistics import median

from benchmarks import bodies, filling, load
from benchmarks.figures import Case, NewStore, Stores, by_turns, kind_of, p50
from benchmarks.servers import KEY, Server, Store, serving, settings_of
from benchmarks.table import Line, at_most, told
from inquiry_router.database.opening import open_database
from inquiry_router.inquiries.candidates import find_candidates

ROUNDS = 3
SECONDS = 1.2
OF_A_PERSON = 10
LOOKUPS = 200
# Rounds of the stub are short and many: half a millisecond is less than the disk's moods.
STUB_ROUNDS = 5
STUB_SECONDS = 0.6


def following(make: Stores, count: int) -> Iterator[Line]:
    """Later messages beside intakes; joining among `count` inquiries beside an empty database."""
    yield from _later_messages(make)
    for new_store in make:
        yield from _among_many(new_store, count)


def _later_messages(make: Stores) -> Iterator[Line]:
    with contextlib.ExitStack() as stack:
        groups = []
        for new_store in make:
            server = stack.enter_context(serving("model", stack.enter_context(new_store("later"))))
            groups.append(
                (
                    _case("intake with the model, one at a time", server),
                    _case("a later message, by the API", server, "message"),
                    _case("a later message, by a source's ticket", server, "of_ticket"),
                )
            )
        by_turns([case for group in groups for case in group], ROUNDS)
        for intake, *later in groups:
            yield intake.told
            for case in later:
                yield case.told
                ratio = median(case.ratios_to(intake, p50))
                yield at_most("  p50 / an intake", case.where, ratio, 1.5)


def _among_many(new_store: NewStore, count: int) -> Iterator[Line]:
    people = count // OF_A_PERSON
    with new_store("many") as many, new_store("few") as few:
        filling.fill(many, count, people)
        yield from _look_ups(many, count, people)
        yield from _with_model(many, few, count, people)
        yield from _without_model(many, count, people)


def _with_model(many: Store, few: Store, count: int, people: int) -> Iterator[Line]:
    with serving("model", many) as among_many, serving("model", few) as among_few:
        cases = []
        for name, server in (("in an empty database", among_few), (f"in {count:,}", among_many)):
            case = _case(f"intake with the model, {name}", server)
            cases.append(replace(case, plan=replace(case.plan, people=people)))
        by_turns(cases, ROUNDS)
        for case in cases:
            yield case.told
        ratio = median(cases[1].ratios_to(cases[0], p50))
        yield at_most(f"  p50 in {count:,} / in an empty database", many.kind, ratio, 1.15)


def _without_model(store: Store, count: int, people: int) -> Iterator[Line]:
    """The same server with and without looking, so that nothing else differs."""
    with serving("stub", store) as server:
        plan = replace(_case("", server, "with_ticket").plan, seconds=STUB_SECONDS)
        strangers, known = plan, replace(plan, people=people)
        for name, chosen in (("a new contact", strangers), ("a known contact", known)):
            added = []
            load.run(chosen)
            for _ in range(STUB_ROUNDS):
                looking = load.run(chosen).p50_ms
                server.process.send_signal(signal.SIGUSR1)
                not_looking = load.run(chosen).p50_ms
                server.process.send_signal(signal.SIGUSR1)
                added.append(looking - not_looking)
            what = f"joining without the model in {count:,}, {name}: ms added"
            yield at_most(what, store.kind, median(added), 0.5, f"  (to {not_looking:.1f} ms)")
        plain = median(load.run(replace(plan, body="without_signs")).p50_ms for _ in range(2))
        signed = median(load.run(plan).p50_ms for _ in range(2))
        what = f"intake without the model in {count:,}: with all signs / with none"
        yield told(what, store.kind, f"p50 {signed:.2f} / {plain:.2f} ms")


def _look_ups(store: Store, count: int, people: int) -> Iterator[Line]:
    for name, times in asyncio.run(_look_up(store, people)).items():
        middle, late = (times[int(len(times) * share)] for share in (0.5, 0.99))
        what = f"look-up of signs in {count:,}: {name}"
        yield told(what, store.kind, f"p50 {middle:.2f} ms, p99 {late:.2f} ms")


async def _look_up(store: Store, people: int) -> dict[str, list[float]]:
    """Milliseconds of each look-up, in order."""
    chance = random.Random(1)
    kinds: dict[str, tuple[int, Callable[[], tuple[str, ...]]]] = {
        "a new contact": (0, lambda: _signs_of(chance.randrange(10**6, 10**7))),
        "a contact with ten": (OF_A_PERSON, lambda: _signs_of(chance.randrange(people))),
        f"a switchboard with {filling.OF_SWITCHBOARD:,}": (
            20,
            lambda: (f"phone:{filling.SWITCHBOARD}",),
        ),
        f"an order number of {filling.OF_SHARED_ORDER}": (
            20,
            lambda: (f"number:{filling.SHARED_ORDER}",),
        ),
    }
    database = open_database(settings_of(store.url))
    await database.start()
    found = {}
    try:
        for name, (at_least, signs) in kinds.items():
            times = []
            for _ in range(LOOKUPS):
                query = partial(find_candidates, looked_for=signs(), references=())
                begun = time.perf_counter()
                candidates = await database.look_up(query)
                times.append(1000 * (time.perf_counter() - begun))
                if len(candidates) < at_least:
                    raise RuntimeError(f"{name}: only {len(candidates)} inquiries were found")
            found[name] = sorted(times)
    finally:
        await database.stop()
    return found


def _signs_of(person: int) -> tuple[str, ...]:
    """The signs by which an inquiry with a ticket and an order number is looked for."""
    contact = bodies.contact(person)
    own = (f"email:{contact['email']}", f"phone:{contact['phone']}")
    domain, name = contact["email"].rpartition("@")[2], contact["name"].split()[-1].lower()
    of_many = (f"name:{name}", f"company:{contact['company'].lower()}", f"domain:{domain}")
    words = filling.words_of(person)
    return (f"ticket:crm:T-{person}", *own, *of_many, f"number:{person}", *words)


def _case(name: str, server: Server, body: str = "inquiry") -> Case:
    path = "/v1/hooks/bench" if body == "of_ticket" else "/v1/inquiries"
    plan = load.Plan(server.port, path, 1, seconds=SECONDS, key=KEY, body=body)
    return Case(name, kind_of(server), server, plan)

"""The law over simulated weeks: random people, absences, holidays and inquiries, no violation."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inquiry_router.promises import looking
from inquiry_router.promises.model import Told
from tests.promises.samples import TEAMS
from tests.promises.world import World, clock_keys


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_nobody_is_in_limbo_in_weeks_of_random_work(seed: int) -> None:
    world = World(seed, TEAMS)
    world.run()
    for matter in world.matters:
        assert max(Counter(matter.told).values(), default=1) == 1, "told twice"
        keys = clock_keys(matter.watched.clocks)
        assert len(keys) == len(set(keys))


def test_simulation_has_everything_that_it_is_about() -> None:
    """Otherwise no violation would mean nothing."""
    worlds = [World(seed, TEAMS) for seed in range(8)]
    for world in worlds:
        world.run()
    matters = [matter for world in worlds for matter in world.matters]
    states = {alarm.partition(":")[0] for matter in matters for alarm in matter.alarms}
    assert states == {"overdue", "owner_away", "nobody"}
    assert {step for matter in matters for _, step in matter.told} == set(Told)
    assert any(not matter.alarms for matter in matters)
    outcomes = {one.outcome for matter in matters for one in matter.watched.clocks}
    assert {None, "kept", "broken"} <= outcomes


@pytest.mark.parametrize("broken", ["lawful_until", "find_limbo"])
def test_watchdog_that_is_blind_is_found_out(broken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second reading of the law notices what the first one leaves out."""
    blind = {
        "lawful_until": lambda watched, due_at, staffing, now: now + looking.FAR,
        "find_limbo": lambda watched, due_at, staffing, now: None,
    }
    monkeypatch.setattr(looking, broken, blind[broken])
    with pytest.raises(AssertionError):
        run_all(range(20))


def run_all(seeds: range) -> None:
    for seed in seeds:
        World(seed, TEAMS).run()

"""Replays on both databases: pages, progress, cancellation, and another process that goes on."""

import asyncio
from datetime import timedelta

import pytest

from inquiry_router.configuration.documents import POLICY
from inquiry_router.house import House
from inquiry_router.inquiry.errors import NotFound, Unavailable
from inquiry_router.inquiry.model import Channel, Draft
from inquiry_router.intake.recognition import sending_of
from inquiry_router.policies import replaying, store
from inquiry_router.policies.model import Replay, ReplayState
from inquiry_router.policies.replaying import Replayer
from inquiry_router.policies.service import PolicyService
from inquiry_router.process.clock import utc_now
from inquiry_router.routing.policy import Outcome, Policy

pytestmark = pytest.mark.anyio

TO_TRIAGE = Policy(rules=[], default=Outcome(team="triage", priority="low"))
TEXTS = (
    "Pompa kupiona w marcu od wczoraj cieknie, proszę o naprawę gwarancyjną.",
    "Silnik nie działa, reklamuję towar i proszę o serwis.",
    "Proszę o ofertę i wycenę na dziesięć nowych pomp, chcemy je kupić.",
    "Sprężarka jest uszkodzona, kiedy przyjedzie serwis?",
    "Falownik zepsuł się po tygodniu, proszę o naprawę.",
)


async def _idle_for_ever(replayer: Replayer) -> None:
    await asyncio.Event().wait()


@pytest.fixture(autouse=True)
def _idle(monkeypatch: pytest.MonkeyPatch) -> None:
    """The house's own replayer does nothing: the tests work themselves."""
    monkeypatch.setattr(Replayer, "run", _idle_for_ever)
    monkeypatch.setattr(replaying, "SHADOW_EVERY", timedelta())
    monkeypatch.setattr(store, "_SETTLES", timedelta(seconds=-60))


def policies_of(house: House) -> PolicyService:
    return PolicyService(
        house.database, house.configuration, house.journey.understand, lambda: None
    )


async def fill(house: House, texts: tuple[str, ...] = TEXTS) -> None:
    for number, text in enumerate(texts):
        now = utc_now()
        sending = sending_of(Draft(Channel.EMAIL, text), "test", f"{now}-{number}")
        await house.journey.receive(Draft(Channel.EMAIL, text), sending, now)


async def start(house: House, policy: Policy = TO_TRIAGE) -> Replay:
    now = utc_now()
    since, until = now - timedelta(days=1), now + timedelta(hours=1)
    return await policies_of(house).start_replay(policy, since, until, 2, "test", now)


async def find(house: House, replay: Replay) -> Replay:
    return await house.database.read(lambda one: store.find_replay(one, replay.id))


async def test_replay_decides_a_period_page_by_page_and_lists_the_moves(house: House) -> None:
    await fill(house)
    replay = await start(house)
    worker = Replayer(house.database, house.configuration, page=2)
    assert await worker.work_once() is True
    done = await find(house, replay)
    assert (done.state, done.total, done.done) == (ReplayState.DONE, 5, 5)
    assert done.finished_at is not None
    assert done.found["moved"] == sum(count for _, _, count, _ in done.found["moves"]) == 5
    for before, after, count, samples in done.found["moves"]:
        assert before[0] in ("customer_service", "sales")
        assert after == ["triage", "low", "default"]
        assert len(samples) == min(count, 2)
    assert await worker.work_once() is False


async def test_policy_in_force_moves_nothing(house: House) -> None:
    await fill(house)
    same = await start(house, house.configuration.current.documents[POLICY])
    await Replayer(house.database, house.configuration).work_once()
    done = await find(house, same)
    assert (done.done, done.found["moved"], done.found["moves"]) == (5, 0, [])


async def test_other_process_goes_on_where_one_was_killed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(house)
    replay = await start(house)
    killed = Replayer(house.database, house.configuration, page=2)
    record, pages = store.record_progress, []

    def record_once(*arguments, **named) -> bool:
        if pages:
            raise Unavailable("killed")
        pages.append(1)
        return record(*arguments, **named)

    monkeypatch.setattr(store, "record_progress", record_once)
    monkeypatch.setattr(replaying, "LEASE", timedelta())  # nobody waits for the dead one's lease
    with pytest.raises(Unavailable):
        await killed.work_once()
    monkeypatch.setattr(store, "record_progress", record)
    stopped = await find(house, replay)
    assert (stopped.state, stopped.done) == (ReplayState.RUNNING, 2)
    await Replayer(house.database, house.configuration, page=2).work_once()
    done = await find(house, replay)
    assert (done.state, done.done, done.found["moved"]) == (ReplayState.DONE, 5, 5)


async def test_lease_keeps_other_processes_away(house: House) -> None:
    await start(house)
    claim = await house.database.write(
        lambda one: store.claim_replay(one, "one", timedelta(minutes=1))
    )
    assert claim is not None
    assert await Replayer(house.database, house.configuration).work_once() is False


async def test_cancelled_replay_is_not_begun(house: House) -> None:
    await fill(house)
    replay, service = await start(house), policies_of(house)
    cancelled = await service.cancel_replay(replay.id, utc_now())
    assert cancelled.state is ReplayState.CANCELLED
    assert await Replayer(house.database, house.configuration).work_once() is False
    again = await service.cancel_replay(replay.id, utc_now())
    assert again.finished_at == cancelled.finished_at
    with pytest.raises(NotFound):
        await service.cancel_replay("none", utc_now())


async def test_cancellation_between_pages_is_heeded(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(house)
    replay = await start(house)
    record = store.record_progress

    def cancelled_meanwhile(connection, replay, **named) -> bool:
        stored = record(connection, replay=replay, **named)
        store.cancel_replay(connection, replay.id, utc_now())
        return stored

    monkeypatch.setattr(store, "record_progress", cancelled_meanwhile)
    await Replayer(house.database, house.configuration, page=2).work_once()
    stopped = await find(house, replay)
    assert (stopped.state, stopped.done) == (ReplayState.CANCELLED, 2)


async def test_mistake_of_ours_ends_a_replay_as_failed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(house)
    replay = await start(house)

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(replaying, "_decide_batch", fail)
    await Replayer(house.database, house.configuration).work_once()
    failed = await find(house, replay)
    assert (failed.state, failed.error) == (ReplayState.FAILED, "ZeroDivisionError")


async def test_shadow_follows_new_inquiries_and_ends_with_the_draft(house: House) -> None:
    service = policies_of(house)
    await fill(house, TEXTS[:2])
    with pytest.raises(NotFound):
        await service.start_shadow("test", utc_now())
    await service.save_draft(TO_TRIAGE, None, None, "test", utc_now())
    shadow = await service.start_shadow("test", utc_now())
    assert (await service.start_shadow("test", utc_now())).id == shadow.id
    worker = Replayer(house.database, house.configuration, page=2)
    await fill(house, TEXTS[2:4])
    await worker.work_once()
    assert (await find(house, shadow)).done == 2  # the new ones only
    await fill(house, TEXTS[4:])
    await worker.work_once()
    seen = await find(house, shadow)
    assert (seen.state, seen.done, seen.found["moved"]) == (ReplayState.RUNNING, 3, 3)
    await service.save_draft(TO_TRIAGE, "anew", None, "test", utc_now())
    assert (await find(house, shadow)).state is ReplayState.DONE
    anew = await house.database.read(store.find_shadow)
    assert anew is not None and anew.id != shadow.id and anew.done == 0
    await service.drop_draft(utc_now())
    ended = await house.database.read(store.find_shadow)
    assert ended is not None and ended.state is ReplayState.DONE


async def test_old_replays_are_deleted(house: House) -> None:
    old = await start(house)
    await policies_of(house).cancel_replay(old.id, utc_now() - timedelta(days=91))
    await start(house)
    with pytest.raises(NotFound):
        await find(house, old)

"""The watchdog on both databases: who is told what, once, whatever happens in between."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from inquiry_router.configuration.documents import PROMISES
from inquiry_router.inquiry.model import Origin, Provenance, Status
from inquiry_router.matters.status import Act
from inquiry_router.promises import keeping, store
from inquiry_router.promises.watchdog import AT_ONCE
from inquiry_router.routing.promise_rules import PromiseRules
from tests.promises.samples import DAY, HOUR, MONDAY
from tests.promises.stories import Watch

pytestmark = pytest.mark.anyio

DUE = MONDAY + 4 * HOUR
MINUTE = timedelta(minutes=1)


async def set_rules(watch: Watch, **rules: object) -> None:
    made = PromiseRules.model_validate(rules)
    service = watch.house.configuration
    version = service.current.documents.version(PROMISES)
    await service.replace_document(PROMISES, made, version, "test", None, MONDAY)


async def test_reminder_escalations_and_alarm_each_an_event_and_a_notice(watch: Watch) -> None:
    inquiry = await watch.open()
    assert (await watch.row(inquiry)).due_at == DUE
    assert (await watch.look(MONDAY)).told == 0
    assert await watch.kinds(inquiry) == []
    for at in (DUE - HOUR, DUE - HOUR, DUE, DUE + MINUTE, MONDAY + DAY, MONDAY + DAY + HOUR):
        await watch.look(at)
    assert await watch.kinds(inquiry) == ["promise_reminded", "escalated", "alarmed", "escalated"]
    assert await watch.told() == [
        ("reminder", "team:customer_service"),
        ("escalation", "team:customer_service"),
        ("alarm", "alarms"),
        ("escalation", "managers"),
    ]
    (facts,) = await watch.facts("reminder")
    assert facts["promise"]["pl"] == "pierwsza odpowiedź"
    assert (await watch.facts("alarm"))[0]["reason"]["pl"] == "minął termin"


async def test_owner_is_reminded_if_we_know_them(watch: Watch) -> None:
    await watch.hire("Celina Kos", email="celina@acme.example")
    inquiry = await watch.open()
    await watch.set(inquiry, assignee="celina@acme.example")
    await watch.look(DUE - HOUR)
    member = watch.house.staff.roster.by_name("Celina Kos")
    assert member is not None
    assert await watch.told() == [("reminder", member.id)]


async def test_answer_keeps_the_promise_and_the_next_message_starts_another(watch: Watch) -> None:
    await set_rules(watch, rows=[{"next_answer_minutes": 120}], deadlines=[])
    inquiry = await watch.open()
    await watch.act(inquiry, Act.ANSWERED, MONDAY + HOUR)
    assert (await watch.row(inquiry)).due_at is None
    await watch.look(MONDAY + DAY)
    assert await watch.kinds(inquiry) == ["answered"]
    await watch.write_again(inquiry, MONDAY + DAY)
    assert (await watch.row(inquiry)).due_at == MONDAY + DAY + 2 * HOUR
    await watch.look(MONDAY + DAY + 2 * HOUR)
    assert (await watch.kinds(inquiry))[-2:] == ["escalated", "alarmed"]
    clocks = await watch.clocks(inquiry)
    assert clocks["first_answer"].outcome == "kept"
    assert clocks["next_answer"].outcome is None


async def test_resolved_inquiry_is_watched_no_more_and_its_alarm_ends(watch: Watch) -> None:
    inquiry = await watch.open()
    await watch.look(DUE)
    assert [one.ended_at for one in await watch.alarms()] == [None]
    await watch.act(inquiry, Act.RESOLVED, DUE + HOUR)
    await watch.look(DUE + HOUR)
    assert [one.ended_at for one in await watch.alarms()] == [DUE + HOUR]
    row = await watch.row(inquiry)
    assert (row.watch_at, row.due_at) == (None, None)
    assert (await watch.clocks(inquiry))["first_answer"].outcome == "broken"


async def test_alarms_are_bundled_and_told_once_for_a_state(watch: Watch) -> None:
    for _ in range(3):
        await watch.open()
    await watch.look(DUE)
    (facts,) = await watch.facts("alarm")
    assert facts["count"] == 3
    assert facts["text"]["pl"].count("minął termin") == 3
    assert (await watch.look(DUE + MINUTE)).alarms == 0
    assert len(await watch.facts("alarm")) == 1


async def test_absence_that_leaves_nobody_raises_an_alarm_at_once(watch: Watch) -> None:
    await watch.hire("Celina Kos")
    inquiry = await watch.open(MONDAY + 5 * HOUR)
    due_at = (await watch.row(inquiry)).due_at
    assert due_at == MONDAY + DAY + HOUR
    await watch.look(MONDAY + 5 * HOUR)
    assert await watch.alarms() == []
    off = [{"first": "2026-11-23", "last": "2026-11-27"}]
    await watch.hire("Celina Kos", absences=off)
    await watch.look(MONDAY + 5 * HOUR + MINUTE)
    (alarm,) = await watch.alarms()
    assert (alarm.breach, alarm.due_at) == ("nobody", due_at)
    await watch.hire("Celina Kos")
    await watch.look(MONDAY + 5 * HOUR + 2 * MINUTE)
    (alarm,) = await watch.alarms()
    assert alarm.ended_at is not None


async def test_several_watchdogs_tell_everything_once(watch: Watch) -> None:
    for _ in range(6):
        await watch.open()
    dogs = [watch.dog(DUE) for _ in range(4)]
    rounds = await asyncio.gather(*(dog.watch() for dog in dogs))
    assert sum(one.alarms for one in rounds) == 6
    told = await watch.told()
    assert told.count(("escalation", "team:customer_service")) == 6
    counted = sum(facts.get("count", 1) for facts in await watch.facts("alarm"))
    assert counted == 6


async def test_round_that_is_broken_off_has_told_nothing(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    inquiry = await watch.open()
    with monkeypatch.context() as broken:

        def fail(name: str) -> None:
            raise RuntimeError(name)

        broken.setattr(keeping, "step_done", fail)
        with pytest.raises(RuntimeError, match="in_transaction"):
            await watch.look(DUE)
    assert (await watch.kinds(inquiry), await watch.told()) == ([], [])
    await watch.look(DUE)
    assert await watch.kinds(inquiry) == ["escalated", "alarmed"]


async def test_inquiry_in_shadow_is_watched_by_nobody(watch: Watch) -> None:
    inquiry = await watch.open(provenance=Provenance(shadow=True))
    await watch.look(DUE + HOUR)
    assert (await watch.told(), await watch.clocks(inquiry)) == ([], {})


async def test_one_odd_inquiry_keeps_no_other_from_being_looked_at(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd, other = await watch.open(), await watch.open()
    look_at = keeping.look_at

    def fail(watched, setting, now):
        if watched.id == odd:
            raise ValueError("odd")
        return look_at(watched, setting, now)

    monkeypatch.setattr(keeping, "look_at", fail)
    await watch.look(DUE)
    assert (await watch.kinds(odd), await watch.kinds(other)) == ([], ["escalated", "alarmed"])
    assert (await watch.row(odd)).watch_at == DUE + keeping.PUT_OFF


async def test_more_than_one_transaction_holds(watch: Watch) -> None:
    for number in range(AT_ONCE + 3):
        await watch.open(text=f"{number} {'pompa cieknie'}")
    done = await watch.look(MONDAY + MINUTE)
    assert done.looked_at >= AT_ONCE + 3
    assert (await watch.look(MONDAY + 2 * MINUTE)).looked_at == 0


async def test_moved_to_a_team_that_does_not_work_is_alarmed(watch: Watch) -> None:
    await watch.hire(
        "Adam", teams=["sales"], absences=[{"first": "2026-11-20", "last": "2026-12-20"}]
    )
    inquiry = await watch.open()
    await watch.look(MONDAY)
    assert await watch.alarms() == []
    await watch.set(inquiry, team="sales", watch_at=MONDAY)
    await watch.look(MONDAY + MINUTE)
    (alarm,) = await watch.alarms()
    assert (alarm.breach, alarm.team) == ("nobody", "sales")


async def test_promises_kept_are_counted_by_team(watch: Watch) -> None:
    kept, broken, open_and_late = [await watch.open() for _ in range(3)]
    await watch.act(kept, Act.ANSWERED, MONDAY + HOUR)
    await watch.act(broken, Act.ANSWERED, DUE + HOUR)
    await watch.look(DUE + HOUR)
    found = await watch.house.database.read(lambda c: store.count_kept(c, MONDAY, MONDAY + DAY))
    (counted,) = [one for one in found if one.kind == "first_answer"]
    assert (counted.team, counted.kept, counted.broken, counted.open_and_late) == (
        "customer_service",
        1,
        2,
        1,
    )
    assert (
        await watch.house.database.read(lambda c: store.count_kept(c, MONDAY - DAY, MONDAY)) == []
    )
    assert (await watch.row(open_and_late)).status == Status.ROUTED


async def test_round_finds_what_is_due_by_an_index(watch: Watch) -> None:
    """Not by reading the inquiries: most of a large database are resolved or not due."""

    def plan(connection) -> str:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        explain = "EXPLAIN QUERY PLAN " if connection.dialect.name == "sqlite" else "EXPLAIN "
        query = "SELECT id FROM inquiries WHERE watch_at <= CURRENT_TIMESTAMP "
        rows = connection.execute(text(f"{explain}{query}ORDER BY watch_at LIMIT 50"))
        return " ".join(str(row) for row in rows)

    assert "ix_inquiries_watch_at" in await watch.house.database.read(plan)


async def test_where_nobody_hears_of_answers_nobody_is_reminded(watch: Watch) -> None:
    """People answer in a mail client, which tells nobody."""
    await set_rules(watch, unheard_sources=["mailbox"])
    heard = await watch.open(origin=Origin("form", "1"))
    unheard = await watch.open(origin=Origin("mailbox", "1"))
    await watch.look(DUE)
    assert await watch.kinds(heard) == ["escalated", "alarmed"]
    assert await watch.kinds(unheard) == []

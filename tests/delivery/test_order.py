"""Deliveries of one thread go in order, and newer decisions supersede older ones that wait."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, update

from inquiry_router.database.session import Database, database_now
from inquiry_router.delivery import order, records, store
from inquiry_router.delivery.model import Claim, DeliveryState
from inquiry_router.delivery.schedule import AttemptOutcome
from inquiry_router.delivery.tables import deliveries
from inquiry_router.inquiry.model import Event, Origin
from tests.delivery import rows

pytestmark = pytest.mark.anyio
RETRY, DEAD = AttemptOutcome.RETRY, AttemptOutcome.DEAD


def add(connection: Connection, event: str, inquiry: str, **columns: Any) -> str:
    """Add a delivery of an inquiry to `erp`; it carries a decision if it is named so."""
    decides = event in (Event.ROUTED, Event.CORRECTED)
    values = {"inquiry_id": inquiry, "thread": inquiry, "decides": decides, **columns}
    return rows.add_deliveries(connection, "erp", 1, event=event, **values)[0]


def take_one(connection: Connection, delivery_id: str) -> Claim:
    """Claim, and make sure that it is this delivery and no other."""
    claimed = rows.take(connection, "erp")
    assert claimed is not None
    assert [due.id for due in claimed.deliveries] == [delivery_id]
    return claimed


def new_inquiry(connection: Connection, **destination: Any) -> str:
    rows.add_destination(connection, "erp", **destination)
    return rows.add_inquiry(connection)


def test_thread_is_the_ticket_or_the_inquiry() -> None:
    assert order.thread_of(None, "01a2") == "01a2"
    assert order.thread_of(Origin("zammad-1", "4711"), "01a2") == "zammad-1:4711"
    assert len(order.thread_of(Origin("mail", "ż" * 3000), "01a2")) == order.MAX_THREAD_CHARS


@pytest.mark.parametrize(
    ("event", "change", "decides"),
    [
        (Event.ROUTED, None, True),
        (Event.CORRECTED, None, True),
        (Event.RESOLVED, None, False),
        (Event.CALL, None, False),
        (Event.MESSAGE, "kept", False),
        (Event.MESSAGE, "split", False),
        (Event.MESSAGE, "decided", True),
        (Event.MESSAGE, "raised", True),
        (Event.MESSAGE, "reopened", True),
    ],
)
def test_decisions_are_known_by_event_and_change(
    event: Event, change: str | None, decides: bool
) -> None:
    details = {} if change is None else {"change": {"kind": change}}
    assert order.carries_decision(event, details) is decides


async def test_thread_is_sent_one_at_a_time_and_others_do_not_wait(database: Database) -> None:
    def work(connection: Connection) -> None:
        rows.add_destination(connection, "erp")
        rows.add_destination(connection, "crm")
        first, second, third = rows.add_deliveries(connection, "erp", 3, thread="zammad:1")
        (other,) = rows.add_deliveries(connection, "erp", 1, thread="zammad:2")
        (elsewhere,) = rows.add_deliveries(connection, "crm", 1, thread="zammad:1")
        claimed = rows.take(connection, "erp")
        assert claimed is not None
        assert [due.id for due in claimed.deliveries] == [first, other]
        there = rows.take(connection, "crm")
        assert there is not None
        assert [due.id for due in there.deliveries] == [elsewhere]
        for following in (second, third):
            assert rows.take(connection, "erp") is None
            assert store.due_destinations(connection) == ()
            store.mark(connection, [rows.result_of(claimed)])
            assert store.due_destinations(connection) == ("erp",)
            claimed = take_one(connection, following)

    await database.write(work)


async def test_delivery_that_waits_for_a_retry_holds_up_its_thread_only(database: Database) -> None:
    def work(connection: Connection) -> None:
        rows.add_destination(connection, "erp")
        first, second = rows.add_deliveries(connection, "erp", 2, thread="zammad:1")
        claimed = take_one(connection, first)
        again = claimed.at + timedelta(hours=1)
        store.mark(connection, [rows.result_of(claimed, outcome=RETRY, due_at=again)])
        assert store.due_destinations(connection) == ()
        assert rows.take(connection, "erp") is None
        # Nobody is late: it is not its turn.
        assert records.count_deliveries(connection).oldest_due_s == 0.0
        (other,) = rows.add_deliveries(connection, "erp", 1, thread="zammad:2")
        take_one(connection, other)
        connection.execute(update(deliveries).where(deliveries.c.id == first).values(due_at=again))
        rows.make_due(connection)
        store.mark(connection, [rows.result_of(take_one(connection, first))])
        take_one(connection, second)

    await database.write(work)


@pytest.mark.parametrize("state", ["delivered", "dead", "discarded", "superseded"])
async def test_finished_delivery_holds_up_nothing(database: Database, state: str) -> None:
    def work(connection: Connection) -> None:
        rows.add_destination(connection, "erp")
        rows.add_deliveries(connection, "erp", 1, thread="zammad:1", state=state)
        (second,) = rows.add_deliveries(connection, "erp", 1, thread="zammad:1")
        take_one(connection, second)

    await database.write(work)


async def test_older_delivery_that_is_retried_waits_for_the_one_in_flight(
    database: Database,
) -> None:
    def work(connection: Connection) -> None:
        rows.add_destination(connection, "erp")
        columns = {"thread": "zammad:1", "event": Event.CALL}
        (old,) = rows.add_deliveries(connection, "erp", 1, state="dead", **columns)
        (new,) = rows.add_deliveries(connection, "erp", 1, **columns)
        claimed = take_one(connection, new)
        records.retry_delivery(connection, old)
        assert rows.take(connection, "erp") is None
        store.mark(connection, [rows.result_of(claimed)])
        take_one(connection, old)

    await database.write(work)


async def test_waiting_decision_is_superseded_by_a_newer_one(database: Database) -> None:
    def work(connection: Connection) -> None:
        inquiry = new_inquiry(connection)
        other = rows.add_inquiry(connection)
        old = add(connection, Event.ROUTED, inquiry, last_error="503")
        of_the_same_ticket = add(connection, Event.ROUTED, other, thread=inquiry)
        new = add(connection, Event.CORRECTED, inquiry)
        assert order.supersede(connection, deliveries.c.inquiry_id == inquiry) == 1
        row = rows.delivery(connection, old)
        assert (row.state, row.last_error) == ("superseded", "a newer decision took its place")
        assert row.finished_at is not None
        # Two inquiries of one ticket keep their order, but each is told.
        assert rows.states(connection, [of_the_same_ticket, new]) == ["pending", "pending"]
        counts = records.count_deliveries(connection)
        assert (counts.pending, counts.superseded) == (2, 1)
        listed = records.list_deliveries(connection, states=[DeliveryState.SUPERSEDED])
        assert [one.id for one in listed] == [old]

    await database.write(work)


async def test_decision_in_flight_is_finished_or_superseded_when_it_fails(
    database: Database,
) -> None:
    def work(connection: Connection) -> None:
        inquiry = new_inquiry(connection)
        old = add(connection, Event.ROUTED, inquiry)
        claimed = take_one(connection, old)
        new = add(connection, Event.CORRECTED, inquiry)
        assert order.supersede(connection, deliveries.c.inquiry_id == inquiry) == 0
        assert rows.take(connection, "erp") is None
        store.mark(connection, [rows.result_of(claimed, outcome=RETRY)])
        assert rows.states(connection, [old, new]) == ["superseded", "pending"]
        (tried,) = rows.tries(connection, old)
        assert tried.outcome == "retry"
        (due,) = take_one(connection, new).deliveries
        # The first may have arrived and made a ticket.
        assert (due.repeated, due.first, due.outdated) == (True, True, False)

    await database.write(work)


async def test_failed_decision_without_a_newer_one_waits_for_its_retry(database: Database) -> None:
    def work(connection: Connection) -> None:
        inquiry = new_inquiry(connection)
        first = add(connection, Event.ROUTED, inquiry)
        store.mark(connection, [rows.result_of(take_one(connection, first), outcome=RETRY)])
        call = add(connection, Event.CALL, inquiry)
        rows.make_due(connection)
        store.mark(connection, [rows.result_of(take_one(connection, first), outcome=RETRY)])
        assert rows.states(connection, [first, call]) == ["pending", "pending"]

    await database.write(work)


async def test_news_are_never_superseded(database: Database) -> None:
    def work(connection: Connection) -> None:
        inquiry = new_inquiry(connection)
        told = add(connection, Event.ROUTED, inquiry, state="delivered")
        old = add(connection, Event.CORRECTED, inquiry)
        news = [add(connection, event, inquiry) for event in (Event.CALL, Event.RESOLVED)]
        news.append(add(connection, Event.MESSAGE, inquiry, decides=True))
        new = add(connection, Event.CORRECTED, inquiry)
        assert order.supersede(connection) == 1
        assert rows.states(connection, [told, old, new]) == ["delivered", "superseded", "pending"]
        assert rows.states(connection, news) == ["pending"] * 3
        # The message is told, but must not undo the correction.
        store.mark(connection, [rows.result_of(take_one(connection, news[0]))])
        store.mark(connection, [rows.result_of(take_one(connection, news[1]))])
        (due,) = take_one(connection, news[2]).deliveries
        assert (due.first, due.outdated) == (False, True)

    await database.write(work)


async def test_first_decision_goes_before_the_news_about_its_ticket(database: Database) -> None:
    """A call would find no ticket if the decision that makes it came later."""

    def work(connection: Connection) -> None:
        inquiry = new_inquiry(connection)
        first = add(connection, Event.ROUTED, inquiry)
        call = add(connection, Event.CALL, inquiry)
        second = add(connection, Event.CORRECTED, inquiry)
        third = add(connection, Event.CORRECTED, inquiry)
        assert order.supersede(connection) == 1
        assert rows.states(connection, [first, call, second, third]) == [
            "pending",
            "pending",
            "superseded",
            "pending",
        ]
        for expected in (first, call, third):
            store.mark(connection, [rows.result_of(take_one(connection, expected))])

    await database.write(work)


async def test_outdated_decision_cannot_be_sent_again(database: Database) -> None:
    def work(connection: Connection) -> None:
        inquiry = new_inquiry(connection)
        sent = add(connection, Event.ROUTED, inquiry, state="delivered")
        died = add(connection, Event.CORRECTED, inquiry, state="dead")
        newest = add(connection, Event.CORRECTED, inquiry, state="delivered")
        retried = records.retry_delivery(connection, died)
        assert retried is not None
        assert (retried.state, retried.last_error) == ("superseded", order.SUPERSEDED)
        unchanged = records.retry_delivery(connection, sent)
        assert unchanged is not None
        assert (unchanged.state, unchanged.last_error) == ("delivered", None)
        again = records.retry_delivery(connection, newest)
        assert again is not None
        assert again.state is DeliveryState.PENDING

    await database.write(work)


async def test_decision_may_be_sent_again_if_the_newer_one_was_discarded(
    database: Database,
) -> None:
    def work(connection: Connection) -> None:
        inquiry = new_inquiry(connection)
        old = add(connection, Event.ROUTED, inquiry, state="superseded")
        add(connection, Event.CORRECTED, inquiry, state="discarded")
        retried = records.retry_delivery(connection, old)
        assert retried is not None
        assert retried.state is DeliveryState.PENDING

    await database.write(work)


async def test_retrying_all_dead_sends_the_newest_decisions(database: Database) -> None:
    def work(connection: Connection) -> None:
        inquiry = new_inquiry(connection)
        other = rows.add_inquiry(connection)
        replaced = add(connection, Event.ROUTED, other, state="dead")
        add(connection, Event.CORRECTED, other, state="delivered")
        old = add(connection, Event.ROUTED, inquiry, state="dead")
        new = add(connection, Event.CORRECTED, inquiry, state="dead")
        assert records.retry_dead(connection, "erp") == 1
        assert rows.states(connection, [replaced, old, new]) == [
            "superseded",
            "superseded",
            "pending",
        ]
        take_one(connection, new)

    await database.write(work)


async def test_lost_attempt_is_remembered_by_the_decision_after_it(database: Database) -> None:
    """A worker was killed while it sent: the ticket may be there."""

    def work(connection: Connection) -> None:
        inquiry = new_inquiry(connection)
        old = add(connection, Event.ROUTED, inquiry)
        take_one(connection, old)
        rows.expire_leases(connection)
        new = add(connection, Event.CORRECTED, inquiry)
        assert order.supersede(connection) == 1
        (due,) = take_one(connection, new).deliveries
        assert (due.repeated, due.first) == (True, True)

    await database.write(work)


async def test_correction_of_a_delivered_decision_looks_for_its_ticket(database: Database) -> None:
    def work(connection: Connection) -> None:
        inquiry = new_inquiry(connection)
        add(connection, Event.ROUTED, inquiry, state="delivered")
        new = add(connection, Event.CORRECTED, inquiry)
        (due,) = take_one(connection, new).deliveries
        assert (due.repeated, due.first) == (True, False)
        untold = rows.add_inquiry(connection)
        add(connection, Event.ROUTED, untold, state="superseded")
        alone = add(connection, Event.CORRECTED, untold)
        (due,) = take_one(connection, alone).deliveries
        assert (due.repeated, due.first) == (False, True)

    await database.write(work)


async def test_broken_off_attempt_may_have_arrived(database: Database) -> None:
    def work(connection: Connection) -> None:
        rows.add_destination(connection, "erp")
        (delivery_id,) = rows.add_deliveries(connection, "erp", 1)
        claimed = take_one(connection, delivery_id)
        assert store.release_tried(connection, ["somebody else"], [delivery_id]) == 0
        assert store.release_tried(connection, [claimed.owner], [delivery_id]) == 1
        again = take_one(connection, delivery_id)
        assert again.deliveries == (replace(claimed.deliveries[0], repeated=True),)
        assert again.at >= claimed.at <= database_now(connection)

    await database.write(work)

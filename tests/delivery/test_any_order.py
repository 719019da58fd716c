"""Random events and failures: a thread is always sent in order and ends with the newest.

The seeds are fixed, so that a failure can be repeated.
"""

import asyncio
import json
from collections.abc import Mapping
from datetime import timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from inquiry_router.database.session import Database, database_now
from inquiry_router.delivery import records
from inquiry_router.delivery.model import DeliveryState
from inquiry_router.delivery.outbox import record_deliveries
from inquiry_router.delivery.tables import deliveries
from inquiry_router.inquiry.model import (
    Channel,
    Classification,
    Decision,
    Draft,
    Event,
    Origin,
    Priority,
    Receipt,
    Status,
)
from inquiry_router.outside.client import Answer, Failed
from tests.delivery import rows
from tests.delivery.doubles import Shaky, delivering, idle

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
EVENTS = 70
# The first two are of one ticket.
TICKET = Origin("zammad", "4711")
INQUIRIES = 5


class Receiver:
    """A client that answers at random, notes the order, and objects to two of a thread at once."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._open: set[str] = set()
        self.calm = False
        self.thread_of: dict[str, str] = {}
        self.came: list[str] = []
        self.taken: list[str] = []
        self.overlaps: list[str] = []

    async def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        delivery_id = headers["webhook-id"]
        thread = url + json.loads(body)["data"]["thread"]
        if thread in self._open:
            self.overlaps.append(thread)
        self._open.add(thread)
        self.came.append(delivery_id)
        try:
            await asyncio.sleep(self._random.choice((0, 0, 0.002, 0.01)))
        finally:
            self._open.discard(thread)
        luck = 1.0 if self.calm else self._random.random()
        if luck < 0.15:
            raise Failed("the connection was reset")
        status = 503 if luck < 0.35 else 422 if luck < 0.4 else 204
        if status == 204:
            self.taken.append(delivery_id)
        return Answer(status, {}, b"", compressed=False)

    async def aclose(self) -> None:
        pass


def record(connection: Connection, random: Random, inquiries: list[str]) -> None:
    """Record a random event of a random inquiry, as the services do."""
    number = random.randrange(INQUIRIES)
    inquiry_id, origin = inquiries[number], TICKET if number < 2 else None
    event = random.choice((Event.CORRECTED, Event.CORRECTED, Event.CALL, Event.RESOLVED))
    decision = Decision("customer_service", Priority.NORMAL, "defects", 1, ())
    receipt = Receipt(
        id=inquiry_id,
        reference="K7MA-4XEH",
        status=Status.ROUTED,
        received_at=rows.MOMENT,
        classification=Classification("defect", 0.9, "pl", "model", "tests"),
        decision=decision,
        acknowledgement=None,
    )
    draft = Draft(Channel.EMAIL, "Pompa cieknie.", origin=origin)
    thread = "ticket" if origin else inquiry_id
    told = [name for name in ("erp", "crm") if random.random() < 0.8]
    record_deliveries(connection, event, receipt, draft, told, rows.MOMENT, thread=thread)


def make_some_due(connection: Connection) -> None:
    """Let the time pass until retries are due and pauses over."""
    now = database_now(connection)
    waiting = deliveries.c.due_at > now
    connection.execute(update(deliveries).where(waiting).values(due_at=now - timedelta(seconds=1)))
    rows.end_pauses(connection)


async def run(database: Database, random: Random, receiver: Receiver, *, by_hand: bool) -> None:
    """Record events while two dispatchers deliver, then let everything arrive."""

    def prepare(connection: Connection) -> list[str]:
        for name in ("erp", "crm"):
            rows.add_destination(connection, name, f"https://{name}.example.com/")
        return [rows.add_inquiry(connection) for _ in range(INQUIRIES)]

    inquiries = await database.write(prepare)
    shaky = Shaky(database)
    sender: dict[str, Any] = {"open_client": lambda: receiver, "poll_s": 0.01}
    async with delivering(shaky, **sender) as one, delivering(shaky, **sender) as two:
        async with asyncio.timeout(5):
            while shaky.calls.count("due_destinations") < 2:
                await asyncio.sleep(0.005)
        for number in range(EVENTS):
            await database.write(lambda c: record(c, random, inquiries))
            random.choice((one, two)).wake()
            if number % 10 == 0:
                await database.write(make_some_due)
                shaky.fail_before = {"mark": 1, "claim": 1}
            if by_hand and number % 25 == 0:
                await database.write(records.retry_dead)
            await asyncio.sleep(random.choice((0, 0, 0.005)))
        receiver.calm = True
        async with asyncio.timeout(30):
            while await database.read(_waiting):
                await database.write(make_some_due)
                one.wake()
                await idle(database)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("by_hand", [False, True], ids=["alone", "retried by hand"])
async def test_threads_are_sent_in_order_and_end_with_the_newest_decision(
    database: Database, seed: int, by_hand: bool
) -> None:
    random = Random(seed)
    receiver = Receiver(random)
    await run(database, random, receiver, by_hand=by_hand)
    found = await database.read(lambda c: c.execute(select(deliveries)).all())
    row_of = {row.id: row for row in found}
    assert receiver.overlaps == []
    states = {row.state for row in found}
    assert {"delivered", "superseded"} <= states <= {"delivered", "superseded", "dead"}

    came = [row_of[delivery_id] for delivery_id in receiver.came]
    for queue in _by(came, "destination_id", "thread"):
        if not by_hand:  # people send old news again behind newer ones
            assert all(before.id <= after.id for before, after in pairwise(queue))
    for decisions in _by([row for row in came if row.decides], "destination_id", "inquiry_id"):
        assert all(before.id <= after.id for before, after in pairwise(decisions))
    for all_of_it in _by([row for row in found if row.decides], "destination_id", "inquiry_id"):
        newest = max(all_of_it, key=lambda row: row.id)
        assert newest.state in ("delivered", "dead")
        assert all(row.state != "pending" for row in all_of_it)
    # Nothing but decisions is ever left out.
    assert all(row.decides for row in found if row.state == DeliveryState.SUPERSEDED)
    taken = set(receiver.taken)
    assert all(row.id in taken for row in found if row.state == DeliveryState.DELIVERED)


def _by(found: list[Any], *columns: str) -> list[list[Any]]:
    groups: dict[tuple[str, ...], list[Any]] = {}
    for row in found:
        groups.setdefault(tuple(getattr(row, name) for name in columns), []).append(row)
    return list(groups.values())


def _waiting(connection: Connection) -> bool:
    query = select(deliveries.c.id).where(deliveries.c.state == DeliveryState.PENDING).limit(1)
    return connection.execute(query).first() is not None

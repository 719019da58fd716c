"""Events of an inquiry are recorded in order, and what the helpdesk ends with is the correction."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2 as httpx
import pytest
from sqlalchemy import Connection, select, update

from inquiry_router.database.migrate import downgrade, upgrade
from inquiry_router.delivery import records
from inquiry_router.delivery.tables import deliveries
from inquiry_router.house import House
from tests.conftest import client_of
from tests.delivery import rows
from tests.delivery.doubles import deliver_all
from tests.faulty_server import FaultyServer, answer, faulty_server

pytestmark = pytest.mark.anyio
BODY = {"channel": "email", "text": "Pompa od wczoraj cieknie, proszę o serwis."}
TICKET = {"source": {"system": "zammad-1", "id": "4711"}}
SAID = {"who": "Celina", "category": "new_purchase"}


@pytest.fixture
async def server() -> AsyncIterator[FaultyServer]:
    async with faulty_server() as running:
        yield running


@pytest.fixture
async def admin(house: House, server: FaultyServer) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a house whose only destination is the server."""

    def work(connection: Connection) -> None:
        moved = {"settings": {"url": server.url("/in"), "secret": rows.SECRET}, "kind": "webhook"}
        connection.execute(update(rows.destinations).values(moved))

    await house.database.write(work)
    async with client_of(house) as made:
        yield made


def events(server: FaultyServer) -> list[str]:
    return [json.loads(request.body)["type"] for request in server.requests]


async def test_correction_while_the_receiver_is_down_is_what_it_ends_with(
    house: House, admin: httpx.AsyncClient, server: FaultyServer
) -> None:
    server.behave("/in", answer(503))
    await admin.post("/v1/inquiries", json={**BODY, **TICKET})
    await deliver_all(house.database)
    corrected = (await admin.post("/v1/inquiries/latest/correction", json=SAID)).json()
    server.behave("/in", answer(200))
    await house.database.write(rows.make_due)
    await deliver_all(house.database)
    await house.database.write(rows.make_due)
    await deliver_all(house.database)
    assert events(server) == ["inquiry.routed", "inquiry.corrected"]
    told = json.loads(server.requests[-1].body)["data"]["decision"]
    told.pop("reason_facts")  # for the notes of helpdesks
    assert told == corrected["decision"]

    listed = (await admin.get("/v1/deliveries")).json()["items"]
    assert [one["state"] for one in listed] == ["delivered", "superseded"]
    superseded = (await admin.get("/v1/deliveries", params={"state": "superseded"})).json()["items"]
    assert [one["last_error"] for one in superseded] == ["a newer decision took its place"]
    metrics = (await admin.get("/metrics")).text
    assert 'deliveries{state="superseded"} 1.0' in metrics
    tries = (await admin.get(f"/v1/deliveries/{superseded[0]['id']}")).json()["tries"]
    assert [one["status_code"] for one in tries] == [503]


async def test_outdated_decision_is_not_sent_again_by_hand(
    house: House, admin: httpx.AsyncClient, server: FaultyServer
) -> None:
    await admin.post("/v1/inquiries", json=BODY)
    await deliver_all(house.database)
    await admin.post("/v1/inquiries/latest/correction", json=SAID)
    await deliver_all(house.database)
    newest, oldest = (await admin.get("/v1/deliveries")).json()["items"]
    refused = await admin.post(f"/v1/deliveries/{oldest['id']}/retry")
    assert refused.status_code == 409
    assert "newer decision" in refused.json()["detail"]
    again = await admin.post(f"/v1/deliveries/{newest['id']}/retry")
    assert (again.status_code, again.json()["state"]) == (200, "pending")
    await deliver_all(house.database)
    assert events(server) == ["inquiry.routed", "inquiry.corrected", "inquiry.corrected"]


async def test_deliveries_of_a_ticket_share_a_thread(
    house: House, admin: httpx.AsyncClient
) -> None:
    made = (await admin.post("/v1/inquiries", json=BODY)).json()
    await admin.post("/v1/inquiries", json={**BODY, **TICKET})
    await admin.post("/v1/inquiries/latest/resolution", json={"who": "Celina"})
    query = select(deliveries.c.thread, deliveries.c.event, deliveries.c.decides)
    found = await house.database.read(lambda c: c.execute(query.order_by(deliveries.c.id)).all())
    assert [tuple(row) for row in found] == [
        (made["id"], "inquiry.routed", True),
        ("zammad-1:4711", "inquiry.routed", True),
        ("zammad-1:4711", "inquiry.resolved", False),
    ]


async def test_process_whose_clock_is_behind_records_in_order_too(
    house: House, admin: httpx.AsyncClient, server: FaultyServer
) -> None:
    """Ids begin with the time, and another process may have made the one before."""
    made = (await admin.post("/v1/inquiries", json=BODY)).json()
    (first,) = await house.database.read(records.list_deliveries)
    ahead = "f" + first.id[1:]
    await house.database.write(
        lambda c: c.execute(update(deliveries).values(id=ahead, inquiry_id=made["id"]))
    )
    await admin.post("/v1/inquiries/latest/resolution", json={"who": "Celina"})
    await deliver_all(house.database)
    assert events(server) == ["inquiry.routed", "inquiry.resolved"]
    newest = (await house.database.read(records.list_deliveries))[0]
    assert (newest.event, newest.id > ahead) == ("inquiry.resolved", True)


async def test_migration_fills_threads_and_gives_superseded_ones_up(
    house: House, admin: httpx.AsyncClient
) -> None:
    await admin.post("/v1/inquiries", json={**BODY, **TICKET})
    await admin.post("/v1/inquiries/latest/correction", json=SAID)
    await admin.post("/v1/inquiries/latest/resolution", json={"who": "Celina"})
    query = select(
        deliveries.c.thread, deliveries.c.decides, deliveries.c.event, deliveries.c.state
    ).order_by(deliveries.c.id)

    def work(connection: Connection) -> tuple[list[Any], list[Any]]:
        before = connection.execute(query).all()
        downgrade(connection, "0005")
        upgrade(connection)
        return [*before], [*connection.execute(query)]

    before, after = await house.database.write(work)
    assert [row.state for row in before] == ["superseded", "pending", "pending"]
    assert [row.state for row in after] == ["discarded", "pending", "pending"]
    assert [row[:3] for row in after] == [row[:3] for row in before]

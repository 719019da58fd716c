"""The payload of a new inquiry is rendered when it is sent, and never changes."""

import json
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from inquiry_router.database.migrate import downgrade, upgrade
from inquiry_router.delivery.records import get_delivery, list_deliveries
from inquiry_router.delivery.store import claim
from inquiry_router.delivery.tables import deliveries
from inquiry_router.house import House
from inquiry_router.process.ids import new_id
from tests.conftest import client_of
from tests.delivery.rows import LEASE

pytestmark = pytest.mark.anyio
BODY = {
    "channel": "email",
    "subject": "Pompa znowu stoi",
    "text": 'Pompa CX-40 cieknie spod uszczelki. Proszę o pilny serwis 😀 "naprawdę".',
    "contact": {"name": "Żaneta", "email": "zaneta@hydro-bud.example", "phone": "601 234 567"},
    "source": {"system": "zammad", "id": "1", "url": "https://helpdesk.example.com/1"},
    "received_at": "2026-11-20T09:30:00.25+01:00",
}
DESTINATION = "console"


def sent(connection: Connection) -> dict[str, str]:
    """Claim one after the other, then take everything back; return the payloads by event."""
    found: dict[str, str] = {}
    while claimed := claim(connection, DESTINATION, owner=new_id(), limit=10, lease=LEASE):
        found |= {due.event: due.payload for due in claimed.deliveries}
        of_this_claim = deliveries.c.lease_owner == claimed.owner
        connection.execute(update(deliveries).where(of_this_claim).values(state="delivered"))
    taken = deliveries.c.lease_owner.is_not(None)
    free = {"state": "pending", "lease_until": None, "lease_owner": None}
    connection.execute(update(deliveries).where(taken).values(free))
    return found


def shown(connection: Connection) -> dict[str, str]:
    """The payloads of all deliveries by event, as people see them."""
    records = [get_delivery(connection, one.id) for one in list_deliveries(connection)]
    return {record.delivery.event: record.payload for record in records if record}


def kept(connection: Connection) -> dict[str, str | None]:
    return {row.event: row.payload for row in connection.execute(select(deliveries))}


async def test_payload_has_the_receipt_and_the_draft(house: House) -> None:
    async with client_of(house) as client:
        answer = (await client.post("/v1/inquiries", json=BODY)).json()
        delivery = (await client.get("/v1/deliveries/latest")).json()
        inquiry = (await client.get("/v1/inquiries/latest")).json()
    told = await house.database.write(sent)
    payload = json.loads(told["inquiry.routed"])
    assert delivery["payload"] == payload
    assert (payload["type"], payload["timestamp"]) == ("inquiry.routed", delivery["created_at"])
    said = ("channel", "subject", "text", "contact", "source", "passage")
    del answer["joined"]  # tells the sender what became of this message
    assert payload["data"]["decision"].pop("reason_facts")  # for the notes of helpdesks
    assert payload["data"] == {**answer, **{name: inquiry[name] for name in said}}
    assert payload["data"]["contact"]["phone"] == "+48601234567"
    assert await house.database.read(kept) == {"inquiry.routed": None}


async def test_correction_does_not_change_the_payload_before_it(house: House) -> None:
    async with client_of(house) as client:
        answer = (await client.post("/v1/inquiries", json=BODY)).json()
        before = await house.database.write(sent)
        corrected = await client.post(
            "/v1/inquiries/latest/correction", json={"category": "new_purchase", "who": "Celina"}
        )
        await client.post("/v1/inquiries/latest/resolution", json={"who": "Celina"})
    after = await house.database.read(shown)
    assert after["inquiry.routed"] == before["inquiry.routed"]
    decided = json.loads(after["inquiry.routed"])["data"]["decision"]
    assert decided == {**answer["decision"], "reason_facts": decided["reason_facts"]}
    told = json.loads(after["inquiry.corrected"])["data"]
    told["decision"].pop("reason_facts")
    assert (told["decision"], told["correction"]["who"]) == (corrected.json()["decision"], "Celina")
    assert json.loads(after["inquiry.resolved"])["data"]["status"] == "resolved"


def _without_accounts(text: str) -> Any:
    """The event without what the first versions did not tell of a new inquiry."""
    event = json.loads(text)
    assert (event["data"].pop("account", None), event["data"].pop("maybe_accounts", [])) == (
        None,
        [],
    )
    return event


async def test_payload_that_the_version_before_stored_is_the_same(house: House) -> None:
    """Down and up again with waiting deliveries: no payload is lost or changed."""
    async with client_of(house) as client:
        await client.post("/v1/inquiries", json=BODY)
        await client.post(
            "/v1/inquiries", json={"channel": "chat", "text": "Poproszę katalog pomp."}
        )
        await client.post(
            "/v1/inquiries/latest/resolution", json={"who": "Celina", "note": "wysłany"}
        )
    before = await house.database.write(sent)

    def down(connection: Connection) -> list[str]:
        downgrade(connection, "0004")
        found = connection.exec_driver_sql("SELECT payload FROM deliveries").scalars().all()
        upgrade(connection)
        return [str(payload) for payload in found]

    written = await house.database.write(down)
    assert len(written) == 3 and {json.loads(text)["type"] for text in written} == set(before)
    known = [_without_accounts(text) for text in written]
    assert all(_without_accounts(text) in known for text in before.values())
    assert await house.database.write(sent) == before
    assert (await house.database.read(kept))["inquiry.routed"] is None

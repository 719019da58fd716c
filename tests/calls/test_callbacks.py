"""Everybody who waits for a call is in one list, once an inquiry, until they were helped."""

import json
from datetime import timedelta

import httpx2 as httpx
import pytest
from sqlalchemy import select

from inquiry_router.delivery.tables import deliveries
from inquiry_router.house import House
from inquiry_router.inquiry.rendering import read_time
from tests.calls.conftest import Ring
from tests.calls.stories import DAWID, URL, nobody_answers, promise, reminder_at, waiting
from tests.calls.test_service import BROKEN, BUY, events
from tests.phone.people import ANNA

pytestmark = pytest.mark.anyio


async def test_caller_who_hung_up_at_the_offer_is_in_the_list(
    phone: httpx.AsyncClient, ring: Ring
) -> None:
    offer = await nobody_answers(ring)
    await ring(step=offer["step"], ended=True)
    (missed,) = await waiting(phone)
    assert (missed["kind"], missed["number"], missed["state"]) == ("missed", ANNA, "pending")
    assert missed["team"] == "customer_service" and missed["reference"] == offer["reference"]
    told = dict(await events(phone, offer["reference"]))
    assert told["missed"] == {"attempt": 1, "team": "customer_service", "rung": 2}
    assert await waiting(phone, kind="callback") == []
    assert await waiting(phone, kind="missed") == [missed]
    refused = await phone.get("/v1/callbacks", params={"kind": "lost"})
    assert refused.status_code == 422


async def test_caller_who_hung_up_while_it_rang_or_before_is_in_the_list(
    phone: httpx.AsyncClient, ring: Ring
) -> None:
    await ring(call_id="call-1")
    await ring(call_id="call-1", step="1", speech=BROKEN)
    await ring(call_id="call-1", step="2", ended=True)
    await ring(call_id="call-2", **{"from": DAWID})
    await ring(call_id="call-2", ended=True, **{"from": DAWID})
    missed = await waiting(phone, kind="missed")
    assert {one["number"] for one in missed} == {ANNA, DAWID}


async def test_missed_call_is_told_to_destinations_that_want_calls(
    house: House, phone: httpx.AsyncClient, ring: Ring
) -> None:
    entry = {
        "id": "crm",
        "name": "CRM",
        "kind": "webhook",
        "events": ["inquiry.call"],
        "settings": {"url": "https://93.184.216.34/hook"},
    }
    made = await phone.post("/v1/destinations", json=entry)
    assert made.status_code == 201, made.text
    offer = await nobody_answers(ring)
    await ring(step=offer["step"], ended=True)
    of_calls = deliveries.c.event == "inquiry.call", deliveries.c.destination_id == "crm"
    query = select(deliveries.c.payload).where(*of_calls).order_by(deliveries.c.id)
    rows = await house.database.read(lambda connection: connection.execute(query).all())
    told = [json.loads(row.payload)["data"]["call"] for row in rows]
    assert [one["kind"] for one in told] == ["called", "missed"]
    assert told[1]["details"]["rung"] == 2


async def test_voicemail_is_in_the_list_even_of_a_withheld_number(
    phone: httpx.AsyncClient, ring: Ring
) -> None:
    hidden = {"from": "anonymous"}
    recording = await nobody_answers(ring, **hidden)
    assert recording["action"] == "voicemail"
    await ring(step=recording["step"], recording_url=URL, recording_seconds=17, **hidden)
    (voicemail,) = await waiting(phone)
    assert (voicemail["kind"], voicemail["number"]) == ("voicemail", None)
    told = [kind for kind, _ in await events(phone, voicemail["reference"])]
    assert "voicemail" in told and "missed" not in told


async def test_message_that_arrives_after_the_hang_up_makes_the_missed_call_a_voicemail(
    phone: httpx.AsyncClient, ring: Ring
) -> None:
    offer = await nobody_answers(ring)
    recording = await ring(step=offer["step"])
    await ring(ended=True)
    (missed,) = await waiting(phone)
    await ring(step=recording["step"], recording_url=URL, recording_seconds=17)
    (voicemail,) = await waiting(phone)
    assert voicemail["kind"] == "voicemail" and voicemail["id"] == missed["id"]


async def test_answered_caller_and_caller_with_a_link_wait_for_nothing(
    phone: httpx.AsyncClient, ring: Ring
) -> None:
    await ring()
    await ring(step="1", digits="1")
    await ring(step="2", dial_status="answered", ended=True)
    settings = (await phone.get("/v1/phone/settings")).json()
    link = {"pl": "Katalog: https://www.example.com/k"}
    changed = {**settings, "catalogue_link": link}
    await phone.put("/v1/phone/settings", json=changed, headers={"If-Match": '"2"'})
    await ring(call_id="call-2")
    assert (await ring(call_id="call-2", step="1", digits="2"))["action"] == "link"
    await ring(call_id="call-2", ended=True)
    assert await waiting(phone) == []


async def test_second_promise_for_an_inquiry_replaces_the_first(
    phone: httpx.AsyncClient, ring: Ring
) -> None:
    first = await promise(ring, "call-1")
    (before,) = await waiting(phone)
    address = f"/v1/callbacks/{before['id']}/owner"
    assert (await phone.post(address, json={"who": "Celina"})).status_code == 200
    second = await promise(ring, "call-2")
    assert second["reference"] == first["reference"]
    (callback,) = await waiting(phone)
    assert callback["id"] != before["id"] and callback["owner"] == "Celina"
    (done,) = await waiting(phone, state="done")
    assert (done["id"], done["outcome"]) == (before["id"], "replaced")
    promises = [
        more for kind, more in await events(phone, first["reference"]) if kind == "callback"
    ]
    assert "replaces" not in promises[0] and promises[1]["replaces"] == before["due_at"]


async def test_missed_call_does_not_break_a_promise_and_a_promise_ends_a_missed_call(
    phone: httpx.AsyncClient, ring: Ring
) -> None:
    offer = await nobody_answers(ring, "call-1")
    await ring(call_id="call-1", step=offer["step"], ended=True)
    await promise(ring, "call-2")
    (callback,) = await waiting(phone)
    assert callback["kind"] == "callback"
    offer = await nobody_answers(ring, "call-3")
    await ring(call_id="call-3", step=offer["step"], ended=True)
    assert await waiting(phone) == [callback]


async def test_two_inquiries_of_a_caller_have_a_promise_each(
    phone: httpx.AsyncClient, ring: Ring
) -> None:
    first = await promise(ring, "call-1")
    await ring(call_id="call-2")
    await ring(call_id="call-2", step="1", speech=BUY)
    await ring(call_id="call-2", step="2", dial_status="busy")
    offer = await ring(call_id="call-2", step="3", dial_status="busy")
    second = await ring(call_id="call-2", step=offer["step"], digits="1")
    assert second["reference"] != first["reference"]
    assert len(await waiting(phone)) == 2


async def test_callback_ends_when_the_customer_reaches_somebody_themselves(
    phone: httpx.AsyncClient, ring: Ring
) -> None:
    first = await promise(ring, "call-1")
    await ring(call_id="call-2")
    again = await ring(call_id="call-2", step="1", digits="1")
    assert again["reference"] == first["reference"]
    await ring(call_id="call-2", step="2", dial_status="answered")
    assert await waiting(phone) == []
    (done,) = await waiting(phone, state="done")
    assert done["outcome"] == "reached" and done["finished_at"] is not None


async def test_callback_ends_for_good_when_its_inquiry_is_resolved(
    house: House, phone: httpx.AsyncClient, ring: Ring
) -> None:
    promised = await promise(ring)
    (callback,) = await waiting(phone)
    address = f"/v1/inquiries/{promised['reference']}/resolution"
    assert (await phone.post(address, json={"who": "Ania"})).status_code == 200
    assert await waiting(phone) == []
    (done,) = await waiting(phone, state="done")
    assert (done["state"], done["outcome"]) == ("done", "resolved")
    taken = await phone.post(f"/v1/callbacks/{callback['id']}/owner", json={"who": "Celina"})
    assert (taken.status_code, taken.json()["code"]) == (409, "conflict")
    late = read_time(callback["due_at"])
    assert late is not None
    assert await reminder_at(house, late + timedelta(days=1)).remind() == 0
    (kept,) = await waiting(phone, state="done")
    assert kept["outcome"] == "resolved" and kept["finished_at"] is not None


async def test_callback_moves_with_a_correction(phone: httpx.AsyncClient, ring: Ring) -> None:
    promised = await promise(ring)
    address = f"/v1/inquiries/{promised['reference']}/correction"
    said = {"who": "Ania", "category": "new_purchase"}
    assert (await phone.post(address, json=said)).status_code == 200
    (callback,) = await waiting(phone)
    assert callback["team"] == "sales"
    assert await waiting(phone, team="sales") == [callback]
    assert await waiting(phone, team="customer_service") == []


async def test_second_person_is_told_who_has_taken_the_callback(
    phone: httpx.AsyncClient, ring: Ring
) -> None:
    promised = await promise(ring)
    (callback,) = await waiting(phone)
    address = f"/v1/callbacks/{callback['id']}/owner"
    for who in ("Celina", " celina "):
        assert (await phone.post(address, json={"who": who})).status_code == 200
    refused = await phone.post(address, json={"who": "Darek"})
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert "elina" in refused.json()["detail"]
    wrong = await phone.post(address, json={"who": "Darek", "instead_of": "Ewa"})
    assert wrong.status_code == 409
    handed = await phone.post(address, json={"who": "Darek", "instead_of": "Celina"})
    assert (handed.status_code, handed.json()["owner"]) == (200, "Darek")
    assert (await phone.post(address, json={"who": "Celina"})).status_code == 409
    taken = [more for kind, more in await events(phone, promised["reference"]) if kind == "taken"]
    assert taken[-1] == {"callback": callback["id"], "who": "Darek", "instead_of": " celina "}


async def test_callback_goes_with_its_inquiry_when_that_is_merged(
    phone: httpx.AsyncClient, ring: Ring
) -> None:
    promised = await promise(ring)
    body = {"channel": "form", "text": "Kosiarka nie działa.", "contact": {"phone": ANNA}}
    other = (await phone.post("/v1/inquiries", json=body)).json()["reference"]
    said = {"into": other, "who": "Ania"}
    merged = await phone.post(f"/v1/inquiries/{promised['reference']}/merge", json=said)
    assert merged.status_code == 200, merged.text
    (callback,) = await waiting(phone)
    assert callback["reference"] == other
    address = f"/v1/callbacks/{callback['id']}/attempts"
    reached = await phone.post(address, json={"who": "Celina", "reached": True})
    assert reached.status_code == 200 and await waiting(phone) == []
